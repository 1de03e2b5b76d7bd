"""One module for each tool that reads returns; a function for each kind of file, which gives counts that all must agree on."""

"""One module for each tool, each with the same functions, so that a job can run any of them."""

"""The pages of the programme, one noun a file."""

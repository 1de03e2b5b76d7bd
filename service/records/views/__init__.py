"""The pages of information governance."""

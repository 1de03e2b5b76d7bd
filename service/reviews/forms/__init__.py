"""The forms of reviews."""

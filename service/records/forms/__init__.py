"""The forms of information governance."""

"""The forms of evidence."""

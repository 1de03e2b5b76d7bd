"""What schools ask the social worker, and what they were answered."""

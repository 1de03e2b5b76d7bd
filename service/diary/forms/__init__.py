"""What people fill in for the diary."""

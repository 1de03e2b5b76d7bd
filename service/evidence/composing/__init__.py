"""Writing a study folder from what the service holds."""

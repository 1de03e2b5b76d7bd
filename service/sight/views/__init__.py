"""The pages of sight, one subject a module."""

"""What people do to the diary: one module a noun."""

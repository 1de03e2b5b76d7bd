"""What an administrator does to schools: one module a noun."""

"""What people do to accounts: one module a noun."""

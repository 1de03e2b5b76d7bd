"""What people do to enquiries and to their own digest: one module a noun."""

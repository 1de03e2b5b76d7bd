"""The people who sign in, and the roles that they hold."""

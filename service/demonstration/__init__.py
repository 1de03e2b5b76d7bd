"""A believable programme to try the service with: invented authorities, schools and people. Never in production."""

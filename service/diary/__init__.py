"""When a worker is in a school, and what happens then."""

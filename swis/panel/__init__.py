"""From child-level returns to counts by school, term and year group. No child-level row goes past this room."""

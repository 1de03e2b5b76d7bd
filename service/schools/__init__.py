"""The authorities, their schools and the days on which schools are open."""

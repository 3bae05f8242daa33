"""text -> Speech."""

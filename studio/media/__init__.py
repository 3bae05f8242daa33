"""Sound, pictures and films in files."""

"""Measures of speech and face, and the bench that prints them."""

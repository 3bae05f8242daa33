"""`make demo`: a first film, from nothing."""

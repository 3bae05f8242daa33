"""How people speak: departures of actors from their neutral (EMO-DB), and plain readings aligned with their text."""

"""How a line is said: lengths, pauses, pitch and dynamics by rule, from an Emotion."""

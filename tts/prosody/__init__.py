"""How a line is said: lengths, pauses, pitch and strength, decided between the acoustic model's parts."""

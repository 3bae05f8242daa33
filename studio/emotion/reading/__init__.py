"""What a person has in hand (a text, a recording, a face), read as an Emotion."""

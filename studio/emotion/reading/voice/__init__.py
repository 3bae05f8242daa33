"""The emotion of a recorded voice, by acoustic features and a linear model trained here (checkpoints/voice_emotion)."""

from studio.emotion.reading.voice.reader import read_voice, read_voice_track

__all__ = ["read_voice", "read_voice_track"]

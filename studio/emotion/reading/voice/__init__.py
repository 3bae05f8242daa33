"""The emotion of a recorded voice, by acoustic features and a linear model trained here (checkpoints/voice_emotion)."""

from studio.emotion.reading.voice.reader import Sound, read_voice, read_voice_track

__all__ = ["Sound", "read_voice", "read_voice_track"]

"""A line as chunks of sound, the first of them soon."""

from tts.streaming.stream import Stream

__all__ = ["Stream"]

"""Text read as Emotion: a direction says how to speak, a line is what is spoken."""

from studio.emotion.reading.text.direction import read_direction, read_text
from studio.emotion.reading.text.line import read_line

__all__ = ["read_direction", "read_line", "read_text"]

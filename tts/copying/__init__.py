"""The delivery of a recording, laid onto a line: its tempo, contour and strength, in another voice."""

from tts.copying.copied import copied

__all__ = ["copied"]

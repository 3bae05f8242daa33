"""The emotion a face shows: ARKit coefficients -> action units -> the expressions of EMFACS -> Emotion.

See docs/decisions/0010-emotion-from-a-face.md for what was measured.
"""

from studio.emotion.reading.face.neutral import own_neutral
from studio.emotion.reading.face.reader import READING_FPS, read_face, read_face_track

__all__ = ["READING_FPS", "own_neutral", "read_face", "read_face_track"]

"""The values engines hand to each other: Speech -> FaceMotion -> Clip. Each can be saved, looked at and edited."""

from studio.performance.arkit import ARKIT_NAMES, arkit_index
from studio.performance.chunk import Bookmark, Chunk, joined
from studio.performance.clip import Clip, Renderer
from studio.performance.face_motion import FaceMotion
from studio.performance.speech import Phoneme, Speech, Word, timed_words

__all__ = [
    "ARKIT_NAMES",
    "Bookmark",
    "Chunk",
    "Clip",
    "FaceMotion",
    "Phoneme",
    "Renderer",
    "Speech",
    "Word",
    "arkit_index",
    "joined",
    "timed_words",
]

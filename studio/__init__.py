"""Affetto's Python API: ``from studio import Studio, Emotion``."""

from studio.emotion import Emotion, EmotionTrack
from studio.errors import AffettoError, CheckpointError, InputError
from studio.performance import Clip, FaceMotion, Speech
from studio.studio import Studio

__all__ = [
    "AffettoError",
    "CheckpointError",
    "Clip",
    "Emotion",
    "EmotionTrack",
    "FaceMotion",
    "InputError",
    "Speech",
    "Studio",
]

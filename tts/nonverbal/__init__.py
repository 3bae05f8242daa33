"""Sounds that are no words, in a voice's own timbre: a laugh, a sigh, a gasp, a breath."""

from tts.nonverbal.scores import score
from tts.nonverbal.sounds import Nonverbal, sound

__all__ = ["Nonverbal", "score", "sound"]

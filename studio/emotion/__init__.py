"""Emotion: the one value that says how a line is to be felt, shared by voice and face."""

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.labels import CATEGORIES, SYNONYMS

__all__ = ["CATEGORIES", "NEUTRAL", "SYNONYMS", "Emotion"]

"""Emotion: the one value that says how a line is to be felt, shared by voice and face, and its course over a line."""

from studio.emotion.emotion import CHANNELS, NEUTRAL, Emotion
from studio.emotion.labels import CATEGORIES, SYNONYMS
from studio.emotion.track import EmotionTrack, Key, Mark, words_of

__all__ = ["CATEGORIES", "CHANNELS", "NEUTRAL", "SYNONYMS", "Emotion", "EmotionTrack", "Key", "Mark", "words_of"]

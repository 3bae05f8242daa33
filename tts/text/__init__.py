"""Text -> sentences of phonemes that know which written word they belong to."""

from tts.text.reader import Reader
from tts.text.sentence import Sentence

__all__ = ["Reader", "Sentence"]

"""Text -> sentences of phonemes that know which written word they belong to."""

from tts.text.languages import LANGUAGES, TextReader, reader_for
from tts.text.lexicon import Lexicon
from tts.text.reader import Reader
from tts.text.sentence import Sentence

__all__ = ["LANGUAGES", "Lexicon", "Reader", "Sentence", "TextReader", "reader_for"]

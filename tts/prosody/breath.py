"""Pauses that an emotion puts amid a phrase."""

from __future__ import annotations

from dataclasses import replace

from tts.text import symbols
from tts.text.sentence import Sentence

# A phrase of fewer words has no place for a pause.
_FEWEST_WORDS = 6
# Shorter than this, the comma costs more than its pause adds: Kokoro hurries the words beside it, and with 0.1 s
# lines at sad:0.4 came out up to 7 % shorter than neutral.
_SHORTEST_SECONDS = 0.15
# fmt: off
# Phrases open with these: a pause sounds right before one, wrong after one.
_OPENERS = frozenset((
    "and", "or", "but", "nor", "because", "that", "which", "who", "when", "where", "while", "if", "as", "than", "so",
    "to", "in", "on", "at", "by", "for", "from", "with", "without", "into", "of", "over", "under", "about", "after",
    "before", "until", "through", "since",
))
# Nor does one sound right after these, which lean on the next word.
_LEANING = _OPENERS | frozenset((
    "a", "an", "the", "my", "your", "his", "her", "its", "our", "their", "this", "these", "those", "no", "not", "very",
    "i", "you", "he", "she", "it", "we", "they", "am", "is", "are", "was", "were", "be", "been", "do", "did", "does",
    "don't", "didn't", "have", "has", "had", "will", "would", "can", "could", "should", "may", "might", "must",
))
# fmt: on


def with_pauses(sentence: Sentence, seconds: float) -> tuple[Sentence, list[int]]:
    """The sentence with a comma in each long phrase where a pause of `seconds` should fall, and the commas' tokens.

    Kokoro pauses at a comma; a mere space, however long, it fills by dragging the sounds beside it.
    Tokens count the pad before the first symbol.
    """
    if seconds < _SHORTEST_SECONDS:
        return sentence, []
    text, words, places, start = sentence.symbols, [w.lower() for w in sentence.words], [], 0
    for end in [*(i for i, s in enumerate(text) if s in symbols.PUNCTUATION), len(text)]:
        spaces = [i for i in range(start + 1, end) if text[i] == " " and sentence.word_of[i] is None]
        if len(spaces) + 1 >= _FEWEST_WORDS:
            places.append(min(spaces, key=lambda i: _awkwardness(sentence, words, i, (start + end) / 2)))
        start = end + 1
    marked = list(zip(text, sentence.word_of, strict=True))
    for place in reversed(places):
        marked.insert(place, (",", None))
    broken = replace(sentence, symbols="".join(s for s, _ in marked), word_of=tuple(w for _, w in marked))
    return broken, [place + n + 1 for n, place in enumerate(places)]


def _awkwardness(sentence: Sentence, words: list[str], space: int, middle: float) -> float:
    """Symbols from the middle of the phrase, and more for a break amid a group of words."""
    left, right = sentence.word_of[space - 1], sentence.word_of[space + 1]
    leaning = left is not None and words[left] in _LEANING
    opening = right is not None and words[right] in _OPENERS
    return abs(space - middle) + 20 * leaning - 10 * opening

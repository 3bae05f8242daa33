"""Pauses that an emotion puts amid a phrase."""

from __future__ import annotations

from collections.abc import Mapping
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


def with_pauses(sentence: Sentence, seconds: float, asked: Mapping[int, float]) -> tuple[Sentence, dict[int, float]]:
    """The sentence with a comma wherever a pause should fall, and the seconds of each by its token.

    seconds: of the pause an emotion puts in each long phrase.  asked: seconds before words, by their number.
    Kokoro pauses at a comma; a mere space, however long, it fills by dragging the sounds beside it.
    Tokens count the pad before the first symbol.
    """
    pauses: dict[int, float] = {}
    for word, length in sorted(asked.items()):
        if 0 < word < len(sentence.words):
            sentence, pauses = _before(sentence, pauses, word, length)
    return (sentence, pauses) if pauses or seconds < _SHORTEST_SECONDS else _amid_phrases(sentence, seconds)


def _before(
    sentence: Sentence, pauses: dict[int, float], word: int, seconds: float
) -> tuple[Sentence, dict[int, float]]:
    """A pause before a word: at the punctuation that stands there, or at a comma put in."""
    first = sentence.word_of.index(word) if word in sentence.word_of else 0
    before = first - 1
    while before > 0 and sentence.word_of[before] is None and sentence.symbols[before] not in symbols.PUNCTUATION:
        before -= 1
    if sentence.symbols[before] in symbols.PUNCTUATION:
        return sentence, {**pauses, before + 1: seconds}
    place = before + 1
    comma = replace(
        sentence,
        symbols=sentence.symbols[:place] + "," + sentence.symbols[place:],
        word_of=(*sentence.word_of[:place], None, *sentence.word_of[place:]),
    )
    return comma, {**pauses, place + 1: seconds}


def _amid_phrases(sentence: Sentence, seconds: float) -> tuple[Sentence, dict[int, float]]:
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
    return broken, {place + n + 1: seconds for n, place in enumerate(places)}


def _awkwardness(sentence: Sentence, words: list[str], space: int, middle: float) -> float:
    """Symbols from the middle of the phrase, and more for a break amid a group of words."""
    left, right = sentence.word_of[space - 1], sentence.word_of[space + 1]
    leaning = left is not None and words[left] in _LEANING
    opening = right is not None and words[right] in _OPENERS
    return abs(space - middle) + 20 * leaning - 10 * opening

"""Kokoro's alphabet: IPA, where one letter stands for a diphthong.

A = eɪ (day), I = aɪ (my), O = oʊ (go), Q = əʊ (British go), W = aʊ (now), Y = ɔɪ (boy), ʤ = dʒ, ʧ = tʃ,
T = the flapped t of "better", ᵊ = a schwa that may be swallowed, ᵻ = between ɪ and ə. Source: misaki's EN_PHONES.md.
"""

from __future__ import annotations

import enum

PAD = 0

# The part of Kokoro's vocabulary (config.json, "vocab") that English uses.
ID: dict[str, int] = {
    **{";": 1, ":": 2, ",": 3, ".": 4, "!": 5, "?": 6, "—": 9, "…": 10, '"': 11, "(": 12, ")": 13, "“": 14, "”": 15},
    **{" ": 16, "A": 24, "I": 25, "O": 31, "Q": 33, "S": 35, "T": 36, "W": 39, "Y": 41, "ᵊ": 42, "a": 43, "b": 44},
    **{"c": 45, "d": 46, "e": 47, "f": 48, "h": 50, "i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "o": 57},
    **{"p": 58, "q": 59, "r": 60, "s": 61, "t": 62, "u": 63, "v": 64, "w": 65, "x": 66, "y": 67, "z": 68, "ɑ": 69},
    **{"ɐ": 70, "ɒ": 71, "æ": 72, "ɔ": 76, "ç": 78, "ð": 81, "ʤ": 82, "ə": 83, "ɚ": 85, "ɛ": 86, "ɜ": 87, "ɡ": 92},
    **{"ɪ": 102, "ŋ": 112, "θ": 119, "œ": 120, "ɹ": 123, "ɾ": 125, "ʃ": 131, "ʧ": 133, "ʊ": 135, "ʌ": 138, "ʒ": 147},
    **{"ʔ": 148, "ˈ": 156, "ˌ": 157, "ː": 158, "ᵻ": 177},
}

STRESS = frozenset("ˈˌ")
LENGTH = "ː"
CLAUSE_END = frozenset(",;:—…")
SENTENCE_END = frozenset(".!?")
PUNCTUATION = CLAUSE_END | SENTENCE_END | frozenset('"()“”')
VOWELS = frozenset("AIOQWYaeiouyæœɑɐɒɔəɚɛɜɪʊʌᵊᵻ")
_STOPS = frozenset("bcdkpqtɡʔ")
_FRICATIVES = frozenset("fhsvxzçðθʃʒSʤʧ")


class Kind(enum.IntEnum):
    """What a token is, as far as its length goes. A stress or length mark belongs to its vowel."""

    VOWEL = 0
    SONORANT = 1
    FRICATIVE = 2
    STOP = 3
    GAP = 4  # a space or punctuation
    PAD = 5


def kind(symbol: str) -> Kind:
    """The kind of one symbol of the alphabet."""
    if symbol in VOWELS or symbol in STRESS or symbol == LENGTH:
        return Kind.VOWEL
    if symbol == " " or symbol in PUNCTUATION:
        return Kind.GAP
    if symbol in _STOPS:
        return Kind.STOP
    return Kind.FRICATIVE if symbol in _FRICATIVES else Kind.SONORANT


def is_spoken(symbol: str) -> bool:
    """Whether a symbol is a sound (not a mark, a space or punctuation)."""
    return symbol in VOWELS or kind(symbol) in (Kind.SONORANT, Kind.FRICATIVE, Kind.STOP)

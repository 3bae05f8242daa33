"""Kokoro's alphabet: IPA, where one letter stands for a diphthong.

A = eɪ (day), I = aɪ (my), O = oʊ (go), Q = əʊ (British go), W = aʊ (now), Y = ɔɪ (boy), ʤ = dʒ, ʧ = tʃ,
T = the flapped t of "better", ᵊ = a schwa that may be swallowed, ᵻ = between ɪ and ə. Source: misaki's EN_PHONES.md.
"""

from __future__ import annotations

import enum

PAD = 0

# Kokoro's vocabulary (config.json of hexgrad/Kokoro-82M, "vocab"), whole.
ID: dict[str, int] = {
    **{";": 1, ":": 2, ",": 3, ".": 4, "!": 5, "?": 6, "—": 9, "…": 10, '"': 11, "(": 12, ")": 13, "“": 14, "”": 15},
    **{" ": 16, "\u0303": 17, "ʣ": 18, "ʥ": 19, "ʦ": 20, "ʨ": 21, "ᵝ": 22, "ꭧ": 23, "A": 24, "I": 25, "O": 31, "Q": 33},
    **{"S": 35, "T": 36, "W": 39, "Y": 41, "ᵊ": 42, "a": 43, "b": 44, "c": 45, "d": 46, "e": 47, "f": 48, "h": 50},
    **{"i": 51, "j": 52, "k": 53, "l": 54, "m": 55, "n": 56, "o": 57, "p": 58, "q": 59, "r": 60, "s": 61, "t": 62},
    **{"u": 63, "v": 64, "w": 65, "x": 66, "y": 67, "z": 68, "ɑ": 69, "ɐ": 70, "ɒ": 71, "æ": 72, "β": 75, "ɔ": 76},
    **{"ɕ": 77, "ç": 78, "ɖ": 80, "ð": 81, "ʤ": 82, "ə": 83, "ɚ": 85, "ɛ": 86, "ɜ": 87, "ɟ": 90, "ɡ": 92, "ɥ": 99},
    **{"ɨ": 101, "ɪ": 102, "ʝ": 103, "ɯ": 110, "ɰ": 111, "ŋ": 112, "ɳ": 113, "ɲ": 114, "ɴ": 115, "ø": 116, "ɸ": 118},
    **{"θ": 119, "œ": 120, "ɹ": 123, "ɾ": 125, "ɻ": 126, "ʁ": 128, "ɽ": 129, "ʂ": 130, "ʃ": 131, "ʈ": 132, "ʧ": 133},
    **{"ʊ": 135, "ʋ": 136, "ʌ": 138, "ɣ": 139, "ɤ": 140, "χ": 142, "ʎ": 143, "ʒ": 147, "ʔ": 148, "ˈ": 156, "ˌ": 157},
    **{"ː": 158, "ʰ": 162, "ʲ": 164, "↓": 169, "→": 171, "↗": 172, "↘": 173, "ᵻ": 177},
}

STRESS = frozenset("ˈˌ")
LENGTH = "ː"
# What follows a sound and is no sound of its own: length, nasality, aspiration, palatalisation, compression.
MODIFIERS = frozenset("ː\u0303ʰʲᵝ")
CLAUSE_END = frozenset(",;:—…")
SENTENCE_END = frozenset(".!?")
PUNCTUATION = CLAUSE_END | SENTENCE_END | frozenset('"()“”')
VOWELS = frozenset("AIOQWYaeiouyæøœɐɑɒɔəɚɛɜɤɨɪɯʊʌᵊᵻ")
_TONES = frozenset("↓→↗↘")
_STOPS = frozenset("bcdkpqtɖɟɡʈʔ")
_FRICATIVES = frozenset("fhsvxzçðɕɣɸβθχʁʂʃʒʝSʣʤʥʦʧʨꭧʰ")


class Kind(enum.IntEnum):
    """What a token is, as far as its length goes. A mark of stress, length or nasality belongs to its vowel."""

    VOWEL = 0
    SONORANT = 1
    FRICATIVE = 2
    STOP = 3
    GAP = 4  # a space or punctuation
    PAD = 5


def kind(symbol: str) -> Kind:
    """The kind of one symbol of the alphabet."""
    if symbol in VOWELS or symbol in STRESS or symbol in (LENGTH, "\u0303"):
        return Kind.VOWEL
    if symbol == " " or symbol in PUNCTUATION or symbol in _TONES:
        return Kind.GAP
    if symbol in _STOPS:
        return Kind.STOP
    return Kind.FRICATIVE if symbol in _FRICATIVES else Kind.SONORANT


def is_spoken(symbol: str) -> bool:
    """Whether a symbol is a sound (not a mark, a space or punctuation)."""
    if symbol in MODIFIERS:
        return False
    return symbol in VOWELS or kind(symbol) in (Kind.SONORANT, Kind.FRICATIVE, Kind.STOP)

"""Kinds of sound by which vocal effort is told apart."""

from __future__ import annotations

import enum

import numpy as np
import numpy.typing as npt

from tts.text import symbols
from tts.timeline import ANTICIPATION


class Phone(enum.IntEnum):
    """Vowels by height, since effort opens the mouth; consonants by manner."""

    CLOSE = 0
    MID = 1
    OPEN = 2
    SONORANT = 3
    FRICATIVE = 4
    STOP = 5


NONE = -1
_CLOSE, _OPEN = frozenset("iɪɨɯuʊyᵻ"), frozenset("aæɑɐɒIWʌ")
_OF_KIND = {
    symbols.Kind.SONORANT: Phone.SONORANT,
    symbols.Kind.FRICATIVE: Phone.FRICATIVE,
    symbols.Kind.STOP: Phone.STOP,
}


def phone(symbol: str) -> int:
    """The Phone of one symbol of Kokoro's alphabet, NONE for marks, spaces and punctuation."""
    if not symbols.is_spoken(symbol):
        return NONE
    if symbol not in symbols.VOWELS:
        return _OF_KIND[symbols.kind(symbol)]
    return Phone.CLOSE if symbol in _CLOSE else Phone.OPEN if symbol in _OPEN else Phone.MID


def phones_of(text: str, frames: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The Phone, or NONE, that sounds in each frame, [F].

    text: symbols without pads, [T - 2]; frames: of each token, pads included, [T]. Kokoro sounds a token ahead of its
    place. A stress mark's time is of the sound after it, that of length or nasality of the sound before.
    """
    found = [NONE, *(phone(s) for s in text), NONE]
    for at, symbol in enumerate(text, 1):
        if symbol in symbols.MODIFIERS:
            found[at] = found[at - 1]
    for at in range(len(text), 0, -1):
        if text[at - 1] in symbols.STRESS:
            found[at] = found[at + 1]
    spread = np.repeat(np.array(found), frames)
    return np.concatenate([spread[ANTICIPATION:], np.full(min(ANTICIPATION, len(spread)), NONE)])

"""How a line is to be delivered, beyond what is felt: in what time, in which take, by which prosody."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from numbers import Real
from pathlib import Path
from typing import Literal, get_args

from studio.emotion import words_of
from studio.errors import InputError

ProsodyName = Literal["autoregressive", "rules"]
PROSODIES: tuple[str, ...] = get_args(ProsodyName)
DEFAULT_PROSODY: ProsodyName = "autoregressive"
# Takes at 1 differ as people's do; a little under it a single one is surer to please.
DEFAULT_TEMPERATURE = 0.6

FEWEST_TAKES, MOST_TAKES = 2, 16
# Around a word these are not part of it, so that "door" is found in `"the door,"`.
_AROUND = "\"'“”‘’«»()[]{}<>,;:.!?…—–-*"


@dataclass(frozen=True)
class Pin:
    """A word that must start at a time: `word` counts `words_of(text)` from 0, `start` is in seconds."""

    word: int
    start: float


@dataclass(frozen=True)
class Delivery:
    """seconds: the exact length, or None for as long as it takes; with `nearest` one out of reach is not refused but
    met as closely as it can be.
    seed: one take of many.  temperature: how far a take may stray from the likeliest reading; 0 is that reading.
    pins: words that must start at given times, in their order; the rest is fitted around them.
    prosody: who decides lengths, pitch and strength.
    lexicon: a CSV of the user's own pronunciations (word, phonemes[, language]).
    like: a recording whose delivery is copied, its contour and tempo; then no prosody decides.  like_text: its words,
    where they are known; of the line's own words every sound is copied.

    Raises InputError for what no engine could follow.
    """

    seconds: float | None = None
    nearest: bool = False
    seed: int = 0
    temperature: float = DEFAULT_TEMPERATURE
    pins: tuple[Pin, ...] = ()
    prosody: ProsodyName = DEFAULT_PROSODY
    lexicon: str | Path | None = None
    like: str | Path | None = None
    like_text: str | None = None

    def __post_init__(self) -> None:
        if self.prosody not in PROSODIES:
            raise InputError(f"There is no prosody {self.prosody!r}: it is {' or '.join(PROSODIES)}.")
        if not (_is_number(self.temperature) and 0.0 <= self.temperature <= 2.0):
            raise InputError(f"The temperature is a number from 0 to 2, not {self.temperature!r}.")
        if self.seconds is not None and not isinstance(self.seconds, Real):
            raise InputError(f"A length is a number of seconds, not {self.seconds!r}.")
        if self.like is None and self.like_text is not None:
            raise InputError("The words of a recording are given without the recording (like).")
        for pin in self.pins:
            if not (_is_number(pin.start) and pin.start >= 0.0):
                raise InputError(f"A word is pinned to seconds from the start of the line, not to {pin.start!r}.")
        for a, b in pairwise(self.pins):
            if b.word <= a.word or b.start <= a.start:
                raise InputError(
                    f"Pins follow each other as their words do: word {b.word + 1} at {b.start:g} s can't come after "
                    f"word {a.word + 1} at {a.start:g} s."
                )


def check_takes(takes: int) -> int:
    """How many takes to make. Raises InputError for too few or too many."""
    if not (isinstance(takes, int) and FEWEST_TAKES <= takes <= MOST_TAKES):
        raise InputError(f"Takes are made {FEWEST_TAKES} to {MOST_TAKES} at a time, not {takes!r}.")
    return takes


def pins_of(given: Sequence[Pin] | Mapping[str, float], text: str) -> tuple[Pin, ...]:
    """Pins in the order of their words.

    given: Pins, or {word: seconds}, where a word is as written (case aside), "the#2" for the second such, or its
    number, counted from 1. Raises InputError for a word the line does not have, or has several times.
    """
    if isinstance(given, Mapping):
        given = [Pin(_place(word, text), start) for word, start in given.items()]
    written = words_of(text)
    for pin in given:
        if not 0 <= pin.word < len(written):
            raise InputError(f"There is no word {pin.word + 1} to pin: the line has {len(written)}.")
    return tuple(sorted(given, key=lambda pin: pin.word))


def _place(given: str, text: str) -> int:
    """Which of `words_of(text)` a person means."""
    bare = [w.strip(_AROUND).casefold() for w in words_of(text)]
    word, _, number = given.strip().partition("#")
    if not number and word.isdecimal() and word not in bare:
        return int(word) - 1
    alike = [i for i, w in enumerate(bare) if w == word.strip(_AROUND).casefold()]
    if not alike:
        raise InputError(f"The line has no word {word!r} to pin.")
    if len(alike) > 1 and not number:
        raise InputError(f"The line has {word!r} {len(alike)} times: pin {word}#1 to {word}#{len(alike)}.")
    if number and not (number.isdecimal() and 1 <= int(number) <= len(alike)):
        raise InputError(f"There is no {given!r} to pin: the line has {word!r} {len(alike)} times.")
    return alike[int(number or 1) - 1]


def _is_number(x: object) -> bool:
    return isinstance(x, Real) and not isinstance(x, bool) and math.isfinite(x)

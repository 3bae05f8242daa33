"""How a line is to be delivered, beyond what is felt: in what time, in which take, by which prosody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypedDict, get_args

from studio.emotion import words_of
from studio.errors import InputError
from studio.numeric import is_number, is_real, is_whole

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

    def __post_init__(self) -> None:
        if not is_whole(self.word):
            raise InputError(f"A Pin has the number of its word, counted from 0, not {self.word!r}.")


# Pins as a person gives them: see `pins_of`.
Pins = Sequence[Pin | tuple[str | int, float]] | Mapping[str, float] | Mapping[int, float]


class DeliveryOptions(TypedDict, total=False):
    """A delivery as keyword options, all but its length; `Studio.speak` says what each does, Delivery has defaults."""

    seed: int
    temperature: float
    pins: Pins | None
    nearest: bool
    prosody: ProsodyName
    like: str | Path | None
    like_text: str | None
    lexicon: str | Path | None


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
        if not (is_number(self.temperature) and 0.0 <= self.temperature <= 2.0):
            raise InputError(f"The temperature is a number from 0 to 2, not {self.temperature!r}.")
        if self.seconds is not None and not is_real(self.seconds):
            raise InputError(f"A length is a number of seconds, not {self.seconds!r}.")
        if not is_whole(self.seed):
            raise InputError(f"A seed is a whole number, not {self.seed!r}.")
        # numpy's integers are whole numbers that JSON does not hold.
        object.__setattr__(self, "seed", int(self.seed))
        if self.like is None and self.like_text is not None:
            raise InputError("The words of a recording are given without the recording (like).")
        if not (isinstance(self.pins, tuple) and all(isinstance(p, Pin) for p in self.pins)):
            raise InputError(f"The pins of a delivery are a tuple of Pin, as pins_of makes it, not {self.pins!r}.")
        for pin in self.pins:
            if not (is_number(pin.start) and pin.start >= 0.0):
                raise InputError(f"A word is pinned to seconds from the start of the line, not to {pin.start!r}.")
        for a, b in pairwise(self.pins):
            if b.word <= a.word or b.start <= a.start:
                raise InputError(
                    f"Pins follow each other as their words do: word {b.word + 1} at {b.start:g} s can't come after "
                    f"word {a.word + 1} at {a.start:g} s."
                )


def delivery_of(text: str, seconds: float | None, options: DeliveryOptions) -> Delivery:
    """The Delivery of a line `text` as a person asks for it. Raises InputError as Delivery and `pins_of` do."""
    plain: dict[str, Any] = {name: given for name, given in options.items() if name != "pins"}
    return Delivery(seconds=seconds, pins=pins_of(options.get("pins"), text), **plain)


def check_takes(takes: int) -> int:
    """How many takes to make. Raises InputError for too few or too many."""
    if not (isinstance(takes, int) and FEWEST_TAKES <= takes <= MOST_TAKES):
        raise InputError(f"Takes are made {FEWEST_TAKES} to {MOST_TAKES} at a time, not {takes!r}.")
    return takes


def pins_of(given: Pins | None, text: str) -> tuple[Pin, ...]:
    """Pins in the order of their words.

    given: Pins, {word: seconds} or (word, seconds) pairs, where a word is as written (case aside), "the#2" for the
    second such, or its number, counted from 1. Raises InputError for anything else, and for a word the line does not
    have, or has several times.
    """
    if given is not None and (isinstance(given, str) or not isinstance(given, Iterable)):
        raise _no_pin(given)
    pins = [_pin(one, text) for one in (given.items() if isinstance(given, Mapping) else given or ())]
    written = words_of(text)
    for pin in pins:
        if not 0 <= pin.word < len(written):
            raise InputError(f"There is no word {pin.word + 1} to pin: the line has {len(written)}.")
    return tuple(sorted(pins, key=lambda pin: pin.word))


def _pin(given: object, text: str) -> Pin:
    if isinstance(given, Pin):
        return given
    if not (isinstance(given, (tuple, list)) and len(given) == 2):
        raise _no_pin(given)
    word, start = given
    if not (isinstance(word, str) or is_whole(word)):
        raise _no_pin(given)
    return Pin(_place(word, text) if isinstance(word, str) else int(word) - 1, start)


def _no_pin(given: object) -> InputError:
    return InputError(f'A pin is a word and its seconds, such as {{"door": 1.2}}, not {given!r}.')


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

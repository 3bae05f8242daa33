"""EmotionTrack: an Emotion over the course of a line, with what else happens along it."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from numbers import Real
from typing import Literal, Protocol, TypeGuard, get_args

import numpy as np

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.errors import InputError

Unit = Literal["words", "seconds"]

# Sounds that are no words. Engines that can't make one leave it out.
NONVERBAL = ("laugh", "sigh", "gasp", "breath")
EMPHASES = ("strong", "moderate", "none", "reduced")


@dataclass(frozen=True)
class Range:
    """The numbers that a kind of mark takes, both ends among them; as text, "from 0 to 20 s"."""

    low: float
    high: float
    unit: str

    def __contains__(self, x: float) -> bool:
        return self.low <= x <= self.high

    def __str__(self) -> str:
        return f"from {self.low:g} to {self.high:g} {self.unit}"

    def held(self, x: float) -> float:
        """The number of the range nearest to x."""
        return min(max(x, self.low), self.high)


# A pause as long as Azure's longest <break>; rates as Google's engine takes them, pitches within two octaves; volumes
# down to what a room's noise covers, and up to where speech at an ordinary level is all clipped. Mouthed 0.3 times as
# wide, open vowels still part drawn lips by an eighth of the mouth's width; at 1.6, angry ones use 0.8 of the jaw.
RANGES = {
    "pause": Range(0.0, 20.0, "s"),
    "rate": Range(0.25, 4.0, "times the normal rate"),
    "pitch": Range(-24.0, 24.0, "semitones"),
    "volume": Range(-40.0, 20.0, "dB"),
    "mouth": Range(0.3, 1.6, "times the normal opening"),
}
KINDS = (*NONVERBAL, *RANGES, "emphasis", "say-as")


@dataclass(frozen=True)
class Key:
    """The Emotion at one place. Between keys it goes in a straight line; two keys at one place are a step."""

    at: float
    emotion: Emotion


@dataclass(frozen=True)
class Mark:
    """Something besides emotion, from `start` to `end` in the track's unit; a moment has both alike.

    kind and value: one of NONVERBAL (None), "pause" (seconds of silence), "emphasis" (one of EMPHASES), "rate" (a
    factor of the speaking rate), "pitch" (semitones), "volume" (dB), "mouth" (a factor of how wide the words are
    mouthed: a face follows it, a voice does not), "say-as" (how to read it, as SSML's interpret-as: "date",
    "characters", ...). Numbers lie in RANGES. Raises InputError for anything else.
    """

    kind: str
    start: float
    end: float
    value: float | str | None = None

    def __post_init__(self) -> None:
        _check_mark(self)


class Timed(Protocol):
    """Anything with a start and an end in seconds: a spoken word."""

    @property
    def start(self) -> float: ...

    @property
    def end(self) -> float: ...


@dataclass(frozen=True)
class EmotionTrack:
    """Emotion over a line. Before the first key and after the last it stays as there; without keys it is neutral.

    unit: what places count. "words": word i of the line (`words_of`) lasts from i to i + 1; "seconds": from the start.
    keys: in the order of their places, which must not fall.  marks: by their start.
    Raises InputError for another unit, and for places that fall or are no finite numbers.
    """

    keys: tuple[Key, ...] = ()
    unit: Unit = "words"
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            raise InputError(f"A track's places count words or seconds, not {_shown(self.unit)}.")
        if not all(_finite(k.at) for k in self.keys) or any(b.at < a.at for a, b in pairwise(self.keys)):
            raise InputError(f"The places of an emotion track must rise: {[k.at for k in self.keys]} do not.")

    @classmethod
    def constant(cls, emotion: Emotion, unit: Unit = "words") -> EmotionTrack:
        """One Emotion throughout."""
        return cls((Key(0.0, emotion),), unit)

    @classmethod
    def by_word(cls, emotions: Sequence[Emotion]) -> EmotionTrack:
        """One Emotion for each word of the line, with a step between words that differ."""
        return cls(_steps([(float(i), float(i + 1), e) for i, e in enumerate(emotions)]), "words")

    @classmethod
    def by_second(cls, points: Iterable[tuple[float, Emotion]]) -> EmotionTrack:
        """A curve through (seconds, Emotion) points."""
        return cls(tuple(Key(float(t), e) for t, e in sorted(points, key=lambda p: p[0])), "seconds")

    @classmethod
    def by_cue(cls, cues: Iterable[tuple[float, float, Emotion]]) -> EmotionTrack:
        """Steps, from (start, end, Emotion) cues in seconds such as subtitles; neutral between cues."""
        spans, last = [], 0.0
        for start, end, emotion in sorted(cues, key=lambda c: c[0]):
            if start < last or end < start:
                raise InputError(
                    f"The cue from {start:g} to {end:g} s overlaps the one before, which ends at {last:g} s."
                )
            if start > last:
                spans.append((last, start, NEUTRAL))
            spans.append((start, end, emotion))
            last = end
        return cls((*_steps(spans), *([Key(last, NEUTRAL)] if spans else [])), "seconds")

    def at(self, place: float) -> Emotion:
        """The Emotion at a place; at a step, the one that begins there."""
        if not self.keys:
            return NEUTRAL
        i = bisect_right(self.keys, place, key=lambda k: k.at)
        if i == 0 or i == len(self.keys):
            return self.keys[min(i, len(self.keys) - 1)].emotion
        a, b = self.keys[i - 1], self.keys[i]
        return a.emotion.toward(b.emotion, (place - a.at) / (b.at - a.at)) if place > a.at else a.emotion

    def mean(self, start: float, end: float) -> Emotion:
        """The mean Emotion from `start` to `end` (the integral of the course over its length)."""
        if end <= start:
            return self.at(start)
        inside = [k.at for k in self.keys if start < k.at < end]
        total = NEUTRAL
        for a, b in pairwise([start, *inside, end]):
            # Linear inside a piece, so its middle is its mean; a step at a piece's edge is not met.
            total = total + (b - a) / (end - start) * self.at((a + b) / 2)
        return total

    @property
    def is_constant(self) -> bool:
        """Whether the Emotion is the same throughout (marks aside)."""
        return all(k.emotion == self.keys[0].emotion for k in self.keys)

    @property
    def emotion(self) -> Emotion:
        """The Emotion of the line as a whole: the mean from the first key to the last."""
        if not self.keys:
            return NEUTRAL
        return self.keys[0].emotion if self.is_constant else self.mean(self.keys[0].at, self.keys[-1].at)

    def mapped(self, change: Callable[[Emotion], Emotion]) -> EmotionTrack:
        """Every key's Emotion changed: ``track.mapped(lambda e: 0.5 * e)``."""
        return replace(self, keys=tuple(Key(k.at, change(k.emotion)) for k in self.keys))

    def marked(self, kind: str, place: float) -> Mark | None:
        """The innermost mark of a kind that covers a place (start <= place < end), or None.

        It is the one that starts last; of those that start together the shortest, and of those alike the last.
        """
        covering = [m for m in self.marks if m.kind == kind and m.start <= place < m.end]
        return max(reversed(covering), key=lambda m: (m.start, -m.end), default=None)

    def in_seconds(self, words: Sequence[Timed]) -> EmotionTrack:
        """The same course in seconds, once the line's words are timed (one of `words` for each of `words_of`).

        A place within a word goes to the same share of its time. A step between two words with a gap between them is
        made over the gap.
        """
        if self.unit == "seconds":
            return self
        if not words:
            return EmotionTrack(tuple(Key(0.0, k.emotion) for k in self.keys), "seconds")
        keys = tuple(Key(_time(k.at, words, ends=_ends(self.keys, i)), k.emotion) for i, k in enumerate(self.keys))
        marks = tuple(_moved(m, _time(m.start, words), _time(m.end, words, ends=m.end > m.start)) for m in self.marks)
        return EmotionTrack(keys, "seconds", marks)

    def in_words(self, words: Sequence[Timed]) -> EmotionTrack:
        """The same course counted in words; the inverse of `in_seconds` but for what lies in the gaps between words."""
        if self.unit == "words":
            return self
        keys = tuple(Key(_place(k.at, words), k.emotion) for k in self.keys)
        marks = tuple(_moved(m, _place(m.start, words), _place(m.end, words)) for m in self.marks)
        return EmotionTrack(keys, "words", marks)

    def __str__(self) -> str:
        """Keys as ``place emotion``, for people: ``0 sad, 3 sad, 3 angry:0.9, 6 calm``."""
        if self.is_constant:
            return str(self.emotion)
        return ", ".join(f"{k.at:g} {k.emotion}" for k in self.keys)


def words_of(text: str) -> list[str]:
    """The words of a line as a track counts them: what blanks part, but for lone punctuation."""
    return [w for w in text.split() if re.search(r"\w", w)]


def places_of(words: Sequence[str], text: str) -> list[int]:
    """For each of `words`, which occur in `text` in this order, which of `words_of(text)` it is (part of)."""
    starts = [m.start() for m in re.finditer(r"\S+", text) if re.search(r"\w", m[0])]
    places, at, last = [], 0, 0
    for word in words:
        found = text.find(word, at)
        if found >= 0:
            at = found + len(word)
            last = max(bisect_right(starts, found) - 1, 0)
        places.append(last)
    return places


def _check_mark(mark: Mark) -> None:
    """Raises InputError, in one sentence, for a mark that no engine could follow."""
    kind, value = mark.kind, mark.value
    if kind not in KINDS:
        raise InputError(f"{_shown(kind)} is no kind of mark; the kinds are {', '.join(KINDS)}.")
    if not _finite(mark.start) or not _finite(mark.end):
        raise InputError(f"[{kind}] needs numbers for its places, not {_shown(mark.start)} and {_shown(mark.end)}.")
    if mark.end < mark.start:
        raise InputError(f"[{kind}] ends at {mark.end:g}, before its start at {mark.start:g}.")
    if kind in RANGES:
        what, right = f"a number {RANGES[kind]}", _finite(value) and value in RANGES[kind]
    elif kind == "emphasis":
        what, right = f"one of {', '.join(EMPHASES)}", value in EMPHASES
    elif kind == "say-as":
        what, right = "a text, such as date", isinstance(value, str) and value.strip() != ""
    else:
        what, right = "no value", value is None
    if not right:
        raise InputError(f"[{kind}] takes {what}, not {_shown(value)}.")


def _finite(x: object) -> TypeGuard[float]:
    try:
        return isinstance(x, Real) and not isinstance(x, bool) and math.isfinite(x)
    except OverflowError:  # an integer beyond every float
        return False


def _shown(given: object) -> str:
    return "nothing" if given is None else repr(given)[:40]


def _moved(mark: Mark, start: float, end: float) -> Mark:
    # Rounding may set the end of what ends with a word a hair before what starts right before it.
    return replace(mark, start=start, end=max(start, end))


def _steps(spans: Sequence[tuple[float, float, Emotion]]) -> tuple[Key, ...]:
    keys: list[Key] = []
    for start, end, emotion in spans:
        if keys and keys[-1] == Key(start, emotion):
            keys[-1] = Key(end, emotion)
        else:
            keys += [Key(start, emotion), Key(end, emotion)]
    return tuple(keys)


def _ends(keys: Sequence[Key], i: int) -> bool:
    """Whether key `i` closes what came before it: the first of two at one place, or the last of all."""
    return i > 0 and (i + 1 == len(keys) or keys[i + 1].at == keys[i].at)


def _time(place: float, words: Sequence[Timed], *, ends: bool = False) -> float:
    """Seconds of a place counted in words; at a word's edge, the end of the word before if `ends`."""
    place = max(place, 0.0)
    i = int(np.floor(place))
    if (ends and place == i and i > 0) or i >= len(words):
        return words[min(i, len(words)) - 1].end
    return words[i].start + (place - i) * (words[i].end - words[i].start)


def _place(seconds: float, words: Sequence[Timed]) -> float:
    """Where in words a time falls; between two words, the start of the second."""
    for i, word in enumerate(words):
        if seconds < word.end:
            return i + (max(seconds - word.start, 0.0) / (word.end - word.start) if word.end > word.start else 0.0)
    return float(len(words))

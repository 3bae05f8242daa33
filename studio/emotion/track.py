"""EmotionTrack: an Emotion over the course of a line, with what else happens along it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, Protocol

import numpy as np

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.errors import InputError

Unit = Literal["words", "seconds"]

# Sounds that are no words. Engines that can't make one leave it out.
NONVERBAL = ("laugh", "sigh", "gasp", "breath")


@dataclass(frozen=True)
class Key:
    """The Emotion at one place. Between keys it goes in a straight line; two keys at one place are a step."""

    at: float
    emotion: Emotion


@dataclass(frozen=True)
class Mark:
    """Something besides emotion, from `start` to `end` in the track's unit; a moment has both alike.

    kind and value: one of NONVERBAL (None), "pause" (seconds of silence), "emphasis" ("strong", "moderate", "none",
    "reduced"), "rate" (a factor of the speaking rate), "pitch" (semitones), "volume" (dB), "say-as" (how to read it, as
    SSML's interpret-as: "date", "characters", ...).
    """

    kind: str
    start: float
    end: float
    value: float | str | None = None


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
    """

    keys: tuple[Key, ...] = ()
    unit: Unit = "words"
    marks: tuple[Mark, ...] = ()

    def __post_init__(self) -> None:
        if not all(np.isfinite(k.at) for k in self.keys) or any(b.at < a.at for a, b in pairwise(self.keys)):
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
        """The innermost mark of a kind that covers a place (start <= place < end), or None."""
        covering = [m for m in self.marks if m.kind == kind and m.start <= place < m.end]
        return max(covering, key=lambda m: m.start, default=None)

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
        marks = tuple(
            replace(m, start=_time(m.start, words), end=_time(m.end, words, ends=m.end > m.start)) for m in self.marks
        )
        return EmotionTrack(keys, "seconds", marks)

    def in_words(self, words: Sequence[Timed]) -> EmotionTrack:
        """The same course counted in words; the inverse of `in_seconds` but for what lies in the gaps between words."""
        if self.unit == "words":
            return self
        keys = tuple(Key(_place(k.at, words), k.emotion) for k in self.keys)
        marks = tuple(replace(m, start=_place(m.start, words), end=_place(m.end, words)) for m in self.marks)
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

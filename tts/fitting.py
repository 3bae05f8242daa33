"""Fitting a line into its time: a length asked for, and words that must start when they are pinned to."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.delivery import Delivery, Pin
from studio.emotion.track import RANGES
from studio.errors import InputError
from tts.acoustic import FRAME, SAMPLE_RATE
from tts.line import Line
from tts.prosody.allocation import allocate
from tts.prosody.reading import Prosody, Reading, Stretch, Take
from tts.prosody.silence import FRAMES_PER_SECOND
from tts.units import Unit, spans_of, units_of

# Below this, a recogniser begins to miss words (docs/decisions/0004-voice-by-rule.md).
_CLEAR = 0.8
# What lies before a pin is not dragged beyond the first of these, times its natural length: it is said at the second,
# and a pause takes the rest. A shorter pause than this many frames (0.15 s) is none: see `tts.prosody.breath`.
_DRAGGED, _UNHURRIED, _SHORTEST_PAUSE = 1.25, 1.1, 6
_LONGEST_PAUSE = round(RANGES["pause"].high * FRAMES_PER_SECOND)

_LOG = logging.getLogger("affetto")

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Fit:
    """How one sentence is said. words: the pinned ones within it, each at the start of a stretch but the first.

    lead, trail: frames of silence heard before and after.
    """

    reading: Reading
    stretches: tuple[Stretch, ...]
    words: tuple[int, ...]
    lead: int
    trail: int

    @property
    def total(self) -> int:
        """Frames heard in all."""
        return self.lead + sum(s.frames for s in self.stretches) + self.trail


@dataclass(frozen=True, eq=False)
class Fitted:
    """A line with its sentences fitted. The line may have more pauses than it was planned with, for its pins' sake.

    samples: of the whole line; the frames may hold up to one frame more.
    """

    line: Line
    sentences: tuple[Fit, ...]
    samples: int


def fitted(line: Line, prosody: Prosody, delivery: Delivery, take: Take) -> Fitted:
    """The line as a prosody reads it, in the time it has to be said in.

    Raises InputError for a length or a pin out of reach, with the reach.
    """
    readings = [prosody.read(p, take) for p in line.sentences]
    units = units_of(line, readings, delivery)
    if delivery.seconds is None and not delivery.pins:
        lengths = [u.natural for u in units]
        return Fitted(line, _fits(units, lengths, readings), sum(lengths) * FRAME)
    frames: list[int] = []
    pauses: dict[tuple[int, int], float] = {}
    spans = spans_of(units)
    for span, pin in zip(spans[:-1], (s[0].pin for s in spans[1:]), strict=True):
        assert pin is not None
        more, pause = _before_pin(line, span, pin, sum(frames), delivery.nearest)
        frames += more
        pauses |= pause
    if pauses:
        # With its pauses the line reads anew, and they are as long as they need to be.
        return fitted(line.paused({**line.planner.pauses, **pauses}), prosody, delivery, take)
    if delivery.seconds is None:
        frames += [u.natural for u in spans[-1]]
        samples = sum(frames) * FRAME
    else:
        samples = _to_the_end(line, spans[-1], sum(frames), delivery)
        frames += _allocated(spans[-1], -(-samples // FRAME) - sum(frames))
    again = [prosody.read(p, take, _stretches(units, frames, i)) for i, p in enumerate(line.sentences)]
    return Fitted(line, _fits(units, frames, again), samples)


def _before_pin(
    line: Line, span: list[Unit], pin: Pin, at: int, nearest: bool
) -> tuple[list[int], dict[tuple[int, int], float]]:
    """Frames of the units from frame `at` to a pin; seconds of pause before its word, where it needs more."""
    natural = sum(u.natural for u in span)
    least = sum(u.floor if u.tokens is None else max(u.floor, math.ceil(u.shortest)) for u in span)
    most = natural + _LONGEST_PAUSE
    total = round(pin.start * FRAMES_PER_SECOND) - at
    if not least <= total <= most:
        low, high = ((at + f) / FRAMES_PER_SECOND for f in (least, most))
        word = line.word(pin.word)
        if not nearest:
            raise InputError(
                f"{word!r} can't start at {pin.start:g} s: after what comes before it, it starts from {low:.2f} to "
                f"{high:.2f} s ({(at + natural) / FRAMES_PER_SECOND:.2f} s is natural)."
            )
        total = min(max(total, least), most)
        _LOG.warning("%r can't start at %g s: it starts at %.2f s.", word, pin.start, (at + total) / FRAMES_PER_SECOND)
    held = sum(u.held for u in span)
    _warn_of_hurry(total - held, natural - held)
    slack = total - held - round(_UNHURRIED * (natural - held))
    if total - held <= _DRAGGED * (natural - held) or slack < _SHORTEST_PAUSE:
        return _allocated(span, total), {}
    if span[-1].tokens is None:
        frames = _allocated(span, total - slack)
        return [*frames[:-1], frames[-1] + slack], {}
    place = line.place(pin.word)
    assert place is not None
    # A word that has its pause already is not given another.
    pause = {} if place in line.planner.pauses else {place: slack / FRAMES_PER_SECOND}
    return _allocated(span, total), pause


def _to_the_end(line: Line, span: list[Unit], at: int, delivery: Delivery) -> int:
    """Samples of the line, whose last units are `span`, from frame `at` on: those asked for, if they are in reach."""
    assert delivery.seconds is not None
    natural = sum(u.natural for u in span) * FRAME
    before = at * FRAME
    low, high = reach(span, at)
    half = 0.5 / SAMPLE_RATE
    seconds = float(delivery.seconds)
    if not low - half <= seconds <= high + half:
        if not (delivery.nearest and math.isfinite(seconds)):
            raise InputError(
                f"The line can't be said in {seconds:g} s: with this voice and emotion{' and its pins' * (at > 0)} it "
                f"takes from {math.ceil(low * 100) / 100:.2f} to {math.floor(high * 100) / 100:.2f} s "
                f"({(before + natural) / SAMPLE_RATE:.2f} s is natural)."
            )
        asked, seconds = seconds, min(max(seconds, low), high)
        _LOG.warning("The line can't be said in %g s: it takes %.2f s.", asked, seconds)
    samples = round(seconds * SAMPLE_RATE)
    held = sum(u.held for u in span)
    # Silence around a line that a length asked for does without makes no word shorter.
    _warn_of_hurry((samples - before) // FRAME - held, round(sum(u.target for u in span)) - held)
    return samples


def reach(span: Sequence[Unit], at: int) -> tuple[float, float]:
    """The shortest and the longest that a line can be, in seconds, whose last units are `span`, from frame `at` on."""
    low = at + max(sum(u.shortest for u in span), sum(u.floor for u in span))
    return low / FRAMES_PER_SECOND, (at + sum(u.longest for u in span)) / FRAMES_PER_SECOND


def _warn_of_hurry(total: int, natural: int) -> None:
    if total < _CLEAR * natural:
        _LOG.warning(
            "%.2f s is %.2f times the natural length of what is said in it: some words may be lost.",
            total / FRAMES_PER_SECOND,
            total / natural,
        )


def _allocated(span: list[Unit], total: int) -> list[int]:
    targets, elasticity = (np.array([getattr(u, f) for u in span], float) for f in ("target", "elasticity"))
    held, floors = (np.array([getattr(u, f) for u in span], np.int64) for f in ("held", "floor"))
    shared = held + allocate(targets - held, elasticity, floors - held, total - int(held.sum()))
    return list(map(int, shared))


def _stretches(units: Sequence[Unit], frames: Sequence[int], sentence: int) -> tuple[Stretch, ...]:
    return tuple(
        Stretch(*u.tokens, n)
        for u, n in zip(units, frames, strict=True)
        if u.tokens is not None and u.sentence == sentence
    )


def _fits(units: Sequence[Unit], frames: Sequence[int], readings: Sequence[Reading]) -> tuple[Fit, ...]:
    """units: of the whole line."""
    fits = []
    for i, reading in enumerate(readings):
        silences = [n for u, n in zip(units, frames, strict=True) if u.tokens is None and u.sentence == i]
        words = tuple(u.word for u in units if u.tokens is not None and u.sentence == i)[1:]
        fits.append(Fit(reading, _stretches(units, frames, i), words, *silences))
    return tuple(fits)

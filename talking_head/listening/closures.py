"""Closures of the lips: from how likely they touch to when they do, and from that to the gesture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from talking_head.motion.curves import Array
from talking_head.motion.lips import touching

# Settled on speakers that were not learned from and that it is not judged on (checkpoints/lips.md).
BEGINS, LASTS = 0.3, 0.18
# Seconds. Parts closer than this are one closure; a shorter one is held so long, which every frame rate of film shows.
_APART, _HELD = 0.04, 0.045


@dataclass(frozen=True)
class Closure:
    """The lips touch from `start` to `end`, seconds as they are to be shown."""

    start: float
    end: float


def closures(
    likely: npt.NDArray[np.floating], rate: float, begins: float = BEGINS, lasts: float = LASTS
) -> tuple[Closure, ...]:
    """Those in a course [N] of how likely the lips touch, `rate` frames a second, each in the middle of its time.

    begins: a closure does where touching gets this likely.  lasts: while it is this likely around there.
    """
    on = np.concatenate(([0], (likely >= lasts).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(on)).reshape(-1, 2)
    found: list[Closure] = []
    for first, end in edges.tolist():
        if likely[first:end].max() < begins:
            continue
        start, stop = first / rate, end / rate
        if found and start - found[-1].end < _APART:
            start = found.pop().start
        found.append(Closure(start, stop))
    return tuple(_held(c) for c in found)


def _held(closure: Closure) -> Closure:
    lacking = max(_HELD - (closure.end - closure.start), 0.0) / 2
    return Closure(closure.start - lacking, closure.end + lacking)


def contact(found: Sequence[Closure], times: Array) -> Array:
    """[F] at the times, in the gesture of `talking_head.motion.lips`: 1 where the lips touch, at least at the one time
    nearest to a closure's middle. times: rising, at least one."""
    shown = [c for c in found if times[0] <= c.end and c.start <= times[-1]]
    middles = np.array([(c.start + c.end) / 2 for c in shown])
    nearest = times[np.searchsorted((times[1:] + times[:-1]) / 2, middles)]
    return touching(times, [(min(c.start, t), max(c.end, t)) for c, t in zip(shown, nearest.tolist(), strict=True)])

"""Every line of a film at its time, and how loud the film is around them, as one sound of the film's length."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from talking_head.visual_dubbing.line import Line

RATE = 48_000
# The film's own sound goes and comes back in so many seconds.
_FADE = 0.06
# Full scale: half of what 16 bits hold, so that lines may be said at once.
_FULL = 16_384
_BLOCK = 60 * RATE


def write_bed(path: Path, lines: Sequence[Line], quiet: Sequence[tuple[float, float]], seconds: float) -> None:
    """Write raw 16-bit sound of two channels at `RATE`: lines at their times, and the film's gain, 1 but in `quiet`.

    quiet: (start, end) in seconds. On disk, so that memory does not grow with the film.
    """
    total = max(round(seconds * RATE), 1)
    bed = np.memmap(path, np.int16, "w+", shape=(total, 2))
    for first in range(0, total, _BLOCK):
        bed[first : first + _BLOCK, 1] = _FULL
    for start, end in quiet:
        first, last = round((start - _FADE) * RATE), round((end + _FADE) * RATE)
        times = np.arange(max(first, 0), min(last, total)) / RATE
        gain = np.clip(np.maximum(start - times, times - end) / _FADE, 0, 1)
        here = bed[max(first, 0) : min(last, total), 1]
        here[:] = np.round(here * gain)
    for line in lines:
        first = round(line.start * RATE)
        here = bed[first : first + round(line.speech.seconds * RATE) + 1, 0]
        said = _resampled(line)[: len(here)]
        mixed = here[: len(said)] + np.round(said * _FULL)
        here[: len(said)] = np.clip(mixed, -2 * _FULL, 2 * _FULL - 1)
    bed.flush()


def _resampled(line: Line) -> npt.NDArray[np.floating]:
    rate = line.speech.sample_rate
    shared = gcd(RATE, rate)
    return np.asarray(resample_poly(line.speech.samples, RATE // shared, rate // shared))

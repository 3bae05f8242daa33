"""How many frames a film has in a second, told by when each is shown."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

# Rates that films have: whole ones, and those times 1000/1001 (NTSC); another is taken as it is.
_NTSC = (12, 24, 30, 48, 60, 120, 240)
_RATES = [*(Fraction(n) for n in range(1, 241)), *(Fraction(1000 * n, 1001) for n in _NTSC)]
# A rate counts as one of those when as near as this; Matroska rounds times to milliseconds.
_NEAR = 2e-4
# The rate is constant when of the gaps between frames the second share leave the usual one by less than the first part
# of it: coders drop a frame now and then.
_EVEN, _EVEN_SHARE = 0.3, 0.98
# A variable rate is shown at no more than the first; of a constant one above the second, a recorder's clock, the same.
_MOST_VARIABLE, _FASTEST = 60, 240


def frame_rate(times: npt.NDArray[np.float64], tick: float, told: float | None) -> tuple[Fraction, bool]:
    """Frames a second of frames shown at `times`, rising, and whether it varies; told: what the header says."""
    gaps = np.diff(times)
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return _known(told if told and told <= _FASTEST else 25.0, _NEAR), False
    usual = float(np.median(gaps))
    even = _alike(gaps, usual, tick)
    rate = 1 / float(gaps[even].mean())
    if even.mean() >= _EVEN_SHARE and rate <= _FASTEST:
        return _known(rate, _NEAR + tick / float(gaps[even].sum())), False
    # Fast enough that few frames are lost: those that last longer are shown again.
    short = float(np.percentile(gaps, 10))
    return _known(min(1 / float(gaps[_alike(gaps, short, tick)].mean()), _MOST_VARIABLE), 0.02), True


def _alike(gaps: npt.NDArray[np.float64], gap: float, tick: float) -> npt.NDArray[np.bool_]:
    return np.abs(gaps - gap) <= max(_EVEN * gap, 1.5 * tick)


def _known(rate: float, near: float) -> Fraction:
    """The rate that films have next to this one, if any is as `near`."""
    nearest = min(_RATES, key=lambda r: abs(float(r) / rate - 1))
    return nearest if abs(float(nearest) / rate - 1) <= near else Fraction(rate).limit_denominator(1001)

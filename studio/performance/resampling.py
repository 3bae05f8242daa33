"""Rows at any times onto frames at a constant rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# The clocks of phones are off by less than this: recordings of the app measure 30.005 and 59.90. 30 and 29.97 frames a
# second, a thousandth apart, are told apart by which is nearer.
_SAME_RATE = 8e-4
# Rows this near to where a frame is due, in frames, are that frame: interpolating would only blur them.
_ON_TIME = 0.02


def own_rate(times: npt.NDArray[np.float64]) -> float:
    """Frames per second of rows at `times` [N] seconds, rows left out here and there; 60 for a single one.

    A whole number, or one of the broadcast rates (whole x 1000 / 1001), when it is that near.
    """
    if len(times) < 2:
        return 60.0
    steps = np.diff(times)
    step = np.median(steps)
    regular = steps < 1.5 * step
    measured = float(regular.sum() / steps[regular].sum())
    near = [r for whole in (round(measured), round(measured * 1.001)) for r in (whole, whole * 1000 / 1001) if r > 0]
    best = min(near, key=lambda r: abs(r - measured), default=measured)
    return float(best) if abs(best - measured) <= _SAME_RATE * measured else round(measured, 3)


def resample(values: Floats, times: npt.NDArray[np.float64], fps: float) -> Floats:
    """Rows [N, C] at `times` [N] seconds, rising from 0, as frames [F, C] at i / fps, linear in between."""
    count = max(1, round(float(times[-1]) * fps) + 1)
    if count == len(times) and np.abs(times * fps - np.arange(count)).max() <= _ON_TIME:
        return values
    at = np.arange(count) / fps
    after = np.clip(np.searchsorted(times, at), 1, max(len(times) - 1, 1))
    if len(times) == 1:
        return np.repeat(values, count, axis=0)
    before = after - 1
    share = np.clip((at - times[before]) / (times[after] - times[before]), 0, 1)[:, None]
    return ((1 - share) * values[before] + share * values[after]).astype(np.float32)

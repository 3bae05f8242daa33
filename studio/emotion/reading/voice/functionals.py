"""From descriptors over time to one row of numbers for a sound."""

from __future__ import annotations

import warnings
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.fft import dct

Floats = npt.NDArray[np.float64]

_PERCENTILES = (5, 20, 50, 80, 95)
_STATISTICS = (
    *("mean", "sd", "p5", "p20", "p50", "p80", "p95"),
    *("range_90", "range_60", "skew", "slope", "rise", "fall", "turn"),
)
_DELTA_STATISTICS = ("sd", "p5", "p95", "abs")
# Fewer frames than this (0.1 s) say nothing about a course.
_LEAST = 10


def statistics(series: dict[str, Floats], seconds: Floats) -> dict[str, float]:
    """Functionals of each descriptor [F] (NaN: not there), `seconds` [F] being the frames' times."""
    matrix = np.stack(list(series.values()), axis=1)
    steps = np.diff(matrix, axis=0)
    steps[np.diff(seconds) > 0.015] = np.nan
    with warnings.catch_warnings():
        # A descriptor that is nowhere there has no mean: NaN is what is meant.
        warnings.simplefilter("ignore", RuntimeWarning)
        values = _values(matrix, steps, seconds)
        moves = _moves(steps)
    return {
        **{f"{n}.{s}": float(values[i, j]) for j, n in enumerate(series) for i, s in enumerate(_STATISTICS)},
        **{f"{n}.d_{s}": float(moves[i, j]) for j, n in enumerate(series) for i, s in enumerate(_DELTA_STATISTICS)},
    }


def _values(matrix: Floats, steps: Floats, seconds: Floats) -> Floats:
    if len(matrix) < _LEAST:
        return np.full((len(_STATISTICS), matrix.shape[1]), np.nan)
    mean, sd = np.nanmean(matrix, axis=0), np.nanstd(matrix, axis=0)
    p = np.nanpercentile(matrix, _PERCENTILES, axis=0)
    centred = matrix - mean
    skew = np.nanmean(centred**3, axis=0) / np.maximum(sd, 1e-9) ** 3
    # Slope over the whole utterance, in units of its length: an utterance twice as long has the same declination.
    t = (seconds - seconds.mean()) / max(float(np.ptp(seconds)), 1e-3)
    slope = np.nanmean(centred * t[:, None], axis=0) / (t**2).mean()
    up, down = np.where(steps > 0, steps, np.nan), np.where(steps < 0, steps, np.nan)
    turns = np.nanmean(np.sign(steps[1:]) * np.sign(steps[:-1]) < 0, axis=0)
    rise, fall = np.nan_to_num(np.nanmean(up, axis=0)), np.nan_to_num(np.nanmean(down, axis=0))
    return np.stack([mean, sd, *p, p[4] - p[0], p[3] - p[1], skew, slope, rise, fall, turns])


def _moves(steps: Floats) -> Floats:
    if len(steps) < _LEAST:
        return np.full((len(_DELTA_STATISTICS), steps.shape[1]), np.nan)
    return np.stack(
        [np.nanstd(steps, axis=0), *np.nanpercentile(steps, (5, 95), axis=0), np.nanmean(np.abs(steps), axis=0)]
    )


def contour(name: str, values: Floats, n: int = 6) -> dict[str, float]:
    """The shape of a course [F], stretched to one length: its first cosine coefficients after the mean."""
    if len(values) < _LEAST:
        return {f"{name}.shape{k}": float("nan") for k in range(1, n + 1)}
    even = np.interp(np.linspace(0, len(values) - 1, 64), np.arange(len(values)), values)
    coefficients = dct(even - even.mean(), norm="ortho") / 8.0
    return {f"{name}.shape{k}": float(coefficients[k]) for k in range(1, n + 1)}


_MODULATIONS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


def modulation(mel: Floats) -> dict[str, float]:
    """How strongly groups of mel bands [F, BANDS] (dB) move at each rate: log power by octave of 0.5 to 32 Hz."""
    groups = np.stack([g.mean(axis=1) for g in np.array_split(mel, 9, axis=1)], axis=1)
    groups = (groups - groups.mean(axis=0)) * np.hanning(len(groups))[:, None]
    length = max(512, len(groups))
    power = np.abs(np.fft.rfft(groups, length, axis=0)) ** 2 / len(groups)
    hz = np.fft.rfftfreq(length, 0.01)
    found: dict[str, float] = {}
    for low, high in pairwise(_MODULATIONS):
        inside = power[(hz >= low) & (hz < high)].sum(axis=0)
        found |= {f"modulation_{low:g}.{g}": float(v) for g, v in enumerate(np.log10(inside + 1e-3))}
    return found


def runs(on: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Lengths of the unbroken stretches of True, in frames."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(int)))
    return edges[1::2] - edges[::2]

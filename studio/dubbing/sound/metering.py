"""Loudness and true peak of sound that comes in blocks, by ITU-R BS.1770-4, whatever its length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly, sosfilt

from studio.dubbing.sound.layouts import Layout

Sound = npt.NDArray[np.float32]

# BS.1770-4, annex 1, tables 1 and 2: the filters at 48 kHz, a high shelf and a high pass.
_K_WEIGHTING = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)
# Blocks of 0.4 s, three quarters overlapping: four steps of 0.1 s, at 48 kHz.
STEP = 4800
_STEPS = 4
_ABSOLUTE_GATE, _RELATIVE_GATE = -70.0, -10.0

# BS.1770-4 annex 2 asks for at least four times the rate.
OVERSAMPLING = 4
# What is read beside each piece, so that the filter (10 samples to each side) sees no edge.
_BESIDE = 16
# A wave at a quarter of the rate is 3 dB over its samples: what is 12 dB below the highest peak holds none higher.
_MOST_OVER = 4.0


class LoudnessMeter:
    """Hears 48 kHz sound block by block; keeps one number for each tenth of a second."""

    def __init__(self, layout: Layout) -> None:
        self._weights = layout.weights
        self._state = np.zeros((len(_K_WEIGHTING), 2, layout.channels))
        self._rest = np.zeros((0, layout.channels))
        self._powers: list[npt.NDArray[np.float64]] = []

    def hear(self, sound: Sound) -> None:
        """sound: [T, C]."""
        weighted, self._state = sosfilt(_K_WEIGHTING, sound.astype(np.float64), axis=0, zi=self._state)
        weighted = np.concatenate([self._rest, weighted]) if len(self._rest) else weighted
        whole = len(weighted) // STEP * STEP
        self._rest = weighted[whole:]
        steps = weighted[:whole].reshape(-1, STEP, weighted.shape[1])
        self._powers.append((np.einsum("ntc,ntc->nc", steps, steps) / STEP) @ self._weights)

    def integrated(self, spans: Sequence[tuple[float, float]] | None = None) -> float:
        """LUFS of all that was heard, or of what lies in `spans` (seconds); -inf for silence."""
        powers = np.concatenate(self._powers) if self._powers else np.zeros(0)
        if spans is not None:
            at = (np.arange(len(powers)) + 0.5) * STEP / 48_000
            powers = powers[_inside(at, spans)]
        if not len(powers):
            return -np.inf
        # What is shorter than a block is measured as it is.
        n = min(_STEPS, len(powers))
        blocks = np.convolve(powers, np.full(n, 1 / n), "valid")
        heard = blocks[_lufs(blocks) > _ABSOLUTE_GATE]
        if not len(heard):
            return -np.inf
        gated = heard[_lufs(heard) > _lufs(heard.mean()) + _RELATIVE_GATE]
        return float(_lufs(gated.mean()))


class TruePeakMeter:
    """Hears 48 kHz sound block by block; reads between its samples only where a new highest peak could lie."""

    def __init__(self, channels: int) -> None:
        self._before = np.zeros((2 * _BESIDE, channels), np.float32)
        self._peak = 0.0

    def hear(self, sound: Sound) -> None:
        """sound: [T, C]."""
        joined = np.concatenate([self._before, sound])
        levels = np.abs(joined).max(axis=1)
        self._peak = max(self._peak, float(levels.max(initial=0.0)))
        starts = np.arange(_BESIDE, len(joined) - _BESIDE, STEP)
        highest = np.maximum.reduceat(levels, starts) if len(starts) else levels[:0]
        for i in np.argsort(-highest):
            if highest[i] * _MOST_OVER <= self._peak:
                break
            piece = joined[starts[i] - _BESIDE : min(starts[i] + STEP, len(joined) - _BESIDE) + _BESIDE]
            fine = resample_poly(piece, OVERSAMPLING, 1, axis=0)[_BESIDE * OVERSAMPLING : -_BESIDE * OVERSAMPLING]
            self._peak = max(self._peak, float(np.abs(fine).max(initial=0.0)))
        self._before = joined[-2 * _BESIDE :]

    @property
    def dbtp(self) -> float:
        """The highest peak heard, dB of full scale; -inf for silence."""
        return 20 * float(np.log10(self._peak)) if self._peak else -np.inf


def _inside(at: npt.NDArray[np.float64], spans: Sequence[tuple[float, float]]) -> npt.NDArray[np.bool_]:
    """Which times lie in any of the spans."""
    inside = np.zeros(len(at), bool)
    for start, end in spans:
        inside[np.searchsorted(at, start) : np.searchsorted(at, end)] = True
    return inside


def _lufs(power: npt.ArrayLike) -> npt.NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return np.asarray(-0.691 + 10 * np.log10(power))

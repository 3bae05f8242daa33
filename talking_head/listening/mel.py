"""What the network hears: the levels of mel bands, 100 times a second, beside how loud it is around there.

Taken beside the level nearby, a recording at half the level is the same, and so is a speaker who stands further away.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import percentile_filter

Floats = npt.NDArray[np.float32]

RATE = 16_000
HOP = 160
FRAMES_PER_SECOND = RATE // HOP
# Fewer bands than recognisers use: the harmonics of a high voice are not told apart, so that its pitch matters less.
BANDS = 48
_WINDOW, _FFT = 400, 512
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 7600.0
# dB under the loud parts beyond which nothing is told apart: rooms are no quieter beside speech.
_RANGE = 60.0
# The level nearby is what nine tenths of 5 s lie under, but never more than 30 dB under the whole recording's: a pause
# of some seconds is not made as loud as speech. Levels are of parts of a tenth of a second.
_PART, _PARTS, _LOUD, _BELOW_WHOLE = 10, 51, 90, 30.0
# dB below full scale under which a recording holds nothing: the noise of 12 bits.
_NOTHING = -65.0


def levels(samples: npt.NDArray[np.floating]) -> Floats:
    """Level of each frame of a sound [T] at RATE in dB, [ceil(T / HOP)]; frame i is of the middle of its HOP."""
    return _decibels(_power(samples).mean(axis=1) / _WINDOW)


def reference(level: Floats) -> Floats:
    """The level nearby at each of the frames, [N], dB; level: of a whole recording, [N]."""
    count = -(-len(level) // _PART)
    parts = np.pad(level, (0, count * _PART - len(level)), mode="edge").reshape(count, _PART)
    loudness = _decibels((10.0 ** (parts / 10.0)).mean(axis=1))
    near = percentile_filter(loudness, _LOUD, size=min(_PARTS, 2 * count - 1), mode="nearest")
    near = np.maximum(near, max(float(np.percentile(loudness, _LOUD)) - _BELOW_WHOLE, _NOTHING))
    middles = np.arange(count) * _PART + (_PART - 1) / 2
    return np.interp(np.arange(len(level)), middles, near).astype(np.float32)


def bands(samples: npt.NDArray[np.floating], reference: Floats, warp: float = 1.0) -> Floats:
    """What the network is given, [ceil(T / HOP), BANDS], about -1 to 1; samples: [T] at RATE.

    reference: of the same frames.  warp: how far formants are moved, 1.1 for a head a tenth smaller (Jaitly & Hinton
    2013, "Vocal tract length perturbation improves speech recognition").
    """
    level = _decibels(_power(samples) @ _filters(round(warp, 2)).T)
    return np.asarray(np.clip((level - reference[:, None]) / (_RANGE / 2) + 1.0, -1.0, 1.5), np.float32)


def _power(samples: npt.NDArray[np.floating]) -> Floats:
    """Power spectra of the frames, [N, _FFT // 2 + 1]."""
    count = -(-len(samples) // HOP)
    before = (_WINDOW - HOP) // 2
    padded = np.pad(np.asarray(samples, np.float32), (before, count * HOP - len(samples) + _WINDOW))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:count]
    return np.asarray(np.abs(np.fft.rfft(frames * _hann(), _FFT)) ** 2, np.float32)


def _decibels(power: npt.NDArray[np.floating]) -> Floats:
    return np.asarray(10.0 * np.log10(power + 1e-10), np.float32)


@cache
def _hann() -> Floats:
    return np.hanning(_WINDOW).astype(np.float32)


@cache
def _filters(warp: float) -> Floats:
    """Triangles evenly spaced on the mel scale, each of sum 1 over the window's gain, [BANDS, bins]."""

    def mel(hertz: npt.NDArray[np.floating] | float) -> npt.NDArray[np.float64]:
        return 2595.0 * np.log10(1.0 + np.asarray(hertz, np.float64) / 700.0)

    edges = np.linspace(mel(_LOWEST_HZ), mel(_HIGHEST_HZ), BANDS + 2)
    bins = mel(np.fft.rfftfreq(_FFT, 1 / RATE) / warp)
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    triangles = np.clip(np.minimum(up, down), 0.0, None)
    return (triangles / np.maximum(triangles.sum(axis=1, keepdims=True), 1e-9) / _WINDOW).astype(np.float32)

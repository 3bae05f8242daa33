"""A limiter of true peaks that looks ahead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from scipy.ndimage import minimum_filter1d
from scipy.signal import resample_poly

from studio.dubbing.sound.blocks import windows
from studio.dubbing.sound.metering import OVERSAMPLING

Sound = npt.NDArray[np.float32]

# The gain is held over 10 ms before a peak and as much after it, then smoothed over as much: no step, no click.
_REACH = 480
_MARGIN = 3 * _REACH
# Peaks between samples are read up to this much too low at four times the rate (BS.1770-4 annex 2, table 3: 0.55 dB at
# the very top of the band, far less where a film has its peaks).
_HEADROOM_DB = 0.2
_SMOOTHING = np.hanning(2 * _REACH + 3)[1:-1]
_SMOOTHING /= _SMOOTHING.sum()


def limited(blocks: Iterable[Sound], gain: float, ceiling_db: float) -> Iterator[Sound]:
    """The blocks [T, C] times `gain`, no true peak over `ceiling_db` dBTP. All channels go down together."""
    ceiling = 10 ** ((ceiling_db - _HEADROOM_DB) / 20)
    for window in windows(blocks, _MARGIN):
        sound = window.sound * np.float32(gain)
        out = sound[_MARGIN : len(sound) - _MARGIN]
        # No signal's peaks between samples are more than four times (12 dB) its samples' in practice; most blocks are
        # far below and cost nothing.
        if np.abs(sound).max(initial=0.0) > ceiling / 4:
            over = _peaks(sound) / ceiling
            if over.max(initial=0.0) > 1:
                out = out * _gains(over)[_MARGIN : len(sound) - _MARGIN, None]
        yield out.astype(np.float32, copy=False)


def _peaks(sound: Sound) -> npt.NDArray[np.float64]:
    """The largest magnitude at and just after each sample, over the channels, [T]."""
    fine = np.maximum.reduce(np.abs(resample_poly(sound, OVERSAMPLING, 1, axis=0)).T)
    return np.maximum.reduce(fine.reshape(-1, OVERSAMPLING).T).astype(np.float64)


def _gains(over: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """A gain for each sample that is nowhere over 1 / over, and smooth."""
    held = minimum_filter1d(1 / np.maximum(over, 1), 2 * (_REACH + 1) + 1)
    return np.convolve(held, _SMOOTHING, "same").astype(np.float32)

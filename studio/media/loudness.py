"""Loudness by ITU-R BS.1770 (pyloudnorm), and the true peak."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyloudnorm
from scipy.signal import resample_poly

Samples = npt.NDArray[np.float32]

SPEECH_LUFS = -16.0
TRUE_PEAK_DBTP = -1.0
# BS.1770 gates over blocks of 0.4 s; what is shorter is measured repeated.
_BLOCK_SECONDS = 0.4


def loudness(samples: Samples, sample_rate: int) -> float:
    """Integrated loudness in LUFS of mono float32 [T]; -inf for silence."""
    if not np.any(samples):
        return -np.inf
    block = int(_BLOCK_SECONDS * sample_rate) + 1
    repeated = np.tile(samples, -(-block // len(samples))) if len(samples) < block else samples
    return float(pyloudnorm.Meter(sample_rate).integrated_loudness(repeated.astype(np.float64)))


def true_peak(samples: Samples) -> float:
    """Largest magnitude between samples too, by 4x oversampling (BS.1770-4 annex 2); linear."""
    return float(np.max(np.abs(resample_poly(samples, 4, 1)), initial=0.0))

"""What every measurement starts from: a sound at one rate and level, cut in overlapping frames."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

Floats = npt.NDArray[np.float64]

RATE = 16000
HOP = 160  # 10 ms


def frames_of(samples: Floats, window: int) -> Floats:
    """Overlapping frames [F, window], one a hop, centred on it; F = 1 + T // HOP for any window."""
    padded = np.pad(samples, (window // 2, window - window // 2))
    return np.lib.stride_tricks.sliding_window_view(padded, window)[::HOP][: 1 + len(samples) // HOP]


def at_rate(samples: npt.NDArray[np.floating], rate: int) -> Floats:
    """float64 [T] at RATE."""
    x = np.asarray(samples, np.float64)
    if rate != RATE:
        ratio = Fraction(RATE, rate)
        x = resample_poly(x, ratio.numerator, ratio.denominator)
    return x


def levels(samples: Floats) -> Floats:
    """Level of each frame of 25 ms in dB, [F]."""
    power = (frames_of(samples, int(0.025 * RATE)) ** 2).mean(axis=1)
    return 10.0 * np.log10(power + 1e-12)


# Speech reaches some 30 dB under its loud vowels (soft fricatives); pauses in a living room lie below.
_ACTIVE_RANGE = 30.0


def active(level: Floats) -> npt.NDArray[np.bool_]:
    """Which frames hold speech, [F]: those less than 30 dB under the loud ones."""
    return level > np.percentile(level, 95) - _ACTIVE_RANGE


def trimmed(samples: Floats) -> Floats:
    """The sound from its first to its last active frame, at a root mean square of 0.1 while active."""
    on = np.flatnonzero(active(levels(samples)))
    x = samples[max(on[0] * HOP - HOP, 0) : on[-1] * HOP + HOP]
    level = levels(x)
    power = (10.0 ** (level[active(level)] / 10.0)).mean()
    return x * (0.1 / np.sqrt(power))

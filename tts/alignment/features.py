"""What sounds are compared by: mel cepstra every 10 ms, made alike across speakers and rooms, and their level.

Davis & Mermelstein (1980), "Comparison of parametric representations for monosyllabic word recognition in continuously
spoken sentences"; mean and variance normalised over what is spoken (Viikki & Laurila 1998).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.fft import dct
from scipy.ndimage import uniform_filter1d

from studio.emotion.reading.voice.framing import HOP, RATE, frames_of

Floats = npt.NDArray[np.float64]

STEP = HOP / RATE  # seconds
_WINDOW, _FFT = 400, 512
_LOWEST_HZ, _HIGHEST_HZ, _BANDS, _CEPSTRA = 80.0, 7600.0, 26, 13
# Steps either side that a cepstrum's change is taken over.
_REACH = 2
# The level counts as much as this many cepstra; it says where the pauses and closures are.
_LEVEL_WEIGHT = 1.5
# Steps this far under the loud ones are no speech; between, the recording's own floor decides.
_QUIETEST, _LOUDEST_FLOOR, _ABOVE_FLOOR = -45.0, -22.0, 8.0


def features(samples: Floats) -> tuple[Floats, Floats]:
    """Features [F, D] in units of their own spread, and level in dB under the loud vowels [F]; one a STEP.

    samples: float [N] at RATE (`studio.emotion.reading.voice.framing`).
    """
    emphasised = np.append(samples[:1], samples[1:] - 0.97 * samples[:-1])
    power = np.abs(np.fft.rfft(frames_of(emphasised, _WINDOW) * np.hanning(_WINDOW), _FFT)) ** 2
    mel = np.log(power @ _filters().T + 1e-10)
    plain = (frames_of(samples, _WINDOW) ** 2).mean(axis=1)
    level = 10 * np.log10(plain + 1e-10)
    level = level - np.percentile(level, 95)
    cepstra = dct(mel, axis=1, norm="ortho")[:, 1:_CEPSTRA]
    spoken = level > silent_below(level)
    cepstra = (cepstra - cepstra[spoken].mean(axis=0)) / np.maximum(cepstra[spoken].std(axis=0), 1e-6)
    change = _change(cepstra)
    change /= np.maximum(change[spoken].std(axis=0), 1e-6)
    loudness = _LEVEL_WEIGHT * np.clip(level, _QUIETEST, 0.0)[:, None] / 10.0
    both = np.concatenate([cepstra, 0.7 * change, loudness], axis=1)
    return both / np.sqrt(both.shape[1]), level


def backwards(features: Floats) -> Floats:
    """The features [F, D] of the same sound played backwards: what no speech matches."""
    turned = features[::-1].copy()
    turned[:, _CEPSTRA - 1 : 2 * (_CEPSTRA - 1)] *= -1.0
    return turned


def silent_below(level: Floats) -> float:
    """The level under which a step of a recording is silent, from its quietest steps; level: [F], dB."""
    return float(np.clip(np.percentile(level, 3) + _ABOVE_FLOOR, _QUIETEST, _LOUDEST_FLOOR))


def _change(cepstra: Floats) -> Floats:
    padded = np.pad(cepstra, ((_REACH, _REACH), (0, 0)), mode="edge")
    count = len(cepstra)
    rise = sum(n * (padded[_REACH + n :][:count] - padded[_REACH - n :][:count]) for n in range(1, _REACH + 1))
    return np.asarray(uniform_filter1d(rise, 3, axis=0, mode="nearest"))


@cache
def _filters() -> Floats:
    """Triangles evenly spaced on the mel scale, [_BANDS, bins]."""

    def mel(hertz: npt.NDArray[np.floating] | float) -> Floats:
        return 2595.0 * np.log10(1.0 + np.asarray(hertz) / 700.0)

    edges = np.linspace(mel(_LOWEST_HZ), mel(_HIGHEST_HZ), _BANDS + 2)
    bins = mel(np.fft.rfftfreq(_FFT, 1 / RATE))
    up = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    down = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(up, down), 0.0, None)

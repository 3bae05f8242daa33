"""What happens to the sound after the acoustic model: dynamics, tilt and level."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import lfilter, resample_poly

from studio.media.loudness import SPEECH_LUFS, TRUE_PEAK_DBTP, loudness

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

_FADE_SECONDS = 0.005
# Dynamics: the level contour over 50 ms, moved by at most this, and not at all below this level of the sentence's own.
_CONTOUR_SECONDS = 0.05
_MOST_DB = 6.0
_QUIET_DB = -30.0
# Half of a tilt's dB is reached here: between the vowels' first two formants, where corpora show vocal effort to split
# the spectrum (its 0.8-6 kHz rise together in angry, fall together in sad).
_TILT_HZ = 1000.0
# Shelves this far apart are in phase to within 4 degrees: crossfaded, they pass for those between.
_TILT_STEP_DB = 2.0
# From one word's level and tilt to the next one's: about a syllable, so that no edge is heard.
_GLIDE_SECONDS = 0.15
# The limiter looks ahead 3 ms and recovers in 10 ms. Kokoro's highest peaks are bursts of stops, 15-20 dB over the
# loudness: recovering in 40 ms ducks the vowel after them (at +4 dB, 64 % of an angry line lay 3 dB down, not 39 %).
_LOOK_AHEAD_SECONDS = 0.003
_RECOVERY_SECONDS = 0.01
# After 25 recovery times nothing is left; samples worked on at once.
_FORGETS_SECONDS, _BLOCK = 0.25, 1 << 20
# Asked 0.3 dB under the ceiling, since the gain moves between the points where peaks were looked for.
_MARGIN_DB = 0.3
# Life's moves in level are scaled by this to fit between -16 LUFS and the peaks' ceiling. Angry's +7 dB becomes +4: at
# that a line lies 3 dB down on average where the limiter works; at +7 by some 15 dB, flatter than neutral.
LEVEL_SHARE = 0.57
_LEVEL_ROUNDS, _LEVEL_TOLERANCE_DB = 8, 0.1
# Where the limiter takes more of a dB than this leaves, asking for more only flattens.
_LEAST_SLOPE = 0.3


def windowed(samples: Samples, start: int, length: int, sample_rate: int) -> Samples:
    """`length` samples from `start` on, silent where there are none. The ends, which lie in near-silence, are brought
    to zero over 5 ms, so that joints don't click."""
    out = samples[max(start, 0) : start + length].copy()
    fade = min(int(_FADE_SECONDS * sample_rate), len(out) // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, fade, endpoint=False, dtype=np.float32)) ** 2
    out[:fade] *= ramp
    out[len(out) - fade :] *= ramp[::-1]
    before = max(-start, 0)
    return np.pad(out, (before, length - before - len(out)))


def dynamics(samples: Samples, sample_rate: int, power: npt.NDArray[np.float64]) -> Samples:
    """Raise the level contour of a sentence to `power` [T] around its own median level, within 6 dB either way."""
    if np.abs(power - 1).max(initial=0.0) < 1e-3:
        return samples
    window = int(_CONTOUR_SECONDS * sample_rate)
    contour = np.sqrt(uniform_filter1d(np.square(samples, dtype=np.float64), window) + 1e-12)
    level = 20 * np.log10(contour)
    loud = level > level.max() + _QUIET_DB
    above = level - float(np.median(level[loud]))
    # What is quiet (pauses, closures) moves with the quietest of speech, so that no gain jumps at their borders.
    above = np.maximum(above, level[loud].min() - float(np.median(level[loud])))
    gain = np.clip((power - 1) * above, -_MOST_DB, _MOST_DB)
    return (samples * 10 ** (uniform_filter1d(gain, window) / 20)).astype(np.float32)


def tilt(samples: Samples, sample_rate: int, decibels: npt.NDArray[np.float64]) -> Samples:
    """Raise what lies above about 1 kHz by `decibels` [T]: a first-order high shelf.

    Where it changes, two shelves no more than a step apart are crossfaded.
    """
    low, high = float(decibels.min(initial=0.0)), float(decibels.max(initial=0.0))
    if len(decibels) and np.ptp(decibels) < 1e-3:
        return _shelf(samples, sample_rate, float(decibels[0]))
    grid = np.linspace(low, high, 2 + int((high - low) / _TILT_STEP_DB))
    place = np.interp(decibels, grid, np.arange(len(grid)))
    out = np.zeros_like(samples)
    for i, step in enumerate(grid):
        weight = np.clip(1.0 - np.abs(place - i), 0.0, 1.0).astype(np.float32)
        if weight.any():
            out += weight * _shelf(samples, sample_rate, float(step))
    return out


def silenced(samples: Samples, silent: npt.NDArray[np.bool_], sample_rate: int) -> Samples:
    """The sound with nothing where `silent` [T] says so, in and out over 50 ms."""
    if not silent.any():
        return samples
    fade = uniform_filter1d(1.0 - silent.astype(np.float32), 2 * int(_CONTOUR_SECONDS / 2 * sample_rate) + 1)
    return (samples * np.where(silent, np.minimum(fade, 1.0), 1.0) ** 2).astype(np.float32)


def gained(samples: Samples, decibels: npt.NDArray[np.float64]) -> Samples:
    """The sound louder by `decibels` [T]."""
    return (samples * 10 ** (decibels / 20)).astype(np.float32)


def along(values: npt.NDArray[np.float64], counts: npt.NDArray[np.int64], samples: int, sample_rate: int) -> Floats:
    """One value a token, each lasting `counts` [N] samples, as a smooth course over the sound, [samples]."""
    if not np.ptp(values):
        return np.full(samples, values[0])
    course = np.repeat(values, counts)[:samples]
    course = np.pad(course, (0, samples - len(course)), mode="edge")
    return np.asarray(uniform_filter1d(course, int(_GLIDE_SECONDS * sample_rate), mode="nearest"))


def _shelf(samples: Samples, sample_rate: int, decibels: float) -> Samples:
    """A first-order high shelf (bilinear transform)."""
    if abs(decibels) < 1e-3:
        return samples
    gain = 10 ** (decibels / 20)
    # H(s) = (gain s + w) / (s + w), with w set so that the middle of the slope lies at _TILT_HZ.
    corner = math.tan(math.pi * _TILT_HZ / sample_rate) * math.sqrt(gain)
    b = np.array([gain + corner, corner - gain]) / (1 + corner)
    a = np.array([1.0, (corner - 1) / (1 + corner)])
    return lfilter(b, a, samples).astype(np.float32)


def levelled(samples: Samples, sample_rate: int, decibels: float) -> Samples:
    """The sound LEVEL_SHARE * `decibels` over -16 LUFS, its true peaks held under -1 dBTP by a limiter."""
    found = raised_to(samples, sample_rate, SPEECH_LUFS + LEVEL_SHARE * decibels)
    return found[1] if found else samples


def raised_to(samples: Samples, sample_rate: int, target: float) -> tuple[float, Samples] | None:
    """The gain in dB that takes a sound to `target` LUFS, and the sound so raised and limited; None for silence."""
    gain = target - loudness(samples, sample_rate)
    if not math.isfinite(gain):
        return None
    peaks = _peaks(samples, sample_rate)
    # The limiter takes some loudness; what it took is asked for again, and more where it takes a share of that too.
    slope = 1.0
    before: tuple[float, float] | None = None
    for _ in range(_LEVEL_ROUNDS):
        out = _raised(samples, sample_rate, peaks, gain)
        missing = target - loudness(out, sample_rate)
        if abs(missing) < _LEVEL_TOLERANCE_DB:
            break
        if before and gain != before[0]:
            slope = float(np.clip((before[1] - missing) / (gain - before[0]), _LEAST_SLOPE, 1.0))
        before = gain, missing
        gain += missing / slope
    return gain, out


def limited(samples: Samples, sample_rate: int) -> Samples:
    """True peaks (4x oversampled) over -1 dBTP turned down, smoothly and ahead of time."""
    return _raised(samples, sample_rate, _peaks(samples, sample_rate), 0.0)


def _raised(samples: Samples, sample_rate: int, peaks: Samples, decibels: float) -> Samples:
    """The sound louder by `decibels`, limited.

    In blocks, since texts can be long; each is begun early enough that the limiter has forgotten what came before.
    """
    louder = np.float32(10 ** (decibels / 20))
    out = samples * louder
    margin = int(_FORGETS_SECONDS * sample_rate)
    for start in range(0, len(samples), _BLOCK):
        first = max(start - margin, 0)
        gain = _limiting(peaks[first : start + _BLOCK + margin] * louder, sample_rate)
        if gain is not None:
            out[start : start + _BLOCK] *= gain[start - first : start - first + _BLOCK]
    return out


def _peaks(samples: Samples, sample_rate: int) -> Samples:
    """The largest magnitude within each sample's time, 4x oversampled, [T]."""
    peaks = np.empty_like(samples)
    margin = int(_FORGETS_SECONDS * sample_rate)
    for start in range(0, len(samples), _BLOCK):
        first = max(start - margin, 0)
        over = np.abs(resample_poly(samples[first : start + _BLOCK + margin], 4, 1)).reshape(-1, 4).max(axis=1)
        peaks[start : start + _BLOCK] = over[start - first : start - first + _BLOCK]
    return peaks


def _limiting(peaks: Samples, sample_rate: int) -> Samples | None:
    """The limiter's gain for each sample, [T]; None where there is nothing to do."""
    ceiling = 10 ** ((TRUE_PEAK_DBTP - _MARGIN_DB) / 20)
    if peaks.max(initial=0.0) <= ceiling:
        return None
    reach = 2 * int(_LOOK_AHEAD_SECONDS * sample_rate) + 1
    needed = np.maximum(0.0, np.log(np.maximum(peaks, 1e-9) / ceiling))
    # Held over the window, then averaged over the same window: never less than needed at any peak.
    held = maximum_filter1d(needed, reach)
    held = _falling_slowly(held, math.exp(-1 / (_RECOVERY_SECONDS * sample_rate)))
    return np.exp(-uniform_filter1d(held, reach)).astype(np.float32)


def _falling_slowly(values: npt.NDArray[np.float64], keep: float) -> npt.NDArray[np.float64]:
    """Each value at least `keep` times the one before it, [T]."""
    # y[t] = max(x[t], keep y[t-1]) is, in logarithms, a running maximum of log x - t log keep.
    time = np.arange(len(values)) * math.log(keep)
    logs = np.log(np.maximum(values, 1e-12)) - time
    return np.exp(np.maximum.accumulate(logs) + time) * (values.max() > 0)

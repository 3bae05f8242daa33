"""Length, pitch and level of the sounds of a recording whose times are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter

from studio.emotion.reading.voice.framing import HOP, RATE, at_rate, levels
from studio.emotion.reading.voice.pitch import pitch

Floats = npt.NDArray[np.float64]

# F0 this far from the median of the half second around it is a jump of octave.
_JUMP, _AROUND = 7.0, 51
# A rise needs this many 10 ms steps to be told from noise.
_FEWEST_STEPS = 3


@dataclass(frozen=True, eq=False)
class Track:
    """A recording in steps of 10 ms. f0: semitones above 1 Hz, NaN where unvoiced, [N]; level: dB, [N]."""

    f0: Floats
    level: Floats


@dataclass(frozen=True, eq=False)
class Sounds:
    """Of T sounds; NaN for what isn't there.

    seconds: how long each lasts.  pitch: mean F0 in semitones above 1 Hz.  slope: semitones F0 rises within the sound.
    level: mean power in dB.  voiced: steps of 10 ms with a clear F0.  Each [T].
    """

    seconds: Floats
    pitch: Floats
    slope: Floats
    level: Floats
    voiced: Floats


def track(samples: npt.NDArray[np.floating], rate: int) -> Track:
    """F0 and level of mono samples [N]."""
    x = at_rate(samples, rate)
    hertz, _ = pitch(x)
    semitones = 12 * np.log2(hertz)
    return Track(without_jumps(semitones), levels(x))


def without_jumps(semitones: Floats) -> Floats:
    """F0 [N] (NaN where unvoiced) without the steps that stand an octave from those around them."""
    voiced = np.flatnonzero(~np.isnan(semitones))
    if len(voiced) < 3:
        return semitones
    known = semitones[voiced]
    whole = np.median(known)
    local = median_filter(known, _AROUND, mode="nearest")
    clean = semitones.copy()
    # A stretch of creak or of doubled F0 carries the local median along; the whole recording's does not follow.
    clean[voiced[(np.abs(known - local) > _JUMP) | (np.abs(known - whole) > 2 * _JUMP)]] = np.nan
    return clean


def without_creak(track: Track) -> Track:
    """Without F0 far below or above what a plain reading holds: creak at the ends of phrases halves it.

    Bounds as De Looze & Hirst (2008), "Detecting changes in key and range for the automatic modelling and coding of
    intonation": 0.75 of the lower quartile and 1.5 of the upper, here 2, for lively readers.
    """
    if not np.isfinite(track.f0).any():
        return track
    low, high = np.nanpercentile(track.f0, [25, 75])
    kept = (track.f0 > low + 12 * np.log2(0.75)) & (track.f0 < high + 12)
    return Track(np.where(kept, track.f0, np.nan), track.level)


def sounds(track: Track, starts: Floats, ends: Floats) -> Sounds:
    """What each sound from `starts` to `ends` (seconds, [T]; NaN where it is missing) is like."""
    rows = [_sound(track, a, b) for a, b in zip(starts, ends, strict=True)]
    pitch, slope, level, voiced = np.array(rows, float).reshape(-1, 4).T
    return Sounds(ends - starts, pitch, slope, level, voiced)


def _sound(track: Track, start: float, end: float) -> tuple[float, float, float, float]:
    if not end > start:
        return np.nan, np.nan, np.nan, 0.0
    first = round(start * RATE / HOP)
    last = max(round(end * RATE / HOP), first + 1)
    power = 10 ** (track.level[first:last] / 10)
    level = 10 * np.log10(power.mean()) if len(power) else np.nan
    f0 = track.f0[first:last]
    at = np.flatnonzero(~np.isnan(f0))
    if not len(at):
        return np.nan, np.nan, level, 0.0
    slope = np.nan
    if len(at) >= _FEWEST_STEPS:
        slope = float(np.polyfit(at, f0[at], 1)[0] * len(f0))
    return float(f0[at].mean()), slope, level, float(len(at))

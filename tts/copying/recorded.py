"""What of a recording is copied: its F0 and its level over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import median_filter, uniform_filter1d

from studio.emotion.reading.voice.framing import HOP, RATE, active, at_rate, levels
from studio.emotion.reading.voice.pitch import pitch
from studio.errors import InputError

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

STEP = HOP / RATE
# Less voice than this (seconds) has no contour to speak of.
_LEAST_VOICED = 0.3
# An octave's jump is the tracker's, not the speaker's: beyond this many semitones from the median F0 is not believed.
_BELIEVED = 15.0
# The tracker's jitter, smaller than a syllable's movement.
_MEDIAN_STEPS, _SMOOTH_STEPS = 5, 3


@dataclass(frozen=True, eq=False)
class Recorded:
    """A recording in N steps of STEP seconds.

    semitones: F0 around its median, carried across what has no voice.  voiced: where it has one.
    level: dB around the median of what is voiced.  active: where there is speech.  median: Hz.  Each [N].
    """

    semitones: Floats
    voiced: Bools
    level: Floats
    active: Bools
    median: float

    def at(self, seconds: Floats) -> Floats:
        """The contour in semitones at times, [len(seconds)]."""
        return np.asarray(np.interp(seconds / STEP, np.arange(len(self.semitones)), self.semitones))


def heard(samples: npt.NDArray[np.floating], sample_rate: int) -> Recorded:
    """samples: mono [T]. Raises InputError when there is hardly a voice in it."""
    sound = at_rate(samples, sample_rate)
    f0, _ = pitch(sound)
    level = levels(sound)
    f0, level = f0[: len(level)], level[: len(f0)]
    speech = active(level)
    voiced = np.isfinite(f0) & speech
    if voiced.sum() * STEP < _LEAST_VOICED:
        raise InputError("There is no voice in the recording whose delivery could be copied: give one with speech.")
    median = float(np.median(f0[voiced]))
    away = 12 * np.log2(np.where(voiced, f0, median) / median)
    voiced &= np.abs(away) < _BELIEVED
    steps = np.arange(len(f0))
    carried = np.interp(steps, steps[voiced], away[voiced])
    smooth = uniform_filter1d(median_filter(carried, _MEDIAN_STEPS, mode="nearest"), _SMOOTH_STEPS, mode="nearest")
    return Recorded(smooth, voiced, level - float(np.median(level[voiced])), speech, median)

"""Shapes the F0 contour the model drew."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

from tts.prosody.course import Course

Floats = npt.NDArray[np.float32]

# Kokoro's source is voiced over this; between it and this share of the median F0 it passes into or out of silence and
# creak, where a contour has no meaning.
VOICED_HZ, CREAK = 10.0, 0.55
# Excursions count up to this; more is a jump of octave.
_EXCURSION = 9.0
# The final rise takes the last 0.3 s of voice; Kokoro under-follows a steeper one.
_RISE_STEPS = 24
# Where speech stays speech, as semitones around the speaker's median: an octave up is a shout, 8 down is creak.
_HIGHEST, _LOWEST = 14.0, -8.0


def shape(f0: Floats, course: Course, tokens: npt.NDArray[np.int64], take: npt.NDArray[np.float64]) -> Floats:
    """The contour as the rules have it. f0: Hz, [2F]; tokens: frames of each, [T], F in all; take: semitones, [2F].
    Returns Hz, [2F].

    Changes are decided on voiced steps and carried across the others, so that passing into silence stays as drawn.
    """
    voiced = np.flatnonzero(f0 > VOICED_HZ)
    if not len(voiced):
        return f0
    median = float(np.median(f0[voiced]))
    clear = voiced[f0[voiced] > CREAK * median]
    median = float(np.median(f0[clear]))
    semitones = 12 * np.log2(f0[clear] / median)
    excursion = np.clip(semitones, -_EXCURSION, _EXCURSION)
    place = (clear - clear[0]) / max(clear[-1] - clear[0], 1)
    rise = np.clip(1 - (clear[-1] - clear) / _RISE_STEPS, 0.0, 1.0)

    def rule(field: str) -> npt.NDArray[np.float64]:
        return course.over(field, 2 * tokens)[clear]

    change = (
        rule("pitch")
        + (rule("pitch_range") - 1) * excursion
        + rule("declination") * (0.5 - place)
        + rule("final_rise") * rise
        + take[clear]
    )
    change = within(semitones + change) - semitones
    # Smoothed over 0.1 s: the joints at gaps and the clipped excursions leave no corner.
    everywhere = uniform_filter1d(np.interp(np.arange(len(f0)), clear, change), 8, mode="nearest")
    return np.where(f0 > VOICED_HZ, f0 * 2 ** (everywhere / 12), f0).astype(np.float32)


def within(semitones: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Softly held between _LOWEST and _HIGHEST: as it is up to 4 semitones from them, then bending."""
    bend = 4.0
    over, under = semitones - (_HIGHEST - bend), (_LOWEST + bend) - semitones
    held = np.where(over > 0, _HIGHEST - bend + bend * np.tanh(over / bend), semitones)
    return np.where(under > 0, _LOWEST + bend - bend * np.tanh(under / bend), held)

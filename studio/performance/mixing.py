"""Several speeches at once: each as long as the longest, and the sound of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from studio.emotion import EmotionTrack
from studio.performance.speech import Phoneme, Speech


def as_long(speech: Speech, seconds: float) -> Speech:
    """The speech with silence behind it, `seconds` long in all; a longer one stays as it is."""
    lacking = round(seconds * speech.sample_rate) - len(speech.samples)
    if lacking <= 0:
        return speech
    samples = np.concatenate([speech.samples, np.zeros(lacking, np.float32)])
    pause = (Phoneme(" ", speech.seconds, len(samples) / speech.sample_rate),) if speech.phonemes else ()
    return replace(speech, samples=samples, phonemes=speech.phonemes + pause)


def together(speeches: Sequence[Speech]) -> Speech:
    """The sound of several speeches that begin at once, at the highest of their rates; softer where it would clip."""
    rate = max(s.sample_rate for s in speeches)
    sounds = [_at(s, rate) for s in speeches]
    mixed = np.zeros(max(map(len, sounds)), np.float32)
    for sound in sounds:
        mixed[: len(sound)] += sound
    mixed /= max(1.0, float(np.abs(mixed).max(initial=0.0)))
    text = " ".join(s.text for s in speeches if s.text)
    voices = ", ".join(s.voice for s in speeches if s.voice)
    return Speech(mixed, rate, text, (), (), EmotionTrack(unit="seconds"), voices, speeches[0].seed)


def _at(speech: Speech, rate: int) -> np.ndarray:
    if speech.sample_rate == rate:
        return speech.samples
    # Half a second to import: whoever only asks for help need not wait for it.
    from scipy.signal import resample_poly

    ratio = Fraction(rate, speech.sample_rate)
    return np.asarray(resample_poly(speech.samples, ratio.numerator, ratio.denominator), np.float32)

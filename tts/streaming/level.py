"""The level of sound whose end isn't known yet."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.media.loudness import SPEECH_LUFS, loudness
from tts import post
from tts.acoustic import SAMPLE_RATE

Samples = npt.NDArray[np.float32]

# How much of the past a gain remembers: about a paragraph. Sentences keep their levels beside each other, as in a line
# levelled as one, and what a voice does over an hour is evened out.
_MEMORY_SECONDS = 20.0
_ROUNDS, _TOLERANCE_DB = 8, 0.1


@dataclass(frozen=True)
class Level:
    """The gain of a stream so far, in dB; None before anything was said."""

    known: float | None

    def after(self, sound: Samples, decibels: float, louder: float = 0.0) -> Level:
        """The gain for `sound`, which should lie LEVEL_SHARE * `decibels` over -16 LUFS, with what was before in mind.

        louder: dB by which it is louder than the voice is, when it is too short to tell.
        """
        own = _wanted(sound, SPEECH_LUFS + post.LEVEL_SHARE * decibels)
        if own is None:
            return self
        if self.known is None:
            return Level(own + louder)
        share = 1.0 - math.exp(-len(sound) / SAMPLE_RATE / _MEMORY_SECONDS)
        return Level(self.known + share * (own + louder - self.known))

    @property
    def gain(self) -> float:
        return self.known or 0.0


def _wanted(sound: Samples, target: float) -> float | None:
    """The gain in dB that takes a sound to `target` LUFS, what the limiter takes made good; None for silence."""
    gain = target - loudness(sound, SAMPLE_RATE)
    if not math.isfinite(gain):
        return None
    for _ in range(_ROUNDS):
        limited = post.limited((sound * 10 ** (gain / 20)).astype(np.float32), SAMPLE_RATE)
        missing = target - loudness(limited, SAMPLE_RATE)
        if abs(missing) < _TOLERANCE_DB:
            break
        gain += missing
    return gain

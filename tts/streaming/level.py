"""The level of sound whose end isn't known yet."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.media.loudness import SPEECH_LUFS
from tts import post
from tts.acoustic import SAMPLE_RATE

Samples = npt.NDArray[np.float32]

# How much of the past a gain remembers: about a paragraph. Sentences keep their levels beside each other, as in a line
# levelled as one, and what a voice does over an hour is evened out.
_MEMORY_SECONDS = 20.0


@dataclass(frozen=True)
class Level:
    """The gain of a stream so far, in dB; None before anything was said."""

    known: float | None

    def after(self, sound: Samples, decibels: float, louder: float = 0.0) -> Level:
        """The gain for `sound`, which should lie LEVEL_SHARE * `decibels` over -16 LUFS, with what was before in mind.

        louder: dB by which it is louder than the voice is, when it is too short to tell.
        """
        found = post.raised_to(sound, SAMPLE_RATE, SPEECH_LUFS + post.LEVEL_SHARE * decibels)
        if found is None:
            return self
        own, _ = found
        if self.known is None:
            return Level(own + louder)
        share = 1.0 - math.exp(-len(sound) / SAMPLE_RATE / _MEMORY_SECONDS)
        return Level(self.known + share * (own + louder - self.known))

    @property
    def gain(self) -> float:
        return self.known or 0.0

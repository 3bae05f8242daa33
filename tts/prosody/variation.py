"""The small differences between two takes of one line, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tts.prosody.reading import Take

Floats = npt.NDArray[np.float64]

# Standard deviations at temperature 1. A judgement: two takes differ audibly, and each stays as good as the model's own
# reading.
_WORD_LENGTH = 0.03
_SOUND_LENGTH = 0.02
_MEDIAN_PITCH = 0.25
_PITCH_DRIFT = 0.25
# Drift has a knot each 0.3 s: about a syllable and a half.
_KNOT_FRAMES = 12


@dataclass(frozen=True)
class Draws:
    """Draws for one sentence of one take: same take and sentence, same draws."""

    take: Take
    sentence: int

    def _generator(self, purpose: int) -> np.random.Generator:
        # Seeds may be any integer; SeedSequence takes words of 32 bits, and the sign is kept apart.
        sign_and_size = [int(self.take.seed < 0), abs(self.take.seed)]
        return np.random.default_rng(np.random.SeedSequence([*sign_and_size, self.sentence, purpose]))

    def lengths(self, word_of: list[int | None]) -> Floats:
        """Factors on the lengths of tokens, [T]: one for each word, one more for each token."""
        words, sounds = self._lengths(word_of)
        by_word = np.array([0.0 if w is None else words[w] for w in word_of])
        return np.exp(self.take.temperature * (by_word + sounds))

    def pitch(self, steps: int) -> Floats:
        """Semitones on F0, [steps] of half a frame: an offset and a slow drift."""
        draw = self._generator(1)
        knots = draw.normal(0.0, _PITCH_DRIFT, steps // (2 * _KNOT_FRAMES) + 2)
        drift = np.interp(np.arange(steps) / (2 * _KNOT_FRAMES), np.arange(len(knots)), knots)
        return self.take.temperature * (draw.normal(0.0, _MEDIAN_PITCH) + drift)

    def likelihood(self, word_of: list[int | None]) -> float:
        """Log-probability a word, in nats, of its length; the model's own length has 0."""
        words, _ = self._lengths(word_of)
        return -0.5 * self.take.temperature**2 * float(np.mean((words / _WORD_LENGTH) ** 2))

    def _lengths(self, word_of: list[int | None]) -> tuple[Floats, Floats]:
        """Logarithms of factors at temperature 1, of words and of tokens."""
        draw = self._generator(0)
        words = draw.normal(0.0, _WORD_LENGTH, max((w for w in word_of if w is not None), default=0) + 1)
        return words, draw.normal(0.0, _SOUND_LENGTH, len(word_of))

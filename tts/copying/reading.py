"""A reading that follows a recording's contour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d

from tts import effort, post
from tts.autoregressive.plain import median_and_clear
from tts.prosody.allocation import allocate
from tts.prosody.pitch import VOICED_HZ, within
from tts.prosody.reading import Contour, Floats, Ints, Prepared, Stretch
from tts.timeline import ANTICIPATION

# dB of sound for each unit of the model's energy, in vowels (as `tts.autoregressive.training.feelings` has it).
_DB_OF_ENERGY = 4.6
# More, and a sound that the model did not mean so loud seems turned up by hand.
MOST_DB = 6.0
# 50 ms: no corner is left at a joint of tokens.
_SMOOTH_STEPS = 4


@dataclass(frozen=True, eq=False)
class CopiedReading:
    """A `tts.prosody.reading.Reading`.

    starts, ends: when each token is heard in the recording, seconds, [T].  level: its dB around the median of what is
    voiced, NaN without a voice, [T].  contour: semitones around the speaker's median at seconds of the recording.
    """

    frames: Ints
    starts: Floats
    ends: Floats
    level: Floats
    contour: Callable[[Floats], Floats]
    prepared: Prepared
    likelihood: float = 0.0

    def pitch(self, f0: Contour, tokens: Ints) -> Contour:
        """The recording's contour around the voice's own median, where the model has voice."""
        median, _ = median_and_clear(self.prepared.f0)
        ends = 2 * np.cumsum(tokens)
        # The sound of a token, and its F0, are ahead of its place.
        place = np.arange(len(f0)) + 2 * ANTICIPATION + 0.5
        borders = np.concatenate(([0], ends))
        times = np.concatenate((self.starts[:1], self.ends))
        # Tokens without length in either make no step in the other's time.
        at = np.interp(place, borders, np.maximum.accumulate(times))
        shift = np.repeat(self.prepared.shifts, 2 * tokens)
        semitones = uniform_filter1d(self.contour(at) + shift, _SMOOTH_STEPS, mode="nearest")
        return np.where(f0 > VOICED_HZ, median * 2 ** (within(semitones) / 12), f0).astype(np.float32)

    def strength(self, energy: Contour, tokens: Ints) -> Floats:
        """dB by which the recording is louder at a token than the model, each around its own vowels, [T]."""
        owner = np.repeat(np.arange(len(tokens)), 2 * tokens)
        own = np.bincount(owner, energy[: len(owner)], len(tokens)) / np.maximum(2 * tokens, 1)
        own = np.clip(own, -1.0, 8.0) * _DB_OF_ENERGY
        known = np.isfinite(self.level) & (tokens > 0)
        if not known.any():
            return np.zeros(len(tokens))
        more = self.level - own
        # What has no voice is as much louder as what lies around it.
        at = np.arange(len(tokens))
        return np.asarray(np.clip(np.interp(at, at[known], more[known] - np.median(more[known])), -MOST_DB, MOST_DB))

    def styled(self, style: Contour) -> Contour:
        return effort.styled(style, self.prepared.emotions)

    def finished(self, sound: Contour, tokens: Ints, decibels: Floats) -> Contour:
        return finished(sound, tokens, decibels, self.prepared)


def finished(sound: Contour, tokens: Ints, decibels: Floats, prepared: Prepared) -> Contour:
    """The sound [F * FRAME] louder by `decibels`, the strength copied among them, with the vocal effort of what is
    felt besides."""
    return effort.shaped(post.gained(sound, decibels), prepared.sentence.symbols, tokens, prepared.emotions)


def shared(wanted: Floats, prepared: Prepared, stretches: Sequence[Stretch] | None) -> Ints:
    """Whole frames of tokens [T] that want `wanted` of them, within stretches if there are any."""
    floors = prepared.floors
    wanted = np.maximum(wanted, prepared.held)
    elastic = (wanted > 0).astype(float)
    parts = stretches or (Stretch(0, len(wanted), max(round(float(wanted.sum())), int(floors.sum()))),)
    out = np.zeros(len(wanted), np.int64)
    for part in parts:
        own = slice(part.first, part.end)
        out[own] = allocate(wanted[own], elastic[own], floors[own], part.frames)
    return out

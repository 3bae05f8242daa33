"""The acoustic model's own reading of a sentence, token by token: what a prosody departs from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tts.prosody import lengths
from tts.prosody.pitch import CREAK, VOICED_HZ

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Contour = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Plain:
    """Of T tokens, pads included.

    frames: how long each sounds or pauses, margins not counted, unrounded, [T].
    pitch: mean F0 in semitones around the sentence's median, carried across unvoiced tokens, [T].
    slope: semitones F0 rises within the token, [T].  voiced: share of its time with a clear F0, [T].
    energy: mean of the model's energy (about 0 at silence, 5 to 7 in vowels), [T].
    median: Hz.
    """

    frames: Floats
    pitch: Floats
    slope: Floats
    voiced: Floats
    energy: Floats
    median: float


def plain_reading(
    durations: npt.NDArray[np.float32], f0: Contour, energy: Contour, margin: Ints, tokens: Ints | None = None
) -> Plain:
    """What the model decided by itself. durations, margin: frames by token, [T]; f0 (Hz), energy: [2F].

    tokens: the whole frames the contour was drawn over; `lengths.whole(durations)` when left out.
    """
    counts = lengths.whole(durations) if tokens is None else tokens
    owner = np.repeat(np.arange(len(counts)), 2 * counts)
    median, clear = median_and_clear(f0)
    pitch, slope, voiced = by_token(f0, clear, median, counts)
    loud = np.bincount(owner, energy, len(counts)) / np.maximum(2 * counts, 1)
    frames = np.maximum(durations - margin, 0.0) if tokens is None else (tokens - margin).astype(float)
    return Plain(frames.astype(float), pitch, slope, voiced, loud, median)


def median_and_clear(f0: Contour) -> tuple[float, npt.NDArray[np.bool_]]:
    """The median F0 in Hz of the clearly voiced steps, and which these are, [2F]."""
    voiced = f0 > VOICED_HZ
    if not voiced.any():
        return 100.0, voiced
    clear = voiced & (f0 > CREAK * float(np.median(f0[voiced])))
    return float(np.median(f0[clear])), clear


def by_token(f0: Contour, clear: npt.NDArray[np.bool_], median: float, tokens: Ints) -> tuple[Floats, Floats, Floats]:
    """Mean and rise in semitones and the voiced share of each token, [T]; f0: [2F] over `tokens` frames."""
    count = len(tokens)
    owner = np.repeat(np.arange(count), 2 * tokens)
    steps = np.flatnonzero(clear[: len(owner)])
    if not len(steps):
        return np.zeros(count), np.zeros(count), np.zeros(count)
    semitones = 12 * np.log2(f0[steps] / median)
    own = owner[steps]
    n = np.bincount(own, minlength=count)
    some = np.maximum(n, 1)
    mean = np.bincount(own, semitones, count) / some
    # Least squares within the token, over its own time.
    time = steps.astype(float)
    centre = np.bincount(own, time, count) / some
    spread = np.bincount(own, (time - centre[own]) ** 2, count)
    along = np.bincount(own, (time - centre[own]) * (semitones - mean[own]), count)
    slope = np.where(n > 2, along / np.maximum(spread, 1e-9) * 2 * tokens, 0.0)
    place = np.arange(count)
    carried = np.interp(place, place[n > 0], mean[n > 0])
    return carried, np.clip(slope, -12, 12), n / np.maximum(2 * tokens, 1)

"""Other words, said as the recording was: its tempo, its range, and the course of its pitch and strength."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from tts import effort
from tts.alignment import Alignment
from tts.autoregressive.plain import median_and_clear
from tts.copying.reading import MOST_DB, finished, shared
from tts.copying.recorded import STEP, Floats, Recorded
from tts.prosody import lengths
from tts.prosody.pitch import VOICED_HZ, within
from tts.prosody.reading import Contour, Ints, Prepared, Stretch, Take
from tts.text import symbols

# Kokoro's own readings: syllables a second of what sounds, as its text has them and as peaks of level tell them (two
# voices), and the spread of F0, the standard deviation in semitones, once the line's course is taken off.
_SYLLABLES, _COUNTED = 4.4, 3.9
_SPREAD = 2.6
# Tempo and range beyond these are a miscount rather than a delivery; words are lost over the first.
_TEMPO, _RANGE = (0.65, 1.45), (0.5, 2.2)
# A syllable is a peak of level this far over the dips beside it, and this far from the next (de Jong & Wempe 2009,
# "Praat script to detect syllable nuclei and measure speech rate automatically": 2 dB).
_DIP_DB, _APART_SECONDS, _SMOOTH_SECONDS = 2.0, 0.09, 0.02
# The course over the line is what is left over this share of it: a phrase's shape, no word's.
_COURSE = 0.12
_PLACES = np.linspace(0.0, 1.0, 101)


def tempo_of(recorded: Recorded, aligned: Sequence[Alignment] | None = None) -> float:
    """How fast it is said, 1 as Kokoro would say it; aligned: where its words lie, if they are known."""
    sounding = float(recorded.active.sum()) * STEP
    if aligned is None:
        level = gaussian_filter1d(recorded.level, _SMOOTH_SECONDS / STEP)
        peaks, _ = find_peaks(level, prominence=_DIP_DB, distance=max(1, round(_APART_SECONDS / STEP)))
        syllables, usual = float(recorded.voiced[peaks].sum()), _COUNTED
    else:
        syllables, usual = float(sum(s in symbols.VOWELS for a in aligned for s in a.sentence.symbols)), _SYLLABLES
        sounding = sum(float((a.ends - a.starts - a.pauses)[1:-1].sum()) for a in aligned)
    return float(np.clip(syllables / max(sounding, STEP) / usual, *_TEMPO))


@dataclass(frozen=True, eq=False)
class OtherWords:
    """A `tts.prosody.reading.Prosody` for any line; every take of it is the same. tempo: factor of the rate."""

    recorded: Recorded
    tempo: float

    def read(self, prepared: Prepared, take: Take, stretches: Sequence[Stretch] | None = None) -> CourseReading:
        sound, amid, _ = lengths.parts(prepared.encoding.durations, prepared.energy)
        wanted = sound / (self.tempo * prepared.rates) + amid
        for token, seconds in prepared.pauses.items():
            wanted[token] = seconds * lengths.FRAMES_PER_SECOND
        spread = float(np.std(self.recorded.semitones[self.recorded.voiced]))
        return CourseReading(
            frames=shared(wanted, prepared, stretches),
            widening=float(np.clip(spread / _SPREAD, *_RANGE)),
            semitones=_course(self.recorded, self.recorded.semitones),
            decibels=_course(self.recorded, self.recorded.level),
            prepared=prepared,
        )

    def read_many(self, prepared: Prepared, takes: Sequence[Take]) -> list[CourseReading]:
        return [self.read(prepared, take) for take in takes]


@dataclass(frozen=True, eq=False)
class CourseReading:
    """A `tts.prosody.reading.Reading`. widening: of the model's own excursions of pitch.  semitones, decibels: the
    recording's course at _PLACES of the line, around its own middle."""

    frames: Ints
    widening: float
    semitones: Floats
    decibels: Floats
    prepared: Prepared
    likelihood: float = 0.0

    def pitch(self, f0: Contour, tokens: Ints) -> Contour:
        """The model's contour with the recording's course in place of its own, and its range."""
        _, clear = median_and_clear(f0)
        at = np.flatnonzero(clear)
        if not len(at):
            return f0
        median, _ = median_and_clear(self.prepared.f0)
        places = (at - at[0]) / max(at[-1] - at[0], 1)
        own = 12 * np.log2(f0[at] / median)
        words = own - _smoothed(places, own)
        shift = np.repeat(self.prepared.shifts, 2 * tokens)[at]
        wanted = within(np.interp(places, _PLACES, self.semitones) + self.widening * words + shift)
        change = np.interp(np.arange(len(f0)), at, wanted - own)
        return np.where(f0 > VOICED_HZ, f0 * 2 ** (change / 12), f0).astype(np.float32)

    def strength(self, energy: Contour, tokens: Ints) -> Floats:
        """dB, [T]: the recording's course of level."""
        ends = np.cumsum(tokens)
        places = (ends - tokens / 2) / max(float(ends[-1]), 1.0)
        return np.asarray(np.clip(np.interp(places, _PLACES, self.decibels), -MOST_DB, MOST_DB))

    def styled(self, style: Contour) -> Contour:
        return effort.styled(style, self.prepared.emotions)

    def finished(self, sound: Contour, tokens: Ints, decibels: Floats) -> Contour:
        return finished(sound, tokens, decibels, self.prepared)


def _course(recorded: Recorded, values: Floats) -> Floats:
    """What is slow of `values` [N] over the time that has voice, at _PLACES."""
    at = np.flatnonzero(recorded.voiced)
    return _smoothed((at - at[0]) / max(at[-1] - at[0], 1), values[at], _PLACES)


def _smoothed(places: Floats, values: Floats, wanted: Floats | None = None) -> Floats:
    """Values [N] at places, as locally fitted lines (Gaussian weights, so that the ends keep their slope)."""
    at = places if wanted is None else wanted
    weights = np.exp(-0.5 * ((at[:, None] - places[None]) / _COURSE) ** 2)
    total = weights.sum(axis=1)
    centre = weights @ places / total
    mean = weights @ values / total
    spread = weights @ places**2 / total - centre**2
    along = weights @ (places * values) / total - centre * mean
    return np.asarray(mean + along / np.maximum(spread, 1e-9) * (at - centre))

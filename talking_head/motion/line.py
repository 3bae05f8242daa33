"""What the motion needs to know of a spoken line: what is said when, how loudly, where the accents and phrases are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from studio.performance import Phoneme, Speech
from talking_head.motion.curves import Array, pulse

_STRESS = "ˈˌ"
_LENGTH = "ː"
VOWELS = frozenset("ɑɐæʌəɚɜɝɛeiɪᵻɨuʊʉɔɒoaøœyᵊAIOQWY")

# A gap between words shorter than this is not a pause: the mouth goes on to the next sound.
PAUSE = 0.15
# Accents closer than this merge into one movement of head and brow.
_ACCENT_GAP = 0.28


@dataclass(frozen=True)
class Segment:
    """One sound without its stress and length marks, or one pause (symbol ``""``)."""

    symbol: str
    start: float
    end: float
    stressed: bool = False

    @property
    def seconds(self) -> float:
        return self.end - self.start

    @property
    def is_vowel(self) -> bool:
        return self.symbol[:1] in VOWELS


@dataclass(frozen=True, eq=False)
class Line:
    """A spoken line on the grid of film frames. times: float64 [F], the middle of each frame's time on screen."""

    segments: tuple[Segment, ...]
    times: Array
    fps: float
    speech: Speech

    @classmethod
    def of(cls, speech: Speech, fps: float, segments: tuple[Segment, ...] | None = None) -> Line:
        """segments: of a recording, what was heard in it (`motion.heard`); None takes them from the timeline."""
        n_frames = max(1, round(speech.seconds * fps))
        if segments is None:
            segments = _segments(speech.phonemes) or (Segment("", 0.0, speech.seconds),)
        return cls(segments, np.arange(0.5, n_frames, dtype=np.float64) / fps, fps, speech)

    def loudness(self, start: float, end: float) -> float:
        """Level between two times, dB relative to the line's median vowel, within +-12."""
        return float(np.clip(self._level(start, end) - self._usual_level, -12.0, 12.0))

    @cached_property
    def _usual_level(self) -> float:
        vowels = [self._level(s.start, s.end) for s in self.segments if s.is_vowel]
        return float(np.median(vowels)) if vowels else 0.0

    @cached_property
    def _energy(self) -> Array:
        return np.concatenate([[0.0], np.cumsum(np.square(self.speech.samples, dtype=np.float64))])

    def _level(self, start: float, end: float) -> float:
        a, b = (int(np.clip(t * self.speech.sample_rate, 0, len(self._energy) - 1)) for t in (start, end))
        return 10.0 * float(np.log10((self._energy[b] - self._energy[a]) / max(b - a, 1) + 1e-10))

    @cached_property
    def phrases(self) -> tuple[tuple[float, float], ...]:
        """(start, end) of each stretch of speech between pauses."""
        spans: list[tuple[float, float]] = []
        for s in self.segments:
            if s.symbol:
                joins = spans and s.start - spans[-1][1] < PAUSE
                spans.append((spans.pop()[0] if joins else s.start, s.end))
        return tuple(spans)

    @cached_property
    def speaking(self) -> Array:
        """[F] 1 while the mouth articulates, 0 in pauses; it makes ready a little early."""
        return np.clip(sum((pulse(self.times, a, b, 0.16, 0.25) for a, b in self.phrases), 0 * self.times), 0.0, 1.0)

    @cached_property
    def accents(self) -> tuple[tuple[float, float], ...]:
        """(time, weight in 0..1) of the accented vowels: the stressed ones, weighted by loudness and length.

        When the timeline marks no stress, those that stand out from the line's other vowels.
        """
        vowels = [s for s in self.segments if s.is_vowel]
        stressed = [s for s in vowels if s.stressed] or vowels
        if not stressed:
            return ()
        bar = 0.0 if stressed is not vowels else 0.35
        usual = float(np.median([s.seconds for s in stressed]))
        weighed = [(s.start + 0.4 * s.seconds, self._prominence(s, usual) - bar) for s in stressed]
        kept: list[tuple[float, float]] = []
        for time, weight in sorted(weighed, key=lambda a: -a[1]):
            if weight > 0.15 and all(abs(time - other) >= _ACCENT_GAP for other, _ in kept):
                kept.append((time, weight))
        return tuple(sorted(kept))

    def _prominence(self, vowel: Segment, usual_seconds: float) -> float:
        longer = np.log2(max(vowel.seconds, 1e-3) / usual_seconds)
        return float(np.clip(0.5 + self.loudness(vowel.start, vowel.end) / 12.0 + 0.3 * longer, 0.0, 1.0))

    @cached_property
    def emphasis(self) -> Array:
        """[F] swells to an accent's weight around it."""
        swell = np.zeros_like(self.times)
        for time, weight in self.accents:
            swell = np.maximum(swell, weight * pulse(self.times, time - 0.02, time + 0.08, 0.22, 0.4))
        return swell


def _segments(phonemes: tuple[Phoneme, ...]) -> tuple[Segment, ...]:
    """The sounds without their stress and length marks, adjacent pauses as one."""
    found: list[Segment] = []
    early: Phoneme | None = None  # a stress mark that was timed by itself: its time belongs to the sound it marks
    for p in phonemes:
        symbol = p.symbol.strip(_STRESS + _LENGTH)
        if not symbol and any(mark in p.symbol for mark in _STRESS):
            early = early or p
            continue
        if not any(c.isalpha() for c in symbol):
            if found and (p.symbol == _LENGTH or not found[-1].symbol):
                found[-1] = replace(found[-1], end=p.end)
            else:
                found.append(Segment("", p.start, p.end))
            continue
        stressed = "ˈ" in p.symbol or (early is not None and "ˈ" in early.symbol)
        found.append(Segment(symbol, early.start if early else p.start, p.end, stressed))
        early = None
    return tuple(s for s in found if s.seconds > 0)

"""A new line and its place in a film, and what a mouth does to say it on the film's frames."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.performance import Phoneme, Speech, Word, arkit_index
from talking_head.motion import compose_motion
from talking_head.motion.lips import columns
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]

EASE = 0.15
"""Seconds in which a mouth goes over from what it does in the film to the new line, and back."""

# What a face in the film keeps doing with its mouth while it says something else: its own feeling. Of these the slow
# part is kept (standard deviation in seconds): what is faster was speech.
KEPT = [i for n in ("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch") for i in columns(n)]
KEPT_SIGMA = 0.35
_ROUNDING = [arkit_index("mouthPucker"), arkit_index("mouthFunnel")]


@dataclass(frozen=True, eq=False)
class Line:
    """speech: what is said, with a timeline or as a recording; start: seconds into the film.

    track: what the lower face feels, None: what it was spoken with; the film's own expression stays beneath.
    face: which one in each shot, counted from 1 at the largest; None: who speaks there in the film.
    """

    speech: Speech
    start: float
    track: EmotionTrack | None = None
    face: int | None = None

    def __post_init__(self) -> None:
        if not np.isfinite(self.start) or self.start < 0:
            raise InputError(f"A line starts at a time of the film, 0 seconds or later, not {self.start:g}.")
        if self.face is not None and self.face < 1:
            raise InputError(f"Faces are counted from 1 at the largest; there is no face {self.face}.")

    @property
    def end(self) -> float:
        return self.start + self.speech.seconds

    @property
    def span(self) -> tuple[float, float]:
        """What of the film it changes, seconds."""
        return max(self.start - EASE, 0.0), self.end + EASE

    def share(self, times: Floats) -> Floats:
        """[n] how much of the mouth is the line's at `times` in the film: 0, eased, 1, eased, 0."""
        into = smoothstep(self.start - EASE, self.start, times) if self.start > 0 else np.ones_like(times)
        return np.asarray(into * smoothstep(self.end + EASE, self.end, times), np.float32)

    def motion(self, fps: float) -> tuple[int, Floats]:
        """The frame of the film that the line begins in, and coefficients [n, 52] from that frame on."""
        first = int(np.floor(self.start * fps + 1e-6))
        speech = delayed(self.speech, max(self.start - first / fps, 0.0))
        track = self.speech.track if self.track is None else self.track
        return first, compose_motion(speech, track, seed=speech.seed, fps=fps).coefficients


def delayed(speech: Speech, seconds: float) -> Speech:
    """The same line after so much silence."""
    wait = np.zeros(round(seconds * speech.sample_rate), np.float32)
    if not len(wait):
        return speech
    late = len(wait) / speech.sample_rate
    phonemes = tuple(Phoneme(p.symbol, p.start + late, p.end + late) for p in speech.phonemes)
    return replace(
        speech,
        samples=np.concatenate([wait, speech.samples]),
        phonemes=(Phoneme(" ", 0.0, late), *phonemes) if phonemes else (),
        words=tuple(Word(w.text, w.start + late, w.end + late) for w in speech.words),
    )


def over_expression(spoken: Floats, own: Floats) -> Floats:
    """Coefficients [n, 52] of a line on a face that keeps its `own` expression [n, 52] while it speaks."""
    said = spoken.copy()
    rounded = spoken[:, _ROUNDING].max(axis=1, keepdims=True)
    kept = own[:, KEPT] * (1 - 0.6 * rounded)
    said[:, KEPT] += kept - said[:, KEPT] * kept
    return said

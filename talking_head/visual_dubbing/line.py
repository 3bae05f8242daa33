"""A new line and its place in a film, and what a mouth does to say it on the film's frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.performance import ARKIT_NAMES, Phoneme, Speech, Word, arkit_index
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
    face: which one in each shot, counted from 1 at the largest. person: whose, as `people` of the film counts them.
    Neither: who speaks there in the film, told by the lips; where nobody's tell, the nearest person, or nobody when
    `dubbed`: the line stands in for one that the film has, whose speaker may be out of the picture.
    """

    speech: Speech
    start: float
    track: EmotionTrack | None = None
    face: int | None = None
    person: int | None = None
    dubbed: bool = False

    def __post_init__(self) -> None:
        if not np.isfinite(self.start) or self.start < 0:
            raise InputError(f"A line starts at a time of the film, 0 seconds or later, not {self.start:g}.")
        if self.face is not None and self.face < 1:
            raise InputError(f"Faces are counted from 1 at the largest; there is no face {self.face}.")
        if self.person is not None and self.person < 1:
            raise InputError(f"People are counted from 1 in the order they come; there is no person {self.person}.")
        if self.face is not None and self.person is not None:
            raise InputError("A line is said by a face or by a person, not by both: leave one out.")

    @property
    def end(self) -> float:
        return self.start + self.speech.seconds

    @property
    def span(self) -> tuple[float, float]:
        """What of the film it changes, seconds."""
        return _span(self.start, self.end)

    def share(self, times: Floats) -> Floats:
        """[n] how much of the mouth is the line's at `times` in the film: 0, eased, 1, eased, 0."""
        return _share(self.start, self.end, times)

    def motion(self, fps: float) -> tuple[int, Floats]:
        """The frame of the film that the line begins in, and coefficients [n, 52] from that frame on."""
        first = int(np.floor(self.start * fps + 1e-6))
        speech = delayed(self.speech, max(self.start - first / fps, 0.0))
        track = self.speech.track if self.track is None else self.track
        return first, compose_motion(speech, track, seed=speech.seed, fps=fps).coefficients


@dataclass(frozen=True)
class Rest:
    """A stretch of a film, seconds, in which who speaks there is to say nothing: the lips rest, closed.

    person: whose, as `people` counts them; None: who speaks there in the film.
    """

    start: float
    end: float
    person: int | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite([self.start, self.end]).all() and 0 <= self.start < self.end):
            raise InputError(
                f"A rest lasts from 0 seconds or later to a later time, not {self.start:g} to {self.end:g}."
            )

    @property
    def span(self) -> tuple[float, float]:
        """What of the film it changes, seconds."""
        return _span(self.start, self.end)

    def share(self, times: Floats) -> Floats:
        """[n] as of a Line."""
        return _share(self.start, self.end, times)

    def motion(self, fps: float) -> tuple[int, Floats]:
        """As of a Line: one frame of a face at rest, which lasts."""
        return int(np.floor(self.start * fps + 1e-6)), np.zeros((1, len(ARKIT_NAMES)), np.float32)


Said = Line | Rest


def _span(start: float, end: float) -> tuple[float, float]:
    return max(start - EASE, 0.0), end + EASE


def _share(start: float, end: float, times: Floats) -> Floats:
    into = smoothstep(start - EASE, start, times) if start > 0 else np.ones_like(times)
    return np.asarray(into * smoothstep(end + EASE, end, times), np.float32)


def layered(layers: Sequence[tuple[float, Floats]]) -> tuple[float, Floats]:
    """One mouth out of several that are each wanted by a share, coefficients [52]; the later lie over the earlier.

    Returns their share in all, and what the mouth does.
    """
    total, does = 0.0, np.zeros(len(ARKIT_NAMES), np.float32)
    for share, coefficients in reversed(layers):
        weight = share * (1 - total)
        total += weight
        does = does + weight * coefficients
    return total, np.asarray(does / max(total, 1e-6), np.float32)


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

"""The contract of a prosody: what it is given of a sentence, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from studio.performance import Phoneme
from tts.acoustic import Encoding
from tts.prosody.course import Course
from tts.text import Sentence

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Contour = npt.NDArray[np.float32]

# Lengths asked for reach from here to there, times the natural length. Faster, sounds fall under a frame and words are
# lost; slower, vowels turn into song.
SHORTEST, LONGEST = 0.65, 1.8


@dataclass(frozen=True, eq=False)
class Aside:
    """Sounds that are no words (a laugh, a sigh) in a pause before a word of the sentence, or after its last.

    word: that before which they come; after the last, one further.  token: that of their pause, None at the sentence's
    ends.  frames: of the pause, at the least.  samples: float32 [N], to be heard from `at` frames after its start.
    spans: what is heard when, in seconds from the first sample.
    """

    word: int
    token: int | None
    frames: int
    at: int
    samples: Contour
    spans: tuple[Phoneme, ...]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A sentence of T tokens (pads included) and what the acoustic model says of it, said plainly.

    index: which of the line's sentences.
    encoding: the model's durations [T], features [640, T], the voice's style [1, 256].
    bands: of the voice's colour, dB at `tts.voice.colour.CENTRES`.
    f0, energy: its contour over those durations made whole, [2F]; F0 in Hz, near 0 where unvoiced.
    margin: frames of silence it leaves at the sentence's ends, by token, [T]; no prosody decides these.
    course: the rules at each token, marks (emphasis, rate, pitch, volume) among them.
    emotions: `Emotion.vector()` of what the voice feels at each token, float32 [T, 27].
    accents, rates, shifts: what marks ask for at each token, [T]: emphasis (-0.5 reduced, 0 none, 1 strong), factor of
    the speaking rate, semitones.
    pauses: seconds of silence asked for, by tokens of punctuation: by marks, or for a pin's sake.
    breaths: seconds of pause that the rules put at tokens of punctuation for the emotion; nobody asked. Commas
    stand there for every prosody; how long it pauses at them a learned one decides by itself.
    asides: in the order of their words; the pauses they are in count in `pauses`.
    """

    index: int
    sentence: Sentence
    encoding: Encoding
    bands: Contour
    f0: Contour
    energy: Contour
    margin: Ints
    course: Course
    emotions: npt.NDArray[np.float32]
    accents: Floats
    rates: Floats
    shifts: Floats
    pauses: Mapping[int, float]
    breaths: Mapping[int, float]
    asides: tuple[Aside, ...] = ()

    @property
    def floors(self) -> Ints:
        """The frames each token needs, [T]: one, none where it lies in the margin, all of a pause for an aside."""
        return np.maximum(self.margin == 0, self.held)

    @property
    def held(self) -> Ints:
        """The frames of pauses for asides, which nothing may shorten, by token; 0 elsewhere, [T]."""
        held = np.zeros(len(self.margin), np.int64)
        for aside in self.asides:
            if aside.token is not None:
                held[aside.token] = aside.frames
        return held

    def held_before(self, word: int) -> int:
        """Frames of the pause for the aside before a word, 0 without one."""
        return next((a.frames for a in self.asides if a.word == word), 0)


@dataclass(frozen=True)
class Stretch:
    """Tokens from `first` to before `end` that have to last exactly `frames` in all (margins not counted)."""

    first: int
    end: int
    frames: int


@dataclass(frozen=True)
class Take:
    """One of many readings: the same seed and temperature give the same; temperature 0 is the likeliest."""

    seed: int
    temperature: float = 1.0


class Reading(Protocol):
    """How a sentence is said."""

    @property
    def likelihood(self) -> float:
        """How likely its prosody holds this reading: log-probability a token, in nats. Compared within a sentence."""
        ...

    @property
    def frames(self) -> Ints:
        """Of each token, its margin not counted, [T]."""
        ...

    def pitch(self, f0: Contour, tokens: Ints) -> Contour:
        """The F0 contour, Hz [2F], from the one the acoustic model drew over `tokens` [T] (margins included)."""
        ...

    def strength(self, energy: Contour, tokens: Ints) -> Floats:
        """dB by which each token is louder than the acoustic model says it, [T]; energy: the model's, [2F]."""
        ...

    def styled(self, style: Contour) -> Contour:
        """The voice's style [1, 256] as the acoustic model's decoder gets it: how tense or soft the voice is."""
        ...

    def finished(self, sound: Contour, tokens: Ints, decibels: Floats) -> Contour:
        """The decoded sound, [F * FRAME], louder by `decibels`, alike (its strength among them), and with the effort it
        is said with."""
        ...


class Prosody(Protocol):
    """Decides how long, how high and how strongly each token is said."""

    def read(self, prepared: Prepared, take: Take, stretches: Sequence[Stretch] | None = None) -> Reading:
        """A reading as long as it takes, or one in which every stretch lasts the frames it must.

        stretches tile the tokens. The caller asks for no less than `Prepared.floors` in each. A pause asked for lasts
        as long as asked for, or, within a stretch, about in proportion.
        """
        ...

    def read_many(self, prepared: Prepared, takes: Sequence[Take]) -> Sequence[Reading]:
        """As `read` for each of the takes, together (a learned prosody decodes them as one batch)."""
        ...

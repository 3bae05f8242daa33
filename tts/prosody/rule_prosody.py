"""The baseline: the acoustic model's own reading, moved by rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tts import post
from tts.acoustic import FRAME, SAMPLE_RATE
from tts.prosody import lengths, pitch
from tts.prosody.course import Course
from tts.prosody.reading import Contour, Floats, Ints, Prepared, Stretch, Take
from tts.prosody.variation import Draws


@dataclass(frozen=True, eq=False)
class RuleReading:
    """A `tts.prosody.reading.Reading`. Strength is the acoustic model's own: rules move level and dynamics as such."""

    frames: Ints
    likelihood: float
    course: Course
    draws: Draws

    def pitch(self, f0: Contour, tokens: Ints) -> Contour:
        return pitch.shape(f0, self.course, tokens, self.draws.pitch(len(f0)))

    def strength(self, energy: Contour, tokens: Ints) -> Floats:
        return np.zeros(len(tokens))

    def styled(self, style: Contour) -> Contour:
        return style

    def finished(self, sound: Contour, tokens: Ints, decibels: Floats) -> Contour:
        def along(field: str) -> Floats:
            return post.along(self.course.of(field), tokens * FRAME, len(sound), SAMPLE_RATE)

        sound = post.dynamics(sound, SAMPLE_RATE, along("dynamics"))
        return post.gained(post.tilt(sound, SAMPLE_RATE, along("tilt")), decibels)


class RuleProsody:
    """A `tts.prosody.reading.Prosody`: the rules of `Prepared.course`, and small draws that tell takes apart."""

    def read(self, prepared: Prepared, take: Take, stretches: Sequence[Stretch] | None = None) -> RuleReading:
        draws = Draws(take, prepared.index)
        word_of = [None, *prepared.sentence.word_of, None]
        plan = lengths.plan(prepared, draws.lengths(word_of))
        frames = plan.natural() if stretches is None else plan.stretched(stretches)
        return RuleReading(frames, draws.likelihood(word_of), prepared.course, draws)

    def read_many(self, prepared: Prepared, takes: Sequence[Take]) -> list[RuleReading]:
        return [self.read(prepared, take) for take in takes]

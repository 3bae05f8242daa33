"""How long each token lasts by rule: the model's own lengths, moved for an emotion, a take and a length asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tts.prosody.allocation import allocate, natural
from tts.prosody.reading import Prepared, Stretch
from tts.prosody.rules import Rule
from tts.prosody.silence import FRAMES_PER_SECOND, heard, pauses
from tts.text import symbols
from tts.text.sentence import Sentence
from tts.text.symbols import Kind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# How much of a stretch each kind takes, in the exponent: doubling vowels lengthens stops by 1.27. A judgement: held
# vowels and pauses sound slow, held bursts and hisses sound broken.
ELASTICITY = {
    Kind.VOWEL: 1.0,
    Kind.SONORANT: 0.75,
    Kind.FRICATIVE: 0.65,
    Kind.STOP: 0.35,
    Kind.GAP: 0.5,
    Kind.PAD: 0.0,
}
PAUSE_ELASTICITY = 1.2
# In a hurry a sentence's first tokens keep more of their length: from this share of their elasticity, all of it from
# this token on. At 0.7 times the natural length it was the first word that was lost (0004 has the figures).
_ONSET_SHARE, _ONSET_TOKENS = 0.3, 8


@dataclass(frozen=True, eq=False)
class Plan:
    """Lengths wanted for a sentence of T tokens, in frames: what `allocate` needs to make whole frames of them.

    targets, elasticity, floors: [2, T], the sound of each token and the pause that falls into it.
    """

    targets: Floats
    elasticity: Floats
    floors: Ints

    def natural(self) -> Ints:
        """Whole frames of each token, as long as they are wanted, [T]."""
        return natural(self.targets, self.floors).sum(axis=0)

    def stretched(self, stretches: Sequence[Stretch]) -> Ints:
        """Whole frames of each token, [T], each stretch as long as it must be."""
        wanted = self.natural()
        frames = [self._stretched(s, int(wanted[s.first : s.end].sum())) for s in stretches]
        return np.concatenate(frames)

    def _stretched(self, stretch: Stretch, wanted: int) -> Ints:
        own = slice(stretch.first, stretch.end)
        elasticity = (self._hurried() if stretch.frames < wanted else self.elasticity)[:, own]
        frames = allocate(self.targets[:, own].ravel(), elasticity.ravel(), self.floors[:, own].ravel(), stretch.frames)
        return frames.reshape(2, -1).sum(axis=0)

    def _hurried(self) -> Floats:
        """Elasticity for less time than is wanted: the onset keeps its length, what never grows may yet shrink."""
        elasticity = np.where(self.elasticity == 0, PAUSE_ELASTICITY, self.elasticity)
        elasticity[0] *= np.clip(np.arange(elasticity.shape[1]) / _ONSET_TOKENS, _ONSET_SHARE, 1.0)
        return elasticity


def whole(durations: npt.NDArray[np.float32]) -> Ints:
    """The model's own rounding of its durations [T]: at least one frame a token."""
    return np.maximum(np.rint(durations), 1).astype(np.int64)


def plan(prepared: Prepared, variation: Floats) -> Plan:
    """Lengths for a sentence said with the rules of its course. variation: factors, [T]."""
    sentence, course = prepared.sentence, prepared.course
    kinds = [Kind.PAD, *(symbols.kind(s) for s in sentence.symbols), Kind.PAD]
    sound, amid, _ = parts(prepared.encoding.durations, prepared.energy)
    sound *= np.array([_factor(k, rule) for k, rule in zip(kinds, course.rules, strict=True)]) * variation
    final = slice(_final_vowel(sentence), -1)
    sound[final] *= course.of("final")[final]
    for comma, seconds in {**prepared.breaths, **prepared.pauses}.items():
        # The pause at a comma lies in the sound before it, the comma and the space after.
        near = amid[comma - 1 : comma + 2]
        if prepared.held[comma]:
            # A laugh sounds at the mark's own frames.
            near[:] = 0.0
        near[1] += near.sum() < 1.0
        near *= seconds * FRAMES_PER_SECOND / near.sum()

    targets = np.stack([sound, amid])
    # Each token lasts at least a frame, in the longer of its parts, unless it lies in the margin.
    floors = np.zeros(targets.shape, np.int64)
    floors[targets.argmax(axis=0), np.arange(len(kinds))] = prepared.floors
    elasticity = np.array([[ELASTICITY[k] for k in kinds], [PAUSE_ELASTICITY] * len(kinds)])
    return Plan(targets, elasticity, floors)


def parts(durations: npt.NDArray[np.float32], energy: npt.NDArray[np.float32]) -> tuple[Floats, Floats, Ints]:
    """Frames of each token [T] that sound, that pause amid the sentence, and that are silent at its ends.

    durations: frames the model gives each token, unrounded, [T].  energy: its own, over these made whole, [2F].
    """
    frames = whole(durations)
    owner = np.repeat(np.arange(len(frames)), frames)
    paused = pauses(energy)
    first, end = heard(energy)
    at = np.arange(len(paused))
    outside = (at < first) | (at >= end)

    def count(chosen: Bools) -> Ints:
        return np.bincount(owner[chosen], minlength=len(frames))

    sound = count(~paused & ~outside).astype(float)
    # What rounding took or gave is the sound's.
    sound = np.where(sound > 0, np.maximum(sound + durations - frames, 0.5), 0.0)
    return sound, count(paused & ~outside).astype(float), count(outside)


def _factor(kind: Kind, rule: Rule) -> float:
    if kind is Kind.PAD:
        return 1.0
    return {Kind.VOWEL: rule.vowels, Kind.GAP: 1.0}.get(kind, rule.consonants) / rule.rate


def _final_vowel(sentence: Sentence) -> int:
    """The token where the last vowel begins, its stress mark included."""
    at = max((i for i, s in enumerate(sentence.symbols) if s in symbols.VOWELS), default=len(sentence.symbols))
    if at and sentence.symbols[at - 1 : at] in tuple(symbols.STRESS):
        at -= 1
    return at + 1  # the pad before

"""What a line implies when nobody says how it is felt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.reading.text.direction import guess, network
from studio.emotion.reading.text.heads import GOEMOTIONS

# The figures below were chosen on some forty lines of dialogue, by judgement (docs/decisions/0008).
# Lines before the line that are read with it, and how much that reading counts: a short line that says nothing by
# itself ("I see.") means what they make of it, any other speaks for itself.
_CONTEXT_LINES = 2
_SHORT_WORDS, _SHORT_SHARE, _LONG_SHARE = 3, 0.6, 0.2
# A reading this far over or under a threshold is sure, in logits.
_SURE = 2.0
# Labels of what is thought rather than felt: nobody says "Yes." or "I see now." in a tone of their own for it.
_NO_FEELINGS = frozenset(("approval", "realization", "neutral"))
# A label at its threshold is felt this much, one that is certain wholly; and no more labels than this.
_AT_THRESHOLD, _MOST_LABELS = 0.4, 3
# How far from neutral EmoBank's valence and arousal put a sentence that moves, and one that moves wholly; and the least
# that is left of a label whose sentence they call plain ("What time is it?" is curious, but nobody acts it).
_MOVED, _MOVED_WHOLLY, _PLAIN = 0.25, 0.5, 0.3
# Valences of opposite sign contradict each other from here on.
_CLEAR_VALENCE = 0.15
# The share of what the line would be as a scene, beside what its labels say.
_SCENE_SHARE = 0.35


@dataclass(frozen=True, eq=False)
class _Reading:
    """over: how far each of GoEmotions' labels lies over its threshold.  vad: EmoBank's."""

    over: npt.NDArray[np.float32]
    vad: npt.NDArray[np.float32]

    @classmethod
    def of(cls, text: str) -> _Reading:
        said = network().read(text)
        return cls(said["goemotions"] - network().threshold("goemotions"), said["emobank"])

    @property
    def moved(self) -> float:
        return float(np.hypot(self.vad[0], self.vad[1]))

    def beside(self, other: _Reading, share: float) -> _Reading:
        """With a share of another reading; held within limits, so that what one rules out the other can still say."""
        over, others = (np.clip(r.over, -_SURE, _SURE) for r in (self, other))
        return _Reading((1 - share) * over + share * others, (1 - share) * self.vad + share * other.vad)


def read_line(text: str, context: Sequence[str] = ()) -> Emotion:
    """The Emotion the words of a line imply; neutral when they imply nothing.

    context: the lines before it, the latest last.
    """
    if not any(c.isalnum() for c in text):
        return NEUTRAL
    reading, scene = _Reading.of(text), text
    silent = _labelled(reading) == NEUTRAL and (reading.moved < _MOVED or _is_word(text))
    if before := [c for c in context if c.strip()][-_CONTEXT_LINES:]:
        short = silent and len(text.split()) <= _SHORT_WORDS
        together = " ".join([*before, text])
        reading = reading.beside(_Reading.of(together), _SHORT_SHARE if short else _LONG_SHARE)
        scene = together if short else text
    return NEUTRAL if _is_word(scene) and silent else _felt(reading, scene)


def _is_word(text: str) -> bool:
    """Whether a line is one word, said and not exclaimed: "Yes." is no scene."""
    return len(text.split()) == 1 and "!" not in text


def _felt(reading: _Reading, scene: str) -> Emotion:
    labelled = _labelled(reading)
    strength = min(1.0, reading.moved / _MOVED_WHOLLY)
    if reading.moved < _MOVED:
        return _rounded(max(strength, _PLAIN) * labelled)
    # Comments seldom tell what happens to someone; as a scene ("he died last night") the line may say more.
    acted = guess(scene)
    agreeing = not _contradicts(acted, reading)
    if labelled == NEUTRAL or _contradicts(labelled, reading):
        return _rounded(strength * acted) if agreeing else NEUTRAL
    return _rounded(labelled.toward(acted, _SCENE_SHARE) if agreeing else labelled)


def _contradicts(emotion: Emotion, reading: _Reading) -> bool:
    valence, rated = emotion.vad[0], float(reading.vad[0])
    return valence * rated < 0 and min(abs(valence), abs(rated)) > _CLEAR_VALENCE


def _labelled(reading: _Reading) -> Emotion:
    """What GoEmotions' labels say."""
    over, threshold = reading.over, network().threshold("goemotions")
    told = [i for i in np.argsort(-over) if GOEMOTIONS[i] not in _NO_FEELINGS and over[i] > 0][:_MOST_LABELS]
    # When neutral is the clearest reading, what else is over its threshold is a trace of a feeling at most.
    if not told or over[GOEMOTIONS.index("neutral")] > over[told].max():
        return NEUTRAL
    chance = 1.0 / (1.0 + np.exp(-(threshold + over)[told]))
    least = 1.0 / (1.0 + np.exp(-threshold[told]))
    weights = _AT_THRESHOLD + (1.0 - _AT_THRESHOLD) * (chance - least) / (1.0 - least)
    weights = weights / max(1.0, float(weights.sum()))
    return Emotion.of({GOEMOTIONS[i]: float(w) for i, w in zip(told, weights, strict=True)})


def _rounded(emotion: Emotion) -> Emotion:
    """To three digits, and without what is weaker than five hundredths."""
    weights = tuple((c, round(w, 3)) for c, w in emotion.weights if abs(w) >= 0.05)
    v, a, d = (round(x, 3) for x in emotion.offset)
    return Emotion(weights, (v, a, d)) if weights else NEUTRAL

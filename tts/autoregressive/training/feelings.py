"""Draws how a sentence is felt, and how somebody who feels so departs from the plain reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from studio.emotion import Emotion
from studio.emotion.labels import CATEGORIES
from tts.autoregressive.training.corpora.departure import (
    STRENGTH,
    Departure,
    Neutral,
    length_terms,
    pitch_terms,
    strength_terms,
    units,
)
from tts.prosody.rules import ANCHORS
from tts.prosody.silence import FRAMES_PER_SECOND
from tts.text import Sentence, symbols

if TYPE_CHECKING:
    from tts.autoregressive.training.readings import Plain

Floats = npt.NDArray[np.float64]

# Emotions to learn from: how many, and of which kind; the rest of 1 are single anchors, the emotions that were acted.
_POOL = 4000
_CATEGORY, _MIXTURE, _POINT, _OPPOSITE, _MOVED = 0.15, 0.15, 0.12, 0.04, 0.08
# Of the sentences: felt as nothing; turning from one emotion to another.
_NEUTRAL, _TURNING = 0.25, 0.25
# dB a unit of the acoustic model's energy stands for: regression over a sentence by six voices, 4.6 (0 is -40 dB).
DB_OF_ENERGY = 4.6
_WIDEST_LENGTH = float(np.log(2.5))


@dataclass(frozen=True, eq=False)
class Felt:
    """Of T tokens: what the transformer is told, `vectors` [T, 27], and the departure it should learn, each [T]:
    log of the factor on durations, frames put in beyond that (pauses), semitones on pitch and on its rise, dB on
    strength."""

    vectors: npt.NDArray[np.float32]
    log_duration: Floats
    pauses: Floats
    pitch: Floats
    slope: Floats
    strength: Floats


@dataclass(frozen=True, eq=False)
class _Feeling:
    vector: npt.NDArray[np.float32]
    shares: Floats  # of ANCHORS


class Feelings:
    """Emotions of every kind a person can write, and actors who feel them."""

    def __init__(self, departures: Sequence[Departure], seed: int = 4) -> None:
        self._of = {a: [d for d in departures if d.emotion == a] for a in (*ANCHORS, "neutral")}
        missing = [a for a, found in self._of.items() if not found]
        if missing:
            raise ValueError(f"No departures for {', '.join(missing)}.")
        self._seed = seed

    @cached_property
    def _pool(self) -> list[_Feeling]:
        draw = np.random.default_rng(self._seed)
        emotions = [_emotion(draw) for _ in range(_POOL)]
        return [_Feeling(e.vector(), np.array([e.blend(ANCHORS)[a] for a in ANCHORS])) for e in emotions]

    def draw(self, plain: Plain, draw: np.random.Generator) -> Felt:
        """How one sentence is felt, and by whom."""
        nothing = _Feeling(np.zeros(27, np.float32), np.zeros(len(ANCHORS)))
        first = nothing if draw.random() < _NEUTRAL else self._pool[draw.integers(_POOL)]
        second, turned = first, np.zeros(len(plain.ids))
        if draw.random() < _TURNING:
            second = nothing if draw.random() < 0.3 else self._pool[draw.integers(_POOL)]
            turned = _turn(plain, draw)
        shares = np.outer(1 - turned, first.shares) + np.outer(turned, second.shares)
        vectors = np.outer(1 - turned, first.vector) + np.outer(turned, second.vector)
        who = [self._actor(a, draw) for a in (*ANCHORS, "neutral")]
        # What makes two plain readings differ is there in all of them, less so where feeling decides.
        shares = np.column_stack([shares, 1 - 0.5 * shares.sum(axis=1)])
        return Felt(vectors.astype(np.float32), *_laid_over(plain, who, shares))

    def _actor(self, emotion: str, draw: np.random.Generator) -> Departure:
        """A reading of the emotion: those that listeners heard it in come up more often."""
        found = self._of[emotion]
        heard = np.nan_to_num(np.array([d.recognition for d in found]), nan=0.8) ** 2
        return found[draw.choice(len(found), p=heard / heard.sum())]


def _laid_over(plain: Plain, who: Sequence[Departure], shares: Floats) -> tuple[Floats, ...]:
    """The departures of `who`, each by its share at every token [T, N], summed; fields of Felt."""
    sentence = Sentence(plain.text, plain.word_of, ())
    level = np.clip(plain.energy, -1.0, 8.0) * DB_OF_ENERGY
    given = units(sentence, Neutral(plain.frames, plain.pitch, plain.slope, level))
    sounding = (np.asarray(plain.ids) != 0).astype(float)

    def mixed(terms: Floats, weights: Sequence[Floats]) -> Floats:
        return (terms @ np.stack(weights, axis=1) * shares).sum(axis=1) * sounding

    # The level of the whole is set after the acoustic model: `tts.post`.
    within = [np.where(np.array(STRENGTH) == "level", 0.0, d.strength) for d in who]
    mean, rise = pitch_terms(given)
    pitch = [_as_factor(d.pitch, 1) for d in who]
    strength = [_as_factor(w, STRENGTH.index("dynamics")) for w in within]
    clauses = np.array([False, *(s in symbols.CLAUSE_END for s in plain.text[:-1]), False, False])
    pauses = shares @ np.array([d.pause for d in who]) * FRAMES_PER_SECOND * clauses / max(clauses.sum(), 1)
    return (
        np.clip(mixed(length_terms(given), [d.length for d in who]), -_WIDEST_LENGTH, _WIDEST_LENGTH),
        np.maximum(pauses, 0.0),
        mixed(mean, pitch),
        mixed(rise, pitch),
        mixed(strength_terms(given), strength),
    )


def _as_factor(weights: Floats, at: int) -> Floats:
    out = weights.copy()
    out[at] = np.exp(out[at]) - 1
    return out


def _turn(plain: Plain, draw: np.random.Generator) -> Floats:
    """How much of the second emotion is felt at each token, [T]: from a word on, or more and more."""
    words = np.array([-1, *(-1 if w is None else w for w in plain.word_of), -1])
    count = len(words)
    if draw.random() < 0.3:
        return np.linspace(0.0, 1.0, count)
    at = int(np.argmax(words >= draw.integers(max(words.max(), 0) + 1)))
    return (np.arange(count) >= at).astype(float)


def _emotion(draw: np.random.Generator) -> Emotion:
    """An emotion as people write them."""
    size = float(draw.uniform(0.15, 1.1))
    kind = draw.random()
    bounds = np.cumsum([_CATEGORY, _MIXTURE, _POINT, _OPPOSITE, _MOVED])
    if kind < bounds[0]:
        return Emotion.of({str(draw.choice(CATEGORIES)): size})
    if kind < bounds[1]:
        a, b = draw.choice(CATEGORIES if draw.random() < 0.3 else ANCHORS, 2, replace=False)
        share = float(draw.uniform(0.2, 0.8))
        return Emotion.of({str(a): size * share, str(b): size * (1 - share)})
    if kind < bounds[2]:
        return Emotion.from_vad(*(float(x) for x in size * draw.uniform(-1, 1, 3)))
    if kind < bounds[3]:
        return Emotion.of({str(draw.choice(CATEGORIES)): -size})
    anchor = Emotion.of({str(draw.choice(ANCHORS)): size})
    if kind < bounds[4]:
        return anchor + Emotion.from_vad(*(float(x) for x in draw.normal(0, 0.2, 3)))
    return anchor

"""Several readings of one line that truly differ: drawn, kept far apart, and ranked by how well they do what was asked.

How far two readings are apart is measured over the words of the line, in just noticeable differences (JND): the root
mean square, over words and over the three measures, of

- the difference of a word's length over 10 % (Quené 2007: 5 % for a stretch of speech, more for single words; Klatt
  1976: 20 % or more for single sounds),
- the difference of its mean F0 over 1.5 semitones ('t Hart 1981: what most listeners just tell apart in speech),
- the difference of its level over 1.5 dB.

Two takes of one actor (EMO-DB: 11 pairs of the same speaker, sentence and emotion, by syllables) are 2.6 JND apart, the
middle 80 % of pairs 2.1 to 3.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from studio.delivery import Delivery
from studio.emotion import Emotion
from studio.emotion.reading.voice import read_voice
from studio.errors import InputError
from tts.acoustic import Kokoro
from tts.line import Line
from tts.prosody.pitch import VOICED_HZ
from tts.prosody.reading import Floats, Prepared, Prosody, Reading, Take

_LENGTH_JND, _PITCH_JND, _LEVEL_JND = np.log(1.10), 1.5, 1.5
# Takes less far apart than this are hardly told apart: by the unit's meaning.
_HEARD = 1.0
# As many are drawn for each one kept, of which the unlikeliest quarter is not considered.
_DRAWN, _LIKELY = 4, 0.75

_LOG = logging.getLogger("affetto")

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Chosen:
    """Takes of a line: their seeds, and how likely each is, as a log-probability a token."""

    seeds: tuple[int, ...]
    likely: tuple[float, ...]


def check_delivery(delivery: Delivery) -> None:
    """Raise InputError for a delivery of which there is but one reading."""
    if delivery.like is not None:
        raise InputError("A line said like a recording has one reading: leave out the recording (like) to have takes.")
    if delivery.temperature == 0:
        raise InputError("At temperature 0 there is one reading: raise it to have takes that differ.")


def chosen(kokoro: Kokoro, line: Line, prosody: Prosody, take: Take, count: int) -> Chosen:
    """`count` takes that are far apart, of more that are drawn: `take`, and others whose seeds follow from its own."""
    seeds = _seeds(take.seed, _DRAWN * count)
    takes = [Take(seed, take.temperature) for seed in seeds]
    by_sentence = [(p, prosody.read_many(p, takes)) for p in line.sentences]
    tokens = [len(p.margin) for p in line.sentences]
    likely = np.average([[r.likelihood for r in readings] for _, readings in by_sentence], axis=0, weights=tokens)
    described = np.stack(
        [np.concatenate([_described(kokoro, p, readings[i]) for p, readings in by_sentence]) for i in range(len(seeds))]
    )
    kept = _far_apart(described, _likeliest(likely), count)
    nearest = min(distance(described[i], described[j]) for i, j in combinations(kept, 2))
    if nearest < _HEARD:
        _LOG.warning(
            "Two of these takes differ by %.1f times what is just heard; a higher temperature sets them further apart.",
            nearest,
        )
    return Chosen(tuple(seeds[i] for i in kept), tuple(float(likely[i]) for i in kept))


def ranked(
    sounds: Sequence[Samples], neutral: Samples, rate: int, asked: Emotion, likely: Sequence[float]
) -> list[int]:
    """The takes from the best to the least.

    By the sum of a take's places in two orders: how near the emotion read off its sound, beside the line said neutrally
    by the same voice, comes to the one asked for; and how likely its prosody holds it. Of equals the nearer one leads.
    """
    try:
        felt = asked.at("voice")
        away = [read_voice((s, rate), [(neutral, rate)]).distance(felt) for s in sounds]
    except InputError:  # too short for an emotion to be read off
        away = [0.0] * len(sounds)
    places = _order(away) + _order([-x for x in likely])
    return sorted(range(len(sounds)), key=lambda i: (places[i], away[i]))


def distance(a: Floats, b: Floats) -> float:
    """Between two readings as described [W, 3], in JND."""
    return float(np.sqrt(np.mean((a - b) ** 2)))


def _seeds(first: int, count: int) -> list[int]:
    """`first`, and others that follow from it."""
    words = np.random.SeedSequence([int(first < 0), abs(first)]).generate_state(count - 1)
    return [first, *(int(w) for w in words)]


def _described(kokoro: Kokoro, prepared: Prepared, reading: Reading) -> Floats:
    """Of each word of a sentence: the logarithm of its length, its F0 in semitones, its level in dB; in JND, [W, 3]."""
    tokens = reading.frames + prepared.margin
    f0, energy = kokoro.contour(prepared.encoding, tokens)
    shaped = reading.pitch(f0, tokens)
    strength = reading.strength(energy, tokens)
    word_of = np.array([-1, *(-1 if w is None else w for w in prepared.sentence.word_of), -1])
    at = np.repeat(word_of, 2 * tokens)
    voiced = shaped > VOICED_HZ
    middle = float(np.median(shaped[voiced])) if voiced.any() else 100.0
    rows = []
    for word in range(len(prepared.sentence.words)):
        own, sung = word_of == word, voiced & (at == word)
        pitch = 12 * np.log2(float(np.median(shaped[sung])) if sung.any() else middle)
        length = np.log(max(int(reading.frames[own].sum()), 1))
        level = float(np.average(strength[own], weights=np.maximum(reading.frames[own], 1)))
        rows.append((length / _LENGTH_JND, pitch / _PITCH_JND, level / _LEVEL_JND))
    return np.array(rows)


def _likeliest(likely: npt.NDArray[np.float64]) -> list[int]:
    kept = np.argsort(-likely, kind="stable")[: round(_LIKELY * len(likely))]
    return sorted(int(i) for i in kept)


def _far_apart(described: npt.NDArray[np.float64], among: list[int], count: int) -> list[int]:
    """`count` of `among`: the most typical one, then each time the one farthest from those kept (Gonzalez 1985)."""
    apart = np.array([[distance(described[i], described[j]) for j in among] for i in among])
    kept = [int(apart.sum(axis=1).argmin())]
    while len(kept) < count:
        away = apart[kept].min(axis=0)
        away[kept] = -1.0
        kept.append(int(away.argmax()))
    return [among[i] for i in kept]


def _order(values: Sequence[float]) -> npt.NDArray[np.int64]:
    """Places of values from the least (0) up; equals share one."""
    return np.searchsorted(np.unique(values), values)

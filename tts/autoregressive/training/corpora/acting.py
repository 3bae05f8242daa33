"""EMO-DB's utterances as departures from how their speaker says the sentence plainly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import soundfile

from tts.autoregressive.training.corpora import measured
from tts.autoregressive.training.corpora.departure import (
    LENGTH,
    PITCH,
    STRENGTH,
    Departure,
    Neutral,
    Units,
    length_terms,
    pitch_terms,
    strength_terms,
)
from tts.autoregressive.training.corpora.emodb import SENTENCES, Utterance, kind
from tts.prosody.silence import FRAMES_PER_SECOND
from tts.text.symbols import Kind

Floats = npt.NDArray[np.float64]

# What the terms are expected to spread by (standard deviations, in their units), and what one sound does besides: the
# fit weighs one against the other, so that a term a short sentence hardly shows stays near zero.
_LENGTH_SPREAD = {"global": 0.4, "stressed": 0.2, "final_fifth": 0.3, "last_vowel": 0.3, "course": 0.12, "": 0.15}
_PITCH_SPREAD = {"shift": 9.0, "range": 0.6, "stressed_slope": 1.5, "stressed": 1.5, "course": 1.0, "": 3.0}
_STRENGTH_SPREAD = {"level": 9.0, "dynamics": 0.4, "course": 1.5, "": 3.0}
_LENGTH_NOISE, _PITCH_NOISE, _SLOPE_NOISE, _STRENGTH_NOISE = 0.3, 1.8, 3.0, 2.5
# Of a plain reading, how much is the speaker's own recording of the sentence; the rest is how all ten say it, moved to
# the speaker's tempo and pitch. One recording alone would hand its own chances to every departure from it.
_OWN = 0.5
# A vowel is stressed when this share of the speakers is labelled with an accent on it.
_STRESSED = 0.5


@dataclass(frozen=True, eq=False)
class _Said:
    """An utterance's sounds, one for each phone of its sentence, NaN where left out; pitch around the speaker's
    neutral median, level around the utterance's own; length: the logarithm of seconds. Each [T]."""

    utterance: Utterance
    length: Floats
    pitch: Floats
    slope: Floats
    level: Floats
    voiced: Floats


def departures(utterances: Sequence[Utterance]) -> list[Departure]:
    """As acted, one for each utterance whose sentence somebody says plainly too.

    A neutral utterance departs from how the others say its sentence.
    """
    said = _said(utterances)
    stress = {s: _stressed(s, utterances) for s in {u.sentence for u in utterances}}
    plain = [(one, _plain(one.utterance, said)) for one in said]
    return [_departure(one, other, stress[one.utterance.sentence]) for one, other in plain if other is not None]


def _said(utterances: Sequence[Utterance]) -> list[_Said]:
    tracks, raw = [], []
    for u in utterances:
        samples, rate = soundfile.read(u.path, dtype="float64")
        starts = np.array([np.nan if p is None else p.start for p in u.phones])
        ends = np.array([np.nan if p is None else p.end for p in u.phones])
        tracks.append(measured.track(samples, rate))
        raw.append(measured.sounds(tracks[-1], starts, ends))
    medians = {}
    for speaker in {u.speaker for u in utterances}:
        own = [t.f0 for t, u in zip(tracks, utterances, strict=True) if (u.speaker, u.emotion) == (speaker, "neutral")]
        medians[speaker] = float(np.nanmedian(np.concatenate(own)))
    return [
        _Said(
            u,
            np.log(np.maximum(s.seconds, 0.005)),
            s.pitch - medians[u.speaker],
            s.slope,
            s.level - np.nanmedian(s.level),
            s.voiced,
        )
        for u, s in zip(utterances, raw, strict=True)
    ]


def _plain(utterance: Utterance, said: Sequence[_Said]) -> _Said | None:
    """How the speaker would say the sentence plainly, judged without this utterance; None when nobody else does."""
    neutral = [s for s in said if s.utterance.emotion == "neutral" and s.utterance is not utterance]
    same = [s for s in neutral if s.utterance.sentence == utterance.sentence]
    own = [s for s in same if s.utterance.speaker == utterance.speaker]
    if not same:
        return None
    tempo = _tempo(utterance.speaker, neutral)

    def expected(field: str, offset: float = 0.0) -> Floats:
        values = [
            getattr(s, field) - (_tempo(s.utterance.speaker, neutral) if field == "length" else 0.0) for s in same
        ]
        everyone = _mean(values) + offset
        if not own:
            return everyone
        mixed = _OWN * _mean([getattr(s, field) for s in own]) + (1 - _OWN) * everyone
        return np.where(np.isfinite(mixed), mixed, everyone)

    return _Said(
        utterance,
        expected("length", tempo),
        expected("pitch"),
        expected("slope"),
        expected("level"),
        expected("voiced"),
    )


def _tempo(speaker: str, neutral: Sequence[_Said]) -> float:
    """How much longer the speaker's sounds are than all speakers' of the same sentences, in the logarithm."""
    gaps = []
    for one in neutral:
        if one.utterance.speaker == speaker:
            others = [s.length for s in neutral if s.utterance.sentence == one.utterance.sentence]
            gaps.append(np.nanmedian(one.length - _mean(others)))
    return float(np.mean(gaps)) if gaps else 0.0


def _departure(said: _Said, plain: _Said, stressed: npt.NDArray[np.bool_]) -> Departure:
    utterance = said.utterance
    kinds = np.array([kind(s) for s in SENTENCES[utterance.sentence].split()], np.int64)
    frames = np.exp(plain.length) * FRAMES_PER_SECOND
    middle = float(np.nanmedian(plain.pitch))
    units = Units(kinds, stressed, Neutral(frames, plain.pitch - middle, plain.slope, plain.level))
    voiced = np.minimum(np.nan_to_num(np.minimum(said.voiced, plain.voiced)) / 8, 1.0)
    ones = np.ones(len(kinds))

    length, of_length = _fit(
        length_terms(units), said.length - plain.length, ones, _spreads(LENGTH, _LENGTH_SPREAD), _LENGTH_NOISE
    )
    mean, rise = pitch_terms(units)
    both = np.concatenate([mean / _PITCH_NOISE, rise / _SLOPE_NOISE])
    change = np.concatenate([(said.pitch - plain.pitch) / _PITCH_NOISE, (said.slope - plain.slope) / _SLOPE_NOISE])
    # Rises of short sounds are mostly error; those of vowels tell.
    vowels = voiced * (kinds == Kind.VOWEL)
    pitch, of_pitch = _fit(both, change, np.concatenate([voiced, vowels]), _spreads(PITCH, _PITCH_SPREAD), 1.0)
    strength, of_strength = _fit(
        strength_terms(units), said.level - plain.level, ones, _spreads(STRENGTH, _STRENGTH_SPREAD), _STRENGTH_NOISE
    )
    pitch[PITCH.index("range")] = np.log(np.clip(1 + pitch[PITCH.index("range")], 0.3, 3.0))
    strength[STRENGTH.index("dynamics")] = np.log(np.clip(1 + strength[STRENGTH.index("dynamics")], 0.3, 3.0))
    # The recordings' levels are made equal: what is left of a mean level says nothing.
    strength[STRENGTH.index("level")] = 0.0
    return Departure(
        utterance.emotion,
        utterance.speaker,
        utterance.gender,
        length,
        pitch,
        strength,
        utterance.pause,
        np.array([of_length, of_pitch, of_strength]),
        utterance.recognition,
        utterance.naturalness,
    )


def _fit(terms: Floats, change: Floats, weight: Floats, spread: Floats, noise: float) -> tuple[Floats, float]:
    """Ridge: the terms' weights that say the change best, given how far each is expected from zero; and the share of
    the change's variance that they say."""
    known = np.isfinite(change) & (weight > 0)
    a, y, w = terms[known], change[known], weight[known]
    precision = (a.T * w) @ a / noise**2 + np.diag(1 / spread**2)
    weights = np.asarray(np.linalg.solve(precision, (a.T * w) @ y / noise**2), np.float64)
    variance = float(np.average((y - np.average(y, weights=w)) ** 2, weights=w))
    left = y - a @ weights
    error = float(np.average((left - np.average(left, weights=w)) ** 2, weights=w))
    return weights, 1 - error / max(variance, 1e-12)


def _spreads(names: tuple[str, ...], spread: dict[str, float]) -> Floats:
    return np.array([spread.get(n.rstrip("0123456789"), spread[""]) for n in names])


def _stressed(sentence: str, utterances: Sequence[Utterance]) -> npt.NDArray[np.bool_]:
    heard = [u.phones for u in utterances if u.sentence == sentence]
    counts = [[p is not None and p.accent > 0 for p in phones] for phones in heard]
    accented: npt.NDArray[np.bool_] = np.mean(counts, axis=0) > _STRESSED
    return accented & np.array([kind(s) is Kind.VOWEL for s in SENTENCES[sentence].split()])


def _mean(rows: Sequence[Floats]) -> Floats:
    """The mean of what is known in each column."""
    stacked = np.array(rows)
    known = np.isfinite(stacked)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, stacked, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)

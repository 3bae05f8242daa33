"""A departure: how one reading differs from a plain one, in terms that fit any sentence of any language."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tts.prosody.silence import FRAMES_PER_SECOND
from tts.text import symbols
from tts.text.sentence import Sentence
from tts.text.symbols import Kind

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LENGTH_KNOTS, PITCH_KNOTS, STRENGTH_KNOTS = 6, 8, 6
# Natural logarithms of factors on lengths; the last: a course over the sentence, at knots evenly spaced in its time.
LENGTH = (
    "global",
    *("vowel", "sonorant", "fricative", "stop"),
    "stressed",
    "final_fifth",
    "last_vowel",
    *(f"course{i}" for i in range(LENGTH_KNOTS)),
)
# Semitones but for `range`, the logarithm of a factor on the excursions from the median. declination: by how much more
# it falls over the sentence. initial, final: at its ends, gone 0.3 s from them. stressed, stressed_slope: in stressed
# vowels, how much higher they lie and how much more they rise than the rest says.
PITCH = (
    "shift",
    "range",
    "declination",
    "final",
    "initial",
    "stressed",
    "stressed_slope",
    *(f"course{i}" for i in range(PITCH_KNOTS)),
)
# dB but for `dynamics`, the logarithm of a factor on the excursions of the level from its mean.
STRENGTH = (
    "level",
    "stressed",
    "declination",
    "dynamics",
    *(f"course{i}" for i in range(STRENGTH_KNOTS)),
)
_EDGE_SECONDS = 0.3
# As `tts.prosody.pitch`: further from the median, F0 has jumped an octave.
_EXCURSION = 9.0
_LEVEL_EXCURSION = 15.0
# A factor of 2.5 either way: what remains of a sound beyond it is no longer the same sound.
_WIDEST_LENGTH = float(np.log(2.5))
# As `tts.prosody.pitch`: speech stays speech within these semitones around the speaker's median.
_HIGHEST, _LOWEST, _BEND = 14.0, -8.0, 4.0
# Semitones within one sound; EMO-DB's angry and happy vowels stay under it in 95 of 100.
_STEEPEST = 9.0


@dataclass(frozen=True, eq=False)
class Departure:
    """How an utterance departs from its speaker's plain reading.

    length [len(LENGTH)], pitch [len(PITCH)], strength [len(STRENGTH)]: by the names in these tuples.
    pause: seconds paused amid it, beyond the plain reading's.
    explained: share of the variance of the utterance's own departure that each of the three says, [3].
    recognition, naturalness: share of listeners.
    """

    emotion: str
    speaker: str
    gender: str
    length: Floats
    pitch: Floats
    strength: Floats
    pause: float
    explained: Floats
    recognition: float
    naturalness: float


@dataclass(frozen=True, eq=False)
class Neutral:
    """The plain reading of T tokens, pads included; NaN where a value isn't known.

    frames: of 25 ms, margins (silence at the ends) not counted.  pitch: semitones around the sentence's median.
    slope: semitones F0 rises within the token.  level: dB.
    """

    frames: Floats
    pitch: Floats
    slope: Floats
    level: Floats


@dataclass(frozen=True, eq=False)
class Units:
    """What a departure has to know of T sounds: kinds, `Kind` [T]; stressed: vowels of primary stress [T]; neutral."""

    kinds: npt.NDArray[np.int64]
    stressed: Bools
    neutral: Neutral

    def spoken(self) -> Bools:
        return self.kinds <= Kind.STOP

    def seconds(self) -> tuple[Floats, Floats]:
        """When each sound starts and ends, the first at 0, [T]."""
        frames = np.nan_to_num(self.neutral.frames)
        ends = np.cumsum(frames) / FRAMES_PER_SECOND
        starts = ends - frames / FRAMES_PER_SECOND
        first = starts[np.argmax(self.spoken())] if self.spoken().any() else 0.0
        return starts - first, ends - first

    def whole(self) -> float:
        """Seconds from the first sound to the end of the last."""
        return max(float(self.seconds()[1][np.flatnonzero(self.spoken())].max(initial=0.0)), 1e-3)


def units(sentence: Sentence, neutral: Neutral) -> Units:
    """Of a sentence's tokens. A stress mark counts as part of its vowel, as do length marks."""
    text = sentence.symbols
    kinds = np.array([Kind.PAD, *(symbols.kind(s) for s in text), Kind.PAD], np.int64)
    stressed = np.zeros(len(kinds), np.bool_)
    for i, symbol in enumerate(text, 1):
        after_mark = i >= 2 and text[i - 2] == "ˈ" and symbol in symbols.VOWELS
        stressed[i] = symbol == "ˈ" or after_mark or (symbol == symbols.LENGTH and stressed[i - 1])
    return Units(kinds, stressed, neutral)


def apply(
    departure: Departure, sentence: Sentence, neutral: Neutral, amount: float = 1.0
) -> tuple[Floats, Floats, Floats, Floats]:
    """The departure laid over a sentence.

    amount: 0 (plain) to 1.5.
    Returns, each [T]: the logarithm of the factor on the frames; semitones to add to the mean pitch and to the rise
    within the token; dB to add to the level, that of the whole (`level`) included. Zero at the pads.
    A pause is put in at the clause marks within the sentence, as frames of the mark's token (a comma without a pause
    becomes one).
    """
    given = units(sentence, neutral)
    length = amount * (length_terms(given) @ departure.length)
    length = np.clip(length, -_WIDEST_LENGTH, _WIDEST_LENGTH)
    marks = [i for i, s in enumerate(sentence.symbols[:-1], 1) if s in symbols.CLAUSE_END]
    if marks and departure.pause > 0:
        extra = amount * departure.pause * FRAMES_PER_SECOND / len(marks)
        frames = np.maximum(np.nan_to_num(neutral.frames[marks]), 1.0)
        length[marks] = np.log((frames * np.exp(length[marks]) + extra) / frames)
    weights = _scaled(departure.pitch, PITCH, "range", amount)
    pitch, slope = pitch_terms(given)
    strength = strength_terms(given) @ _scaled(departure.strength, STRENGTH, "dynamics", amount)
    plain = np.nan_to_num(neutral.pitch)
    change = _spoken_range(plain + pitch @ weights) - plain
    rise = np.clip(slope @ weights, -_STEEPEST, _STEEPEST)
    sounding = given.kinds != Kind.PAD
    return length * sounding, change * sounding, rise * sounding, strength * sounding


def _spoken_range(semitones: Floats) -> Floats:
    """Held between _LOWEST and _HIGHEST, bending over the last _BEND semitones."""
    over, under = semitones - (_HIGHEST - _BEND), (_LOWEST + _BEND) - semitones
    held = np.where(over > 0, _HIGHEST - _BEND + _BEND * np.tanh(over / _BEND), semitones)
    return np.where(under > 0, _LOWEST + _BEND - _BEND * np.tanh(under / _BEND), held)


def length_terms(units: Units) -> Floats:
    """[T, len(LENGTH)]: by how much of each of LENGTH a sound is lengthened."""
    starts, ends = units.seconds()
    time = (starts + ends) / 2 / units.whole()
    vowels = np.flatnonzero(units.kinds == Kind.VOWEL)
    last = vowels[-1] if len(vowels) else len(time)
    # The mark of a stressed vowel goes with it.
    while last > 0 and last < len(time) and units.kinds[last - 1] == Kind.VOWEL and units.stressed[last - 1]:
        last -= 1
    columns = [
        np.ones(len(time)),
        *(units.kinds == k for k in (Kind.VOWEL, Kind.SONORANT, Kind.FRICATIVE, Kind.STOP)),
        units.stressed,
        np.clip((time - 0.8) / 0.1, 0, 1),
        np.arange(len(time)) >= last,
    ]
    spoken = np.concatenate([np.stack(columns, axis=1).astype(float), _course(time, LENGTH_KNOTS)], axis=1)
    return np.where((units.kinds == Kind.PAD)[:, None], 0.0, spoken)


def pitch_terms(units: Units) -> tuple[Floats, Floats]:
    """[T, len(PITCH)] twice: how much of each of PITCH (`range` as a factor less 1) a sound's mean and rise get."""
    starts, ends = units.seconds()
    whole = units.whole()

    def along(seconds: Floats) -> Floats:
        time = np.clip(seconds, 0.0, whole)
        declination = 0.5 - time / whole
        final = np.clip(1 - (whole - time) / _EDGE_SECONDS, 0, 1)
        initial = np.clip(1 - time / _EDGE_SECONDS, 0, 1)
        return np.column_stack([declination, final, initial])

    excursion = np.clip(np.nan_to_num(units.neutral.pitch), -_EXCURSION, _EXCURSION)
    none = np.zeros(len(starts))
    at = (starts + ends) / 2
    mean = np.column_stack(
        [np.ones(len(at)), excursion, along(at), units.stressed, none, _course(at / whole, PITCH_KNOTS)]
    )
    course = _course(ends / whole, PITCH_KNOTS) - _course(starts / whole, PITCH_KNOTS)
    rise = np.column_stack(
        [none, np.nan_to_num(units.neutral.slope), along(ends) - along(starts), none, units.stressed, course]
    )
    return mean, rise


def strength_terms(units: Units) -> Floats:
    """[T, len(STRENGTH)]: how much of each of STRENGTH (`dynamics` as a factor less 1) a sound gets."""
    starts, ends = units.seconds()
    time = (starts + ends) / 2 / units.whole()
    spoken = units.spoken()
    level = units.neutral.level
    known = spoken & np.isfinite(level)
    middle = float(np.mean(level[known])) if known.any() else 0.0
    excursion = np.clip(np.nan_to_num(level - middle), -_LEVEL_EXCURSION, _LEVEL_EXCURSION) * spoken
    return np.column_stack(
        [np.ones(len(time)), units.stressed, 0.5 - np.clip(time, 0, 1), excursion, _course(time, STRENGTH_KNOTS)]
    )


def _course(time: Floats, knots: int) -> Floats:
    """Linear interpolation between knots at 0..1, [T, knots], without what is constant or linear over the knots."""
    place = np.clip(time, 0.0, 1.0) * (knots - 1)
    hats = np.clip(1 - np.abs(place[:, None] - np.arange(knots)), 0, 1)
    plain = np.column_stack([np.ones(knots), np.linspace(-1, 1, knots)])
    onto, _ = np.linalg.qr(plain)
    return hats @ (np.eye(knots) - onto @ onto.T)


def _scaled(weights: Floats, names: tuple[str, ...], factor: str, amount: float) -> Floats:
    """Weights times the amount; the logarithm `factor` as the factor less 1."""
    scaled = amount * weights
    at = names.index(factor)
    scaled[at] = np.exp(scaled[at]) - 1
    return scaled


def save(departures: list[Departure], path: Path) -> None:
    """As npz: each field's values stacked; the terms' names as `length_terms`, `pitch_terms`, `strength_terms`."""
    rows = [asdict(d) for d in departures]
    stacked = {name: np.array([r[name] for r in rows]) for name in rows[0]}
    names = {"length_terms": LENGTH, "pitch_terms": PITCH, "strength_terms": STRENGTH}
    np.savez(path, allow_pickle=False, **stacked, **{k: np.array(v) for k, v in names.items()})


def load(path: Path) -> list[Departure]:
    """What `save` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in Departure.__dataclass_fields__}
    rows = zip(*arrays.values(), strict=True)
    return [Departure(**{k: v.item() if v.ndim == 0 else v for k, v in zip(arrays, row, strict=True)}) for row in rows]

"""Readings to learn from: the acoustic model's own, with people's departures laid over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tts.autoregressive.inputs import budgeted, described
from tts.autoregressive.tokens import DURATION, PITCH, SLOPE, STRENGTH
from tts.autoregressive.training.feelings import DB_OF_ENERGY, Feelings
from tts.prosody.lengths import ELASTICITY, PAUSE_ELASTICITY
from tts.text import symbols

Arrays = dict[str, npt.NDArray]
Floats = npt.NDArray[np.float64]

_SYMBOLS = {i: s for s, i in symbols.ID.items()}
# Shares of what is drawn. The budgets reach a little further than what is offered (0.65 to 1.8).
_BUDGETED, _CUT_IN_TWO, _ACCENTED, _RATED = 0.5, 0.25, 0.15, 0.1
_SHORTEST, _LONGEST = 0.55, 2.0
# Alignment and microphones make a person's levels uncertain: half of what they say is taken.
_HUMAN_STRENGTH = 0.5
# An emphasis, as `tts.prosody.course` has it.
_ACCENT_PITCH, _ACCENT_LENGTH, _ACCENT_LEVEL = 3.5, 1.3, 3.0


@dataclass(frozen=True, eq=False)
class Plain:
    """One sentence as the acoustic model reads it; arrays of T tokens, `text` without pads."""

    text: str
    word_of: tuple[int | None, ...]
    features: npt.NDArray[np.float16]
    ids: npt.NDArray[np.int16]
    sound: Floats
    amid: Floats
    margin: npt.NDArray[np.int16]
    pitch: Floats
    slope: Floats
    voiced: Floats
    energy: Floats

    @property
    def frames(self) -> Floats:
        return self.sound + self.amid


@dataclass(frozen=True, eq=False)
class Person:
    """The same sentence by a person: frames, semitones around the speaker's median, rise, dB around theirs; [T]."""

    frames: Floats
    pitch: Floats
    slope: Floats
    level: Floats


class PlainCorpus:
    """What `plain_corpus` wrote, or `corpora.human`, which has a person's reading beside the model's."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as found:
            self._flat = {k: found[k] for k in found.files}
        self._offsets = self._flat.pop("offsets")
        tokens = int(self._offsets[-1])
        self._flat = {k: v for k, v in self._flat.items() if len(v) == tokens}

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def length(self, index: int) -> int:
        """Tokens of a sentence."""
        return int(self._offsets[index + 1] - self._offsets[index])

    def pair(self, index: int) -> tuple[Plain, Person | None]:
        """A sentence as the acoustic model reads it, and as a person does where one did."""
        own = slice(self._offsets[index], self._offsets[index + 1])
        row = {k: v[own].astype(float) if v.dtype == np.float32 else v[own] for k, v in self._flat.items()}
        said = {k.removeprefix("human_"): row.pop(k) for k in list(row) if k.startswith("human_")}
        ids, word_of = row.pop("ids"), row.pop("word_of")
        text = "".join(_SYMBOLS[i] for i in ids[1:-1].tolist())
        words = tuple(None if w < 0 else w for w in word_of[1:-1].tolist())
        plain = Plain(text=text, word_of=words, ids=ids, **row)
        if not said:
            return plain, None
        return plain, Person(said["sound"] + said["amid"], said["pitch"], said["slope"], said["level"])


@dataclass(frozen=True, eq=False)
class Target:
    """What is to be said of each token: frames, semitones, rise, dB, [T]; under which emotions [T, 27] and marks."""

    frames: Floats
    pitch: Floats
    slope: Floats
    strength: Floats
    emotions: npt.NDArray[np.float32]
    accents: Floats
    rates: Floats


def batches(
    corpora: Sequence[tuple[PlainCorpus, Sequence[int]]], feelings: Feelings, seed: int, size: int
) -> Iterator[Arrays]:
    """One pass over what is chosen of each corpus, in batches of sentences of like length, all with new readings."""
    draw = np.random.default_rng(seed)
    chosen = [(corpus, i) for corpus, indices in corpora for i in indices]
    chosen.sort(key=lambda c: c[0].length(c[1]) + draw.normal(0, 4))
    groups = [chosen[i : i + size] for i in range(0, len(chosen), size)]
    draw.shuffle(groups)
    for group in groups:
        yield collated([reading(*corpus.pair(i), feelings, draw) for corpus, i in group])


def reading(plain: Plain, person: Person | None, feelings: Feelings, draw: np.random.Generator) -> Arrays:
    """A reading of a sentence with all that the transformer is told and has to say, arrays of T."""
    target = _felt(plain, feelings, draw) if person is None else _human(plain, person, draw)
    stretches = _stretches(len(plain.ids), draw)
    whole, remaining, rest, tokens = _in_frames(plain, target.frames, stretches, draw)
    return {
        "features": plain.features,
        "ids": plain.ids,
        "described": described(
            plain.text,
            plain.word_of,
            sound=plain.sound,
            amid=plain.amid,
            margin=plain.margin,
            pitch=plain.pitch,
            slope=plain.slope,
            voiced=plain.voiced,
            energy=plain.energy,
            accents=target.accents,
            rates=target.rates,
        ),
        "emotions": target.emotions,
        "budget": budgeted(remaining, rest, tokens),
        "duration": DURATION.codes(whole),
        "pitch": PITCH.codes(target.pitch),
        "slope": SLOPE.codes(target.slope),
        "strength": STRENGTH.codes(target.strength),
        "mask": np.ones(len(whole), np.float32),
        "voiced": plain.voiced.astype(np.float32),
    }


def _felt(plain: Plain, feelings: Feelings, draw: np.random.Generator) -> Target:
    """The plain reading with somebody's departure and marks laid over it."""
    felt = feelings.draw(plain, draw)
    accents, rates = _marks(plain, draw)
    frames = plain.frames * np.exp(felt.log_duration) * _ACCENT_LENGTH ** (accents * _voice_share(plain)) / rates
    return Target(
        frames=frames + felt.pauses,
        pitch=plain.pitch + felt.pitch + _ACCENT_PITCH * accents,
        slope=plain.slope + felt.slope,
        strength=felt.strength + _ACCENT_LEVEL * accents,
        emotions=felt.vectors,
        accents=accents,
        rates=rates,
    )


def _human(plain: Plain, person: Person, draw: np.random.Generator) -> Target:
    """How a person read it: the times, as far as they aren't told by a budget, at the acoustic model's tempo."""
    count = len(plain.ids)
    frames = person.frames * (plain.frames.sum() / max(person.frames.sum(), 1.0)) ** draw.uniform(0.7, 1.0)
    level = np.clip(plain.energy, -1.0, 8.0) * DB_OF_ENERGY
    vowels = plain.voiced > 0.5
    middle = float(np.median(level[vowels])) if vowels.any() else 0.0
    louder = np.where(vowels & np.isfinite(person.level), person.level - (level - middle), 0.0)
    return Target(
        frames=frames,
        pitch=person.pitch,
        slope=np.where(vowels, person.slope, plain.slope),
        strength=np.clip(_HUMAN_STRENGTH * louder, -6.0, 6.0),
        emotions=np.zeros((count, 27), np.float32),
        accents=np.zeros(count),
        rates=np.ones(count),
    )


def collated(rows: list[Arrays]) -> Arrays:
    """Rows padded with zeros to the longest, [B, T, ...]."""
    longest = max(len(r["ids"]) for r in rows)
    out = {}
    for key, first in rows[0].items():
        stack = np.zeros((len(rows), longest, *first.shape[1:]), first.dtype)
        for i, row in enumerate(rows):
            stack[i, : len(row[key])] = row[key]
        out[key] = stack
    return out


def _voice_share(plain: Plain) -> Floats:
    """How much of a word's lengthening each token takes: vowels all of it, consonants half."""
    kinds = np.array([5, *(symbols.kind(s) for s in plain.text), 5])
    return np.where(kinds == symbols.Kind.VOWEL, 1.0, 0.5)


def _marks(plain: Plain, draw: np.random.Generator) -> tuple[Floats, Floats]:
    """Emphasis (size) on a word now and then, and another rate over part of the line, by token [T]."""
    count = len(plain.ids)
    accents, rates = np.zeros(count), np.ones(count)
    words = np.array([-1, *(-1 if w is None else w for w in plain.word_of), -1])
    if words.max() > 0 and draw.random() < _ACCENTED:
        accents[words == draw.integers(words.max() + 1)] = draw.choice([1.0, 1.0, 0.6, -0.5])
    if draw.random() < _RATED:
        first, last = sorted(draw.integers(0, count + 1, 2))
        rates[first:last] = np.exp(draw.uniform(-0.4, 0.4))
    return accents, rates


def _stretches(count: int, draw: np.random.Generator) -> list[tuple[int, int, float]]:
    """(first token, end, tempo) of the parts of a line that have a time to meet; none in a free reading."""
    if draw.random() >= _BUDGETED:
        return []
    cut = int(draw.integers(4, count - 4)) if count > 12 and draw.random() < _CUT_IN_TWO else count
    bounds = [(0, cut), (cut, count)][: 1 + (cut < count)]
    low, high = np.log(_SHORTEST), np.log(_LONGEST)
    # Half near the natural length, where dubbing mostly is.
    tempi = [np.exp(draw.uniform(low, high) if draw.random() < 0.5 else draw.normal(0, 0.15)) for _ in bounds]
    return [(a, b, t) for (a, b), t in zip(bounds, tempi, strict=True)]


def _in_frames(
    plain: Plain, frames: Floats, stretches: list[tuple[int, int, float]], draw: np.random.Generator
) -> tuple[npt.NDArray[np.int64], Floats, Floats, Floats]:
    """Whole frames, and of the time budget before each token: what remains, what that would be plainly, tokens."""
    least = (np.asarray(plain.margin) == 0).astype(float)
    count = len(frames)
    remaining, rest, tokens = np.full(count, -1.0), np.ones(count), np.zeros(count)
    out = frames.copy()
    for first, end, tempo in stretches:
        own = slice(first, end)
        out[own] = _stretched(plain, frames, own, tempo)
    whole = _diffused(out, least, draw)
    for first, end, _ in stretches:
        own = slice(first, end)
        remaining[own] = np.cumsum(whole[own][::-1])[::-1]
        rest[own] = np.cumsum(plain.frames[own][::-1])[::-1]
        tokens[own] = np.arange(end - first, 0, -1)
    return whole, remaining, rest, tokens


def _stretched(plain: Plain, frames: Floats, own: slice, tempo: float) -> Floats:
    """Frames of a part of the line, `tempo` times as long in all, shared out by what each kind of sound can take."""
    kinds = [symbols.Kind.PAD, *(symbols.kind(s) for s in plain.text), symbols.Kind.PAD]
    elasticity = np.array([ELASTICITY[k] for k in kinds])[own]
    pausing = plain.amid[own] / np.maximum(plain.frames[own], 0.5)
    elasticity = elasticity * (1 - pausing) + PAUSE_ELASTICITY * pausing
    target = tempo * frames[own].sum()
    low, high = -6.0, 6.0
    for _ in range(40):
        middle = (low + high) / 2
        if (frames[own] * np.exp(middle * elasticity)).sum() < target:
            low = middle
        else:
            high = middle
    return frames[own] * np.exp(low * elasticity)


def _diffused(frames: Floats, least: Floats, draw: np.random.Generator) -> npt.NDArray[np.int64]:
    """Whole frames that keep the running total: what rounding takes from one token the next gets."""
    out = np.zeros(len(frames), np.int64)
    owed = draw.uniform(-0.3, 0.3)
    for i, wanted in enumerate(frames):
        # Half the debt is passed on: tokens stay near their own lengths.
        out[i] = max(round(wanted + owed), least[i])
        owed = np.clip(owed + wanted - out[i], -0.5, 0.5)
    return out

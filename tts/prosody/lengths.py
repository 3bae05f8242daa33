"""How long each token lasts: the model's own lengths, re-decided for an emotion, a take and a length asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tts.prosody.allocation import allocate
from tts.prosody.course import Course
from tts.prosody.rules import Rule
from tts.text import symbols
from tts.text.sentence import Sentence
from tts.text.symbols import Kind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FRAMES_PER_SECOND = 40
# Kokoro's energy below this sounds under -40 dB of its loudest (measured on six voices): a pause or a stop's closure.
_SILENT = 0.0
# A silence of this many frames is a pause; closures of stops are shorter.
_SHORTEST_PAUSE = 4
# Kokoro leads in with 13-17 frames of silence and trails off with 15-20. A line starts and ends more promptly.
LEAD, TRAIL = 4, 8
# A long pause Kokoro fills with breath and a soft vowel, 25 to 30 dB under speech. Where one is asked for there is
# silence, but for these frames: the last sound's release, and the next one's start (heard two frames early).
_RELEASE, _ONSET = 5, 3
# Between sentences a TRAIL is followed by one of these: 0.45 s of silence in all, or 0.8 s between paragraphs.
NEXT_SENTENCE, NEXT_PARAGRAPH = 10, 24

# How much of a stretch each kind takes, in the exponent: doubling vowels lengthens stops by 1.27. A judgement: held
# vowels and pauses sound slow, held bursts and hisses sound broken.
_ELASTICITY = {
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


@dataclass(frozen=True)
class Edges:
    """Frames of silence heard before and after a sentence, and whether they stretch with the rest (amid a text)."""

    lead: int = LEAD
    trail: int = TRAIL
    lead_stretches: bool = False
    trail_stretches: bool = False


def edges(sentences: list[Sentence], index: int, before: float = 0.0, after: float = 0.0) -> Edges:
    """The silences around one of a text's sentences; before, after: seconds of pause asked for besides."""
    previous = sentences[index - 1] if index else None
    lead = LEAD if previous is None else NEXT_PARAGRAPH if previous.ends_paragraph else NEXT_SENTENCE
    last = index + 1 == len(sentences)
    return Edges(
        lead + round(before * FRAMES_PER_SECOND),
        TRAIL + round(after * FRAMES_PER_SECOND),
        lead_stretches=previous is not None,
        trail_stretches=not last,
    )


@dataclass(frozen=True, eq=False)
class Plan:
    """Lengths wanted for a sentence of T tokens, in frames: what `allocate` needs to make whole frames of them.

    targets, elasticity, floors: [2T + 2], the sound of each token, the pause that falls into it, and the silence heard
    before and after the sentence.
    margin: frames of silence the model itself leaves at the ends, by token, [T]. It needs them (see `Fitted`).
    """

    targets: Floats
    elasticity: Floats
    floors: Ints
    margin: Ints


def hurried(plan: Plan) -> Floats:
    """Elasticity [2T + 2] for a line shorter than natural.

    The silences at the ends don't grow, but a line in a hurry gives them up as it does its pauses: 8 % more time for
    the words of a short one at 0.7.
    """
    elasticity = np.where(plan.elasticity == 0, PAUSE_ELASTICITY, plan.elasticity)
    tokens = len(plan.margin)
    elasticity[:tokens] *= np.clip(np.arange(tokens) / _ONSET_TOKENS, _ONSET_SHARE, 1.0)
    return elasticity


@dataclass(frozen=True, eq=False)
class Fitted:
    """Whole frames for a sentence.

    tokens: what the model runs over, its own margins included, [T].  lead, trail: silence to be heard at the ends.
    total: frames to be heard in all.
    Kokoro learned from recordings with a third of a second of silence at their ends, and counts on it: with less, it
    swallows the first sound (its contour counts frames from the start) and dulls all others by 2 dB on average
    (its normalisation is over the whole sentence). So it gets its margins, and of its silence only `lead` and
    `trail` are used; where a pause between sentences is longer than its margin, silence is added.
    """

    tokens: Ints
    lead: int
    trail: int
    total: int


def fitted(plan: Plan, frames: Ints) -> Fitted:
    """Whole frames [2T + 2] for a plan's parts, as the model and the line need them."""
    core = frames[:-2].reshape(2, -1).sum(axis=0)
    return Fitted(core + plan.margin, int(frames[-2]), int(frames[-1]), int(frames.sum()))


def lengthened(tokens: Ints, start: int, end: int, missing: int) -> Ints:
    """Tokens' frames [T] with `missing` more (or fewer) among those that lie in frames [start, end)."""
    ends = np.cumsum(tokens)
    inside = (ends > start) & (ends - tokens < end)
    return allocate(tokens.astype(float), inside.astype(float), np.minimum(tokens, 1), int(tokens.sum()) + missing)


def heard(energy: npt.NDArray[np.float32]) -> tuple[int, int]:
    """The first frame with sound and the one after the last, from the model's energy [2F]."""
    sounding = np.flatnonzero(energy.reshape(-1, 2).max(axis=1) >= _SILENT)
    return (int(sounding[0]), int(sounding[-1]) + 1) if len(sounding) else (0, len(energy) // 2)


def pauses(energy: npt.NDArray[np.float32]) -> Bools:
    """Which frames [F] belong to a pause, from the model's energy [2F]; silence at both ends counts however short."""
    silent: Bools = np.all(energy.reshape(-1, 2) < _SILENT, axis=1)
    borders = np.flatnonzero(np.diff(np.concatenate(([0], silent.astype(np.int8), [0]))))
    paused: Bools = np.zeros(len(silent), np.bool_)
    for start, end in borders.reshape(-1, 2):
        if end - start >= _SHORTEST_PAUSE or start == 0 or end == len(silent):
            paused[start:end] = True
    return paused


def within_pauses(tokens: Ints, pauses: Sequence[int]) -> Bools:
    """The frames [F] of `pauses` (tokens), but for what the sounds beside them need to end and to begin."""
    silent: Bools = np.zeros(int(tokens.sum()), np.bool_)
    ends = np.cumsum(tokens)
    for token in pauses:
        silent[ends[token] - tokens[token] + _RELEASE : ends[token] - _ONSET] = True
    return silent


def whole(durations: npt.NDArray[np.float32]) -> Ints:
    """The model's own rounding of its durations [T]: at least one frame a token."""
    return np.maximum(np.rint(durations), 1).astype(np.int64)


def plan(
    sentence: Sentence,
    durations: npt.NDArray[np.float32],
    energy: npt.NDArray[np.float32],
    course: Course,
    variation: Floats,
    edges: Edges,
    breaths: Mapping[int, float],
) -> Plan:
    """Lengths for a sentence said with the rules of `course`.

    durations: frames the model gives each token (pads included), [T], unrounded.
    energy: the model's, over these durations made whole, [2F].  variation: factors, [T].
    breaths: seconds of pause at tokens of punctuation, where these are asked for.
    """
    kinds = [Kind.PAD, *(symbols.kind(s) for s in sentence.symbols), Kind.PAD]
    sound, amid, margin = _parts(durations, energy)
    sound *= np.array([_factor(k, rule) for k, rule in zip(kinds, course.rules, strict=True)]) * variation
    final = slice(_final_vowel(sentence), -1)
    sound[final] *= course.of("final")[final]
    for comma, seconds in breaths.items():
        # The pause at a comma lies in the sound before it, the comma and the space after.
        near = amid[comma - 1 : comma + 2]
        near[1] += near.sum() < 1.0
        near *= seconds * FRAMES_PER_SECOND / near.sum()

    parts = np.stack([sound, amid])
    # Each token lasts at least a frame, in the longer of its parts, unless it lies in the margin.
    floors = np.zeros(parts.shape, np.int64)
    floors[parts.argmax(axis=0), np.arange(len(kinds))] = margin == 0
    elasticity = [[_ELASTICITY[k] for k in kinds], [PAUSE_ELASTICITY] * len(kinds)]
    stretches = [edges.lead_stretches * PAUSE_ELASTICITY, edges.trail_stretches * PAUSE_ELASTICITY]
    return Plan(
        np.append(parts, [edges.lead, edges.trail]),
        np.append(elasticity, stretches),
        np.append(floors, [2, 2]),
        margin,
    )


def _parts(durations: npt.NDArray[np.float32], energy: npt.NDArray[np.float32]) -> tuple[Floats, Floats, Ints]:
    """Frames of each token [T] that sound, that pause amid the sentence, and that are silent at its ends."""
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

"""Asides of a line: what laughs, sighs, gasps and breaths sound between its words, and the pauses they need."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import numpy.typing as npt

from studio.emotion import Emotion, EmotionTrack
from studio.emotion.track import NONVERBAL, Mark
from studio.performance import Phoneme
from tts import nonverbal
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.nonverbal.timbre import CARRIER
from tts.prosody.course import Feeling
from tts.prosody.reading import Aside
from tts.prosody.silence import FRAMES_PER_SECOND, ONSET, RELEASE
from tts.text import Sentence
from tts.voice import ResolvedVoice
from tts.voice.colour import colour

Samples = npt.NDArray[np.float32]

# How often at most a line is timed anew because pauses and laughs moved what comes after them: a round settles the
# first of them that is not settled, and most often all.
TIMING_ROUNDS = 5


def timed_before(track: EmotionTrack) -> list[int]:
    """The words before which the pauses and laughs of a track in words stand, as they stand in it."""
    return [math.ceil(m.start) for m in track.marks if m.kind in ("pause", *NONVERBAL)]


@dataclass(frozen=True)
class _Part:
    """A sound that is no word, or with kind "pause" silence."""

    kind: str
    emotion: Emotion
    seed: int
    seconds: float


@dataclass(frozen=True)
class Asked:
    """What is asked for before a word, in order, and the seconds of its pause in all."""

    parts: tuple[_Part, ...]
    seconds: float

    @property
    def sounds(self) -> bool:
        return any(p.kind != "pause" for p in self.parts)


def heard_in(track: EmotionTrack, phonemes: Sequence[Phoneme]) -> EmotionTrack:
    """The track, in seconds, with the mark of each sound over the time in which the sound is heard.

    As it was where two sounds follow each other without a word between them: they are one stretch in `phonemes`.
    """
    runs = [list(run) for sounds, run in groupby(phonemes, lambda p: p.symbol.startswith("[")) if sounds]
    times = [(run[0].start, run[-1].end) for run in runs]
    if len(times) != sum(m.kind in NONVERBAL for m in track.marks):
        return track
    left = iter(times)
    marks = [m if m.kind not in NONVERBAL else _at(m, *next(left)) for m in track.marks]
    return replace(track, marks=tuple(sorted(marks, key=lambda m: m.start)))


def _at(mark: Mark, start: float, end: float) -> Mark:
    return replace(mark, start=start, end=end)


def asked_before(feeling: Feeling, index: int, seed: int, more: Mapping[int, float]) -> dict[int, Asked]:
    """What is asked for before words of sentence `index` (see `Feeling.between`).

    seed: of the delivery; each sound has one of its own.  more: seconds of pause before words besides.
    """
    found: dict[int, Asked] = {}
    between = feeling.between(index)
    for word in {**between, **more}:
        parts = [_part(feeling, number, seed) for number in between.get(word, ())]
        seconds = sum(p.seconds for p in parts) + more.get(word, 0.0)
        asked = Asked(tuple(parts), seconds)
        if asked.sounds:
            frames = math.ceil(seconds * FRAMES_PER_SECOND) + RELEASE + ONSET
            asked = Asked(asked.parts, frames / FRAMES_PER_SECOND)
        found[word] = asked
    return found


def asides(
    kokoro: Kokoro, voice: ResolvedVoice, sentence: Sentence, asked: Mapping[int, Asked], pauses: Mapping[int, float]
) -> tuple[Aside, ...]:
    """The asides of a sentence, in the voice and its colour.

    pauses: by token, as `tts.prosody.breath.with_pauses` puts those asked for within the sentence, in order.
    """
    within = sorted(word for word in asked if 0 < word < len(sentence.words))
    tokens = dict(zip(within, pauses, strict=False))
    made = []
    for word, one in sorted(asked.items()):
        if one.sounds:
            samples, spans = _made(kokoro, voice, one)
            frames = round(one.seconds * FRAMES_PER_SECOND)
            made.append(Aside(word, tokens.get(word), frames, RELEASE, samples, spans))
    return tuple(made)


@dataclass(frozen=True, eq=False)
class Alone:
    """Sounds without a word. spans: what is heard when, between pauses; marks: each over its sound or its pause.
    Both in seconds from the first sample."""

    samples: Samples
    spans: tuple[Phoneme, ...]
    marks: tuple[Mark, ...]


def alone(kokoro: Kokoro, voice: ResolvedVoice, feeling: Feeling, seed: int) -> Alone:
    """All that a text without words asks for, one after the other, as the acoustic model would speak it."""
    asked = [n for n, m in enumerate(feeling.track.marks) if m.kind in ("pause", *NONVERBAL)]
    parts = tuple(_part(feeling, number, seed) for number in asked)
    samples, spans = _made(kokoro, voice, Asked(parts, sum(p.seconds for p in parts)))
    ends = np.cumsum([p.seconds for p in parts]).tolist()
    marks = (_at(feeling.track.marks[n], end - p.seconds, end) for n, p, end in zip(asked, parts, ends, strict=True))
    return Alone(samples, spans, tuple(marks))


def _part(feeling: Feeling, number: int, seed: int) -> _Part:
    mark = feeling.track.marks[number]
    if mark.kind == "pause":
        return _Part(mark.kind, Emotion(), 0, float(mark.value or 0.0))
    emotion, own = feeling.track.at(mark.start), seed + number
    return _Part(mark.kind, emotion, own, nonverbal.score(mark.kind, emotion, own).seconds)


def _made(kokoro: Kokoro, voice: ResolvedVoice, asked: Asked) -> tuple[Samples, tuple[Phoneme, ...]]:
    style = voice.style(len(CARRIER))
    pieces: list[Samples] = []
    spans: list[Phoneme] = []
    start = 0.0
    for part in asked.parts:
        if part.kind == "pause":
            pieces.append(np.zeros(round(part.seconds * SAMPLE_RATE), np.float32))
        else:
            one = nonverbal.sound(part.kind, kokoro, style, part.emotion, part.seed)
            pieces.append(colour(one.samples, SAMPLE_RATE, voice.bands))
            spans += [Phoneme(s.symbol, start + s.start, start + s.end) for s in one.spans]
        start += part.seconds
    return np.concatenate(pieces), tuple(spans)


def mixed(sound: Samples, aside: Aside, frame: int) -> Samples:
    """The sound with an aside in the pause that begins at `frame`; what lies beyond its ends is left out."""
    start = (frame + aside.at) * FRAME
    first, end = max(start, 0), min(start + len(aside.samples), len(sound))
    if first >= end:
        return sound
    out = sound.copy()
    out[first:end] += aside.samples[first - start : end - start]
    return out

"""Frames of tokens as the timeline of a Speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import numpy.typing as npt

from studio.performance import Phoneme, Word
from tts.acoustic import FRAME, SAMPLE_RATE
from tts.text import symbols
from tts.text.sentence import Sentence

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# Kokoro sounds a token this many frames ahead of its place: in 18 sentences by six voices, level fits the vowels
# best 2.0 frames early, and closures of p, t, k lie 2.1 early.
ANTICIPATION = 2
# A silence this long (0.15 s) at a mere space is a pause too.
_LONG_PAUSE = 6
_GAP = -1


@dataclass(frozen=True)
class Span:
    """A stretch of a line in frames: the sound of a symbol, of a word of its sentence, or with word None a pause or a
    "[laugh]"."""

    symbol: str
    word: int | None
    start: int
    end: int


def spans(sentence: Sentence, frames: Ints, paused: Bools, start: int, end: int) -> list[Span]:
    """A sentence's sounds and pauses, tiling the frames from `start` to `end` and counted from `start`.

    frames: of each token, pads included, [T].  paused: frames in which nothing sounds, [F].
    What lies before the first frame or after the last is silent.
    A stress mark goes before its vowel's symbol ("ˈæ") and its time to the vowel, a length mark's time to the vowel
    before. Between words said without a pause, the gap's time goes half to either side. Kokoro holds the sound before a
    pause on into the pause: here it ends where the sound does.
    """
    sounds, owner = _sounds(sentence, frames)
    silent = _between_words(sentence, frames, paused)
    for sound in range(len(sounds)):
        own = np.flatnonzero(owner == sound)
        if len(own) and silent[own].all():
            # However soft, a sound is heard for one frame, and beside the sound before it rather than amid the pause.
            quiet = own[0] - int(np.argmin(np.append(silent[own[0] :: -1], False))) + 1
            place = quiet if quiet > 0 else own[-1]
            owner[place], silent[place] = sound, False
    owner[silent] = _GAP
    _close_gaps(owner, silent)
    before, after = max(-start, 0), max(end - len(owner), 0)
    inside = slice(max(start, 0), end)
    heard = [*[_GAP] * before, *owner[inside].tolist(), *[_GAP] * after]
    marks = [*" " * before, *_marks(sentence, frames)[inside], *" " * after]
    if sentence.symbols[-1] in symbols.PUNCTUATION:
        marks[-1] = sentence.symbols[-1]
    out, at = [], 0
    for sound, run in groupby(heard):
        stop = at + len(list(run))
        if sound == _GAP:
            out.append(Span(next((m for m in marks[at:stop] if m != " "), " "), None, at, stop))
        else:
            symbol, word = sounds[sound]
            out.append(Span(symbol, word, at, stop))
        at = stop
    return out


def replaced(spans: list[Span], sounds: Sequence[Phoneme], at: int) -> list[Span]:
    """The spans with sounds that are no words in place of what is there from frame `at` on; their times are seconds
    from then, and they hang together or have pauses between them."""
    out = spans
    for sound in sounds:
        start, end = (max(at + round(t * SAMPLE_RATE / FRAME), out[0].start) for t in (sound.start, sound.end))
        end = min(end, out[-1].end)
        if start < end:
            before = [replace(s, end=min(s.end, start)) for s in out if s.start < start]
            after = [replace(s, start=max(s.start, end)) for s in out if s.end > end]
            out = [*before, Span(sound.symbol, None, start, end), *after]
    return out


def phonemes(line: list[list[Span]], offsets: list[int], samples: int) -> tuple[Phoneme, ...]:
    """The spans of all sentences in seconds. offsets: each sentence's first frame; samples: the line's length."""
    flat = [(s.symbol, o + s.start, o + s.end) for spans_, o in zip(line, offsets, strict=True) for s in spans_]
    merged: list[tuple[str, int, int]] = []
    for symbol, start, end in flat:
        # Two sentences' silences are one pause.
        if merged and not _is_sound(symbol) and not _is_sound(merged[-1][0]):
            kept = merged.pop()
            symbol, start = (kept[0] if kept[0] != " " else symbol), kept[1]
        merged.append((symbol, start, end))
    times = [(symbol, _seconds(start, samples), _seconds(end, samples)) for symbol, start, end in merged]
    return tuple(Phoneme(*t) for t in times if t[2] > t[1])


def words(sentences: list[Sentence], line: list[list[Span]], offsets: list[int], samples: int) -> tuple[Word, ...]:
    """Each written word from its first sound to its last, in seconds."""
    out = []
    for sentence, spans_, offset in zip(sentences, line, offsets, strict=True):
        for index, text in enumerate(sentence.words):
            own = [s for s in spans_ if s.word == index]
            if own:
                start, end = _seconds(offset + own[0].start, samples), _seconds(offset + own[-1].end, samples)
                out.append(Word(text, start, end))
    return tuple(out)


def _sounds(sentence: Sentence, frames: Ints) -> tuple[list[tuple[str, int | None]], Ints]:
    """The sounds as (symbol, word), and which one each frame belongs to, [F]."""
    sounds: list[tuple[str, int | None]] = []
    stress = ""
    of_token = [_GAP]
    for symbol, word in zip(sentence.symbols, sentence.word_of, strict=True):
        if symbols.is_spoken(symbol):
            sounds.append((stress + symbol, word))
            stress = ""
        elif symbol in symbols.STRESS:
            stress = symbol
        in_sound = symbols.is_spoken(symbol) or symbol in symbols.STRESS or symbol in symbols.MODIFIERS
        # A stress mark is of the sound to come.
        of_token.append((len(sounds) if symbol in symbols.STRESS else len(sounds) - 1) if in_sound else _GAP)
    of_token.append(_GAP)
    owner = np.repeat(np.array([t if t < len(sounds) else _GAP for t in of_token]), frames)
    return sounds, np.concatenate([owner[ANTICIPATION:], owner[-1:].repeat(ANTICIPATION)])


def _between_words(sentence: Sentence, frames: Ints, paused: Bools) -> Bools:
    """The paused frames less the closures of stops, which stretched last as long as a short pause: a run of them counts
    where it meets punctuation or an end, or a space if it is long."""
    strong = np.repeat([True, *(s in symbols.PUNCTUATION for s in sentence.symbols), True], frames)
    weak = np.repeat([True, *(s == " " for s in sentence.symbols), True], frames)
    out = paused.copy()
    for start, end in _runs(paused):
        # Sounds run ahead of their tokens, so the mark may lie just behind the silence.
        near = slice(start, end + ANTICIPATION)
        if not strong[near].any() and not (weak[near].any() and end - start >= _LONG_PAUSE):
            out[start:end] = False
    return out


def _runs(chosen: Bools) -> npt.NDArray[np.int64]:
    """Starts and ends of the runs of true values, [N, 2]."""
    return np.flatnonzero(np.diff(np.concatenate(([0], chosen.astype(np.int8), [0])))).reshape(-1, 2)


def _close_gaps(owner: Ints, silent: Bools) -> None:
    """Give a gap's frames that sound to the sounds beside it, in place."""
    for start, end in _runs(owner == _GAP):
        quiet = np.flatnonzero(silent[start:end]) + start
        left, right = (quiet[0], quiet[-1] + 1) if len(quiet) else ((start + end) // 2,) * 2
        if start > 0:
            owner[start:left] = owner[start - 1]
        if end < len(owner):
            owner[right:end] = owner[end]


def _marks(sentence: Sentence, frames: Ints) -> list[str]:
    tokens = [" ", *(s if s in symbols.PUNCTUATION else " " for s in sentence.symbols), " "]
    return [t for t, n in zip(tokens, frames, strict=True) for _ in range(n)]


def _is_sound(symbol: str) -> bool:
    # A "[laugh]", or by the last character: a stress mark may stand before a vowel.
    return symbol.startswith("[") or symbols.is_spoken(symbol[-1])


def _seconds(frame: int, samples: int) -> float:
    return min(frame * FRAME, samples) / SAMPLE_RATE

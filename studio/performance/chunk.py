"""Chunk: a piece of a line that is still being spoken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack
from studio.emotion.track import Key, Mark
from studio.errors import InputError
from studio.performance.speech import Phoneme, Speech, Word


@dataclass(frozen=True)
class Bookmark:
    """How far a line has been spoken, for a stream to go on from: `sentences` are done, which took `samples`.

    gain: dB the last of them was raised by, None at the start; the next one's level has it in mind.
    """

    sentences: int = 0
    samples: int = 0
    gain: float | None = None


@dataclass(frozen=True, eq=False)
class Chunk:
    """A piece of a line. The chunks of a line, one after another, are its sound.

    samples: float32 [T], mono, in [-1, 1].  sample_rate: Hz.  start: seconds into the line.
    phonemes, words: those that begin in it, in seconds of the line; the last of them may end in the chunk after.
    track: the emotion from its start to its end, in seconds of the line.
    bookmark: where the next chunk goes on, if this one ends a sentence.
    text, voice, seed: of the whole line.
    """

    samples: npt.NDArray[np.float32]
    sample_rate: int
    start: float
    phonemes: tuple[Phoneme, ...]
    words: tuple[Word, ...]
    track: EmotionTrack
    bookmark: Bookmark | None
    text: str
    voice: str
    seed: int

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / self.sample_rate


def joined(chunks: Iterable[Chunk]) -> Speech:
    """The line that its chunks make. Raises InputError when there are none, or when they don't follow each other."""
    pieces: list[npt.NDArray[np.float32]] = []
    phonemes: list[Phoneme] = []
    words: list[Word] = []
    tracks: list[EmotionTrack] = []
    last: Chunk | None = None
    for chunk in chunks:
        end = 0.0 if last is None else last.start + last.seconds
        if abs(chunk.start - end) > 0.5 / chunk.sample_rate:
            raise InputError(f"A chunk that starts at {chunk.start:g} s can't follow one that ends at {end:g} s.")
        pieces.append(chunk.samples)
        phonemes += chunk.phonemes
        words += chunk.words
        tracks.append(chunk.track)
        last = chunk
    if last is None:
        raise InputError("There is no chunk to join: a stream gives at least one.")
    return Speech(
        samples=np.concatenate(pieces),
        sample_rate=last.sample_rate,
        text=last.text,
        phonemes=joined_phonemes(phonemes),
        words=tuple(words),
        track=joined_tracks(tracks),
        voice=last.voice,
        seed=last.seed,
    )


def joined_phonemes(phonemes: Iterable[Phoneme]) -> tuple[Phoneme, ...]:
    """The phonemes with pauses that touch made one: a sentence ends with one, and the next begins with one."""
    out: list[Phoneme] = []
    for phoneme in phonemes:
        if out and _is_pause(phoneme) and _is_pause(out[-1]):
            before = out.pop()
            mark = before.symbol if before.symbol != " " else phoneme.symbol
            phoneme = Phoneme(mark, before.start, phoneme.end)
        out.append(phoneme)
    return tuple(out)


def joined_tracks(tracks: Sequence[EmotionTrack]) -> EmotionTrack:
    """Tracks in seconds that follow each other, as one. A mark that ends where one like it goes on is one mark."""
    keys: list[Key] = []
    marks: list[Mark] = []
    for track in tracks:
        for key in track.keys:
            if keys[-1:] == [key]:
                continue
            if len(keys) > 1 and keys[-2].emotion == keys[-1].emotion == key.emotion:
                keys.pop()
            keys.append(key)
        for mark in track.marks:
            told = (mark.kind, mark.value, mark.start)
            open_ = next((i for i, m in enumerate(marks) if m.start < m.end and (m.kind, m.value, m.end) == told), None)
            if open_ is None:
                marks.append(mark)
            else:
                marks[open_] = replace(marks[open_], end=mark.end)
    return EmotionTrack(tuple(keys), "seconds", tuple(marks))


def _is_pause(phoneme: Phoneme) -> bool:
    return not any(c.isalpha() for c in phoneme.symbol)

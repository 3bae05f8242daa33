"""Recordings with timelines, as the network learns from them, kept in files that are written whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.performance import Phoneme, Speech

RATE = 16_000
# Takes in one file: what is lost at most when the making of a corpus is stopped.
_TOGETHER = 25


@dataclass(frozen=True, eq=False)
class Take:
    """samples: float32 [T] at RATE.  phonemes: when each sound is made, pauses included, in seconds.

    corpus, speaker: whose voice it is; `name` tells it from the corpus's other takes.
    """

    corpus: str
    speaker: str
    name: str
    samples: npt.NDArray[np.float32]
    phonemes: tuple[Phoneme, ...]

    @property
    def seconds(self) -> float:
        """Length of the sound."""
        return len(self.samples) / RATE

    def speech(self) -> Speech:
        """It as the mouth's motion is made from."""
        return Speech(self.samples, RATE, "", self.phonemes, (), EmotionTrack(), self.speaker, 0)


def kept(takes: Iterable[Take], folder: Path, corpus: str) -> Iterator[Take]:
    """The takes as they come, each after the file it is in has been written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    held: list[Take] = []
    file = 0
    for take in takes:
        held.append(take)
        if len(held) == _TOGETHER:
            _write(held, folder / f"{corpus}.{file:04d}.npz")
            yield from held
            held, file = [], file + 1
    if held:
        _write(held, folder / f"{corpus}.{file:04d}.npz")
        yield from held


def read(folder: Path) -> list[Take]:
    """All takes kept in a folder. Raises InputError when there are none."""
    takes = [take for path in sorted(folder.glob("*.npz")) for take in _read(path)]
    if not takes:
        raise InputError(f"{folder} holds no takes: gather them first (python -m talking_head.listening.gather).")
    return takes


def _write(takes: list[Take], path: Path) -> None:
    part = path.with_suffix(".part")
    sound = np.concatenate([t.samples for t in takes])
    about = [
        {
            "corpus": t.corpus,
            "speaker": t.speaker,
            "name": t.name,
            "length": len(t.samples),
            "phonemes": [(p.symbol, p.start, p.end) for p in t.phonemes],
        }
        for t in takes
    ]
    with part.open("wb") as file:
        np.savez(file, sound=np.rint(np.clip(sound, -1, 1) * 32767).astype(np.int16), about=np.array(json.dumps(about)))
    part.replace(path)


def _read(path: Path) -> Iterator[Take]:
    with np.load(path) as stored:
        sound, about = stored["sound"].astype(np.float32) / 32767, json.loads(str(stored["about"]))
    start = 0
    for one in about:
        end = start + one["length"]
        phonemes = tuple(Phoneme(*p) for p in one["phonemes"])
        yield Take(one["corpus"], one["speaker"], one["name"], sound[start:end], phonemes)
        start = end

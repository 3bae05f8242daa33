"""Takes of people who speak: what `affetto track` wrote of them, and the sound beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.feeling import voice_track
from studio.media.sound import read_sound
from studio.performance import FaceMotion, Speech
from talking_head.motion.living.channels import BLINK, CHANNELS, MIRROR, read
from talking_head.motion.living.voice import CONDITIONS, FELT, KNOWN, heard

Floats = npt.NDArray[np.float32]

_SOUNDS = (".wav", ".flac", ".mp3", ".ogg")
# How takes are varied: tempo, size of the movements (not of blinks), how often the voice is withheld.
_TEMPO, _SIZE, _WITHHELD = (0.85, 1.18), (0.7, 1.4), 0.2


@dataclass(frozen=True, eq=False)
class Take:
    """motion: [N, CHANNELS] in units of SCALE.  conditions: [N, CONDITIONS]; all zero without a sound."""

    name: str
    motion: Floats
    conditions: Floats


def read_takes(folder: Path) -> list[Take]:
    """Every CSV in `folder`, with the sound of the same name if there is one. Raises InputError if there is none."""
    found = [_read(path) for path in sorted(folder.glob("*.csv"))]
    if not found:
        raise InputError(f"There are no takes in {folder}: make some with affetto track, a CSV each.")
    return found


def speech_of(path: Path) -> Speech | None:
    """The sound beside a take, as a speech of which nothing is known but its emotion, read off the voice."""
    sound = next((p for s in _SOUNDS if (p := path.with_suffix(s)).is_file()), None)
    if sound is None:
        return None
    samples, rate = read_sound(sound)
    try:
        track = voice_track((samples, rate))
    except InputError:  # too short or silent to tell
        track = EmotionTrack()
    return Speech(samples, rate, "", (), (), track, "", 0)


def _read(path: Path) -> Take:
    motion = read(FaceMotion.load(path))
    speech = speech_of(path)
    if speech is None:
        return Take(path.stem, motion, np.zeros((len(motion), CONDITIONS), np.float32))
    return Take(path.stem, motion, heard(speech, speech.track, len(motion)))


def batches(takes: Sequence[Take], length: int, size: int, seed: int) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Varied stretches without end: motion [B, length, CHANNELS], conditions, and [B, length, 1] 1 where there is any.

    A take is drawn the oftener the longer it is, but no more often than its square root, so that the person who is
    filmed longest is not the only one learned from.
    """
    rng = np.random.default_rng(seed)
    often = np.sqrt([len(t.motion) for t in takes])
    while True:
        chosen = rng.choice(len(takes), size, p=often / often.sum())
        drawn = [_varied(takes[i], length, rng) for i in chosen]
        motion, conditions, there = (np.stack(part) for part in zip(*drawn, strict=True))
        yield motion, conditions, there


def _varied(take: Take, length: int, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    tempo = float(rng.uniform(*_TEMPO))
    count = min(length, int((len(take.motion) - 1) / tempo))
    at = rng.uniform(0.0, max(len(take.motion) - 1 - count * tempo, 0.0)) + tempo * np.arange(count)
    first = np.minimum(at.astype(int), len(take.motion) - 2)
    share = (at - first).astype(np.float32)[:, None]

    def along(values: Floats) -> Floats:
        return np.asarray((1.0 - share) * values[first] + share * values[first + 1], np.float32)

    motion, conditions = along(take.motion), along(take.conditions)
    sizes = np.full(len(CHANNELS), np.exp(rng.uniform(*np.log(_SIZE))), np.float32)
    sizes[BLINK] = 1.0
    motion *= sizes * (MIRROR if rng.random() < 0.5 else 1.0)
    if rng.random() < _WITHHELD:
        conditions[:, : KNOWN + 1] = 0.0
    if rng.random() < _WITHHELD:
        conditions[:, FELT] = 0.0
    there = np.ones((count, 1), np.float32)
    room = ((0, length - count), (0, 0))
    return np.pad(motion, room), np.pad(conditions, room), np.pad(there, room)

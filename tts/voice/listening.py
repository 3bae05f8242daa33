"""What recordings say of a person: the voice, its pitch, its colour."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studio.emotion.reading.voice.framing import at_rate
from studio.emotion.reading.voice.pitch import pitch
from studio.errors import InputError
from studio.evaluation.speaker_similarity import SHORTEST_SECONDS, embedding
from studio.media.sound import read_sound
from tts.acoustic.kokoro import Floats
from tts.voice.colour import long_term
from tts.voice.file import Recording

# In all recordings together. With less, what is said weighs more than who says it.
SHORTEST_TOTAL = 5.0
# Of a long recording so much is heard, from its start.
_LONGEST_SECONDS = 60.0
# ECAPA hears a recording in pieces of about so long; the mean over them is the person.
_PIECE_SECONDS = 6.0
# A second of voice, in steps of 10 ms.
_FEWEST_VOICED = 100
# Further than this from the median, in ln F0, a step is an octave error, which would pass for liveliness.
_OCTAVE_ERROR = 0.5


@dataclass(frozen=True, eq=False)
class Person:
    """embedding: [192], of length 1.  pitch: median of ln F0; spread: its standard deviation.
    bands: dB at `tts.voice.colour.CENTRES`, NaN above what was recorded."""

    embedding: Floats
    pitch: float
    spread: float
    bands: Floats
    recordings: tuple[Recording, ...]


def listen(paths: Sequence[str | Path]) -> Person:
    """The one person heard in all of `paths`. Raises InputError: no recording, too little sound, no voice in it."""
    if not paths:
        raise InputError("There is no recording to fit a voice to: give one or more files.")
    embeddings, contours, bands, recordings = [], [], [], []
    for path in map(Path, paths):
        samples, rate = read_sound(path, end=_LONGEST_SECONDS)
        seconds = len(samples) / rate
        recordings.append(Recording(path.name, hashlib.sha256(path.read_bytes()).hexdigest(), round(seconds, 2)))
        if seconds < SHORTEST_SECONDS or not np.any(samples):
            continue
        pieces = max(1, round(seconds / _PIECE_SECONDS))
        embeddings += [embedding(piece, rate) for piece in np.array_split(samples, pieces) if np.any(piece)]
        contours.append(pitch(at_rate(samples, rate))[0])
        bands.append(long_term(samples, rate))
    total = sum(r.seconds for r in recordings)
    if total < SHORTEST_TOTAL:
        raise InputError(f"A voice can't be fitted to {total:.1f} s of sound: give {SHORTEST_TOTAL:g} s or more.")
    f0 = np.log(np.concatenate(contours)) if contours else np.empty(0)
    f0 = f0[np.isfinite(f0)]
    if len(f0) < _FEWEST_VOICED:
        raise InputError(f"There is hardly any voice in {recordings[0].name}: give recordings of one person speaking.")
    f0 = f0[np.abs(f0 - np.median(f0)) < _OCTAVE_ERROR]
    mean = np.mean(embeddings, axis=0)
    return Person(
        embedding=np.asarray(mean / np.linalg.norm(mean), np.float32),
        pitch=float(np.median(f0)),
        spread=float(np.std(f0)),
        bands=np.asarray(np.mean(bands, axis=0), np.float32),
        recordings=tuple(recordings),
    )

"""From a recording to an Emotion, and to Emotions over time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.emotion import NEUTRAL, Emotion
from studio.emotion.reading.voice.features import features
from studio.emotion.reading.voice.framing import HOP, RATE, at_rate, levels
from studio.emotion.reading.voice.model import emotion_of, load
from studio.errors import InputError
from studio.media.sound import read_sound

Floats = npt.NDArray[np.float64]
Sound = str | Path | tuple[npt.NDArray[np.floating], int]

# The model learned from utterances of 1.2 to 9 s, most of them 2 to 4.
_WHOLE, _WINDOW, _STEP = 5.0, 3.0, 1.5
_TRACK_WINDOW, _TRACK_STEP = 2.5, 1.0
_LEAST = 0.4
# Root mean square under -70 dB of full scale: no microphone's speech is so quiet.
_SILENT = 10.0 ** (-70.0 / 20.0)
# Speech lies within so many dB of the loudest syllables; a window with less than this share of it is a pause.
_SPEECH_RANGE, _SPOKEN_SHARE = 25.0, 0.2


def read_voice(
    sound: Sound, neutral: Sequence[Sound] = (), *, start: float | None = None, end: float | None = None
) -> Emotion:
    """The emotion of a recorded voice.

    sound: a file (WAV, FLAC, MP3, Ogg, a film), or (samples [T] or [T, channels], rate in Hz) with samples in [-1, 1].
    neutral: other recordings in which the same person speaks plainly, best over the same microphone; with one or more,
    what is read is the difference from them, which is surer. start, end: the stretch of `sound` in seconds.
    The mixture is of angry, bored, disgusted, afraid, happy and sad; neutral speech is near zero. Sounds over 5 s are
    read in windows of 3 s, whose probabilities are averaged. Raises InputError when a sound is missing, unreadable,
    silent or has less than 0.4 s.
    """
    samples, name = _open(sound, start, end)
    rows = np.stack([_row(piece) for piece in _pieces(_checked(samples, name))])
    return emotion_of(_probabilities(rows, _reference(neutral)).mean(axis=0))


def read_voice_track(
    sound: Sound, neutral: Sequence[Sound] = (), *, start: float | None = None, end: float | None = None
) -> list[tuple[float, Emotion]]:
    """The emotion of a recorded voice over time: [(seconds from `start`, Emotion), ...], one a second.

    Each is read from the 2.5 s around it (the whole when it is shorter); a pause is neutral. Arguments and errors as of
    `read_voice`.
    """
    samples, name = _open(sound, start, end)
    _checked(samples, name)
    reference = _reference(neutral)
    width = min(int(_TRACK_WINDOW * RATE), len(samples))
    floor = _floor(samples)
    track = []
    for first in range(0, len(samples) - width + 1, int(_TRACK_STEP * RATE)):
        piece = samples[first : first + width]
        spoken = _is_spoken(piece, floor)
        emotion = emotion_of(_probabilities(_row(piece)[None], reference)[0]) if spoken else NEUTRAL
        track.append(((first + width / 2) / RATE, emotion))
    return track


def _open(sound: Sound, start: float | None, end: float | None) -> tuple[Floats, str]:
    """Mono at RATE, and what to call it."""
    if isinstance(sound, str | Path):
        samples, rate = read_sound(sound, start, end)
        return at_rate(samples, rate), Path(sound).name
    samples, rate = np.asarray(sound[0]), int(sound[1])
    if samples.ndim not in (1, 2) or rate < 1 or not np.issubdtype(samples.dtype, np.floating):
        raise InputError("A sound is a file or (samples, rate): floating-point samples [T] in [-1, 1], rate in Hz.")
    if not np.isfinite(samples).all():
        raise InputError("The sound holds samples that are no numbers.")
    mono = samples if samples.ndim == 1 else samples.mean(axis=1)
    first, last = round((start or 0.0) * rate), len(mono) if end is None else round(end * rate)
    if first < 0 or first >= min(last, len(mono)):
        raise InputError(f"The sound has {len(mono) / rate:.2f} s: the stretch from {start} s to {end} s is not in it.")
    return at_rate(mono[first:last], rate), "The sound"


def _checked(samples: Floats, name: str) -> Floats:
    seconds = len(samples) / RATE
    if seconds < _LEAST:
        raise InputError(f"{name} lasts {seconds:.2f} s; an emotion is heard in no less than {_LEAST:g} s.")
    if np.sqrt((samples**2).mean()) < _SILENT:
        raise InputError(f"{name} is silent: there is no voice to read an emotion from.")
    level = levels(samples)
    if (level > level.max() - _SPEECH_RANGE).sum() * HOP / RATE < _LEAST / 2:
        raise InputError(f"{name} holds hardly more than a click; an emotion is heard in {_LEAST:g} s of speech.")
    return samples


def _pieces(samples: Floats) -> list[Floats]:
    if len(samples) <= _WHOLE * RATE:
        return [samples]
    width = int(_WINDOW * RATE)
    n = int(np.ceil((len(samples) / RATE - _WINDOW) / _STEP)) + 1
    starts = np.linspace(0, len(samples) - width, n).astype(int)
    pieces = [samples[s : s + width] for s in starts]
    floor = _floor(samples)
    return [p for p in pieces if _is_spoken(p, floor)] or pieces


def _floor(samples: Floats) -> float:
    """The level in dB over which a recording's speech lies: of all of it, so that no pause is read for its noise."""
    level = levels(samples)
    return float(np.percentile(level[level > level.max() - 60.0], 95)) - _SPEECH_RANGE


def _is_spoken(samples: Floats, floor: float) -> bool:
    return bool((levels(samples) > floor).mean() > _SPOKEN_SHARE)


def _row(samples: Floats) -> Floats:
    return _row_of(samples.tobytes())


# Line after line of a film is read beside the same few recordings; 64 pieces are 25 MB.
@lru_cache(maxsize=64)
def _row_of(samples: bytes) -> Floats:
    found = features(np.frombuffer(samples), RATE)
    return np.array([found[name] for name in load("absolute").names])


def _reference(neutral: Sequence[Sound]) -> Floats | None:
    """The mean of the neutral recordings' features, [D]; None when there are none."""
    if isinstance(neutral, str | Path):
        raise InputError("The neutral recordings are given as a list, also when there is one.")
    rows = [_row(p) for sound in neutral for p in _pieces(_checked(*_open(sound, None, None)))]
    return np.mean(rows, axis=0) if rows else None


def _probabilities(rows: Floats, reference: Floats | None) -> Floats:
    if reference is None:
        return load("absolute").probabilities(rows)
    return load("relative").probabilities(rows - reference)

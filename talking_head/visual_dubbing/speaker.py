"""Who speaks in the film: whose lips move with its own sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, sosfilt

from studio.errors import InputError
from studio.media.sound import read_sound
from talking_head.visual_dubbing.track import Track

Floats = npt.NDArray[np.float64]

# The band in which voices carry syllables; music's bass and hiss lie outside.
_BAND = (300.0, 3000.0)
# Syllables come 3 to 6 times a second; slower than this a mouth smiles or yawns.
_SLOWEST = 1.0
# Sound and picture of a film are this well together, seconds; lips lead.
_APART = 0.16
_BLOCK = 30.0  # seconds of sound read at once


def syllables(film: Path, first: int, last: int, fps: float) -> Floats | None:
    """[last - first] loudness of the voice band in each frame of a film, as a root; None when it has no sound."""
    found = []
    for at in range(first, last, round(_BLOCK * fps)):
        end = min(at + round(_BLOCK * fps), last)
        try:
            samples, rate = read_sound(film, at / fps, end / fps)
        except InputError:
            break
        voice = sosfilt(butter(2, _BAND, "bandpass", fs=rate, output="sos"), samples)
        edges = (np.arange(end - at + 1) * rate / fps).astype(int).clip(0, len(voice))
        power = np.concatenate([[0.0], np.cumsum(voice**2)])
        found.append(np.sqrt(np.diff(power[edges]) / np.maximum(np.diff(edges), 1)) ** 0.5)
    heard = np.concatenate(found) if found else np.zeros(0)
    if not len(heard) or heard.max() < 1e-3:
        return None
    return np.pad(heard, (0, max(last - first - len(heard), 0)))


def activity(track: Track, first: int, last: int, heard: Floats | None, fps: float) -> float:
    """How much the lips move at the rate of syllables in frames first to last, in widths of the face.

    It counts by how well it goes with what is `heard` there, at least a quarter: a mouth may chew, a film be silent.
    """
    frames = track.frames
    inside = (frames >= first) & (frames < last)
    if inside.sum() < 0.4 * fps:
        return 0.0
    moves = _quick(np.interp(np.arange(first, last), frames[inside], track.opening[inside]), fps)
    seen = np.isin(np.arange(first, last), frames[inside])
    amount = float(moves[seen].std())
    if heard is None:
        return amount
    sounds = _quick(heard[: last - first], fps)
    best = 0.0
    for lag in range(-round(_APART * fps), round(_APART * fps) + 1):
        a, b = moves[seen], np.roll(sounds, lag)[seen]
        if a.std() > 0 and b.std() > 0:
            best = max(best, float(np.corrcoef(a, b)[0, 1]))
    return amount * max(best, 0.25)


def _quick(values: Floats, fps: float) -> Floats:
    """What changes faster than `_SLOWEST`."""
    n = max(round(fps / _SLOWEST / 2), 1)
    padded = np.pad(values, n, mode="edge")
    return np.asarray(values - np.convolve(padded, np.full(2 * n + 1, 1 / (2 * n + 1)), "valid"))

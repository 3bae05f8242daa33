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


class Heard:
    """A film's own voices, read when asked for, each stretch once."""

    def __init__(self, film: Path, fps: float) -> None:
        self._film, self._fps = film, fps
        self._block = max(round(_BLOCK * fps), 1)
        self._read: dict[int, Floats] = {}

    def syllables(self, first: int, last: int) -> Floats | None:
        """[last - first] loudness of the voice band in each frame, as a root; None where nothing is heard."""
        blocks = range(first // self._block, (last - 1) // self._block + 1)
        heard = np.concatenate([self._loudness(b) for b in blocks])[first - blocks[0] * self._block :][: last - first]
        return heard if heard.max() >= 1e-3 else None

    def _loudness(self, block: int) -> Floats:
        if block not in self._read:
            self._read[block] = _loudness(self._film, block * self._block, self._block, self._fps)
        return self._read[block]


def _loudness(film: Path, first: int, count: int, fps: float) -> Floats:
    """[count] of the frames from `first` on; 0 where the film has no sound."""
    try:
        samples, rate = read_sound(film, first / fps, (first + count) / fps)
    except InputError:
        return np.zeros(count)
    voice = sosfilt(butter(2, _BAND, "bandpass", fs=rate, output="sos"), samples)
    edges = (np.arange(count + 1) * rate / fps).astype(int).clip(0, len(voice))
    power = np.concatenate([[0.0], np.cumsum(voice**2)])
    return np.asarray(np.sqrt(np.diff(power[edges]) / np.maximum(np.diff(edges), 1)) ** 0.5)


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

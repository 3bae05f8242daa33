"""Room tone: the noise of a film's own quiet stretches, for where its sound is taken away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, rfft

from studio.dubbing.sound.blocks import RATE

Sound = npt.NDArray[np.float32]

_FRAME = 1024
_HOP = _FRAME // 2
# A stretch as long as twelve frames (0.26 s), the quietest of its block, is a pause between words.
_STRETCH = 12
# Below this a film holds no sound at all: the digital zero that tone is to cover.
_NOTHING = 1e-6
# The room is heard within a minute of the gap: a scene's.
_NEAR = 60.0
# Never louder than this beside the film, nor in itself: where music never stops its quietest moment is no room.
_UNDER_FILM_DB, _LOUDEST_DBFS = -30.0, -48.0

_ANALYSIS = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
_SYNTHESIS = np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Room:
    """One quiet stretch. at: s; powers: mean squares [C]; amplitudes: [C, bins]; mixing: how alike they are, [C, C]."""

    at: float
    powers: Sound
    amplitudes: Sound
    mixing: Sound


class RoomTone:
    """Learns the quiet stretches of a film block by block, then makes noise like them, without an end or a loop.

    seed: the same noise again.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._rooms: list[_Room] = []
        self._most = 10 ** (_LOUDEST_DBFS / 10)

    def learn(self, first: int, block: Sound) -> None:
        """Look for the quietest stretch of a block [T, C] that starts at sample `first`."""
        whole = len(block) // _FRAME
        frames = block[: whole * _FRAME].reshape(whole, _FRAME, -1)
        powers = np.einsum("ntc,ntc->n", frames, frames) / (_FRAME * block.shape[1])
        if whole < _STRETCH:
            return
        stretches = np.convolve(powers, np.full(_STRETCH, 1 / _STRETCH), "valid")
        silent = np.convolve(powers <= _NOTHING**2, np.ones(_STRETCH), "valid") > 0
        if silent.all():
            return
        quiet = int(np.argmin(np.where(silent, np.inf, stretches)))
        self._rooms.append(_room_of((first + quiet * _FRAME) / RATE, frames[quiet : quiet + _STRETCH]))

    def limit(self, film_lufs: float) -> None:
        """How loud the film is as a whole, which bounds its room tone."""
        self._most = 10 ** (min(_LOUDEST_DBFS, film_lufs + _UNDER_FILM_DB) / 10)

    def tone(self, first: int, samples: int) -> Sound | None:
        """The room's noise [T, C] from sample `first` on; None where the film has no quiet sound at all."""
        if not self._rooms:
            return None
        channels = len(self._rooms[0].mixing)
        start, end = first // _HOP - 1, (first + samples) // _HOP
        made = np.zeros(((end - start) * _HOP + _FRAME, channels), np.float32)
        for k in range(start, end + 1):
            at = (k - start) * _HOP
            made[at : at + _FRAME] += self._frame(k)
        offset = first - start * _HOP
        return made[offset : offset + samples]

    def _frame(self, k: int) -> Sound:
        """Frame number k of the film's, [_FRAME, C]: the same noise whatever was made before."""
        room = self._room(k * _HOP / RATE)
        random = np.random.default_rng([self._seed, k + 1])
        noise = random.standard_normal((len(room.mixing), 2 * room.amplitudes.shape[1]), np.float32).view(np.complex64)
        bounded = np.sqrt(np.minimum(1, np.float32(self._most) / room.powers))
        shaped = irfft((room.mixing @ noise) * room.amplitudes, _FRAME, axis=1)
        return np.asarray(shaped.T * bounded * _SYNTHESIS[:, None])

    def _room(self, at: float) -> _Room:
        near = [r for r in self._rooms if abs(r.at - at) <= _NEAR]
        return (
            min(near, key=lambda r: float(r.powers.sum())) if near else min(self._rooms, key=lambda r: abs(r.at - at))
        )


def _room_of(at: float, frames: Sound) -> _Room:
    """frames: [n, _FRAME, C]."""
    spectra = np.abs(rfft(frames * _ANALYSIS[:, None], axis=1)) ** 2
    # Of noise whose real and imaginary parts have a variance of one.
    amplitudes = np.sqrt(spectra.mean(axis=0).T / np.sum(_ANALYSIS**2) * _FRAME / 2)
    flat = frames.reshape(-1, frames.shape[2]).astype(np.float64)
    covariance = flat.T @ flat / len(flat)
    scale = np.sqrt(np.maximum(np.diag(covariance), 1e-20))
    # How alike the channels are: a mono room stays in the middle, a wide one stays wide.
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    mixing = vectors * np.sqrt(np.maximum(values, 0))
    return _Room(at, (scale**2).astype(np.float32), amplitudes, mixing.astype(np.float32))

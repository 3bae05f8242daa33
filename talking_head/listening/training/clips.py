"""What the network is shown: pieces of takes, each said faster or slower, somewhere else, amid something else."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from talking_head.listening.mel import HOP, bands, levels, reference
from talking_head.listening.network import OUTPUTS
from talking_head.listening.training.augmentation import Random, hidden, noise, piece_of_music, recorded
from talking_head.listening.training.takes import Take
from talking_head.listening.training.targets import LEARNED, PHONE, targets

Floats = npt.NDArray[np.float32]

FRAMES = 400
# Not one corpus's share of the sound but that of the learning: real voices are fewer and count more.
_SHARES = {"own": 0.4, "emodb": 0.25}
# Of the clips that hold no speech; of those where a take is placed so that it begins or ends amid the clip.
_SPEECHLESS, _PLACED = 0.06, 0.25
# Natural logarithms: a quarter faster to a fifth slower; formants of a child to those of a bass.
_TEMPO, _HEAD = 0.22, 0.16
# To make a clip takes thrice as long as to learn from it: each batch has one new clip on average and others of the last
# so many made, each time with other parts hidden.
_POOL = 800


class Clips:
    """Endless clips drawn from the takes."""

    def __init__(self, takes: Sequence[Take]) -> None:
        self._takes = list(takes)
        self._targets = [targets(t) for t in takes]
        seconds: dict[str, float] = {}
        for t in takes:
            seconds[t.corpus] = seconds.get(t.corpus, 0.0) + t.seconds
        shares = {c: _SHARES.get(c, 0.0) for c in seconds}
        others = sum(s for c, s in seconds.items() if c not in _SHARES)
        left = 1.0 - sum(shares.values())
        shares |= {c: left * s / others for c, s in seconds.items() if c not in _SHARES}
        weight = np.array([t.seconds / seconds[t.corpus] * shares[t.corpus] for t in takes])
        self._weight = weight / weight.sum()

    def spread(self) -> Floats:
        """Standard deviation of each output of the network over the takes, [OUTPUTS]."""
        return np.asarray(np.concatenate(self._targets)[:, :OUTPUTS].std(axis=0), np.float32)

    def batches(self, size: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
        """(bands [size, FRAMES, BANDS], targets [size, FRAMES, LEARNED]), without end."""
        rng = np.random.default_rng(seed)
        pool = deque((self._clip(rng) for _ in range(10 * size)), _POOL)
        while True:
            pool.append(self._clip(rng))
            drawn = [pool[i] for i in rng.integers(len(pool), size=size)]
            yield np.stack([hidden(b, rng) for b, _ in drawn]), np.stack([said for _, said in drawn])

    def _clip(self, rng: Random) -> tuple[Floats, Floats]:
        sound, said = self._speechless(rng) if rng.random() < _SPEECHLESS else self._said(rng)
        near = reference(levels(sound))
        return bands(sound, near, float(np.exp(rng.uniform(-_HEAD, _HEAD)))), said

    def _speechless(self, rng: Random) -> tuple[Floats, Floats]:
        make = piece_of_music if rng.random() < 0.5 else noise
        sound = make(FRAMES * HOP, rng) * np.float32(10 ** rng.uniform(-3.5, -1.0))
        return (recorded(sound, rng) if rng.random() < 0.5 else sound), np.zeros((FRAMES, LEARNED), np.float32)

    def _said(self, rng: Random) -> tuple[Floats, Floats]:
        which = int(rng.choice(len(self._takes), p=self._weight))
        tempo = float(np.exp(rng.uniform(-_TEMPO, _TEMPO))) if rng.random() < 0.6 else 1.0
        long = len(self._targets[which]) / tempo
        room = long - FRAMES
        if room < 0 or rng.random() < _PLACED:
            start = rng.uniform(-0.6 * FRAMES, 0.0) if rng.random() < 0.5 else room + rng.uniform(0.0, 0.6 * FRAMES)
        else:
            start = rng.uniform(0.0, room)
        at = (int(start) + np.arange(FRAMES) + 0.5) * tempo - 0.5
        samples = self._takes[which].samples
        place = (int(start) * HOP + np.arange(FRAMES * HOP)) * tempo
        sound = np.interp(place, np.arange(len(samples)), samples, left=0.0, right=0.0).astype(np.float32)
        known = self._targets[which]
        frames = np.arange(len(known))
        said = np.stack([np.interp(at, frames, known[:, i], left=0.0, right=0.0) for i in range(LEARNED)], axis=1)
        inside = (at >= 0) & (at <= frames[-1])
        said[:, PHONE] = np.where(inside, known[np.clip(np.rint(at), 0, frames[-1]).astype(int), PHONE], 0.0)
        return recorded(sound, rng), said.astype(np.float32)

"""Where the film's own sound gives way to new lines, and how fast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from studio.dubbing.sound.blocks import RATE

# The film is down before a line begins, and comes back slowly enough not to be heard as a switch.
ATTACK, RELEASE = 0.08, 0.25


class Ducking:
    """How far the film is replaced: 0 where it stays, 1 where it goes.

    spans: what is replaced, in seconds; they may overlap. Between spans less than attack and release apart the film
    stays away: it would only swell up and go again.
    """

    def __init__(self, spans: Iterable[tuple[float, float]]) -> None:
        self.spans = _merged(sorted((s, e) for s, e in spans if e > s), ATTACK + RELEASE)
        self._starts = np.array([s for s, _ in self.spans])
        self._ends = np.array([e for _, e in self.spans])

    def pieces(self, first: int, samples: int) -> list[tuple[slice, npt.NDArray[np.float32]]]:
        """Where in the block from sample `first` on (48 kHz) the film goes, and the envelope [T] there; 0 elsewhere."""
        start, end = first / RATE, (first + samples) / RATE
        near = range(
            int(np.searchsorted(self._ends + RELEASE, start, "right")),
            int(np.searchsorted(self._starts - ATTACK, end, "left")),
        )
        pieces = []
        for i in near:
            falls, rises = self._starts[i] - ATTACK, self._ends[i]
            begin, stop = max(round(falls * RATE) - first, 0), min(round((rises + RELEASE) * RATE) - first, samples)
            at = (first + np.arange(begin, stop)) / RATE
            shape = np.minimum(_cosine((at - falls) / ATTACK), 1 - _cosine((at - rises) / RELEASE))
            pieces.append((slice(begin, stop), shape.astype(np.float32)))
        return pieces


def _merged(spans: Sequence[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in spans:
        if merged and start - merged[-1][1] < gap:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _cosine(share: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(share, 0, 1))

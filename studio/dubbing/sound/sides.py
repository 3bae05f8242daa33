"""Whether a film's sound has anything but its middle: what is left when the dialogue is taken out of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.dubbing.sound.layouts import Layout

Sound = npt.NDArray[np.float32]

# What is left by more than this below the dialogue's own channel is coding noise: two equal channels through AAC at
# 128 kb/s differ by less.
_NOTHING_DB = -40.0


class Sides:
    """Hears a film block by block: the dialogue's place (centre, or the sum of left and right) against all else."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._middle = self._beside = 0.0

    def hear(self, block: Sound) -> None:
        """block: [T, C]."""
        speakers = self._layout.speakers
        if "FC" in speakers:
            powers = np.einsum("tc,tc->c", block, block, dtype=np.float64)
            centre = speakers.index("FC")
            self._middle += float(powers[centre])
            self._beside += float(sum(p for p, s in zip(powers, speakers, strict=True) if s not in ("FC", "LFE")))
        else:
            left, right = block[:, 0], block[:, 1]
            self._middle += float(np.sum(np.square(left + right, dtype=np.float64)))
            self._beside += float(np.sum(np.square(left - right, dtype=np.float64)))

    @property
    def missing(self) -> bool:
        """Whether nothing would be left of the film without its dialogue."""
        return self._beside <= self._middle * 10 ** (_NOTHING_DB / 10)

"""Whose pixels are whose in a picture of several faces: a head that turns leaves its neighbours' faces alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]

# How much nearer a face than its neighbour a pixel has to be to move freely, in half sizes of the faces. Those of faces
# that touch are 2 apart: each keeps the middle three quarters of its own.
_FREE = 0.5


def territory(box: Floats, others: Floats, size: tuple[int, int]) -> Floats | None:
    """How much of its motion each pixel of a picture of `size` (h, w) may follow, float32 [h, w] in 0..1.

    box: [4] of the face (left, top, right, bottom); others: [n, 4] of its neighbours. It falls to 0 midway between the
    face and a neighbour, so that two that move never want the same pixel. None where no neighbour is near.
    """
    # A neighbour is near when its middle is within the rings, which end at 2.9 faces, or itself reaches into them.
    middles = (others[:, :2] + others[:, 2:]) / 2
    halves = (others[:, 2:] - others[:, :2]) / 2
    reach = np.abs(middles - (box[:2] + box[2:]) / 2) / ((box[2:] - box[:2]) / 2 + halves)
    near = np.flatnonzero(reach.max(axis=1, initial=0) < 3)
    if not len(near):
        return None
    own = _distance(box, size)
    nearest = np.minimum.reduce([_distance(others[i], size) for i in near])
    return np.asarray(smoothstep(0.0, _FREE, nearest - own), np.float32)


def _distance(box: Floats, size: tuple[int, int]) -> Floats:
    """From a face's middle, in half sizes of its box, [h, w]."""
    (left, top, right, bottom), (height, width) = box, size
    x = (np.arange(width, dtype=np.float32) - (left + right) / 2) / max((right - left) / 2, 1.0)
    y = (np.arange(height, dtype=np.float32) - (top + bottom) / 2) / max((bottom - top) / 2, 1.0)
    return np.asarray(np.hypot(x[None, :], y[:, None]), np.float32)

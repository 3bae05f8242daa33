"""Which part of the face speaks: how far each landmark may move, and where its skin is looked at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology
from talking_head.landmarks.canonical import CANONICAL_VERTICES
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]

# In canonical cm. Above the first height nothing moves, below the second all does: from the middle of the nose to its
# base (-2.1). Sideways the jaw moves whole to the first width; the ears, at 7.7, stay.
_HEIGHTS, _WIDTHS = (0.2, -2.0), (5.2, 7.2)


def speaking_share() -> Floats:
    """[468, 1] how far each landmark of the mesh follows speech, 0 to 1."""
    x, y, _ = CANONICAL_VERTICES.T
    return np.asarray(smoothstep(*_HEIGHTS, y) * smoothstep(*_WIDTHS[::-1], np.abs(x)), np.float32)[:, None]


def skin_around_mouth() -> npt.NDArray[np.int64]:
    """Landmarks on the skin and the red of the lips around the mouth, its inner edge left out."""
    share = speaking_share()[:, 0] > 0.6
    share[list(topology.LIPS_INNER)] = False
    return np.flatnonzero(share & (np.abs(CANONICAL_VERTICES[:, 0]) < 5.0))

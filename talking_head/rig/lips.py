"""Lips that thin and roll: displacements in the plane of the picture, in proportion to a person's own lips.

The CC0 head's mouthPress pulls the corners as in a smile, and its mouthRoll moves flesh mostly backward, which a
picture hardly shows; `mm` and `ff` are read from how much red of the lips is left to see.
"""

from __future__ import annotations

import numpy as np

from talking_head.landmarks.topology import (
    LIPS_INNER_LOWER,
    LIPS_INNER_UPPER,
    LIPS_OUTER_LOWER,
    LIPS_OUTER_UPPER,
    N_LANDMARKS,
)
from talking_head.rig.anny import Floats
from talking_head.rig.contact import side_above, spread
from talking_head.smoothstep import smoothstep

# Rows of the lips from the edge of the red to where the lips touch; columns face each other.
_UPPER = (
    LIPS_OUTER_UPPER,
    (76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306),
    (62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292),
    LIPS_INNER_UPPER,
)
_LOWER = (
    LIPS_OUTER_LOWER,
    (76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306),
    (62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292),
    LIPS_INNER_LOWER,
)
LIP_RINGS = _UPPER[:-1] + _LOWER[:-1]
"""Rows of 11 landmarks across the red, from the right corner to the left; the inner edges are left out."""

_REACH = 0.6  # cm; the skin over and under the lips follows that far


def thinning(points: Floats, cm: Floats, upper: bool) -> Floats:
    """[478, 3] displacement that would draw all the red of one lip in to the line where the lips touch.

    points: [478, 3] pixels of the neutral face; cm: the same in canonical centimetres.
    """
    rings = _UPPER if upper else _LOWER
    outer, inner = list(rings[0]), list(rings[-1])
    inward = points[inner] - points[outer]
    inward[[0, -1]] = 0  # the corners stay
    field = np.zeros((N_LANDMARKS, 3))
    above = side_above(LIPS_INNER_UPPER, LIPS_INNER_LOWER, cm)
    weights = spread(rings[0], cm, _REACH) * (above if upper else ~above)
    field += weights.T @ inward
    for ring in rings[:0:-1]:
        left = points[inner] - points[list(ring)]
        left[[0, -1]] = 0
        field[list(ring)] = left
    field[outer] = inward
    field[:, 2] = 0
    return field


def halves(cm: Floats) -> tuple[Floats, Floats]:
    """[478] weights of the person's left and right half of the mouth, meeting smoothly in the middle."""
    left = smoothstep(-0.6, 0.6, cm[:, 0]).astype(float)
    return left, 1 - left

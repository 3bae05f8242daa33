"""ARKit coefficients of a frame -> how strongly each action unit is at work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.performance.action_units import ACTION_UNITS, sides

Array = npt.NDArray[np.float64]

# The landmarker's coefficients come out of a network whose last step squashes them: a frown drawn at 0.4 and at 1 reads
# 0.02 and 0.27, a smile 0.58 and 0.93. Log odds are even in the strength, so that small readings count.
# Below _FLOOR they are noise.
_FLOOR = 0.008


@dataclass(frozen=True)
class _Range:
    """Log odds above neutral at which a unit begins to count, and at which it is whole.

    start: a little over what faces at rest differ by among each other. whole: what photographs and drawn faces with
    the expression at its strongest reach.
    """

    start: float
    whole: float


# Measured on nine photographs of faces at rest and twelve with an expression, and on three drawn portraits.
_RANGES = {
    1: _Range(1.2, 4.6),
    2: _Range(1.0, 3.6),
    4: _Range(1.0, 3.8),
    5: _Range(0.7, 2.6),
    6: _Range(1.0, 3.0),
    7: _Range(0.7, 2.2),
    9: _Range(1.0, 4.0),
    10: _Range(1.5, 5.0),
    12: _Range(1.8, 6.2),
    14: _Range(1.5, 4.5),
    15: _Range(1.5, 4.6),
    16: _Range(1.5, 4.5),
    17: _Range(1.0, 3.4),
    18: _Range(1.5, 5.0),
    20: _Range(1.3, 3.8),
    23: _Range(1.0, 3.0),
    24: _Range(1.2, 4.5),
    26: _Range(1.5, 5.0),
    43: _Range(1.2, 3.4),
}
UNITS = tuple(_RANGES)


# A bowed head's brows read as lowered: log odds a radian beyond _BOWED, from faces at rest held at 0 to -41 degrees.
_BOW, _BOWED = 3.5, np.deg2rad(5.0)
_BROW_DOWN = sides("browDown")


def strengths(
    coefficients: npt.NDArray[np.floating], neutral: npt.NDArray[np.floating], own: bool, pitch: Array
) -> Array:
    """[F, 52] coefficients and the face at rest [52] -> [F, len(UNITS), 2 (left, right)] in [0, 1].

    FACS's five levels lie evenly on it: A about 0.1, B 0.3, C 0.5, D 0.7, E 0.9.
    own: whether `neutral` is this very face's; units then begin to count at half the distance.
    pitch: [F] radians of the head, positive looks up.
    """
    above = _log_odds(coefficients) - _log_odds(neutral)
    above[:, _BROW_DOWN] -= _BOW * np.clip(-pitch - _BOWED, 0.0, None)[:, None]
    found = np.zeros((len(coefficients), len(UNITS), 2))
    for i, (unit, span) in enumerate(_RANGES.items()):
        start = span.start / 2 if own else span.start
        for name in ACTION_UNITS[unit].coefficients:
            level = (above[:, sides(name)] - start) / (span.whole - start)
            found[:, i] = np.maximum(found[:, i], np.clip(level, 0.0, 1.0))
    return found


def _log_odds(values: npt.NDArray[np.floating]) -> Array:
    p = np.clip(np.asarray(values, np.float64), _FLOOR, 1.0 - _FLOOR)
    return np.asarray(np.log(p / (1.0 - p)))

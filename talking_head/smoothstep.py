"""Smoothstep, the cubic from 0 to 1 that is level at both ends: over arrays, and compiled for one number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled


def smoothstep(low: npt.ArrayLike, high: npt.ArrayLike, x: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """0 at `low`, 1 at `high`, level beyond; where `low` is above `high` it falls from 1 at `high` to 0 at `low`."""
    t = np.clip((np.asarray(x) - low) / np.subtract(high, low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


# A second one, since compiled shaders call it for every pixel: numbers in registers, no array made.
@compiled(fastmath=True)
def step(low: float, high: float, x: float) -> float:
    """`smoothstep` of one number."""
    t = min(max((x - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)

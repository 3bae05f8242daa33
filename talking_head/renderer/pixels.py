"""What the shaders of the mouth and of the eyes share, compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled

Floats = npt.NDArray[np.float32]
Colour = tuple[float, float, float]


@compiled(fastmath=True)
def mix(a: Colour, b: Colour, share: float) -> Colour:
    """From `a` at 0 to `b` at 1."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


@compiled()
def byte(value: float) -> np.uint8:
    """Rounded and clipped to 0..255."""
    return np.uint8(min(max(value + 0.5, 0.0), 255.0))


@compiled(fastmath=True)
def curve_at(points: Floats, along: float) -> tuple[float, float]:
    """Height of a curve [n, 2] and the cosine of its slope: a vertical distance times it is the distance to it."""
    i, last = 0, points.shape[0] - 2
    while i < last and points[i + 1, 0] < along:
        i += 1
    run = max(points[i + 1, 0] - points[i, 0], 1e-3)
    rise = points[i + 1, 1] - points[i, 1]
    t = min(max((along - points[i, 0]) / run, 0.0), 1.0)
    return points[i, 1] + t * rise, run / np.sqrt(run * run + rise * rise)

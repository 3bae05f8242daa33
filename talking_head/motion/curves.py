"""The time courses everything here is made of: smooth steps, pulses and slow drifts, and seeded randomness."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def step(x: Array | float) -> Array:
    """The minimum-jerk course from 0 (x <= 0) to 1 (x >= 1) (Flash & Hogan 1985): no jump in speed or acceleration."""
    x = np.clip(np.asarray(x, np.float64), 0.0, 1.0)
    return np.asarray(x**3 * (10.0 - 15.0 * x + 6.0 * x**2))


def pulse(t: Array, start: float, end: float, rise: float, fall: float) -> Array:
    """1 from `start` to `end`, reached over `rise` seconds before and left over `fall` seconds after."""
    return np.asarray(step((t - start) / rise + 1.0) * step((end - t) / fall + 1.0))


def drift(t: Array, rng: np.random.Generator, lowest: float, highest: float) -> Array:
    """A slow wander about 0, RMS 0.5: four sines between `lowest` and `highest` Hz, slower ones larger (pink)."""
    edges = np.geomspace(lowest, highest, 5)
    frequencies = rng.uniform(edges[:-1], edges[1:])
    phases = rng.uniform(0.0, 2.0 * np.pi, 4)
    sizes = frequencies**-0.5
    waves = np.sin(2.0 * np.pi * frequencies * t[:, None] + phases)
    return np.asarray(waves @ sizes / np.sqrt(2.0 * (sizes**2).sum()))


def stream(seed: int, part: str) -> np.random.Generator:
    """The random numbers of one part of the motion; what one part draws never shifts another."""
    return np.random.default_rng([int(seed) & (2**64 - 1), zlib.crc32(part.encode())])

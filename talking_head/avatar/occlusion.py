"""How much light reaches each vertex of the head: from all around, and past nose and brow from the key light."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from talking_head.avatar.rasterizer import rasterize
from talking_head.rig.anny import Floats, Ints

_SIZE = 384  # samples across a shadow map
_BIAS = 0.03  # a vertex this much behind the map is still seen, in decimetres


def openness(points: Floats, normals: Floats, triangles: Ints, directions: int = 160) -> Floats:
    """[V] share of the light from all around, weighted by its slope, that reaches points [V, 3]: ambient occlusion."""
    total, open_ = np.zeros(len(points)), np.zeros(len(points))
    for d in _sphere(directions):
        slope = np.clip(normals @ d, 0, None)
        total += slope
        open_ += slope * _visible(points, triangles, d)
    return np.asarray(open_ / np.maximum(total, 1e-9))


def lit(points: Floats, triangles: Ints, light: Floats, spread: float = 0.22, rays: int = 40) -> Floats:
    """[V] share of a light `spread` radians wide, in direction `light` [3], that reaches points [V, 3]."""
    random = np.random.default_rng(0)
    around = light + spread * random.standard_normal((rays, 3)) / np.sqrt(3)
    return np.asarray(np.mean([_visible(points, triangles, d / np.linalg.norm(d)) for d in around], axis=0))


def _visible(points: Floats, triangles: Ints, direction: Floats) -> Floats:
    side = np.cross(direction, [0.3, 0.9, 0.1])
    side /= np.linalg.norm(side)
    up = np.cross(side, direction)
    flat = np.column_stack([points @ side, points @ up, points @ direction])
    low, high = flat.min(axis=0), flat.max(axis=0)
    scale = (_SIZE - 1) / (high - low)[:2].max()
    screen = np.column_stack([(flat[:, :2] - low[:2]) * scale, flat[:, 2] - low[2] + 1]).astype(np.float32)
    depth = np.zeros((_SIZE, _SIZE), np.float32)
    shown = np.zeros((_SIZE, _SIZE), np.int32)
    weights = np.zeros((_SIZE, _SIZE, 2), np.float32)
    both = np.ones(len(triangles), np.uint8)
    rasterize(screen, triangles.astype(np.int32), both, 0, depth, shown, weights)
    at = np.clip(screen[:, :2].round().astype(int), 0, _SIZE - 1)
    return np.asarray(screen[:, 2] + _BIAS >= depth[at[:, 1], at[:, 0]], float)


def _sphere(n: int) -> npt.NDArray[np.float64]:
    """[n, 3] unit vectors spread evenly (a Fibonacci lattice)."""
    i = np.arange(n) + 0.5
    y = 1 - 2 * i / n
    angle = np.pi * (1 + 5**0.5) * i
    r = np.sqrt(1 - y * y)
    return np.column_stack([r * np.cos(angle), y, r * np.sin(angle)])

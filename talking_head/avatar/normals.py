"""Normals of the moved head."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@compiled(fastmath=True)
def inverse_length(x: float, y: float, z: float) -> np.float32:
    """What makes a vector a unit one."""
    return np.float32(1.0) / np.float32(math.sqrt(x * x + y * y + z * z + np.float32(1e-20)))


@compiled(fastmath=True)
def vertex_normals(points: Floats, triangles: Ints, weld: Ints, total: Floats, normals: Floats) -> None:
    """Unit normals [V, 3] of `points` [V, 3], area-weighted and one for all vertices of a weld; total: scratch."""
    total[:] = 0
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux, uy, uz = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2]
        vx, vy, vz = points[k, 0] - points[i, 0], points[k, 1] - points[i, 1], points[k, 2] - points[i, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for v in (i, j, k):
            w = weld[v]
            total[w, 0] += nx
            total[w, 1] += ny
            total[w, 2] += nz
    for v in range(points.shape[0]):
        x, y, z = total[weld[v], 0], total[weld[v], 1], total[weld[v], 2]
        inverse = inverse_length(x, y, z)
        normals[v, 0], normals[v, 1], normals[v, 2] = x * inverse, y * inverse, z * inverse

"""A z-buffer: which triangle each sample of a picture shows, and where on it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled

Floats = npt.NDArray[np.float32]

_OVERLAP = np.float32(1e-4)


@compiled(fastmath=True)
def rasterize(
    points: Floats,
    triangles: npt.NDArray[np.int32],
    two_sided: npt.NDArray[np.uint8],
    first: int,
    depth: Floats,
    shown: npt.NDArray[np.int32],
    weights: Floats,
) -> None:
    """Draw the triangles into rows `first`.. of a picture, nearer ones over farther ones.

    points: float32 [V, 3] in samples, y down; the third is the inverse of the distance, so that larger is nearer.
    triangles: int32 [T, 3], counter-clockwise seen from outside; those seen from behind are left out unless
    two_sided: uint8 [T] says so. depth: float32 [h, w]; shown: int32 [h, w], -1 where nothing is; weights: float32
    [h, w, 2] of a triangle's second and third corner, right in perspective.
    """
    height, width = depth.shape
    depth[:] = 0.0
    shown[:] = -1
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay, az = points[i, 0], points[i, 1] - first, points[i, 2]
        bx, by, bz = points[j, 0], points[j, 1] - first, points[j, 2]
        cx, cy, cz = points[k, 0], points[k, 1] - first, points[k, 2]
        low_y, high_y = min(ay, by, cy), max(ay, by, cy)
        low_x, high_x = min(ax, bx, cx), max(ax, bx, cx)
        if high_y < 0 or low_y > height - 1 or high_x < 0 or low_x > width - 1:
            continue
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area >= 0 and not two_sided[t]:  # rows grow downward: what is seen from behind has a positive area
            continue
        if abs(area) < 1e-9 or min(az, bz, cz) <= 0:
            continue
        inverse = np.float32(1.0) / area
        x0, x1 = max(int(np.ceil(low_x)), 0), min(int(np.floor(high_x)), width - 1)
        y0, y1 = max(int(np.ceil(low_y)), 0), min(int(np.floor(high_y)), height - 1)
        # Weights of the second and third corner, from one sample to the next.
        step_b, step_c = (cy - ay) * inverse, (ay - by) * inverse
        for y in range(y0, y1 + 1):
            down, right = np.float32(y) - ay, np.float32(x0) - ax
            first_b = (right * (cy - ay) - down * (cx - ax)) * inverse
            first_c = ((bx - ax) * down - (by - ay) * right) * inverse
            start, end = _inside(first_b, step_b, 0, x1 - x0)
            start, end = _inside(first_c, step_c, start, end)
            start, end = _inside(np.float32(1.0) - first_b - first_c, -step_b - step_c, start, end)
            for n in range(start, end + 1):
                wb, wc = first_b + np.float32(n) * step_b, first_c + np.float32(n) * step_c
                here = az + wb * (bz - az) + wc * (cz - az)
                x = x0 + n
                if here > depth[y, x]:
                    depth[y, x] = here
                    shown[y, x] = t
                    share = np.float32(1.0) / here
                    weights[y, x, 0] = min(max(wb, np.float32(0.0)), np.float32(1.0)) * bz * share
                    weights[y, x, 1] = min(max(wc, np.float32(0.0)), np.float32(1.0)) * cz * share


@compiled(fastmath=True)
def _inside(value: np.float32, step: np.float32, start: int, end: int) -> tuple[int, int]:
    """Of steps start..end, those where value + n * step is not under 0; a hair under, so that no crack is left."""
    value = value + _OVERLAP
    if step > np.float32(1e-12):
        start = max(start, int(np.ceil(-value / step)))
    elif step < np.float32(-1e-12):
        end = min(end, int(np.floor(-value / step)))
    elif value < 0:
        end = start - 1
    return start, end

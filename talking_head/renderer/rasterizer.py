"""Rasterises a moved mesh into the two maps that ``cv2.remap`` takes: for each pixel, where in the photograph it is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled

Floats = npt.NDArray[np.float32]

# Both triangles at a shared edge take the pixels within this of it, so that no crack is left between them.
_OVERLAP = 1e-3


@compiled()
def rasterize(
    points: Floats,
    source: Floats,
    triangles: npt.NDArray[np.int32],
    behind: Floats,
    depth: Floats,
    map_x: Floats,
    map_y: Floats,
) -> None:
    """Draw triangles, nearer ones (smaller z) over farther ones.

    points: float32 [V, 3] moved vertices, in pixels of the maps, z away from the viewer; source: [V, 2] where each is
    in the photograph; triangles: int32 [T, 3]; behind: [T] added to a triangle's depth; depth: [h, w] scratch;
    map_x, map_y: [h, w], written where covered.
    """
    height, width = depth.shape
    depth[:] = np.inf
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay = points[i, 0], points[i, 1]
        bx, by = points[j, 0], points[j, 1]
        cx, cy = points[k, 0], points[k, 1]
        top = min(ay, by, cy)
        bottom = max(ay, by, cy)
        first = max(int(np.ceil(top - _OVERLAP)), 0)
        last = min(int(np.floor(bottom + _OVERLAP)), height - 1)
        if first > last or max(ax, bx, cx) < 0 or min(ax, bx, cx) > width - 1:
            continue
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-6:
            continue
        inverse = np.float32(1.0) / area
        # Gradients of source x, source y and depth over the triangle.
        dab_x, dab_y, dac_x, dac_y = bx - ax, by - ay, cx - ax, cy - ay
        du_ab, du_ac = source[j, 0] - source[i, 0], source[k, 0] - source[i, 0]
        dv_ab, dv_ac = source[j, 1] - source[i, 1], source[k, 1] - source[i, 1]
        dz_ab, dz_ac = points[j, 2] - points[i, 2], points[k, 2] - points[i, 2]
        ux, uy = (du_ab * dac_y - du_ac * dab_y) * inverse, (du_ac * dab_x - du_ab * dac_x) * inverse
        vx, vy = (dv_ab * dac_y - dv_ac * dab_y) * inverse, (dv_ac * dab_x - dv_ab * dac_x) * inverse
        zx, zy = (dz_ab * dac_y - dz_ac * dab_y) * inverse, (dz_ac * dab_x - dz_ab * dac_x) * inverse
        for y in range(first, last + 1):
            left, right = _span(ax, ay, bx, by, cx, cy, min(max(np.float32(y), top), bottom))
            start = max(int(np.ceil(left - _OVERLAP)), 0)
            end = min(int(np.floor(right + _OVERLAP)), width - 1)
            dy = np.float32(y) - ay
            u, v, z = source[i, 0] + uy * dy, source[i, 1] + vy * dy, points[i, 2] + behind[t] + zy * dy
            for x in range(start, end + 1):
                dx = np.float32(x) - ax
                here = z + zx * dx
                if here < depth[y, x]:
                    depth[y, x] = here
                    map_x[y, x] = u + ux * dx
                    map_y[y, x] = v + vx * dx


@compiled()
def _span(ax: float, ay: float, bx: float, by: float, cx: float, cy: float, y: float) -> tuple[float, float]:
    """Where a row enters and leaves a triangle."""
    left, right = np.inf, -np.inf
    for edge in range(3):
        if edge == 0:
            px, py, qx, qy = ax, ay, bx, by
        elif edge == 1:
            px, py, qx, qy = bx, by, cx, cy
        else:
            px, py, qx, qy = cx, cy, ax, ay
        if py > qy:  # the same arithmetic for both triangles at the edge
            px, py, qx, qy = qx, qy, px, py
        if y < py or y > qy:
            continue
        if qy - py < 1e-6:
            left, right = min(left, px, qx), max(right, px, qx)
        else:
            x = px + (y - py) / (qy - py) * (qx - px)
            left, right = min(left, x), max(right, x)
    return left, right

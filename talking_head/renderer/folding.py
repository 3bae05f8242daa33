"""Keeping the moved mesh from folding over itself: a photograph has nothing to show in a fold but a stepped seam."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled

Floats = npt.NDArray[np.float32]

# Steepest depth over image distance that is kept. The steeper a flank, the sooner it folds over its neighbour as the
# head turns, and a fold shows as a stepped edge, an ear twice. At 2.0 nothing folds up to atan(1 / 2.0) = 26 degrees,
# which leaves room above the largest turn, 18.
_STEEPEST = 2.0
_ROUNDS = 200

# An edge keeps this share of its length: skin that is squeezed more would fold, which shows as a stepped seam.
_SHORTEST = 0.28


def flatten(points: Floats, triangles: npt.NDArray[np.int32]) -> Floats:
    """Depths [V] with no triangle [T, 3] steeper than `_STEEPEST`; each yields towards its mean, repeatedly.

    Edges alone don't tell: a sliver's are long, and across it depth may still jump.
    """
    corners = points[triangles, :2].astype(np.float64)
    (ax, ay), (bx, by) = ((corners[:, k] - corners[:, 0]).T for k in (1, 2))
    area = ax * by - ay * bx
    sure = np.abs(area) > 1e-3  # px^2; of less nothing is seen
    ax, ay, bx, by, area, corner = ax[sure], ay[sure], bx[sure], by[sure], area[sure], triangles[sure]
    share = np.maximum(np.bincount(corner.ravel(), minlength=len(points)), 1)
    z = points[:, 2].astype(np.float64)
    for _ in range(_ROUNDS):
        at = z[corner]
        a, b = at[:, 1] - at[:, 0], at[:, 2] - at[:, 0]
        steepness = np.hypot(a * by - b * ay, b * ax - a * bx) / np.abs(area)
        if steepness.max() < 1.05 * _STEEPEST:
            break
        kept = np.minimum(_STEEPEST / np.maximum(steepness, 1e-9), 1.0)[:, None]
        pull = (1 - kept) * (at.mean(axis=1, keepdims=True) - at)
        # Over-relaxed by 1.5; the mean over a vertex's triangles alone converges slowly.
        z += 1.5 * np.bincount(corner.ravel(), pull.ravel(), len(z)) / share
    return z.astype(np.float32)


@compiled()
def keep_from_folding(
    points: Floats, moved: Floats, edges: npt.NDArray[np.int32], mobility: Floats, rounds: int = 8
) -> None:
    """Relax displacements `moved` [n, 3] of `points` [n, 3] in place until no edge [E, 2] is squeezed flat.

    The ends of an edge share what is missing by their mobility [n], edge after edge (Gauss-Seidel).
    """
    for _ in range(rounds):
        worst = np.float32(0.0)
        for e in range(edges.shape[0]):
            i, j = edges[e, 0], edges[e, 1]
            ex, ey = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1]
            square = ex * ex + ey * ey
            if square < 1e-4:
                continue
            stays = 1.0 + ((moved[j, 0] - moved[i, 0]) * ex + (moved[j, 1] - moved[i, 1]) * ey) / square
            both = mobility[i] + mobility[j]
            if stays >= _SHORTEST or both == 0.0:
                continue
            worst = max(worst, _SHORTEST - stays)
            lack = (_SHORTEST - stays) / both
            moved[i, 0] -= mobility[i] * lack * ex
            moved[i, 1] -= mobility[i] * lack * ey
            moved[j, 0] += mobility[j] * lack * ex
            moved[j, 1] += mobility[j] * lack * ey
        if worst < 0.02:
            break


# Neighbours that are this many pixels apart in the photograph are on either side of a fold.
_TORN = 3.0


@compiled()
def soften_folds(picture: npt.NDArray[np.uint8], x: Floats, y: Floats, scale: float) -> None:
    """Blur the stepped edges of folds in a moved picture [h, w, 4]; x, y: where it is from, `scale` a pixel."""
    height, width = x.shape
    at = np.empty((height * 4, 2), np.int32)
    n, limit = 0, _TORN * scale
    for i in range(1, height - 2):
        for j in range(1, width - 2):
            beside = abs(x[i, j + 1] - x[i, j]) + abs(y[i, j + 1] - y[i, j])
            below = abs(x[i + 1, j] - x[i, j]) + abs(y[i + 1, j] - y[i, j])
            if (beside > limit or below > limit) and n + 2 < at.shape[0]:
                at[n, 0], at[n, 1] = i, j
                at[n + 1, 0], at[n + 1, 1] = (i, j + 1) if beside > below else (i + 1, j)
                n += 2
    soft = np.empty((n, 3), np.uint8)
    for k in range(n):
        i, j = at[k]
        for c in range(3):
            total: int = 8
            for di in range(-1, 2):
                for dj in range(-1, 2):
                    total += (2 - abs(di)) * (2 - abs(dj)) * int(picture[i + di, j + dj, c])
            soft[k, c] = total // 16
    for k in range(n):
        for c in range(3):
            picture[at[k, 0], at[k, 1], c] = soft[k, c]

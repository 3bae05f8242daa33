"""Rings around the face, which carry its motion out into a still background."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology
from talking_head.renderer.head import Head
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

# Multiples of the face's oval.
_RINGS = np.array([1.07, 1.16, 1.28, 1.42, 1.58, 1.78, 2.05, 2.4, 2.9, 3.6])


@dataclass(frozen=True, eq=False)
class Rings:
    """R rings of n points each, the oval's n outward.

    points: float32 [R * n, 3] px; triangles: int32 [T, 3] from the oval out, numbering the points from `first` on.
    turning, bending: float32 [R * n, 1] shares of the head's turn and of the oval's displacement that they follow.
    """

    points: Floats
    triangles: Ints
    turning: Floats
    bending: Floats

    @classmethod
    def around(
        cls, oval: Floats, number: Ints, first: int, landmarks: Floats, head: Head, size: tuple[int, int]
    ) -> Rings:
        """oval: [n, 3] px; number: [n] of its vertices; first: of the rings' first; size: of the picture (h, w)."""
        centre = oval.mean(0)
        points = (centre + _RINGS[:, None, None] * (oval - centre)).astype(np.float32)
        downward = (oval - centre)[:, :2] @ head.axes[:2, 1]
        upness = np.clip(0.5 - 0.5 * downward / np.abs(downward).max(), 0, 1)  # 0 at the chin, 1 at the forehead
        points[:, :, 2] = _depth(points, oval, landmarks, head, upness)
        flat = points.reshape(-1, 3)
        # Hair goes with the head, the neck less; nothing does at the picture's edge.
        turning = 1 - smoothstep(1.15 + 0.55 * upness, 1.9 + 1.0 * upness, _RINGS[:, None])
        bending = np.repeat(1 - smoothstep(1.0, 1.5, _RINGS), len(oval))
        height, width = size
        inset = np.minimum.reduce([flat[:, 0], flat[:, 1], width - 1 - flat[:, 0], height - 1 - flat[:, 1]])
        calm = smoothstep(0.0, 0.2 * np.ptp(oval[:, 0]), inset)
        loops = np.concatenate([number[None], first + np.arange(len(flat)).reshape(len(_RINGS), -1)])
        triangles = [t for inner, outer in pairwise(loops) for t in _band(inner, outer)]
        return cls(
            flat,
            np.array(triangles, np.int32),
            (turning.ravel() * calm).astype(np.float32)[:, None],
            (bending * calm).astype(np.float32)[:, None],
        )


def to_outline(points: Floats) -> Floats:
    """Landmarks [468, 3] with the oval's moved out to the outline where a turned head's cheek or brow lies before them.

    Else the outline would slide over the rings, which begin at the oval, as a hard edge.
    """
    ring = [*topology.FACE_OVAL]
    centre = points[ring, :2].mean(0)
    hull = cv2.convexHull(points[:, :2].astype(np.float32))[:, 0] - centre
    ends = np.roll(hull, -1, axis=0)
    out = points.copy()
    for i in ring:
        x, y = points[i, :2] - centre
        # Where the ray from the centre crosses each side of the hull, in lengths of this point's distance.
        sides = ends - hull
        denominator = x * sides[:, 1] - y * sides[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = (hull[:, 0] * sides[:, 1] - hull[:, 1] * sides[:, 0]) / denominator
            along = (hull[:, 0] * y - hull[:, 1] * x) / denominator
        crossed = reach[(along >= 0) & (along <= 1) & (reach > 0)]
        if len(crossed):
            out[i, :2] = centre + (points[i, :2] - centre) * max(float(crossed.max()), 1.0)
    return out


def _depth(rings: Floats, oval: Floats, landmarks: Floats, head: Head, upness: Floats) -> Floats:
    """Depth [R, 72] of the rings: from the oval's to that of the plane through the ears.

    Over the forehead it takes longer; where it falls at once, the hairline folds.
    """
    ears, back = landmarks[[234, 454]].mean(0), head.axes[:, 2]
    plane = ears[2] - ((rings - ears)[..., :2] @ back[:2]) / max(float(back[2]), 0.5)
    until = 1.3 + 0.75 * upness
    share = smoothstep(1.0, until, _RINGS[:, None])
    return (oval[:, 2] + share * (plane - oval[:, 2])).astype(np.float32)


def _band(inner: Ints, outer: Ints) -> list[tuple[int, int, int]]:
    """Triangles between two loops."""
    around = zip(inner, np.roll(inner, -1), np.roll(outer, -1), outer, strict=True)
    return [t for a, b, c, d in around for t in ((int(a), int(b), int(c)), (int(a), int(c), int(d)))]

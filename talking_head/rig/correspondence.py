"""Which point of the CC0 head each landmark is: a triangle and barycentric weights, found on pictures of the head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from talking_head.landmarks.canonical import CANONICAL_VERTICES
from talking_head.landmarks.topology import (
    LIPS_INNER_LOWER,
    LIPS_INNER_UPPER,
    LIPS_OUTER,
    N_VERTICES,
)
from talking_head.rig.anny import Floats, Head, Ints
from talking_head.rig.picture import Picture, draw

Detect = Callable[[npt.NDArray[np.uint8]], Floats]
"""RGB uint8 [H, W, 3] -> landmarks [478, 2 or 3] in pixels."""

# With closed lips the pixel nearest to a landmark of the upper lip is often of the lower one; parted, none is.
_PARTED = {"jawOpen": 0.3}


@dataclass(frozen=True, eq=False)
class Correspondence:
    """triangles: [468, 3] vertices of the head; weights: [468, 3] barycentric; moved: [468] px the landmark was off."""

    triangles: Ints
    weights: Floats
    moved: Floats

    def at(self, values: Floats) -> Floats:
        """[V, C] values of the head's vertices -> [468, C] at the landmarks."""
        return np.einsum("lc,lck->lk", self.weights, values[self.triangles])


def find(head: Head, detect: Detect) -> Correspondence:
    """Find every landmark on the head, the lips' on a picture with parted lips, the rest on the head at rest."""
    triangles = np.zeros((N_VERTICES, 3), np.int64)
    weights = np.zeros((N_VERTICES, 3))
    moved = np.zeros(N_VERTICES)
    lips = (*LIPS_OUTER, *LIPS_INNER_UPPER, *LIPS_INNER_LOWER[1:-1])
    rest = [i for i in range(N_VERTICES) if i not in lips]
    for pose, wanted in (({}, rest), (_PARTED, lips)):
        vertices = head.posed(pose)
        picture = draw(head, vertices)
        landmarks = _detect_both_ways(detect, picture.rgb)
        on_skin = picture.triangle >= 0
        for i in wanted:
            allowed = on_skin
            if i in LIPS_INNER_UPPER or i in LIPS_INNER_LOWER:
                allowed = on_skin & _lip(head, picture, landmarks, i)
            triangles[i], weights[i], moved[i] = _snap(head, vertices, picture, allowed, landmarks[i])
    return Correspondence(triangles, weights, moved)


def _detect_both_ways(detect: Detect, rgb: npt.NDArray[np.uint8]) -> Floats:
    """[478, 2] px, the mean of what is found on a picture and on its mirror image: the head is symmetric."""
    flipped = detect(np.ascontiguousarray(rgb[:, ::-1]))[mirror(), :2]
    flipped[:, 0] = rgb.shape[1] - flipped[:, 0]
    return (detect(rgb)[:, :2] + flipped) / 2


def _snap(
    head: Head, vertices: Floats, picture: Picture, allowed: npt.NDArray[np.bool_], landmark: Floats
) -> tuple[Ints, Floats, float]:
    rows, columns = np.nonzero(allowed)
    distance = np.hypot(columns - landmark[0], rows - landmark[1])
    nearest = distance.argmin()
    corners = head.skin[picture.triangle[rows[nearest], columns[nearest]]]
    a, b, c = picture.project(vertices[corners])
    wb, wc = np.linalg.solve(np.column_stack([b - a, c - a]), np.array([columns[nearest], rows[nearest]]) - a)
    return corners, np.array([1 - wb - wc, wb, wc]), float(distance[nearest])


def _lip(head: Head, picture: Picture, landmarks: Floats, i: int) -> npt.NDArray[np.bool_]:
    """[S, S] the red of the lip that landmark i of the inner ring lies on; of both lips for the corners.

    The lips part at the line midway between the inner rings.
    """
    corners = head.skin[picture.triangle]
    red = head.lip_mask[corners].mean(axis=-1) > 0.25
    red &= head.inner_mouth_mask[corners].mean(axis=-1) < 0.5
    middle = (landmarks[list(LIPS_INNER_UPPER)] + landmarks[list(LIPS_INNER_LOWER)]) / 2
    rows, columns = np.mgrid[: len(red), : len(red)]
    line = np.interp(columns[0], middle[:, 0], middle[:, 1])
    if i not in LIPS_INNER_LOWER:
        return red & (rows < line)
    return red if i in LIPS_INNER_UPPER else red & (rows > line)


def mirror() -> Ints:
    """[478] the landmark on the other side of the face; exact on the canonical mesh, irises by their names."""
    flipped = CANONICAL_VERTICES * (-1, 1, 1)
    distance = np.linalg.norm(flipped[:, None] - CANONICAL_VERTICES[None], axis=-1)
    other = distance.argmin(axis=1)
    if not (other[other] == np.arange(N_VERTICES)).all():
        raise InputError("The canonical face is not symmetric, so the rig can't be made so.")
    return np.concatenate([other, [473, 476, 475, 474, 477, 468, 471, 470, 469, 472]])

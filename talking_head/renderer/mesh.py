"""The mesh of a face: MediaPipe's, subdivided once, with mouth and eyes as holes that lips and lids move across.

Displacements are interpolated by the butterfly scheme (Dyn, Levin, Gregory 1990) so that a moved face bends smoothly,
and by its four-point boundary rule along holes and the face's oval, so that lips and lids stay curves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import sparse

from talking_head.landmarks import topology
from talking_head.landmarks.canonical import CANONICAL_TRIANGLES

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Edge = tuple[int, int]


@dataclass(frozen=True, eq=False)
class FaceMesh:
    """Connectivity of the subdivided face; the first 468 vertices are the landmarks.

    triangles: int32 [T, 3]; inside_mouth, inside_eye: which of them lie in a hole, bool [T].
    place: sparse [V, 468], positions of all vertices on the flat triangles of the landmarks.
    bend: sparse [V, 468], smooth displacements of all vertices from those of the landmarks.
    oval, lip_upper, lip_lower, lids: vertices along those curves, midpoints included. Closed oval [72]; inner lips [21]
    from the viewer's left; lids["right" | "left"] = (upper [17], lower [17]) from the outer corner.
    """

    triangles: Ints
    inside_mouth: npt.NDArray[np.bool_]
    inside_eye: npt.NDArray[np.bool_]
    skin_edges: Ints
    place: sparse.csr_matrix
    bend: sparse.csr_matrix
    oval: Ints
    lip_upper: Ints
    lip_lower: Ints
    lids: dict[str, tuple[Ints, Ints]]


@cache
def face_mesh() -> FaceMesh:
    """The one mesh every portrait uses."""
    eyes = (set(topology.RIGHT_EYE), set(topology.LEFT_EYE))
    mouth = set(topology.LIPS_INNER)
    skin, eye_tris = [], []
    for a, b, c in CANONICAL_TRIANGLES.astype(int).tolist():
        corners = {a, b, c}
        if any(corners <= eye for eye in eyes):
            eye_tris.append((a, b, c))
        elif not corners <= mouth:
            skin.append((a, b, c))
    mouth_tris = _strip(topology.LIPS_INNER_UPPER, topology.LIPS_INNER_LOWER)

    number: dict[Edge, int] = {}
    for triangle in [*skin, *eye_tris, *mouth_tris]:
        for edge in _edges(triangle):
            number.setdefault(edge, topology.N_VERTICES + len(number))
    n = topology.N_VERTICES + len(number)

    place = sparse.lil_matrix((n, topology.N_VERTICES), dtype=np.float32)
    bend = sparse.lil_matrix((n, topology.N_VERTICES), dtype=np.float32)
    for i in range(topology.N_VERTICES):
        place[i, i] = bend[i, i] = 1.0
    stencil = _Butterfly(skin)
    for (a, b), i in number.items():
        place[i, a] = place[i, b] = 0.5
        for j, weight in stencil.midpoint(a, b):
            bend[i, j] += weight

    def curve(landmarks: Sequence[int], closed: bool = False) -> Ints:
        pairs = zip(landmarks, [*landmarks[1:], landmarks[0]], strict=True)
        points = [p for a, b in pairs for p in (a, number.get(_edge(a, b), -1))]
        return np.array(points if closed else points[:-1], np.int32)

    groups = [[t for triangle in group for t in _split(triangle, number)] for group in (skin, mouth_tris, eye_tris)]
    which = np.repeat([0, 1, 2], [len(g) for g in groups])
    return FaceMesh(
        triangles=np.array([t for g in groups for t in g], np.int32),
        inside_mouth=which == 1,
        inside_eye=which == 2,
        skin_edges=np.array(sorted({e for t in skin for e in _edges(t)}), np.int32),
        place=place.tocsr(),
        bend=bend.tocsr(),
        oval=curve(topology.FACE_OVAL, closed=True),
        lip_upper=curve(topology.LIPS_INNER_UPPER),
        lip_lower=curve(topology.LIPS_INNER_LOWER),
        lids={
            "right": (curve(topology.RIGHT_EYE_UPPER), curve(topology.RIGHT_EYE_LOWER)),
            "left": (curve(topology.LEFT_EYE_UPPER), curve(topology.LEFT_EYE_LOWER)),
        },
    )


class _Butterfly:
    """Weights of the landmarks in the displacement of an edge's midpoint."""

    def __init__(self, triangles: Sequence[tuple[int, int, int]]) -> None:
        self.opposite: dict[Edge, list[int]] = defaultdict(list)
        for t in triangles:
            for k in range(3):
                self.opposite[_edge(t[k], t[(k + 1) % 3])].append(t[(k + 2) % 3])
        self.along: dict[int, list[int]] = defaultdict(list)  # neighbours along the boundary
        for (a, b), across in self.opposite.items():
            if len(across) == 1:
                self.along[a].append(b)
                self.along[b].append(a)

    def midpoint(self, a: int, b: int) -> list[tuple[int, float]]:
        across = self.opposite.get(_edge(a, b), [])
        if len(across) == 1:
            return self._four_points(a, b)
        weights = [(a, 0.5), (b, 0.5)]
        if len(across) == 2:
            weights += [(c, 1 / 8) for c in across]
            for end in (a, b):
                for c in across:
                    wing = [w for w in self.opposite[_edge(end, c)] if w not in (a, b)]
                    weights.append((wing[0] if wing else end, -1 / 16))
        return weights

    def _four_points(self, a: int, b: int) -> list[tuple[int, float]]:
        before = [v for v in self.along[a] if v != b]
        after = [v for v in self.along[b] if v != a]
        outer = [(before[0] if len(before) == 1 else a, -1 / 16), (after[0] if len(after) == 1 else b, -1 / 16)]
        return [(a, 9 / 16), (b, 9 / 16), *outer]


def _edge(a: int, b: int) -> Edge:
    return (a, b) if a < b else (b, a)


def _edges(t: Sequence[int]) -> Iterable[Edge]:
    return (_edge(t[0], t[1]), _edge(t[1], t[2]), _edge(t[2], t[0]))


def _split(t: Sequence[int], number: dict[Edge, int]) -> list[tuple[int, int, int]]:
    a, b, c = t
    ab, bc, ca = (number[e] for e in _edges(t))
    return [(a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca)]


def _strip(upper: Sequence[int], lower: Sequence[int]) -> list[tuple[int, int, int]]:
    """Triangles between two curves that share their ends."""
    strip = [(upper[0], upper[1], lower[1]), (upper[-2], upper[-1], lower[-2])]
    for i in range(1, len(upper) - 2):
        strip += [(upper[i], upper[i + 1], lower[i]), (lower[i], upper[i + 1], lower[i + 1])]
    return strip

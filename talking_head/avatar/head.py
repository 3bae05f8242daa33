"""AvatarHead: the CC0 head as the project ships it, posed by ARKit coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from studio.checkpoints import bundled
from studio.performance import ARKIT_NAMES
from talking_head.avatar.materials import EYES

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class AvatarHead:
    """A bust of V vertices and T triangles, sorted by material.

    Frame: centimetres from the joint that the head turns on; x to the viewer's right (the person's left), y up, z
    toward the viewer.

    points: float32 [V, 3] at rest.  uv: float32 [V, 2], up.  triangles: int32 [T, 3], counter-clockwise from outside.
    materials: uint8 [T] into `MATERIALS`.  weld: int32 [V] the same for vertices at one place, whose normals are one.
    follow: float32 [V] how far a vertex goes along with the head, 0..1.  light: float32 [V, 2] what of the ambient and
    of the key light reaches it.  deltas: float32 [52, V, 3] at a coefficient of 1, ARKit order; none on the eyeballs,
    which turn about eyes: float32 [2 (left, right), 3].  eye_vertices: which vertices those are.
    textures: JPEG files by name.

    Source: MakeHuman's base mesh and the Face Units asset pack, both CC0; see checkpoints/avatar_head.md.
    """

    points: Floats
    uv: Floats
    triangles: npt.NDArray[np.int32]
    materials: npt.NDArray[np.uint8]
    weld: npt.NDArray[np.int32]
    follow: Floats
    light: Floats
    deltas: Floats
    eyes: Floats
    eye_vertices: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
    textures: dict[str, bytes]

    @classmethod
    def load(cls) -> AvatarHead:
        """The head that ships with Affetto; read once."""
        return _load()


@lru_cache(maxsize=1)
def _load() -> AvatarHead:
    arrays = load_file(bundled("avatar_head.safetensors"))
    points, triangles, materials = arrays["points"], arrays["triangles"].astype(np.int32), arrays["materials"]
    deltas = np.zeros((len(ARKIT_NAMES), len(points), 3), np.float32)
    ends = np.concatenate([[0], arrays["target_ends"]]).astype(int)
    for k in range(len(ARKIT_NAMES)):
        span = slice(ends[k], ends[k + 1])
        deltas[k, arrays["target_vertices"][span]] = arrays["target_deltas"][span]
    balls = np.unique(triangles[materials == EYES])
    sides = (balls[points[balls, 0] > 0], balls[points[balls, 0] < 0])
    return AvatarHead(
        points=points,
        uv=arrays["uv"],
        triangles=triangles,
        materials=materials,
        weld=arrays["weld"].astype(np.int32),
        follow=arrays["follow"],
        light=(arrays["light"] / 255).astype(np.float32),
        deltas=deltas,
        eyes=np.stack([_centre(points[side]) for side in sides]),
        eye_vertices=sides,
        textures={name: arrays[name].tobytes() for name in ("skin", "eye", "teeth", "hair")},
    )


def _centre(ball: Floats) -> Floats:
    """Of an eyeball, whose cornea stands out in front."""
    low, high = ball.min(axis=0), ball.max(axis=0)
    centre = (low + high) / 2
    centre[2] = high[2] - (high[0] - low[0]) / 2
    return centre.astype(np.float32)

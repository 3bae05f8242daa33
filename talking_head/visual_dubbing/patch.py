"""The moving patch of a film's frame: the lower face and what is around it, carried out into a still picture."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology
from talking_head.landmarks.canonical import CANONICAL_VERTICES
from talking_head.renderer.folding import keep_from_folding
from talking_head.renderer.mesh import face_mesh
from talking_head.renderer.rasterizer import rasterize
from talking_head.renderer.rings import to_outline
from talking_head.smoothstep import smoothstep
from talking_head.visual_dubbing.lower_face import speaking_share

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# Rings around the face's oval, as shares of the way out to the last, and how much of its motion they follow.
_RINGS = np.array([0.12, 0.28, 0.48, 0.72, 1.0], np.float32)
_FOLLOWING = 1 - smoothstep(0.0, 1.0, _RINGS)
# How far out the last one lies, in radii of the oval: the neck goes along with the chin, what is beside the cheeks
# hardly; canonical heights of the two, cm.
_FAR_OUT, _FAR_OUT_BESIDE, _BESIDE_TO_BELOW = 0.5, 0.14, (-4.0, -8.5)
# Skin moves less toward the picture's edge from here on, in widths of the face.
_CALM = 0.12
_FAR = 1e3


class Patch:
    """Connectivity of the part that moves; the same for every face."""

    def __init__(self) -> None:
        mesh = face_mesh()
        self.mesh = mesh
        self.share = speaking_share()
        n = mesh.place.shape[0]
        oval = mesh.oval
        loops = [oval, *(n + i * len(oval) + np.arange(len(oval)) for i in range(len(_RINGS)))]
        bands = [_band(a, b) for a, b in pairwise(loops)]
        moves = np.asarray(mesh.bend @ self.share)[:, 0] > 1e-4
        moves = np.concatenate([moves, np.tile(moves[oval], len(_RINGS))])
        skin = ~(mesh.inside_mouth | mesh.inside_eye)
        triangles = np.concatenate([mesh.triangles[~mesh.inside_eye], *bands])
        self._is_skin = np.concatenate([skin[~mesh.inside_eye], np.ones(sum(map(len, bands)), bool)])
        used = moves[triangles].any(axis=1)
        self.triangles = np.ascontiguousarray(triangles[used], np.int32)
        self._is_skin = self._is_skin[used]
        self._moving = moves
        heights = np.asarray(mesh.place @ CANONICAL_VERTICES)[oval, 1]
        far = _FAR_OUT_BESIDE + (_FAR_OUT - _FAR_OUT_BESIDE) * smoothstep(*_BESIDE_TO_BELOW, heights)
        self._rings = (1 + _RINGS[:, None] * far)[..., None]
        self._yielding = np.ones(len(self.share), np.float32)
        self._yielding[list(topology.LIPS_INNER)] = 0

    def moved(self, source: Floats, target: Floats, shape: tuple[int, ...]) -> Moved:
        """From landmarks `source` [468, 3] px to `target`, in a frame of shape (height, width, ...): every vertex."""
        moves = ((target - source) * self.share).astype(np.float32)
        keep_from_folding(source, moves, self.mesh.skin_edges, self._yielding)
        bent = (self.mesh.bend @ moves).astype(np.float32)
        before = self.vertices(source)
        moves = np.concatenate([bent, (_FOLLOWING[:, None, None] * bent[self.mesh.oval]).reshape(-1, 3)])
        # Where the picture's edge cuts a chin nothing may come in from outside.
        inset = np.minimum(before[:, :2], np.array([shape[1] - 1, shape[0] - 1]) - before[:, :2]).min(axis=1)
        after = before + moves * smoothstep(0, _CALM * np.ptp(source[:, 0]), inset)[:, None]
        (ax, ay), (bx, by) = ((before[self.triangles[:, k], :2] - before[self.triangles[:, 0], :2]).T for k in (1, 2))
        behind = np.where(self._is_skin, _FAR * (ax * by - ay * bx > 0), 10 * _FAR).astype(np.float32)
        return Moved(before, after.astype(np.float32), self.triangles, behind, self._moving)

    def vertices(self, landmarks: Floats) -> Floats:
        """[V, 3] px of a face with landmarks [468, 3]: the mesh, then the rings around it."""
        face = (self.mesh.place @ to_outline(landmarks)).astype(np.float32)
        oval = face[self.mesh.oval]
        centre = oval.mean(axis=0)
        rings = (centre + self._rings * (oval - centre)).astype(np.float32)
        rings[:, :, 2] = oval[:, 2]
        return np.concatenate([face, rings.reshape(-1, 3)])


@dataclass(frozen=True, eq=False)
class Moved:
    """before, after: float32 [V, 3] px of the frame; the first 468 are the landmarks."""

    before: Floats
    after: Floats
    triangles: npt.NDArray[np.int32]
    behind: Floats
    moving: npt.NDArray[np.bool_]

    def box(self, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
        """x0, y0, x1, y1 of what changes, within a frame of shape (height, width, ...)."""
        both = np.concatenate([self.before[self.moving, :2], self.after[self.moving, :2]])
        low = np.clip(np.floor(both.min(axis=0)) - 2, 0, [shape[1], shape[0]]).astype(int)
        high = np.clip(np.ceil(both.max(axis=0)) + 3, 0, [shape[1], shape[0]]).astype(int)
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    def mouth_box(self, shape: tuple[int, ...], margin: float) -> tuple[int, int, int, int]:
        """Around the moved lips, with `margin` px, as `box`."""
        ring = self.after[list(topology.LIPS_OUTER), :2]
        low = np.clip(np.floor(ring.min(axis=0) - margin), 0, [shape[1], shape[0]]).astype(int)
        high = np.clip(np.ceil(ring.max(axis=0) + margin) + 1, 0, [shape[1], shape[0]]).astype(int)
        return int(low[0]), int(low[1]), int(high[0]), int(high[1])

    def places(self, box: tuple[int, int, int, int], source: Floats | None = None) -> tuple[Floats, Floats]:
        """For each pixel of `box` (x0, y0, x1, y1) of the frame where in the box it is taken from: x and y, [h, w].

        source: [V, 2] of the vertices in another picture, then it is there that the pixels are.
        """
        x0, y0, x1, y1 = box
        size = (y1 - y0, x1 - x0)
        x, y = np.meshgrid(np.arange(size[1], dtype=np.float32), np.arange(size[0], dtype=np.float32))
        corner = np.array([x0, y0, 0], np.float32)
        taken = np.ascontiguousarray((self.before - corner)[:, :2]) if source is None else source
        rasterize(self.after - corner, taken, self.triangles, self.behind, np.empty(size, np.float32), x, y)
        return x, y


def fetch(picture: Picture, places: tuple[Floats, Floats]) -> Picture:
    """Pixels of a picture at `places`; those at whole numbers are as they were.

    At half a pixel's shift bicubic sampling keeps 99 % of the fine detail, grain and pores, where bilinear keeps 72 %;
    Lanczos keeps little more for five times the work.
    """
    return np.asarray(cv2.remap(picture, *places, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _band(inner: npt.NDArray[np.int32], outer: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Triangles between two loops."""
    a, b, c, d = inner, np.roll(inner, -1), np.roll(outer, -1), outer
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]).astype(np.int32)

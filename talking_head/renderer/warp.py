"""The warp: where each pixel of the moved face is in the photograph."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology
from talking_head.renderer.folding import flatten, keep_from_folding
from talking_head.renderer.glasses import mobility
from talking_head.renderer.head import Head
from talking_head.renderer.mesh import face_mesh
from talking_head.renderer.moved_picture import MovedPicture
from talking_head.renderer.rasterizer import rasterize
from talking_head.renderer.rings import Rings, to_outline
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# Regions larger than this (px) have their maps drawn at half size: 54 dB from full ones at a quarter of the work; those
# more than twice as large at a quarter, and so on.
_LARGE = 800

# Of those that are drawn at half size at most, the photograph is sampled at twice its size. Bilinear sampling of the
# plain one takes a third off the fine detail (Laplacian of the face) wherever a shift is half a pixel, so that a slowly
# moving face would pulse; sampling twice the size takes an eighth. At 512 pixels that costs nothing, at 1080 four of 17
# milliseconds, and beyond 1600 more than it shows.
_FINE = 2


class Warp:
    """Moves the photograph. roi: the region it draws, x0, y0, x1, y1; scale: of what it draws from, 1 or 2.

    free: [H, W] how much of the motion each pixel may follow, from `territory`; None where all may.
    """

    def __init__(self, image: Picture, landmarks: Floats, head: Head, free: Floats | None = None) -> None:
        self.head = head
        self._mesh = mesh = face_mesh()
        height, width = image.shape[:2]
        face = (mesh.place @ to_outline(landmarks[:468])).astype(np.float32)
        self._n_face = len(face)
        rings = Rings.around(face[mesh.oval], mesh.oval, len(face), landmarks, head, (height, width))
        kept = np.ones_like(rings.turning) if free is None else _at(free, rings.points)
        self._turning = np.concatenate([np.ones((len(face), 1), np.float32), kept * rings.turning])
        self._bending = kept * rings.bending
        self._triangles = np.concatenate([mesh.triangles, rings.triangles])
        points = np.concatenate([face, rings.points])
        skin = ~(mesh.inside_mouth | mesh.inside_eye)
        points[:, 2] = flatten(points, np.concatenate([mesh.triangles[skin], rings.triangles]))
        self._points = points
        # The holes lie behind lips and lids; what the photograph shows from behind lies behind what it shows.
        corners = face[mesh.triangles, :2]
        (ax, ay), (bx, by) = ((corners[:, k] - corners[:, 0]).T for k in (1, 2))
        turned_away = skin & (ax * by - ay * bx > 0)
        self._behind = np.zeros(len(self._triangles), np.float32)
        self._behind[: len(skin)] = 1e4 * ~skin + 1e3 * turned_away
        self._landmarks = landmarks[:468].astype(np.float32)
        self._kept = mobility(image, landmarks, head)[:, None]
        # Lips and lids have made contact and keep their places; the skin around yields.
        self._yielding = np.ones(468, np.float32)
        self._yielding[[*topology.LIPS_INNER, *topology.RIGHT_EYE, *topology.LEFT_EYE]] = 0
        self._set_region(width, height, free)
        self._source = self.scale * points[:, :2]

    def _set_region(self, width: int, height: int, free: Floats | None) -> None:
        moving = self._points[self._turning[:, 0] > 0, :2]
        reach = 0.1 * np.ptp(self._points[: self._n_face, 0])
        x0, y0 = np.floor(np.maximum(moving.min(0) - reach, 0)).astype(int)
        x1, y1 = np.ceil(np.minimum(moving.max(0) + reach, [width, height])).astype(int)
        # The picture's sides are even, so that the region's can be too.
        x0, y0, x1, y1 = x0 - x0 % 2, y0 - y0 % 2, x1 + x1 % 2, y1 + y1 % 2
        self.roi = int(x0), int(y0), int(x1), int(y1)
        self._step = 1
        while max(x1 - x0, y1 - y0) > _LARGE * self._step:
            self._step *= 2
        self.scale = 2 if self._step <= _FINE else 1
        w, h = -(-(x1 - x0) // self._step), -(-(y1 - y0) // self._step)
        # cv2.resize puts the middle of a small pixel between the full ones it becomes.
        self._first = np.array([x0, y0, 0], np.float32) + np.array([1, 1, 0], np.float32) * (self._step - 1) / 2
        self._rest_x, self._rest_y = np.meshgrid(
            self.scale * (self._first[0] + self._step * np.arange(w, dtype=np.float32)),
            self.scale * (self._first[1] + self._step * np.arange(h, dtype=np.float32)),
        )
        self._map_x, self._map_y, self._depth = (np.empty((h, w), np.float32) for _ in range(3))
        if self._step > 1:
            self._whole_x, self._whole_y = (np.empty((h * self._step, w * self._step), np.float32) for _ in range(2))
        self._free: Floats | None = None
        if free is not None:
            rows, columns = (
                np.minimum(low + self._step // 2 + self._step * np.arange(n), high - 1)
                for low, n, high in ((y0, h, y1), (x0, w, x1))
            )
            self._free = free[np.ix_(rows, columns)]
        self._calm = _calm_edges((h, w), (x0 == 0, y0 == 0, x1 == width, y1 == height))

    def texture(self, image: Picture) -> Picture:
        """A photograph [H, W, 4], ready to be moved: uint8 [scale * H, scale * W, 4] (Lanczos), its own pixels kept.

        The fourth channel goes along, if only because OpenCV samples four in less than half the time of three.
        """
        if self.scale == 1:
            return image
        height, width = image.shape[:2]
        at = [np.arange(n * self.scale, dtype=np.float32) / self.scale for n in (width, height)]
        x, y = np.meshgrid(*at)
        return np.asarray(cv2.remap(image, x, y, cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def move(self, shape: Floats, matrix: Floats, offset: Floats) -> Floats:
        """Moved vertices [V, 3] px for landmarks `shape` [468, 3] (before the head's turn) and the head's turn."""
        n = self._n_face
        moved = ((shape[:468] - self._landmarks) * self._kept).astype(np.float32)
        keep_from_folding(self._landmarks, moved, self._mesh.skin_edges, self._yielding)
        bent = self._mesh.bend @ moved
        points = self._points.copy()
        points[:n] += bent
        points[n:] += self._bending * np.tile(bent[self._mesh.oval], (len(self._bending) // len(self._mesh.oval), 1))
        turned = (points - self.head.pivot) @ matrix.T + (self.head.pivot + offset)
        return np.asarray(points + self._turning * (turned - points), np.float32)

    def maps(self, points: Floats) -> MovedPicture:
        """Where each pixel of `roi` is in the photograph; valid until the next call."""
        x0, y0, x1, y1 = self.roi
        self._map_x[:], self._map_y[:] = self._rest_x, self._rest_y
        placed = np.asarray((points - self._first) / self._step, np.float32)
        rasterize(placed, self._source, self._triangles, self._behind, self._depth, self._map_x, self._map_y)
        for part, share in self._calm:
            for moved, rest in ((self._map_x, self._rest_x), (self._map_y, self._rest_y)):
                moved[part] = rest[part] + share * (moved[part] - rest[part])
        if self._free is not None:
            for moved, rest in ((self._map_x, self._rest_x), (self._map_y, self._rest_y)):
                moved[:] = rest + self._free * (moved - rest)
        if self._step == 1:
            return MovedPicture(self.roi, self._map_x, self._map_y, self.scale, False)
        for small, whole in ((self._map_x, self._whole_x), (self._map_y, self._whole_y)):
            cv2.resize(small, whole.shape[::-1], dst=whole, interpolation=cv2.INTER_LINEAR)
        # Nothing moves at the region's edge, where resizing has nothing beyond to interpolate with.
        x, y = self._whole_x[: y1 - y0, : x1 - x0], self._whole_y[: y1 - y0, : x1 - x0]
        for k in range(self._step // 2):
            x[:, k], x[:, -1 - k], y[k], y[-1 - k] = (self.scale * v for v in (x0 + k, x1 - 1 - k, y0 + k, y1 - 1 - k))
        return MovedPicture(self.roi, x, y, self.scale, self._step > 1)


def _at(values: Floats, points: Floats) -> Floats:
    """Values [H, W] at points [n, 3] px, the nearest within the picture: [n, 1]."""
    height, width = values.shape
    x, y = points[:, :2].round().astype(int).T
    return values[y.clip(0, height - 1), x.clip(0, width - 1)][:, None]


def _calm_edges(
    size: tuple[int, int], touching: tuple[bool, bool, bool, bool]
) -> list[tuple[tuple[slice, slice], Floats]]:
    """Strips of maps of `size` along the picture's edges (left, top, right, bottom), and how much may move in each row
    or column of them: none at the edge itself, so that no pixel from outside is ever wanted.
    """
    n = max(int(0.05 * min(size)), 2)
    rise = smoothstep(0, n, np.arange(n))
    whole, first, last = slice(None), slice(0, n), slice(-n, None)
    strips = (
        ((whole, first), rise[None, :]),
        ((first, whole), rise[:, None]),
        ((whole, last), rise[None, ::-1]),
        ((last, whole), rise[::-1, None]),
    )
    return [strip for strip, is_touching in zip(strips, touching, strict=True) if is_touching]

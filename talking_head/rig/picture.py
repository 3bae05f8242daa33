"""Pictures of the CC0 head, plain but enough like a face for the landmarker, and which triangle each pixel shows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.rig.anny import Floats, Head, Ints

_SKIN = np.array([208.0, 160.0, 136.0])
_LIPS = np.array([176.0, 88.0, 88.0])
_BROW = np.array([70.0, 48.0, 38.0])
_SCLERA = np.array([235.0, 232.0, 228.0])
_INNER_MOUTH = np.array([60.0, 25.0, 25.0])
_LIGHT = np.array([0.25, 0.55, 0.8]) / np.linalg.norm([0.25, 0.55, 0.8])
_IRIS = 0.45  # iris radius as a share of the eyeball's


@dataclass(frozen=True, eq=False)
class Picture:
    """A parallel projection of the head.

    rgb: uint8 [S, S, 3].  triangle: [S, S] index into `Head.skin`, -1 where no skin is in front.
    scale: pixels per mesh unit; pixel = (centre_x + scale * x, centre_y - scale * y).
    """

    rgb: npt.NDArray[np.uint8]
    triangle: Ints
    scale: float
    centre: Floats

    def project(self, vertices: Floats) -> Floats:
        """[n, 3] mesh units -> [n, 2] pixels."""
        return self.centre + self.scale * vertices[:, :2] * (1, -1)


def draw(head: Head, vertices: Floats, size: int = 1024) -> Picture:
    """Draw the head as posed by `vertices` [V, 3]."""
    used = np.unique(head.skin)
    low, high = head.vertices[used].min(axis=0), head.vertices[used].max(axis=0)
    scale = 0.92 * size / (high[1] - low[1])
    middle = (low + high) / 2
    centre = np.array([size / 2 - scale * middle[0], size / 2 + scale * middle[1]])
    blank = Picture(np.zeros((size, size, 3), np.uint8), np.full((size, size), -1), scale, centre)
    triangles = np.concatenate([head.skin, head.eyes])
    screen = np.column_stack([blank.project(vertices), vertices[:, 2]])
    shown, weights = _rasterise(screen, triangles, size)
    covered = shown >= 0
    corners = triangles[shown[covered]]
    normals = vertex_normals(vertices, triangles)
    w = weights[covered][:, :, None]
    normal = (normals[corners] * w).sum(axis=1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    rgb = np.full((size, size, 3), 200.0)
    colour = (_albedo(head)[corners] * w).sum(axis=1)
    brow = _brow(head, (head.vertices[corners] * w).sum(axis=1))[:, None]
    colour += brow * (_BROW - colour)
    rgb[covered] = colour * (0.45 + 0.6 * np.clip(normal @ _LIGHT, 0, 1))[:, None]
    skin = np.where(shown < len(head.skin), shown, -1)
    picture = cv2.GaussianBlur(np.clip(rgb, 0, 255), (0, 0), 0.8)
    _draw_irises(picture, head, vertices, blank, shown >= len(head.skin))
    return Picture(picture.astype(np.uint8), skin, scale, centre)


def _albedo(head: Head) -> Floats:
    """[V, 3] colour: skin, lips and the inside of the mouth where the masks say, white eyes."""
    colour = _SKIN + head.lip_mask[:, None] * (_LIPS - _SKIN)
    colour += head.inner_mouth_mask[:, None] * (_INNER_MOUTH - colour)
    colour[np.unique(head.eyes)] = _SCLERA
    return colour


def _brow(head: Head, rest: Floats) -> Floats:
    """How much of a brow lies on a point of the head at rest, [n]: an arch over each eye, as wide as 1.7 eyes."""
    eyes = np.unique(head.eyes)
    ball = head.vertices[eyes[head.vertices[eyes, 0] > 0]]
    x, y, z = ball[ball[:, 2].argmax()]
    along = (np.abs(rest[:, 0]) - x + 0.20) / 0.44  # 0 at the nose, 1 at the temple
    line = y + 0.13 + 0.05 * np.sin(np.pi * np.clip(along, 0, 1) ** 0.8) - 0.02 * along
    thickness = 0.034 * (1.15 - 0.7 * np.clip(along, 0, 1))
    inside = (along > 0) & (along < 1) & (rest[:, 2] > z - 0.4)
    return np.where(inside, np.clip(1.5 - np.abs(rest[:, 1] - line) / thickness, 0, 1), 0.0)


def _draw_irises(rgb: Floats, head: Head, vertices: Floats, frame: Picture, visible: npt.NDArray[np.bool_]) -> None:
    rows, columns = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    eyes = np.unique(head.eyes)
    for side in (-1, 1):
        ball = vertices[eyes[np.sign(vertices[eyes, 0]) == side]]
        front = ball[ball[:, 2].argmax()]
        radius = np.ptp(ball[:, 1]) / 2 * _IRIS * frame.scale
        x, y = frame.project(front[None])[0]
        distance = np.hypot(columns - x, rows - y)
        rgb[visible & (distance < radius)] = (80, 55, 40)
        rgb[visible & (distance < 0.4 * radius)] = (15, 12, 10)


def vertex_normals(vertices: Floats, triangles: Ints) -> Floats:
    """Unit normals [V, 3], area-weighted."""
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros_like(vertices)
    for i in range(3):
        np.add.at(total, triangles[:, i], face)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return total / np.where(length > 0, length, 1)


def _rasterise(screen: Floats, triangles: Ints, size: int) -> tuple[Ints, Floats]:
    """Nearest triangle of each pixel [S, S] (-1: none) and its barycentric weights [S, S, 3]; z grows to the viewer."""
    shown = np.full((size, size), -1)
    depth = np.full((size, size), -np.inf)
    weights = np.zeros((size, size, 3))
    corners = screen[triangles]
    low = np.clip(np.floor(corners[:, :, :2].min(axis=1)).astype(int), 0, size)
    high = np.clip(np.ceil(corners[:, :, :2].max(axis=1)).astype(int) + 1, 0, size)
    for t, (a, b, c) in enumerate(corners):
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if area >= 0 or (low[t] >= high[t]).any():  # image rows grow downward: a face seen from behind has area > 0
            continue
        x = np.arange(low[t, 0], high[t, 0])[None, :]
        y = np.arange(low[t, 1], high[t, 1])[:, None]
        wb = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        wc = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        wa = 1 - wb - wc
        z = wa * a[2] + wb * b[2] + wc * c[2]
        window = np.s_[low[t, 1] : high[t, 1], low[t, 0] : high[t, 0]]
        nearer = (np.minimum(np.minimum(wa, wb), wc) >= -1e-9) & (z > depth[window])
        depth[window][nearer] = z[nearer]
        shown[window][nearer] = t
        weights[window][nearer] = np.stack([wa, wb, wc], axis=-1)[nearer]
    return shown, weights

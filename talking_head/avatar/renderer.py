"""HeadRenderer: the built-in 3-D head, for those who have no photograph."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.performance import FaceMotion
from talking_head.avatar.head import AvatarHead
from talking_head.avatar.materials import KEY_LIGHT, MATERIALS
from talking_head.avatar.normals import vertex_normals
from talking_head.avatar.pose import Poser
from talking_head.avatar.rasterizer import rasterize
from talking_head.avatar.shader import shade, tones

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# Where the lights are, seen from the head: key, fill, two rims.
_LIGHTS = np.array([KEY_LIGHT, [0.80, 0.10, 0.55], [0.80, 0.45, -0.62], [-0.85, 0.35, -0.55]])

_DISTANCE = 85.0  # cm from the camera to the joint: a portrait lens, which doesn't swell the nose
_AIM = 1.2  # cm above the joint that the camera looks at
_HALF = 15.2  # cm from there to the upper and lower edge, at the joint's distance
_CROWN = np.array([0.0, 14.5, -2.5], np.float32)  # cm; where the hair parts
_BACKDROP = (58, 66, 76)
_SMALLEST, _LARGEST = 64, 4096


class HeadRenderer:
    """Draws the CC0 head. Keeps studio.performance.Renderer.

    size: width and height in pixels. background: sRGB behind the head, or None for frames that are transparent there:
    RGBA uint8 [height, width, 4], not premultiplied. Drawing is deterministic; a frame keeps two cores busy.
    """

    def __init__(self, size: tuple[int, int] = (512, 512), background: tuple[int, int, int] | None = _BACKDROP) -> None:
        if not all(_SMALLEST <= side <= _LARGEST and side % 2 == 0 for side in size):
            raise InputError(
                f"The head can't be drawn at {size[0]} x {size[1]}: even sides of {_SMALLEST} to {_LARGEST} pixels can."
            )
        self.width, self.height = size
        self._head = AvatarHead.load()
        self._poser = Poser(self._head)
        self._texels, self._sizes = _textures(self._head)
        self._colours = np.array([m.colour for m in MATERIALS], np.float32)
        self._two_sided = np.array([m.two_sided for m in MATERIALS], np.uint8)[self._head.materials]
        self._lights = (_LIGHTS / np.linalg.norm(_LIGHTS, axis=1, keepdims=True)).astype(np.float32)
        self._tones = tones()
        self._transparent = background is None
        self._backdrop = _studio(self.width, self.height, background or (0, 0, 0), plain=background is None)

    @property
    def channels(self) -> int:
        """Of its frames: 4 with a transparent background, else 3."""
        return 4 if self._transparent else 3

    def render(self, motion: FaceMotion) -> Iterator[Picture]:
        """Yield a frame uint8 [height, width, 3 or 4] for each frame of `motion`."""
        gaze = motion.gaze
        with ThreadPoolExecutor(2) as pool:
            for i in range(len(motion)):
                yield self._draw(motion.coefficients[i], motion.rotation[i], motion.translation[i], gaze[i], pool)

    def _draw(
        self, coefficients: Floats, rotation: Floats, translation: Floats, gaze: Floats, pool: ThreadPoolExecutor
    ) -> Picture:
        head = self._head
        points, turn = self._poser.pose(coefficients, rotation, translation, gaze)
        normals, total = np.empty_like(points), np.empty_like(points)
        vertex_normals(points, head.triangles, head.weld, total, normals)
        screen = self._project(points)
        vertices = np.column_stack([points, normals, head.uv, head.light])
        moved = np.vstack([_CROWN, head.eyes]) @ turn.T + translation
        places = np.vstack([[0, _AIM, _DISTANCE], moved]).astype(np.float32)
        picture = np.empty((self.height, self.width, 4 if self._transparent else 3), np.uint8)

        def band(rows: slice) -> None:
            n = 2 * (rows.stop - rows.start)
            depth = np.empty((n, 2 * self.width), np.float32)
            shown = np.empty((n, 2 * self.width), np.int32)
            weights = np.empty((n, 2 * self.width, 2), np.float32)
            rasterize(screen, head.triangles, self._two_sided, 2 * rows.start, depth, shown, weights)
            shade(
                shown, weights, depth, head.triangles, head.materials, vertices, self._colours, self._texels,
                self._sizes, self._lights, places, self._tones, self._backdrop[rows], picture[rows],
            )  # fmt: skip

        # Bands of unlike content, taken in turn by two threads, end at about the same time.
        edges = np.linspace(0, self.height, 9).astype(int)
        list(pool.map(band, (slice(int(a), int(b)) for a, b in pairwise(edges))))
        return picture

    def _project(self, points: Floats) -> Floats:
        """[V, 3] samples across and down, two to a pixel, and the inverse of the distance."""
        inverse = 1 / (_DISTANCE - points[:, 2])
        scale = self.height * _DISTANCE / _HALF * inverse
        x = self.width - 0.5 + points[:, 0] * scale
        y = self.height - 0.5 - (points[:, 1] - _AIM) * scale
        return np.column_stack([x, y, inverse]).astype(np.float32)


def _textures(head: AvatarHead) -> tuple[Floats, npt.NDArray[np.int32]]:
    """All texels [N, 3], and each material's first one, height and width [M, 3]; no height, no texture."""
    texels, sizes, start = [], np.zeros((len(MATERIALS), 3), np.int32), 0
    for number, material in enumerate(MATERIALS):
        if material.texture:
            texture = _linear(head.textures[material.texture])
            sizes[number] = start, *texture.shape[:2]
            texels.append(texture.reshape(-1, 3))
            start += len(texels[-1])
    return np.concatenate(texels), sizes


def _linear(jpeg: bytes) -> Floats:
    """A texture in linear light, [H, W, 3]."""
    encoded = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))[:, :, ::-1] / 255.0
    return np.where(encoded < 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _studio(width: int, height: int, colour: tuple[int, int, int], plain: bool) -> Picture:
    """A backdrop lit from behind the head, falling off to the corners."""
    y, x = np.mgrid[:height, :width]
    off = np.hypot((x - width / 2) / width, (y - 0.42 * height) / height)
    light = np.ones_like(off) if plain else 1.22 - 0.9 * off**1.5
    grain = 0 if plain else np.random.default_rng(0).uniform(-0.5, 0.5, off.shape)[..., None]  # hides bands
    return np.asarray(np.clip(light[..., None] * np.array(colour) + grain, 0, 255).round(), np.uint8)

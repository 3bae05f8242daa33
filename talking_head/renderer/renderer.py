"""PhotoRenderer: a photograph's own face, moved."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock

import numpy as np
import numpy.typing as npt

from studio.performance import FaceMotion
from talking_head.portrait import Portrait
from talking_head.renderer.backdrop import Backdrop, Background
from talking_head.renderer.face import MovingFace
from talking_head.renderer.threads import one_opencv_thread
from talking_head.rig import Rig

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class PhotoRenderer:
    """Draws a portrait with another expression and a slightly turned head. Keeps studio.performance.Renderer.

    Drawing is deterministic; threads that share a renderer take turns. A frame keeps one core busy: while any is drawn,
    OpenCV's threads, whose number is the whole process's, are one.
    """

    def __init__(self, portrait: Portrait, rig: Rig, background: Background | None = None) -> None:
        """background: what to show behind the person in place of the photograph's own; see `Background`.

        Frames with a "transparent" one are RGBA with straight alpha, uint8 [height, width, 4].
        """
        self.height, self.width = portrait.image.shape[:2]
        self._lock = Lock()
        self._backdrop = Backdrop(portrait.image, [portrait.landmarks], background)
        self._face = MovingFace(portrait, rig, self._backdrop.cut)

    @property
    def channels(self) -> int:
        """Of its frames: 4 with a transparent background, else 3."""
        return int(self._backdrop.still.shape[2])

    def render(self, motion: FaceMotion) -> Iterator[Picture]:
        """Yield an RGB frame uint8 [height, width, channels] for each frame of `motion`: one array, drawn on anew."""
        canvas = self._backdrop.still.copy()
        for moment in zip(motion.coefficients, motion.rotation, motion.translation, strict=True):
            self._draw_on(canvas, *moment)
            yield canvas

    def draw(
        self, coefficients: npt.ArrayLike, rotation: npt.ArrayLike = (0, 0, 0), translation: npt.ArrayLike = (0, 0, 0)
    ) -> Picture:
        """One frame, uint8 [height, width, channels], for coefficients [52], rotation [3] (radians) and
        translation [3] (cm).

        Signs as in FaceMotion; the rotation is from the way the head is held in the photograph.
        """
        canvas = self._backdrop.still.copy()
        self._draw_on(canvas, coefficients, rotation, translation)
        return canvas

    def _draw_on(
        self, canvas: Picture, coefficients: npt.ArrayLike, rotation: npt.ArrayLike, translation: npt.ArrayLike
    ) -> None:
        with self._lock, one_opencv_thread():
            self._draw(canvas, np.clip(np.asarray(coefficients, np.float32), 0, 1), rotation, translation)

    def _draw(self, canvas: Picture, c: Floats, rotation: npt.ArrayLike, translation: npt.ArrayLike) -> None:
        self._backdrop.put(canvas, self._face.draw(c, rotation, translation), self._face.region, None)

"""PhotoRenderer: a photograph's own face, moved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

import cv2
import numpy as np
import numpy.typing as npt

from studio.performance import FaceMotion
from talking_head.portrait import Portrait
from talking_head.renderer.eyes import Eye
from talking_head.renderer.head import Head
from talking_head.renderer.lips import parted, without_inside
from talking_head.renderer.mouth import Mouth
from talking_head.renderer.moved_picture import rgba
from talking_head.renderer.palette import FaceColours
from talking_head.renderer.shading import Shading
from talking_head.renderer.warp import Warp
from talking_head.rig import Rig, fit

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class PhotoRenderer:
    """Draws a portrait with another expression and a slightly turned head. Keeps studio.performance.Renderer.

    Drawing is deterministic; threads that share a renderer take turns. A frame keeps one core busy: while any is drawn,
    OpenCV's threads, whose number is the whole process's, are one.
    """

    def __init__(self, portrait: Portrait, rig: Rig) -> None:
        image = np.ascontiguousarray(portrait.image)
        self.height, self.width = image.shape[:2]
        self._lock = Lock()
        self._rig = fit(rig, portrait.landmarks, portrait.coefficients)
        landmarks = portrait.landmarks.astype(np.float32)
        head = Head.fit(self._rig.neutral)
        self._head, self._firmness = head, head.firmness()
        colours = FaceColours.read(image, landmarks, head)
        self._warp = Warp(image, landmarks, head)
        self._seam = parted(landmarks, head)
        if self._seam > 0:
            image = without_inside(image, landmarks, head)
        self._still, self._texture = rgba(image), self._warp.texture(image)
        self._eyes = [Eye(side, image, landmarks, self._warp) for side in ("right", "left")]
        self._mouth = Mouth(colours, self._rig, rig, head)
        self._shading = Shading(image, landmarks, portrait.coefficients, head, colours, rig)

    def render(self, motion: FaceMotion) -> Iterator[Picture]:
        """Yield an RGB frame uint8 [height, width, 3] for each frame of `motion`."""
        for coefficients, rotation, translation in zip(
            motion.coefficients, motion.rotation, motion.translation, strict=True
        ):
            yield self.draw(coefficients, rotation, translation)

    def draw(
        self, coefficients: npt.ArrayLike, rotation: npt.ArrayLike = (0, 0, 0), translation: npt.ArrayLike = (0, 0, 0)
    ) -> Picture:
        """One frame, uint8 [height, width, 3], for coefficients [52], rotation [3] radians and translation [3] cm.

        Signs as in FaceMotion; the rotation is from the way the head is held in the photograph.
        """
        with self._lock, _one_opencv_thread():
            return self._draw(np.clip(np.asarray(coefficients, np.float32), 0, 1), rotation, translation)

    def _draw(self, c: Floats, rotation: npt.ArrayLike, translation: npt.ArrayLike) -> Picture:
        neutral, shape = self._rig.neutral[:468], self._rig.shape(c)[:468]
        shape = neutral + self._firmness * (shape - neutral)
        turn = self._head.turn(rotation, translation)
        points = self._warp.move(shape, *turn)
        moved = self._warp.maps(points)
        frame = self._still.copy()
        moved.draw(frame, self._texture)
        if self._firmness.min() < 1:  # a frontal head's turns are too small for folds
            moved.soften_folds(frame)
        self._shading.apply(frame, moved, points, c)
        for eye in self._eyes:
            eye.draw(frame, moved, points, turn, c)
        self._mouth.draw(frame, points, turn, c, 0.75 * self._seam)
        return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGBA2RGB), np.uint8)


_count_lock = Lock()
_being_drawn = 0
_threads_before = 1


@contextmanager
def _one_opencv_thread() -> Iterator[None]:
    """The first frame under way, of any renderer, sets OpenCV's number of threads to 1; the last one puts it back."""
    global _being_drawn, _threads_before
    with _count_lock:
        if _being_drawn == 0:
            _threads_before = cv2.getNumThreads()
            cv2.setNumThreads(1)
        _being_drawn += 1
    try:
        yield
    finally:
        with _count_lock:
            _being_drawn -= 1
            if _being_drawn == 0:
                cv2.setNumThreads(_threads_before)

"""MovingFace: one face of a photograph, and the region around it that moves with it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.performance import ARKIT_NAMES
from talking_head.landmarks.canonical import CANONICAL_VERTICES
from talking_head.portrait import Portrait
from talking_head.renderer.eyes import Eye
from talking_head.renderer.head import Head
from talking_head.renderer.lips import parted, without_inside
from talking_head.renderer.matte import CutOut
from talking_head.renderer.mouth import Mouth
from talking_head.renderer.moved_picture import rgba
from talking_head.renderer.palette import FaceColours
from talking_head.renderer.shading import Shading
from talking_head.renderer.softness import softness
from talking_head.renderer.territory import territory
from talking_head.renderer.warp import Warp
from talking_head.rig import Rig, fit
from talking_head.smoothstep import smoothstep

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# What is cut out around a face, in sizes of it from its middle: the rings that move go to 2.9 half sizes, and they come
# to rest over a fifth of its width.
_REACH = 1.8

# Of a face with something before its mouth, all stays in place below the second of these heights (canonical cm: the
# nose's base is at -2.1), nothing above the first.
_STILL = (0.5, -2.2)
_OF_MOUTH = np.array([name.startswith(("mouth", "jaw", "tongue", "cheekPuff")) for name in ARKIT_NAMES])


class MovingFace:
    """Draws the part of a portrait that moves. region: x0, y0, x1, y1 of it in the portrait's image, px.

    All else of the photograph is left alone, so that a frame costs what the face is large, not the photograph.
    own: uint8 [h, w] of the region, 0 where a neighbour's face is nearer; None where all is this one's.
    """

    def __init__(self, portrait: Portrait, rig: Rig, cut: CutOut | None = None) -> None:
        """cut: what of the photograph is the person, which then goes along as the frames' fourth channel."""
        x0, y0, x1, y1 = _around(portrait.landmarks, portrait.image.shape[:2])
        image = np.ascontiguousarray(portrait.image[y0:y1, x0:x1])
        landmarks = (portrait.landmarks - [x0, y0, 0]).astype(np.float32)
        free = territory(_box(landmarks), portrait.others - np.array([x0, y0, x0, y0], np.float32), image.shape[:2])
        self._rig = fit(rig, landmarks, portrait.coefficients)
        head = Head.fit(self._rig.neutral)
        self._head, self._firmness = head, head.firmness()
        colours = FaceColours.read(image, landmarks, head)
        self._warp = Warp(image, landmarks, head, free)
        self._landmarks = landmarks[:468]
        self._covered = portrait.covered
        self._still = smoothstep(*_STILL, CANONICAL_VERTICES[:, 1:2]).astype(np.float32)
        self._seam = 0.0 if self._covered else parted(landmarks, head)
        if self._seam > 0:
            image = without_inside(image, landmarks, head)
        if cut is None:
            self._work = rgba(image)
        else:
            of_person = cut.alpha[y0:y1, x0:x1]
            image = np.where(of_person[..., None] == 255, image, cut.colour[y0:y1, x0:x1])
            self._work = np.dstack([image, of_person])
        self._texture = self._warp.texture(self._work)
        self._eyes = [Eye(side, image, landmarks, self._warp) for side in ("right", "left")]
        self._mouth = Mouth(colours, self._rig, rig, head, softness(image, landmarks))
        self._shading = Shading(image, landmarks, portrait.coefficients, head, colours, rig)
        left, top, right, bottom = self._warp.roi
        self.region = x0 + left, y0 + top, x0 + right, y0 + bottom
        self.own = None if free is None else (free[top:bottom, left:right] > 0).astype(np.uint8)

    def draw(self, c: Floats, rotation: npt.ArrayLike, translation: npt.ArrayLike) -> Picture:
        """The region for coefficients [52] and the head's motion: uint8 [h, w, 4], valid until the next call."""
        c = np.where(self._covered & _OF_MOUTH, np.float32(0), c)
        for eye in self._eyes:
            c[eye.widening] *= eye.room
        neutral, shape = self._rig.neutral[:468], self._rig.shape(c)[:468]
        shape = neutral + self._firmness * (shape - neutral)
        if self._covered:
            shape += self._still * (self._landmarks - shape)
        turn = self._head.turn(rotation, translation)
        points = self._warp.move(shape, *turn)
        moved = self._warp.maps(points)
        frame = self._work
        moved.draw(frame, self._texture)
        if self._firmness.min() < 1:  # a frontal head's turns are too small for folds
            moved.soften_folds(frame)
        self._shading.apply(frame, moved, points, c)
        for eye in self._eyes:
            eye.draw(frame, moved, points, turn, c)
        if not self._covered:
            self._mouth.draw(frame, points, turn, c, 0.75 * self._seam)
        x0, y0, x1, y1 = self._warp.roi
        return frame[y0:y1, x0:x1]


def _box(landmarks: Floats) -> Floats:
    return np.concatenate([landmarks[:468, :2].min(0), landmarks[:468, :2].max(0)])


def _around(landmarks: Floats, size: tuple[int, ...]) -> tuple[int, int, int, int]:
    """What is cut out of a picture of `size` (h, w), even sides."""
    low, high = np.split(_box(landmarks), 2)
    middle, reach = (low + high) / 2, _REACH * float((high - low).max())
    x0, y0 = (int(v) for v in np.maximum(np.floor(middle - reach), 0))
    x1, y1 = (int(v) for v in np.minimum(np.ceil(middle + reach), [size[1], size[0]]))
    return x0 - x0 % 2, y0 - y0 % 2, x1 - x1 % 2, y1 - y1 % 2

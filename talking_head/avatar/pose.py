"""Coefficients, gaze and head pose -> where every vertex of the head is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.performance import arkit_index
from talking_head.avatar.head import AvatarHead
from talking_head.landmarks.pose import head_rotation
from talking_head.rig.fitted import FittedRig, show_teeth

Floats = npt.NDArray[np.float32]


_BLINK, _SQUINT, _WIDE, _DOWN = (
    [arkit_index(f"{name}{side}") for side in ("Left", "Right")]
    for name in ("eyeBlink", "eyeSquint", "eyeWide", "eyeLookDown")
)
_PARTING = [
    arkit_index(name)
    for name in (
        *("mouthUpperUpLeft", "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight"),
        *("mouthFunnel", "mouthShrugUpper"),
    )
]
# What a full look down closes of the eye already.
_LOWERED = 0.35


def effective(coefficients: Floats) -> Floats:
    """[F, 52] as they act together on this head: in 0..1, with closed lids that end where they meet, lips that touch.

    Several actions of one lid add up past the other one; lips that are asked to touch do, whatever else parts them.
    """
    c = np.clip(coefficients, 0, 1).astype(np.float32)
    blink = c[:, _BLINK]
    c[:, _SQUINT] *= 1 - blink
    c[:, _WIDE] *= 1 - blink
    c[:, _BLINK] = blink * (1 - _LOWERED * c[:, _DOWN])
    seal = np.array([FittedRig.seal(row) for row in c], np.float32).reshape(-1, 1)
    c[:, _PARTING] *= 1 - seal
    return c


class Poser:
    """Moves one head; holds what it needs each frame."""

    def __init__(self, head: AvatarHead) -> None:
        self._head = head
        self._moving = np.flatnonzero(np.abs(head.deltas).max(axis=(0, 2)) > 0)
        self._deltas = np.ascontiguousarray(head.deltas[:, self._moving].reshape(len(head.deltas), -1))

    def pose(self, coefficients: Floats, rotation: Floats, translation: Floats, gaze: Floats) -> tuple[Floats, Floats]:
        """Vertices float32 [V, 3] in cm and the head's turn [3, 3]; arguments are one frame of a FaceMotion's."""
        head = self._head
        c = effective(coefficients[None])[0]
        show_teeth(c, FittedRig.seal(c))
        points = head.points.copy()
        points[self._moving] += (c @ self._deltas).reshape(-1, 3)
        for side, vertices in enumerate(head.eye_vertices):
            yaw, pitch = gaze[side]
            turn = head_rotation(np.array([pitch, yaw, 0.0]))
            points[vertices] = head.eyes[side] + (points[vertices] - head.eyes[side]) @ turn.T
        turn = head_rotation(np.asarray(rotation, float))
        moved = points @ turn.T + np.asarray(translation, np.float32)
        return points + head.follow[:, None] * (moved - points), turn

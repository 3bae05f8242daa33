"""The head as a rigid body: its axes in the photograph, what it turns about, and how far it may turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from talking_head.landmarks.canonical import CANONICAL_VERTICES, STABLE_LANDMARKS, STABLE_WEIGHTS
from talking_head.landmarks.similarity import Similarity
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]

# A turn by the true angle reads as less, because hair and outline stay where they are and the landmarker's depth is
# flat. With these, 8 degrees of yaw read as 7.0 and 6.7, 6 of pitch as 6.1 and 5.3, 8 of roll as 7.9 and 7.9 on the
# neutral and the surprised test portrait, the mean of both ways.
_GAIN = np.array([1.4, 1.35, 1.05])

# Beyond about 12 degrees a photograph has nothing to show for the far side; larger turns approach this limit (radians).
# A head that is turned by 35 degrees in the photograph has a tenth of that left to turn farther, and half to turn back.
_LIMIT = np.deg2rad([13.0, 18.0, 20.0])

# A head turned by this much (radians) holds the far half of its mouth still, to the share below at the mouth's corner;
# set by eye on the largest face of the test group, 33 degrees.
_AWAY = (np.deg2rad(12.0), np.deg2rad(30.0))
_HELD = 0.6

# Of a person's head from the camera, for coming nearer and going away; any portrait distance will do.
_CAMERA_CM = 70.0


@dataclass(frozen=True, eq=False)
class Head:
    """axes: float32 [3, 3], whose columns are the head's right (as seen), down and back.

    Image axes are x right, y down, z away.

    px_per_cm: of the canonical face; pivot: [3] px, below the middle between the ears: about it a head turns without
    its outline moving much.
    """

    axes: Floats
    px_per_cm: float
    pivot: Floats

    @classmethod
    def fit(cls, landmarks: Floats) -> Head:
        """From landmarks [478, 3] px: a weighted similarity of those that expressions move least."""
        model = CANONICAL_VERTICES[STABLE_LANDMARKS] * [1, -1, -1]
        fit = Similarity.between(model, landmarks[STABLE_LANDMARKS], STABLE_WEIGHTS)
        pivot = landmarks[[234, 454]].mean(0) + 1.5 * fit.scale * fit.rotation[:, 1]
        return cls(fit.rotation.astype(np.float32), fit.scale, pivot.astype(np.float32))

    @property
    def _turned(self) -> npt.NDArray[np.float64]:
        """Pitch and yaw in the photograph, radians, signs as in FaceMotion; roll counts as none."""
        x, y, _ = -self.axes[:, 2]  # where the nose points
        return np.array([-np.arcsin(np.clip(y, -1, 1)), np.arcsin(np.clip(x, -1, 1)), 0.0])

    def firmness(self) -> Floats:
        """[468, 1] shares of the lower face's motion to draw: less beyond the nose of a head that is turned away.

        A photograph shows little of that cheek; a mouth drawn out into it smears what is there over the nose.
        """
        yaw = float(self._turned[1])
        away = smoothstep(*_AWAY, np.array(abs(yaw)))
        x, y = CANONICAL_VERTICES[:, 0] * np.sign(yaw), CANONICAL_VERTICES[:, 1]
        far = smoothstep(0.0, 2.5, x) * smoothstep(1.0, -1.5, y)
        return np.asarray(1 - _HELD * away * far, np.float32)[:, None]

    def turn(self, rotation: npt.ArrayLike, translation: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Matrix [3, 3] and offset [3] px that move points p: ``(p - pivot) @ matrix.T + pivot + offset``.

        rotation: pitch, yaw, roll in radians about the head's own axes; translation: cm; signs as in FaceMotion.
        """
        wanted = np.asarray(rotation, float) * _GAIN
        turned = np.sign(wanted) * np.clip(self._turned / np.deg2rad(35.0), -1, 1)
        limit = _LIMIT * (1 - np.maximum(0.9 * turned, -0.5 * turned))
        pitch, yaw, roll = limit * np.tanh(wanted / limit)
        about_x = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
        about_y = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
        about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
        right, up, near = np.asarray(translation, float)
        nearness = 1.0 / (1.0 - min(near, 0.5 * _CAMERA_CM) / _CAMERA_CM)
        matrix = nearness * self.axes @ about_z @ about_y @ about_x @ self.axes.T
        offset = self.px_per_cm * np.array([right, -up, 0.0])
        return matrix.astype(np.float32), offset.astype(np.float32)

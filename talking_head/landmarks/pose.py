"""Where a head is and how it is turned, from its landmarks.

Two frames meet here. Landmarks: x right, y down, z away from the camera, pixels. Canonical face: x to the viewer's
right, y up, z toward the viewer, centimetres. Both are right-handed; half a turn about x takes one into the other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from talking_head.landmarks.canonical import CANONICAL_VERTICES, STABLE_LANDMARKS, STABLE_WEIGHTS
from talking_head.landmarks.similarity import Similarity

Array = npt.NDArray[np.float32]

_HALF_TURN = np.diag([1.0, -1.0, -1.0])


def head_matrix(points: Array) -> Array:
    """float32 [4, 4]: the similarity that takes the canonical face [cm, 1] to landmarks [pixels, 1].

    points: float32 [478 or 468, 3]. Fitted by weighted least squares over the landmarks that expressions move least.
    The upper left 3 x 3 is pixels per centimetre times a rotation; the camera is taken as orthographic.
    """
    fit = Similarity.between(CANONICAL_VERTICES[STABLE_LANDMARKS], points[STABLE_LANDMARKS], STABLE_WEIGHTS)
    matrix = np.eye(4)
    matrix[:3, :3] = fit.scale * fit.rotation
    matrix[:3, 3] = fit.translation
    return matrix.astype(np.float32)


def head_angles(matrix: Array) -> Array:
    """float32 [3]: pitch (positive looks up), yaw (positive turns to the person's left, the viewer's right) and roll
    (positive tilts to the person's left) in radians of a head matrix; zero faces the camera upright.

    Signs and order as `studio.performance.FaceMotion.rotation`; `head_rotation` is the way back.
    """
    turn = _HALF_TURN @ matrix[:3, :3].astype(np.float64)
    turn /= np.cbrt(np.linalg.det(turn))
    pitch = np.arcsin(np.clip(turn[1, 2], -1, 1))
    yaw = np.arctan2(turn[0, 2], turn[2, 2])
    roll = np.arctan2(-turn[1, 0], turn[1, 1])
    return np.array([pitch, yaw, roll], np.float32)


def head_rotation(angles: Array) -> Array:
    """float32 [3, 3]: the rotation in the canonical frame (y up) by pitch, yaw, roll; roll is done first, yaw last."""
    (sp, sy, sr), (cp, cy, cr) = np.sin(angles), np.cos(angles)
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return (about_y @ about_x @ about_z).astype(np.float32)

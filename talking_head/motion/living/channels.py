"""What is learned of a motion: a few courses at 25 a second, and how they are read off a `FaceMotion`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.performance import FaceMotion
from studio.performance.action_units import sides

Floats = npt.NDArray[np.float32]

RATE = 25.0
HEAD = ("pitch", "yaw", "roll")
GAZE = ("gaze pitch", "gaze yaw")
# Both sides move together here: of brows and cheeks trackers hardly tell the sides apart, and lids close as one.
FACE = ("browInnerUp", "browOuterUp", "browDown", "eyeSquint", "eyeWide", "cheekSquint", "eyeBlink")
CHANNELS = (*HEAD, *GAZE, *FACE)
BLINK = CHANNELS.index("eyeBlink")
# What a course is divided by, so that each spreads about 1: radians of the head and of the eyes in it, coefficients.
# About what speakers move by (checkpoints/life.md); which numbers exactly does not matter.
SCALE = np.array([0.05, 0.05, 0.04, 0.06, 0.08, 0.2, 0.15, 0.15, 0.15, 0.1, 0.1, 0.25], np.float32)
# Seen in a mirror, what points to a side points to the other.
MIRROR = np.array([-1.0 if name in ("yaw", "roll", "gaze yaw") else 1.0 for name in CHANNELS], np.float32)


def read(motion: FaceMotion) -> Floats:
    """[N, CHANNELS] at RATE, in units of SCALE; head and gaze from where they mostly are."""
    even = motion.resampled(RATE)
    gaze = even.gaze.mean(axis=1)[:, ::-1]
    pointed = np.concatenate([even.rotation, gaze], axis=1)
    pointed = pointed - np.median(pointed, axis=0)
    face = np.stack([even.coefficients[:, list(sides(name))].mean(axis=1) for name in FACE], axis=1)
    return np.asarray(np.concatenate([pointed, face], axis=1) / SCALE, np.float32)

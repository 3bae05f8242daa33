"""FaceMotion: how a face moves, frame by frame, whoever's face it is."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.performance.arkit import ARKIT_NAMES, arkit_index
from studio.performance.motion_csv import read_motion, write_motion
from studio.performance.resampling import resample

# The eye's turn at a coefficient of 1. ARKit does not publish it; 30 degrees is about a comfortable glance's range.
GAZE_RANGE = np.deg2rad(30.0)


@dataclass(frozen=True, eq=False)
class FaceMotion:
    """Motion of F frames.

    coefficients: float32 [F, 52] in [0, 1], ARKit order (`ARKIT_NAMES`); all zero is the neutral, closed-mouth face.
    rotation: float32 [F, 3] radians of the head from the way it is held in the portrait: pitch (positive looks up),
        yaw (positive turns to the person's left, the viewer's right), roll (positive tilts to the person's left).
    translation: float32 [F, 3] of the head in centimetres: to the viewer's right, up, toward the viewer.
    fps: frames per second; frame i is shown from i / fps on.
    """

    coefficients: npt.NDArray[np.float32]
    rotation: npt.NDArray[np.float32]
    translation: npt.NDArray[np.float32]
    fps: float

    def __post_init__(self) -> None:
        n = len(self.coefficients)
        shapes = (self.coefficients.shape, self.rotation.shape, self.translation.shape)
        if shapes != ((n, len(ARKIT_NAMES)), (n, 3), (n, 3)):
            raise ValueError(f"FaceMotion wants [F, 52], [F, 3], [F, 3], got {shapes}")

    def __len__(self) -> int:
        return len(self.coefficients)

    @property
    def gaze(self) -> npt.NDArray[np.float32]:
        """[F, 2 (left eye, right eye), 2 (yaw, pitch)] radians, from the eyeLook coefficients; signs as rotation."""

        def c(name: str) -> npt.NDArray[np.float32]:
            return self.coefficients[:, arkit_index(name)]

        left = (c("eyeLookOutLeft") - c("eyeLookInLeft"), c("eyeLookUpLeft") - c("eyeLookDownLeft"))
        right = (c("eyeLookInRight") - c("eyeLookOutRight"), c("eyeLookUpRight") - c("eyeLookDownRight"))
        eyes = np.stack([np.stack(left, -1), np.stack(right, -1)], axis=1)
        return (eyes * GAZE_RANGE).astype(np.float32)

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self) / self.fps

    def resampled(self, fps: float) -> FaceMotion:
        """The same motion at another rate, linear between frames. Raises InputError unless `fps` is above 0."""
        if not (math.isfinite(fps) and fps > 0):
            raise InputError(f"A motion can't have {fps:g} frames a second: give a number above 0.")
        if fps == self.fps or len(self) == 0:
            return replace(self, fps=fps)
        values = np.concatenate([self.coefficients, self.rotation, self.translation], axis=1)
        # The last frame is shown for a whole frame: so is what stands in its place.
        count = max(1, round(self.seconds * fps))
        values = resample(values, np.arange(len(self)) / self.fps, fps)[:count]
        values = np.concatenate([values, np.repeat(values[-1:], count - len(values), axis=0)])
        n = len(ARKIT_NAMES)
        return FaceMotion(values[:, :n].copy(), values[:, n : n + 3].copy(), values[:, n + 3 :].copy(), fps)

    def first(self, count: int) -> FaceMotion:
        """Its first `count` frames."""
        return replace(
            self,
            coefficients=self.coefficients[:count],
            rotation=self.rotation[:count],
            translation=self.translation[:count],
        )

    def lasting(self, seconds: float) -> FaceMotion:
        """The motion, at least so long: where it is shorter its last frame is held."""
        lacking = max(0, round(seconds * self.fps) - len(self))

        def held(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
            return np.concatenate([values, np.repeat(values[-1:], lacking, axis=0)])

        return replace(
            self,
            coefficients=held(self.coefficients),
            rotation=held(self.rotation),
            translation=held(self.translation),
        )

    def save(self, path: str | Path) -> Path:
        """Write the CSV that Live Link Face writes (timecode, 52 coefficients, head and eye rotation in radians).

        Its importers read it, and so does `load`. The head's translation has no place in it.
        """
        return write_motion(self, Path(path))

    @classmethod
    def load(cls, path: str | Path, fps: float | None = None) -> FaceMotion:
        """Read a CSV of Live Link Face, of `save`, or one much like them.

        Columns may stand in any order, be spelt as ARKit does (eyeBlinkLeft), with ``_L`` and ``_R``, or be missing
        (then they are 0, which is logged). Rows at uneven times, and gaps where the face was lost, are brought to
        `fps`, or the file's own rate: `fps` is needed only where there is no timecode. Values outside 0..1 are clipped,
        which is logged. The head's rotation is as the app gives it, from facing the phone.

        Raises InputError that names file, line and column.
        """
        coefficients, rotation, rate = read_motion(Path(path), fps)
        return cls(coefficients, rotation, np.zeros_like(rotation), rate)

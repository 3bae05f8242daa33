"""FaceMotion: how a face moves, frame by frame, whoever's face it is."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.media.files import written_whole
from studio.performance.arkit import ARKIT_NAMES, arkit_index

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

    def save(self, path: str | Path) -> Path:
        """Write the CSV that Live Link Face writes (timecode, 52 coefficients, head and eye rotation in radians)."""
        head = ("HeadYaw", "HeadPitch", "HeadRoll")
        eyes = ("LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll", "RightEyeYaw", "RightEyePitch", "RightEyeRoll")
        gaze = self.gaze
        path = Path(path)
        with written_whole(path) as part, part.open("w", newline="", encoding="utf-8") as f:
            rows = csv.writer(f)
            rows.writerow(["Timecode", "BlendshapeCount", *(n[0].upper() + n[1:] for n in ARKIT_NAMES), *head, *eyes])
            for i in range(len(self)):
                pitch, yaw, roll = self.rotation[i]
                (ly, lp), (ry, rp) = gaze[i]
                values = [*self.coefficients[i], yaw, pitch, roll, ly, lp, 0.0, ry, rp, 0.0]
                rows.writerow([_timecode(i, self.fps), len(ARKIT_NAMES), *(f"{v:.5f}" for v in values)])
        return path


def _timecode(frame: int, fps: float) -> str:
    whole = int(frame / fps)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}:{frame - whole * fps:06.3f}"

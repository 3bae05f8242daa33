"""What a tracker saw: a face's motion, and in which frames the face was there to be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.performance.face_motion import FaceMotion


@dataclass(frozen=True, eq=False)
class Tracked:
    """motion: F frames of one face; a photograph is one frame. seen: bool [F], at least one True.

    Where `seen` is False the motion holds the nearest frame that was: it can be drawn, but says nothing.
    """

    motion: FaceMotion
    seen: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        if self.seen.shape != (len(self.motion),) or not self.seen.any():
            raise ValueError(f"seen wants bool [{len(self.motion)}] with one True, got {self.seen!r}")

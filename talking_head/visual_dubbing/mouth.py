"""What is behind the lips, in a shot where the face comes nearer and the light changes."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from talking_head.renderer.head import Head
from talking_head.renderer.mouth import Mouth
from talking_head.renderer.palette import FaceColours
from talking_head.rig import FittedRig, Rig

Floats = npt.NDArray[np.float32]

# A change of light that no eye sees in a mouth.
_UNSEEN = 0.01


class FilmMouth(Mouth):
    """The mouth of one face, at the size and in the light of its view, or another."""

    def __init__(self, colours: FaceColours, fitted: FittedRig, rig: Rig, head: Head) -> None:
        super().__init__(colours, fitted, rig, head, softness=0.0)  # `Camera` blurs, frame by frame
        self._lit = (1.0, self._inside)

    def at(self, scale: float, gain: float) -> tuple[Mouth, Head]:
        """The same mouth `scale` times as large and `gain` times as bright, and the head that it is in."""
        if abs(gain / self._lit[0] - 1) > _UNSEEN:
            shade = np.array([gain, gain, gain, 1], np.float32)
            rows = {name: getattr(self._inside, name) * shade for name in ("upper_row", "lower_row")}
            self._lit = (gain, self._inside._replace(**rows, palette=self._inside.palette * np.float32(gain)))
        there = copy.copy(self)
        there._inside = self._lit[1]
        there._lips_at = self._lips_at * np.float32(scale)
        head = replace(self._head, px_per_cm=self._head.px_per_cm * scale, pivot=self._head.pivot * np.float32(scale))
        there._head = head
        return there, head

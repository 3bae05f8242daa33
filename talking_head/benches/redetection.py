"""Whether a face shows what it is asked to: one coefficient at a time is raised and read back by the landmarker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.performance import FaceMotion
from studio.performance.action_units import sides
from talking_head.avatar.renderer import HeadRenderer
from talking_head.benches.plan import COEFFICIENTS, pose
from talking_head.landmarks import FaceLandmarks, Landmarker

Floats = npt.NDArray[np.floating]
Picture = npt.NDArray[np.uint8]

LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
# The landmarker cuts the face out by the last look's landmarks: after so many looks they have come to rest.
_LOOKS = 3
# Levels that tell a course from a jump.
_FEWEST = 4
# What the reading of the 3-D head itself moves less by, the landmarker can't be said to see.
SEEN = 0.05


@dataclass(frozen=True, eq=False)
class Sweep:
    """One coefficient on one face. asked, read: [L]; read is NaN where no face was found.

    r and slope go by the levels at which one was, and are NaN when these are too few.
    """

    asked: Floats
    read: Floats

    @property
    def r(self) -> float:
        """Pearson's correlation of what was read with what was asked; 0 where nothing moves."""
        asked, read = self._seen()
        if len(read) < _FEWEST:
            return float("nan")
        return float(np.corrcoef(asked, read)[0, 1]) if np.ptp(read) >= 1e-6 else 0.0

    @property
    def slope(self) -> float:
        """How much more is read for 1 more that is asked, by least squares."""
        asked, read = self._seen()
        return float(np.polyfit(asked, read, 1)[0]) if len(read) >= _FEWEST else float("nan")

    def _seen(self) -> tuple[Floats, Floats]:
        found = np.isfinite(self.read)
        return self.asked[found], self.read[found]


def sweeps(draw: Callable[[npt.NDArray[np.float32]], Picture], landmarker: Landmarker) -> dict[str, Sweep]:
    """Each of `COEFFICIENTS` alone, both sides together, at each of `LEVELS`. draw: gives the face for [52]."""
    rest = face_in(draw(pose()), landmarker)
    if rest is None:
        nothing = np.full(len(LEVELS), np.nan)
        return dict.fromkeys(COEFFICIENTS, Sweep(np.array(LEVELS), nothing))
    found = {}
    for name in COEFFICIENTS:
        columns = list(sides(name))
        read = [rest.coefficients[columns].mean()]
        for level in LEVELS[1:]:
            face = seen_again(draw(pose(**{name: level})), rest, landmarker)
            read.append(face.coefficients[columns].mean() if face else np.nan)
        found[name] = Sweep(np.array(LEVELS), np.array(read))
    return found


def of_the_head(landmarker: Landmarker, side: int) -> dict[str, Sweep]:
    """The same on the 3-D head that the coefficients' shapes come from: the most that can be read of them."""
    renderer = HeadRenderer((side, side))

    def draw(coefficients: npt.NDArray[np.float32]) -> Picture:
        still = np.zeros((1, 3), np.float32)
        return next(renderer.render(FaceMotion(coefficients[None], still, still, 25.0))).copy()

    return sweeps(draw, landmarker)


def face_in(picture: Picture, landmarker: Landmarker) -> FaceLandmarks | None:
    """The largest face, or None."""
    return next(iter(landmarker.detect(picture)), None)


def seen_again(picture: Picture, before: FaceLandmarks, landmarker: Landmarker) -> FaceLandmarks | None:
    """A face that was seen in another picture of the same size, in about the same place; None when it is not there."""
    face: FaceLandmarks | None = before
    for _ in range(_LOOKS):
        face = face and landmarker.track(picture, face)
    return face


def ratio(of_a_face: Sweep, of_the_head: Sweep) -> float:
    """The slope as a share of the 3-D head's; NaN for a coefficient that isn't read off the head itself."""
    return of_a_face.slope / of_the_head.slope if of_the_head.slope > SEEN else float("nan")


def readable(head: Mapping[str, Sweep]) -> list[str]:
    """Those of the coefficients that the landmarker reads off the 3-D head at all."""
    return [name for name, sweep in head.items() if sweep.slope > SEEN]

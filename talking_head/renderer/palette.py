"""Colours read from the photograph: skin, lips, how it is lit."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology
from talking_head.renderer.head import Head

Floats = npt.NDArray[np.float32]

_RIGHT_CHEEK, _LEFT_CHEEK, _CHIN = (50, 101, 36, 205), (280, 330, 266, 425), (199, 200, 175)
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

# Below this mean saturation a face is taken for a black-and-white or toned photograph, whose mouth must not be red.
_GREY_BELOW = 0.14

# Of what is between the lips, teeth are lighter than this share of the skin and paler than that of its saturation, and
# as much of it as the third is no mere gleam of spit. Then this percentile of their brightness is in no shade.
_TOOTH_LIGHT, _TOOTH_PALE, _TOOTH_SHARE, _TOOTH_LIT = 0.75, 0.75, 0.12, 60


@dataclass(frozen=True, eq=False)
class FaceColours:
    """skin, lip: [3] mean red, green, blue; light: brightness of the skin, about 0.35 to 1.1, 1 being well lit;
    from_side: how much brighter the viewer's right is than the left, -0.5 to 0.5; grey: whether there is one hue only;
    whites: brightness of the whites of the eyes, 255 where none is seen; teeth: [3], None where the photograph shows
    none.
    """

    skin: Floats
    lip: Floats
    light: float
    from_side: float
    grey: bool
    whites: float
    teeth: Floats | None

    @classmethod
    def read(cls, image: npt.NDArray[np.uint8], landmarks: Floats, head: Head) -> FaceColours:
        """Measure them around landmarks [478, 3] px."""

        def patch(points: tuple[int, ...]) -> npt.NDArray[np.float64]:
            r = max(0.45 * head.px_per_cm, 1.0)
            found = []
            for x, y in landmarks[list(points), :2]:
                x0, y0 = int(max(x - r, 0)), int(max(y - r, 0))
                piece = image[y0 : int(y + r) + 1, x0 : int(x + r) + 1].reshape(-1, 3)
                if len(piece):
                    found.append(np.median(piece, axis=0))
            return np.mean(found, axis=0) if found else np.full(3, 128.0)

        right, left, chin = patch(_RIGHT_CHEEK), patch(_LEFT_CHEEK), patch(_CHIN)
        skin = np.mean([right, left, chin], axis=0)
        lips = np.zeros(image.shape[:2], np.uint8)
        outer, inner = (
            landmarks[list(ring), :2].round().astype(np.int32) for ring in (topology.LIPS_OUTER, topology.LIPS_INNER)
        )
        cv2.fillPoly(lips, [outer], 255)
        cv2.fillPoly(lips, [inner], 0)
        cv2.polylines(lips, [inner], True, 0, max(int(0.1 * head.px_per_cm), 1))
        lip = np.median(image[lips > 0], axis=0) if lips.any() else skin * [0.85, 0.6, 0.6]
        sides = np.array([right @ LUMA, left @ LUMA]) + 8
        return cls(
            skin=skin.astype(np.float32),
            lip=np.asarray(lip, np.float32),
            light=float(np.clip(skin @ LUMA / 190, 0.35, 1.1)),
            from_side=float(np.clip(np.log(sides[1] / sides[0]) / 2, -0.5, 0.5)),
            grey=bool((np.ptp(skin) + np.ptp(lip)) / (skin.max() + np.max(lip)) < _GREY_BELOW),
            whites=_whites(image, landmarks),
            teeth=_teeth(image, landmarks, skin),
        )

    def lit(self, colour: tuple[float, float, float], power: float = 1.0) -> Floats:
        """A colour as this photograph would show it: darker in poor light, tinted as skin is, grey where all is."""
        out = np.asarray(colour, float) * self.light**power
        tint = self.skin / max(float(self.skin @ LUMA), 1.0)
        if self.grey:
            return (out @ LUMA * tint).astype(np.float32)
        usual = np.array([1.27, 0.93, 0.78])  # skin under white light, whatever its depth
        return (out * np.clip(tint / usual, 0.6, 1.5) ** 0.35).astype(np.float32)


def _whites(image: npt.NDArray[np.uint8], landmarks: Floats) -> float:
    """The brighter quarter of what is between the lids beside the iris, in the eye that is better lit."""
    found = []
    for ring, centre, iris in (
        (topology.RIGHT_EYE, topology.RIGHT_IRIS_CENTRE, topology.RIGHT_IRIS),
        (topology.LEFT_EYE, topology.LEFT_IRIS_CENTRE, topology.LEFT_IRIS),
    ):
        opening = np.zeros(image.shape[:2], np.uint8)
        cv2.fillPoly(opening, [landmarks[list(ring), :2].round().astype(np.int32)], 1)
        between = np.asarray(cv2.erode(opening, np.ones((3, 3), np.uint8)), np.uint8)
        radius = float(np.linalg.norm(landmarks[list(iris), :2] - landmarks[centre, :2], axis=1).mean())
        cv2.circle(between, landmarks[centre, :2].round().astype(int).tolist(), int(np.ceil(1.1 * radius)), 0, -1)
        if between.sum() > 8:
            found.append(float(np.percentile(image[between > 0] @ LUMA, 75)))
    return max(found, default=255.0)


def _teeth(image: npt.NDArray[np.uint8], landmarks: Floats, skin: npt.NDArray[np.float64]) -> Floats | None:
    """The mean colour of the better lit teeth between the lips."""
    between = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(between, [landmarks[list(topology.LIPS_INNER), :2].round().astype(np.int32)], 1)
    seen = image[between > 0].astype(np.float32)
    if len(seen) < 16:
        return None
    bright, saturation = seen @ LUMA, np.ptp(seen, axis=1) / np.maximum(seen.max(axis=1), 1)
    of_skin = float(np.ptp(skin) / max(skin.max(), 1.0))
    tooth = (bright > _TOOTH_LIGHT * float(skin @ LUMA)) & (saturation < max(_TOOTH_PALE * of_skin, 0.05))
    if tooth.mean() < _TOOTH_SHARE:
        return None
    lit = tooth & (bright >= np.percentile(bright[tooth], _TOOTH_LIT))
    return np.asarray(seen[lit].mean(axis=0), np.float32)

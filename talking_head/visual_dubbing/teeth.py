"""The colour of a person's teeth, read where the film shows them, so that those drawn are of one set."""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import FaceLandmarks, topology
from talking_head.renderer.palette import LUMA, FaceColours

Floats = npt.NDArray[np.float32]

# Teeth between the lips are as bright as skin or nearly, and have less colour; the lips' wet edge is neither.
_AS_BRIGHT, _LESS_COLOURED = 0.75, 0.75
_LEAST = 12  # pixels of them
_CHEEKS = (50, 280)
# What the renderer takes for enamel, and how much of the light reaches teeth where they are seen best (a laugh).
_ENAMEL, _REACHED = (250, 234, 216), 1.0
# The renderer's shade on teeth is warm by about so much, which teeth that are seen have in them already.
_WARMED = np.array([1.03, 1.0, 0.97], np.float32)
# Enamel has less colour than this, flesh more.
_PALE = 0.4


def teeth_in(frame: npt.NDArray[np.uint8], face: FaceLandmarks) -> Floats | None:
    """[3] colour of the teeth between the lips in a frame, RGB uint8 [H, W, 3]; None where none show."""
    ring = face.points[list(topology.LIPS_INNER), :2]
    low = np.maximum(np.floor(ring.min(axis=0)), 0).astype(int)
    high = np.ceil(ring.max(axis=0)).astype(int) + 1
    crop = frame[low[1] : high[1], low[0] : high[0]]
    if not crop.size:
        return None
    inside = np.zeros(crop.shape[:2], np.uint8)
    cv2.fillPoly(inside, [(ring - low).round().astype(np.int32)], 1)
    pixels = crop[cv2.erode(inside, np.ones((3, 3), np.uint8)) > 0].astype(np.float32)
    cheeks = [frame[y, x] for x, y in face.points[list(_CHEEKS), :2].astype(int) if _within(x, y, frame.shape)]
    if not len(pixels) or not cheeks:
        return None
    skin = np.mean(cheeks, axis=0)
    teeth = (pixels @ LUMA > _AS_BRIGHT * skin @ LUMA) & (_colour(pixels) < _LESS_COLOURED * _colour(skin[None]))
    if teeth.sum() < _LEAST:
        return None
    chosen = pixels[teeth]
    bright = chosen[chosen @ LUMA >= np.median(chosen @ LUMA)]
    return np.asarray(np.median(bright, axis=0), np.float32)


@dataclass(frozen=True, eq=False)
class TonedColours(FaceColours):
    """Colours of a face whose teeth have been seen. tone: [3] what they are to what they would be taken for."""

    tone: Floats

    def lit(self, colour: tuple[float, float, float], power: float = 1.0) -> Floats:
        # Their brightness is their own; their hue is the film's, which flesh shares.
        bright = 1.0 if max(colour) - min(colour) < _PALE * max(colour) else float(self.tone @ LUMA)
        return np.asarray(super().lit(colour, power) * self.tone / bright, np.float32)


def toned(colours: FaceColours, teeth: Floats) -> TonedColours:
    """The same colours, in which enamel comes out as `teeth` [3]; tongue and gums share its tone."""
    values = {f.name: getattr(colours, f.name) for f in fields(FaceColours)}
    values["whites"] = 255.0  # no guess at the teeth's brightness is needed
    tone = teeth / _REACHED / _WARMED / np.maximum(colours.lit(_ENAMEL, 0.75), 1)
    return TonedColours(**values, tone=np.clip(tone, 0.5, 1.6).astype(np.float32))


def _colour(pixels: Floats) -> Floats:
    """How much colour, 0 to 1."""
    return np.asarray(np.ptp(pixels, axis=1) / np.maximum(pixels.max(axis=1), 1), np.float32)


def _within(x: int, y: int, shape: tuple[int, ...]) -> bool:
    return 0 <= x < shape[1] and 0 <= y < shape[0]

"""Lips that are parted in the photograph, without what was seen between them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology
from talking_head.renderer.fill import fill_smoothly
from talking_head.renderer.head import Head
from talking_head.smoothstep import step

Picture = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

# Teeth have this share of the lips' redness at most, .3 to .5 where they are blurred into them; beards hide where lips
# begin from the landmarker, and the teeth then lie on what it takes for the lip. Lips less red than this tell nothing.
_TOOTH, _HUELESS = 0.55, 5.0

# Gaps, in canonical cm, from which lips count as parted, and wholly so; landmarks of closed lips are up to .05 apart.
_PARTED = (0.07, 0.14)


def parted(landmarks: Floats, head: Head) -> float:
    """How far the lips are parted in the photograph, 0 to 1."""
    upper, lower = (landmarks[list(r), :2] for r in (topology.LIPS_INNER_UPPER, topology.LIPS_INNER_LOWER))
    return float(step(*_PARTED, float(np.linalg.norm(upper - lower, axis=1).max()) / head.px_per_cm))


def without_inside(image: Picture, landmarks: Floats, head: Head) -> Picture:
    """The photograph with lips alone, filled in between: teeth and dark would smear as lips close or part anew."""
    outer, inner = (landmarks[list(r), :2] for r in (topology.LIPS_OUTER, topology.LIPS_INNER))
    margin = 0.8 * head.px_per_cm
    low = np.maximum(np.floor(outer.min(0) - margin), 0).astype(int)
    high = np.ceil(outer.max(0) + margin).astype(int)
    part = np.s_[low[1] : high[1], low[0] : high[0]]
    crop = image[part]
    between, lips = np.zeros(crop.shape[:2], np.uint8), np.zeros(crop.shape[:2], np.uint8)
    cv2.fillPoly(between, [((inner - low) * 16).round().astype(np.int32)], 255, cv2.LINE_AA, 4)
    # The dark between the lips reaches beyond the landmarks, at the corners most; what is joined to it is part of it.
    r = max(int(0.10 * head.px_per_cm), 1)
    ring = (outer - low).round().astype(np.int32)
    cv2.fillPoly(lips, [ring], 255)
    red = (lips > 0) & (between == 0)
    if red.any():
        strange = red & (_dark(crop, red) | _toothlike(crop, red, r))
        close = np.asarray(cv2.dilate(between, np.ones((3, 3), np.uint8)), np.uint8)
        _, parts = cv2.connectedComponents((strange | (close > 0)).astype(np.uint8))
        between[strange & np.isin(parts, np.unique(parts[between > 0]))] = 255
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
    between = np.asarray(cv2.dilate(between, disc), np.uint8)
    share = parted(landmarks, head) / 255
    hidden = share * cv2.GaussianBlur(between, (0, 0), 0.5 * r + 0.3)[..., None].astype(np.float32)
    closed = image.copy()
    # Each side from its own lip, which may be lit quite otherwise than the other; where there is none, from the skin.
    known = (between == 0) * np.where(lips > 0, 1.0, 0.05)
    above = _above_middle(landmarks, low, crop.shape)
    filled = np.where(above[..., None], fill_smoothly(crop, known * above), fill_smoothly(crop, known * ~above))
    closed[part] = (hidden * filled + (1 - hidden) * crop + 0.5).astype(np.uint8)
    return closed


def _dark(crop: Picture, red: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    luma = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    return np.asarray(luma < 0.55 * np.median(luma[red]))


def _toothlike(crop: Picture, red: npt.NDArray[np.bool_], margin: int) -> npt.NDArray[np.bool_]:
    """What has less than `_TOOTH` of the lips' redness (a* of CIELAB), and `margin` px around it; in a photograph
    without hues, nothing.
    """
    redness = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB)[..., 1].astype(np.float32) - 128
    usual = float(np.median(redness[red]))
    pale = (redness < _TOOTH * usual) & red if usual > _HUELESS else np.zeros_like(red)
    side = 2 * margin + 1
    return np.asarray(cv2.dilate(pale.astype(np.uint8), np.ones((side, side), np.uint8)), bool)


def _above_middle(landmarks: Floats, low: npt.NDArray[np.int64], shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Of a crop from `low`: what is above the line midway between the lips, which goes on level past the corners."""
    upper, lower = (landmarks[list(r), :2] for r in (topology.LIPS_INNER_UPPER, topology.LIPS_INNER_LOWER))
    x, y = (0.5 * (upper + lower) - low).T
    order = np.argsort(x)
    line = np.interp(np.arange(shape[1]), x[order], y[order])
    return np.arange(shape[0])[:, None] < line

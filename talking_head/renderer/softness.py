"""How soft a photograph is, so that what is drawn into it is no sharper than the rest."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.renderer.palette import LUMA

Floats = npt.NDArray[np.float32]

_REBLUR = 1.0  # px
# Edges steeper than this (grey levels a pixel) and among the steepest in a hundred tell; of their softness the lower
# third, since shadows are soft in a sharp photograph too.
_STEEP, _STEEPEST, _SHARPEST = 2.0, 97, 33
# What a drawn edge, and a sharp photograph's, have anyway, px.
_ANYWAY = 0.9


def softness(image: npt.NDArray[np.uint8], landmarks: Floats) -> float:
    """Standard deviation in pixels of the blur to add to drawn edges, 0 for a sharp photograph.

    Blurred again by a known width, a soft edge loses less of its slope than a sharp one (Zhuo and Sim 2011, Defocus map
    estimation from a single image). Looked for in the face.
    """
    low = np.maximum(landmarks[:468, :2].min(0), 0).astype(int)
    high = np.ceil(landmarks[:468, :2].max(0)).astype(int) + 1
    grey = (image[low[1] : high[1], low[0] : high[0]].astype(np.float32) @ LUMA).astype(np.float32)
    slopes = [_slope(g) for g in (grey, np.asarray(cv2.GaussianBlur(grey, (0, 0), _REBLUR), np.float32))]
    edges = slopes[0] > max(float(np.percentile(slopes[0], _STEEPEST)), _STEEP)
    if edges.sum() < 20:
        return 0.0
    ratio = np.maximum(slopes[0][edges] / np.maximum(slopes[1][edges], 1e-3), 1.001)
    blur = float(np.percentile(_REBLUR / np.sqrt(ratio**2 - 1), _SHARPEST))
    return float(np.sqrt(max(blur**2 - _ANYWAY**2, 0.0)))


def _slope(grey: Floats) -> Floats:
    across, down = (cv2.Sobel(grey, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1)))
    return np.hypot(across, down).astype(np.float32)

"""Filling holes in a picture smoothly from what surrounds them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def fill_smoothly(colour: npt.NDArray[np.generic], known: npt.NDArray[np.generic]) -> Floats:
    """Colours [h, w, 3] with what is not `known` (weights [h, w] in [0, 1]) diffused in from what is.

    A pyramid of normalised convolutions (push-pull: Gortler et al. 1996, The Lumigraph).
    """
    weight = np.asarray(known, np.float32)
    value = np.asarray(colour, np.float32) * weight[..., None]
    levels = [(value, weight)]
    while min(levels[-1][1].shape) > 2:
        value, weight = (np.asarray(cv2.pyrDown(level), np.float32) for level in levels[-1])
        levels.append((value, weight))
    value, weight = levels[-1]
    mean = value.sum((0, 1)) / max(float(weight.sum()), 1e-6)
    out = np.where(weight[..., None] > 1e-4, value / np.maximum(weight, 1e-4)[..., None], mean).astype(np.float32)
    for value, weight in reversed(levels[:-1]):
        h, w = weight.shape
        below = cv2.resize(out, (w, h), interpolation=cv2.INTER_LINEAR)
        sure = np.clip(weight, 0, 1)[..., None]
        out = (sure * value / np.maximum(weight, 1e-4)[..., None] + (1 - sure) * below).astype(np.float32)
    return out

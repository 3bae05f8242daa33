"""Filling holes in a picture smoothly from what surrounds them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_ROUNDS = 6  # of diffusion a level; more look no smoother


def fill_smoothly(colour: npt.NDArray[np.generic], known: npt.NDArray[np.generic]) -> Floats:
    """Colours [h, w, 3] with what is not `known` (weights [h, w] in [0, 1]) diffused in from what is.

    Push-pull with saturating weights (Gortler et al. 1996, The Lumigraph), so that what is near counts, not the mean
    of the picture, and a few rounds of diffusion at each level.
    """
    weight = np.asarray(known, np.float32)
    value = np.asarray(colour, np.float32) * weight[..., None]
    levels = [(value, weight)]
    while min(levels[-1][1].shape) > 2:
        value, weight = (np.asarray(cv2.pyrDown(level), np.float32) for level in levels[-1])
        saturated = np.minimum(4 * weight, 1)
        value = value * (saturated / np.maximum(weight, 1e-6))[..., None]
        levels.append((value, saturated))
    value, weight = levels[-1]
    mean = value.sum((0, 1)) / max(float(weight.sum()), 1e-6)
    out = np.where(weight[..., None] > 1e-4, value / np.maximum(weight, 1e-4)[..., None], mean).astype(np.float32)
    for value, weight in reversed(levels[:-1]):
        h, w = weight.shape
        out = np.asarray(cv2.resize(out, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)
        sure = np.clip(weight, 0, 1)[..., None]
        kept = sure * value / np.maximum(weight, 1e-4)[..., None]
        for _ in range(_ROUNDS):
            out = kept + (1 - sure) * cv2.GaussianBlur(out, (3, 3), 0)
    return np.asarray(out, np.float32)

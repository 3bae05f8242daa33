"""Glasses: found by their bridge, kept from bending with the cheeks."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology
from talking_head.renderer.head import Head
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]

# The ridge of the nose from between the brows to its tip.
_RIDGE = (9, 8, 168, 6, 197, 195, 5)

# How far the ridge's brightness leaves its smoothed self, as a share: .01 to .05 on seven plain faces, .17 and .37 on
# two with glasses. Noses wrinkled in anger or turned far also come to .1 to .4; their cheeks stay stiller than they
# need to.
_BRIDGE = (0.10, 0.17)

# Of the lenses, in canonical cm: how far below the eyes their middle is, half their width, half their height.
_LENS = (1.1, 2.7, 2.4)
_KEPT = 0.2


def mobility(image: npt.NDArray[np.uint8], landmarks: Floats, head: Head) -> Floats:
    """[468] how much of its motion each landmark keeps: 1, or less under glasses."""
    share = float(np.clip((_bridge(image, landmarks, head) - _BRIDGE[0]) / (_BRIDGE[1] - _BRIDGE[0]), 0, 1))
    kept = np.ones(topology.N_VERTICES, np.float32)
    down, half_width, half_height = _LENS
    for eye in (topology.RIGHT_EYE, topology.LEFT_EYE):
        middle = landmarks[list(eye)].mean(0)
        x, y, _ = ((landmarks[:468] - middle) @ head.axes / head.px_per_cm).T
        reach = np.hypot(x / half_width, (y - down) / half_height)
        kept = np.minimum(kept, 1 - share * (1 - _KEPT) * smoothstep(1.35, 0.75, reach))
    # Lids and brows move behind the lenses and above them.
    brows = topology.RIGHT_BROW_UPPER + topology.RIGHT_BROW_LOWER + topology.LEFT_BROW_UPPER + topology.LEFT_BROW_LOWER
    kept[[*topology.RIGHT_EYE, *topology.LEFT_EYE, *brows]] = 1
    return kept.astype(np.float32)


def _bridge(image: npt.NDArray[np.uint8], landmarks: Floats, head: Head) -> float:
    """The strongest stripe across the ridge of the nose."""
    path = landmarks[list(_RIDGE), :2]
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    samples = max(int(20 * along[-1] / head.px_per_cm), 8)  # twenty a centimetre
    at = np.linspace(0, along[-1], samples)
    middle = np.stack([np.interp(at, along, path[:, k]) for k in range(2)], axis=-1)
    sideways = np.linspace(-0.35, 0.35, 15)[:, None] * head.px_per_cm * head.axes[:2, 0]
    x, y = np.moveaxis(middle[:, None] + sideways, -1, 0).astype(np.float32)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    profile = np.median(cv2.remap(grey, x, y, cv2.INTER_LINEAR), axis=1).astype(np.float32)[None]
    fine, coarse = (cv2.GaussianBlur(profile, (0, 0), sigma) for sigma in (1.5, 10))
    return float(np.abs((fine - coarse) / (coarse + 20)).max())

"""Where the canonical face lies in a portrait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talking_head.landmarks.canonical import CANONICAL_VERTICES
from talking_head.landmarks.similarity import Similarity
from talking_head.landmarks.topology import N_VERTICES
from talking_head.rig.anny import Floats

_FLIP = np.diag([1.0, -1.0, -1.0])  # canonical y is up and z toward the viewer; image y is down and z away


@dataclass(frozen=True, eq=False)
class Frame:
    """canonical centimetres -> portrait pixels: p -> axes @ p + origin.

    axes: [3, 3]; its columns are this head's right, up and forward, each as long as a canonical centimetre is in pixels
    along it (heads are longer or broader than the canonical one).  origin: [3] pixels.
    """

    axes: Floats
    origin: Floats

    @classmethod
    def of(cls, landmarks: Floats) -> Frame:
        """Fit to landmarks [478, 3] px: a similarity, then a scale for each axis of the head, by least squares."""
        canonical = CANONICAL_VERTICES.astype(float) @ _FLIP
        points = landmarks[:N_VERTICES]
        stretch = np.ones(3)
        for _ in range(3):
            fit = Similarity.between(canonical * stretch, points)
            upright = (points - fit.translation) @ fit.rotation / fit.scale
            stretch = (upright * canonical).sum(axis=0) / (canonical**2).sum(axis=0)
        return cls(fit.rotation * (fit.scale * stretch) @ _FLIP, fit.translation)

    @property
    def pixels_per_cm(self) -> float:
        """Mean over the three axes."""
        return float(np.linalg.norm(self.axes, axis=0).mean())

    @property
    def down(self) -> Floats:
        """[2] unit vector of the image along which the face runs from brow to chin."""
        down = -self.axes[:2, 1]
        return down / np.linalg.norm(down)

    def to_cm(self, points: Floats) -> Floats:
        """[..., 3] pixels -> canonical centimetres."""
        return (points - self.origin) @ np.linalg.inv(self.axes).T

    def turn(self, vectors: Floats) -> Floats:
        """[..., 3] displacements in canonical centimetres -> pixels."""
        return vectors @ self.axes.T

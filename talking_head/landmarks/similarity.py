"""Turning, scaling and moving one set of points onto another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Points = npt.NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Similarity:
    """p -> scale * rotation @ p + translation.  residual: root mean square distance left, in the target's unit."""

    scale: float
    rotation: Floats
    translation: Floats
    residual: float

    @classmethod
    def between(cls, source: Points, target: Points, weights: Points | None = None) -> Similarity:
        """The least-squares similarity from [n, 3] to [n, 3]; weights [n] of the pairs, None counts all alike.

        Source: Umeyama, Least-squares estimation of transformation parameters between two point patterns, 1991.
        """
        w = np.ones(len(source)) if weights is None else weights.astype(np.float64)
        w = (w / w.sum())[:, None]
        source, target = source.astype(np.float64), target.astype(np.float64)
        a, b = (w * source).sum(axis=0), (w * target).sum(axis=0)
        u, singular, vt = np.linalg.svd((w * (target - b)).T @ (source - a))
        sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
        rotation = (u * sign) @ vt
        scale = float((singular * sign).sum() / (w * (source - a) ** 2).sum())
        translation = b - scale * rotation @ a
        left = target - (scale * source @ rotation.T + translation)
        return cls(scale, rotation, translation, float(np.sqrt((w * left**2).sum())))

    def apply(self, points: Points) -> Floats:
        """[..., 3] points."""
        return self.turn(points) + self.translation

    def turn(self, vectors: Points) -> Floats:
        """[..., 3] displacements: turned and scaled, not moved."""
        return np.asarray(self.scale * vectors @ self.rotation.T)

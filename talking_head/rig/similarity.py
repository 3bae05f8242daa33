"""Turning, scaling and moving one set of points onto another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talking_head.rig.anny import Floats


@dataclass(frozen=True, eq=False)
class Similarity:
    """p -> scale * rotation @ p + translation.  residual: root mean square distance left, in the target's unit."""

    scale: float
    rotation: Floats
    translation: Floats
    residual: float

    @classmethod
    def between(cls, source: Floats, target: Floats) -> Similarity:
        """The least-squares similarity from [n, 3] to [n, 3].

        Source: Umeyama, Least-squares estimation of transformation parameters between two point patterns, 1991.
        """
        a, b = source.mean(axis=0), target.mean(axis=0)
        u, singular, vt = np.linalg.svd((target - b).T @ (source - a))
        sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
        rotation = (u * sign) @ vt
        scale = float((singular * sign).sum() / ((source - a) ** 2).sum())
        translation = b - scale * rotation @ a
        left = target - (scale * source @ rotation.T + translation)
        return cls(scale, rotation, translation, float(np.sqrt((left**2).sum(axis=1).mean())))

    def apply(self, points: Floats) -> Floats:
        """[..., 3] points."""
        return self.turn(points) + self.translation

    def turn(self, vectors: Floats) -> Floats:
        """[..., 3] displacements: turned and scaled, not moved."""
        return self.scale * vectors @ self.rotation.T

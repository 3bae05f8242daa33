"""Lips and lids that meet: gaps between facing landmarks, and the displacements of the skin that close one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from talking_head.landmarks.topology import N_VERTICES
from talking_head.rig.anny import Floats, Ints
from talking_head.rig.frame import Frame

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Contact:
    """Facing pairs of two edges that share their ends, e.g. the inner lips; n pairs, the ends left out.

    upper, lower: [n] landmarks.  down: float32 [2] image direction along which the gap is measured.
    shares: float32 [478, n] by how much of a pair's error each landmark moves, positive downward, to take it away.
    """

    upper: Ints
    lower: Ints
    down: Array
    shares: Array

    @classmethod
    def between(
        cls,
        edges: tuple[tuple[int, ...], tuple[int, ...]],
        points: Floats,
        frame: Frame,
        upper_share: float,
        reach: float,
    ) -> Contact:
        """Of upper and lower edge on a face at rest, landmarks [478, 3] px.

        The upper one takes `upper_share` of a correction, the lower one the rest; both fade over `reach` cm of skin.
        """
        cm, (upper, lower) = frame.to_cm(points), edges
        above = side_above(upper, lower, cm)
        shares = np.zeros((len(points), len(upper)))
        for edge, side, share in ((upper, above, upper_share), (lower, ~above, upper_share - 1)):
            weights = (spread(edge, cm, reach) * side).T
            weights[list(edge)] = np.eye(len(edge))
            shares += share * weights
        inner = slice(1, -1)
        return cls(
            np.array(upper[inner]),
            np.array(lower[inner]),
            frame.down.astype(np.float32),
            np.ascontiguousarray(shares[:, inner], np.float32),
        )

    def errors(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """[n, 2] px from the upper to the lower edge, which are one line when they touch."""
        return points[self.lower, :2] - points[self.upper, :2]

    def gaps(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """[n] px from the upper to the lower edge; negative where they cross."""
        return self.errors(points) @ self.down

    def correct(self, points: npt.NDArray[Any], errors: npt.NDArray[np.floating]) -> npt.NDArray[Any]:
        """Landmarks [478, 3] with `errors` [n, 2] px taken away."""
        moved = points.copy()
        moved[:, :2] += self.shares @ errors
        return moved

    def along(self, gaps: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
        """Gaps [n] px as errors [n, 2]."""
        return gaps[:, None] * self.down


def spread(edge: tuple[int, ...], cm: Floats, reach: float) -> Floats:
    """[n, 478] how much each landmark follows each point of an edge: 1 at the point, fading over `reach` cm.

    Along the edge the weights share out to 1 (Shepard), so that a displacement common to all points stays smooth.
    """
    distance = np.linalg.norm(cm[list(edge), None, :2] - cm[None, :, :2], axis=-1)
    near = distance.min(axis=0)
    along = np.exp(-(((distance - near) / 0.3) ** 2))
    weights = along / along.sum(axis=0) * np.exp(-0.5 * (near / reach) ** 2)
    weights[:, N_VERTICES:] = 0  # irises lie on the eyeballs, which lids and lips do not move
    return weights


def side_above(upper: tuple[int, ...], lower: tuple[int, ...], cm: Floats) -> npt.NDArray[np.bool_]:
    """[478] landmarks over the line midway between the edges; the edges' own points by name."""
    middle = (cm[list(upper)] + cm[list(lower)]) / 2
    order = middle[:, 0].argsort()
    above = cm[:, 1] >= np.interp(cm[:, 0], middle[order, 0], middle[order, 1])
    above[list(lower)] = False
    above[list(upper)] = True
    return above

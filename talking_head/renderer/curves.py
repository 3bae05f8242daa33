"""Pairs of curves that share their ends: the lips' inner edges, the lids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Opening:
    """upper, lower: float32 [n, 2] px along the line between the ends, and across it (downward); axis: [4] the end at
    the viewer's left, and the line's direction.
    """

    upper: Floats
    lower: Floats
    axis: Floats

    @classmethod
    def between(cls, upper: Floats, lower: Floats) -> Opening:
        """From curves [n, 2 or 3] px, in either direction."""
        upper, lower = upper[:, :2], lower[:, :2]
        if upper[-1, 0] < upper[0, 0]:
            upper, lower = upper[::-1], lower[::-1]
        start, across = upper[0], upper[-1] - upper[0]
        c, s = across / max(float(np.hypot(*across)), 1.0)
        curves = []
        for edge in (upper, lower):
            local = (edge - start) @ np.array([[c, -s], [s, c]], np.float32)
            local[:, 0] = np.maximum.accumulate(local[:, 0])
            curves.append(np.ascontiguousarray(local, np.float32))
        return cls(curves[0], curves[1], np.array([*start, c, s], np.float32))

    @property
    def width(self) -> float:
        """Between the ends, px."""
        return float(self.upper[-1, 0])

    def gaps(self) -> Floats:
        """Distance of the lower from the upper curve at each point, px; negative where they cross."""
        return self.lower[:, 1] - self.upper[:, 1]

    def box(self, size: tuple[int, ...], margin: float) -> npt.NDArray[np.int32]:
        """x0, y0, x1, y1 of the pixels around, within a picture of size (height, width, ...)."""
        c, s = self.axis[2:]
        both = np.concatenate([self.upper, self.lower]) @ np.array([[c, s], [-s, c]], np.float32) + self.axis[:2]
        low = np.floor(np.maximum(both.min(0) - margin, 0))
        high = np.ceil(np.minimum(both.max(0) + margin + 1, [size[1], size[0]]))
        return np.concatenate([low, np.maximum(high, low)]).astype(np.int32)

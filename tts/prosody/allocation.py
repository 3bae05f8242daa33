"""Sharing a budget of frames among units that stretch unequally."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# exp(+-6) is a stretch of 400: beyond it only rounding is left.
_WIDEST = 6.0


def allocate(targets: Floats, elasticity: Floats, floors: Ints, total: int) -> Ints:
    """Whole frames for each unit, `total` in all.

    Unit i gets ``round(targets[i] * exp(stretch * elasticity[i]))``, at least floors[i], where the one `stretch` is
    that which spends the budget. Where it would leap past the budget at several units together, those nearest to
    their next frame get it. With a greater budget no unit gets less. The units with elasticity 0 keep their length.

    targets, elasticity, floors: [N]. Raises ValueError when `total` is less than the floors and fixed units need, or
    when nothing may stretch to it.
    """

    def rounded(stretch: float) -> Ints:
        return np.maximum(np.rint(targets * np.exp(stretch * elasticity)).astype(np.int64), floors)

    low, high = -_WIDEST, _WIDEST
    if not rounded(low).sum() <= total <= rounded(high).sum():
        raise ValueError(f"{total} frames can't be shared out: {rounded(low).sum()} to {rounded(high).sum()} can.")
    # 60 halvings bring the two ends together to the last bit of a float64.
    for _ in range(60):
        middle = (low + high) / 2
        if rounded(middle).sum() <= total:
            low = middle
        else:
            high = middle
    frames = rounded(low)
    # The units that gain at this very stretch are tied; index order decides, so that a greater budget only adds.
    gaining = np.flatnonzero(rounded(high) > frames)
    frames[gaining[: total - frames.sum()]] += 1
    return frames


def natural(targets: Floats, floors: Ints) -> Ints:
    """Whole frames nearest to the targets, at least the floors; [N]. What `allocate` gives at no stretch."""
    return np.maximum(np.rint(targets).astype(np.int64), floors)

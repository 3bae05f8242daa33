"""Where names go beside their dots so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float64]  # [N, 4]: left, top, right, bottom

# Directions and distances tried around a dot, in the drawing's units.
_ANGLES = np.arange(24) * (2 * np.pi / 24)
_REACHES = (3.0, 9.0, 18.0, 30.0, 44.0, 60.0, 78.0, 100.0, 125.0)
_SWEEPS = 8
_AIR = np.array([-5.0, -2.0, 5.0, 2.0])


def place_labels(
    dots: npt.NDArray[np.float64],
    radii: npt.NDArray[np.float64],
    sizes: npt.NDArray[np.float64],
    obstacles: Sequence[tuple[float, float, float, float]],
    frame: tuple[float, float, float, float],
) -> Boxes:
    """A box for each name, apart from the other boxes, the dots and the obstacles, inside the frame, near its dot.

    dots: [N, 2] centres.  radii: [N] of the dots.  sizes: [N, 2] width and height of the names.
    Each box in turn takes the cheapest of the places around its dot while the others stay; a few rounds settle it.
    """
    tries = [_candidates(dot, radius, size, frame) for dot, radius, size in zip(dots, radii, sizes, strict=True)]
    # Each dot keeps a little air.
    discs = np.hstack([dots - radii[:, None] - 2, dots + radii[:, None] + 2])
    fixed = np.vstack([discs, np.reshape(np.array(obstacles, float), (-1, 4))])

    def crowding(i: int, others: Boxes) -> npt.NDArray[np.float64]:
        boxes, reach = tries[i]
        crossed = sum(_overlap(spot, others).sum(1) for spot in _along(dots[i], radii[i], boxes))
        return 30 * _overlap(boxes, others).sum(1) + 8 * crossed * (reach > _REACHES[1])

    costs = [
        crowding(i, np.delete(fixed, i, axis=0)) + 30 * _overlap(boxes, discs[i : i + 1]).sum(1) + 5 * reach
        for i, (boxes, reach) in enumerate(tries)
    ]
    chosen = np.array([boxes[int(np.argmin(cost))] for (boxes, _), cost in zip(tries, costs, strict=True)])
    for _ in range(_SWEEPS):
        before = chosen.copy()
        for i, (boxes, _) in enumerate(tries):
            chosen[i] = boxes[int(np.argmin(costs[i] + crowding(i, np.delete(chosen, i, axis=0) + _AIR)))]
        if np.array_equal(before, chosen):
            break
    return chosen


def _candidates(
    dot: npt.NDArray[np.float64],
    radius: float,
    size: npt.NDArray[np.float64],
    frame: tuple[float, float, float, float],
) -> tuple[Boxes, npt.NDArray[np.float64]]:
    """Boxes around a dot, moved into the frame, and how far each is from it."""
    directions = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], 1)
    half = size / 2
    # How far a box's middle is from the dot when it touches the ring in this direction.
    touching = np.min(half / np.maximum(np.abs(directions), 1e-6), axis=1)
    boxes, reaches = [], []
    for reach in _REACHES:
        middles = dot + directions * (touching + radius + reach)[:, None]
        middles = np.clip(middles, frame[:2] + half, frame[2:] - half)
        boxes.append(np.hstack([middles - half, middles + half]))
        reaches.append(np.full(len(directions), reach))
    return np.vstack(boxes), np.concatenate(reaches)


def _overlap(a: Boxes, b: Boxes) -> npt.NDArray[np.float64]:
    """Areas shared, [len(a), len(b)]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.prod(np.clip(high - low, 0, None), axis=2)


def _along(dot: npt.NDArray[np.float64], radius: float, boxes: Boxes) -> list[Boxes]:
    """Small boxes at the quarters of the lines from a dot's rim to each box."""
    near = np.clip(dot, boxes[:, :2], boxes[:, 2:])
    length = np.maximum(np.linalg.norm(near - dot, axis=1, keepdims=True), 1e-6)
    rim = dot + (near - dot) * np.minimum(1.0, (radius + 3) / length)
    middles = [rim + (near - rim) * share for share in (0.2, 0.5, 0.8)]
    return [np.hstack([m - 3, m + 3]) for m in middles]

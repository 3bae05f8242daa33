"""Dynamic time warping of a recording onto a rendering, silences left out of it or put in where there may be some.

Each step of the recording is given one state: a step of the rendering, or a silence that may last however long or be
left out. (Asymmetric dynamic time warping, Sakoe & Chiba 1978, with optional silence as in forced alignment.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

# A person may say a sound up to this many times faster than the rendering; slower, without limit.
_FASTEST = 3
# What it costs to stay on a step of the rendering and to leave one out, in units of the distance between two steps
# (about 1 for two people saying the same sound): the path keeps its tempo where sounds don't tell.
_STAY, _LEAVE_OUT = 0.15, 0.15


def path(distance: Singles, optional: Bools) -> tuple[Ints, float]:
    """The state of each step of the recording, [M], and what a step of it that is no silence costs on average.

    distance: [N, M] of N states from M steps.  optional: which states are silences, [N].
    The path goes from the first state to the last, forward only.
    """
    before, price = _predecessors(optional)
    stay = np.where(optional, 0.0, _STAY).astype(np.float32)
    states = np.flatnonzero(~optional)
    first, last = int(states[0]), int(states[-1])
    starts = np.zeros(len(optional), np.bool_)
    starts[: first + 1] = True
    origin, reached = _cheapest(distance, before, price, stay, starts)
    end = last + int(np.argmin(reached[last:]))
    taken = _traced(origin, before, end)
    spoken = ~optional[taken]
    moved = np.diff(taken, prepend=taken[0] - 1)
    uneven = _STAY * (moved == 0) + _LEAVE_OUT * np.maximum(moved - 1, 0)
    cost = distance[taken, np.arange(len(taken))] + uneven
    return taken, float(cost[spoken].mean()) if spoken.any() else np.inf


def _predecessors(optional: Bools) -> tuple[Ints, Singles]:
    """States each may be reached from, [N, P] (-1: none), and what that costs. Silences are passed over freely."""
    rows: list[list[tuple[int, float]]] = []
    for state in range(len(optional)):
        found: list[tuple[int, float]] = []
        passed, here = 0, state - 1
        while here >= 0 and passed < _FASTEST:
            found.append((here, _LEAVE_OUT * passed))
            passed += not optional[here]
            here -= 1
        rows.append(found)
    width = max(map(len, rows), default=0)
    before = np.full((len(rows), max(width, 1)), -1, np.int64)
    price = np.zeros(before.shape, np.float32)
    for state, found in enumerate(rows):
        for i, (origin, cost) in enumerate(found):
            before[state, i], price[state, i] = origin, cost
    return before, price


@compiled()
def _cheapest(
    distance: Singles, before: Ints, price: Singles, stay: Singles, starts: Bools
) -> tuple[npt.NDArray[np.uint8], Singles]:
    """For each state and step which predecessor it came from (0: itself), [M, N], and the costs at the end, [N]."""
    states, steps = distance.shape
    origin = np.zeros((steps, states), np.uint8)
    cost = np.where(starts, distance[:, 0], np.float32(np.inf)).astype(np.float32)
    new = np.empty_like(cost)
    for step in range(1, steps):
        for state in range(states):
            best = cost[state] + stay[state]
            chosen = 0
            for i in range(before.shape[1]):
                if before[state, i] < 0:
                    break
                other = cost[before[state, i]] + price[state, i]
                if other < best:
                    best = other
                    chosen = i + 1
            new[state] = best + distance[state, step]
            origin[step, state] = chosen
        cost, new = new, cost
    return origin, cost


def _traced(origin: npt.NDArray[np.uint8], before: Ints, end: int) -> Ints:
    taken = np.empty(len(origin), np.int64)
    state = end
    for step in range(len(origin) - 1, -1, -1):
        taken[step] = state
        chosen = origin[step, state]
        if chosen:
            state = int(before[state, chosen - 1])
    return taken

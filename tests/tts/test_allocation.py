"""Sharing frames: exact, fair and steady, whatever the targets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tts.prosody.allocation import allocate, natural

UNIT = st.tuples(st.floats(0.0, 30.0), st.floats(0.3, 1.5), st.integers(0, 2))


@settings(deadline=None)
@given(st.lists(UNIT, min_size=1, max_size=60), st.floats(0.7, 1.6))
def test_the_budget_is_spent_to_the_frame_and_no_unit_falls_under_its_floor(
    units: list[tuple[float, float, int]], stretch: float
) -> None:
    targets, elasticity, floors = (np.array(x) for x in zip(*units, strict=True))
    most = np.maximum(np.rint(targets * np.exp(6 * elasticity)), floors).sum()
    total = int(
        min(max(round(stretch * targets.sum()), floors.sum() + (targets * np.exp(-6 * elasticity) > 0.5).sum()), most)
    )
    frames = allocate(targets, elasticity, floors, total)
    assert frames.sum() == total
    assert (frames >= floors).all()


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 20.0), st.floats(0.3, 1.5)), min_size=2, max_size=40), st.data())
def test_with_a_greater_budget_no_unit_gets_less(units: list[tuple[float, float]], data: st.DataObject) -> None:
    targets, elasticity = (np.array(x) for x in zip(*units, strict=True))
    floors = np.ones(len(targets), np.int64)
    low = max(int(0.7 * targets.sum()), len(targets))
    smaller = data.draw(st.integers(low, 2 * low))
    larger = data.draw(st.integers(smaller, 2 * low))
    less, more = (allocate(targets, elasticity, floors, t) for t in (smaller, larger))
    assert (more >= less).all()


def test_the_natural_length_is_no_stretch() -> None:
    targets = np.array([1.2, 3.6, 0.2, 7.5])
    floors = np.array([1, 1, 1, 0])
    wanted = natural(targets, floors)
    assert wanted.tolist() == [1, 4, 1, 8]
    assert allocate(targets, np.ones(4), floors, int(wanted.sum())).tolist() == wanted.tolist()


def test_what_does_not_stretch_keeps_its_length_and_the_elastic_take_more() -> None:
    targets, elasticity = np.array([4.0, 10.0, 10.0]), np.array([0.0, 0.45, 1.0])
    frames = allocate(targets, elasticity, np.ones(3, np.int64), 36)
    assert frames[0] == 4
    assert frames[2] > frames[1] > 10


def test_a_budget_under_the_floors_is_refused() -> None:
    with pytest.raises(ValueError, match="can't be shared out"):
        allocate(np.full(5, 3.0), np.ones(5), np.ones(5, np.int64), 4)

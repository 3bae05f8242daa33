"""The bench of the face as `affetto bench face` runs it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from studio.engines import Progress
from studio.errors import InputError
from studio.evaluation.bench import Measurement
from talking_head.benches.motions import made, tracked
from talking_head.benches.photographs import at_hand
from talking_head.benches.plan import SIDE
from talking_head.benches.redetection import of_the_head
from talking_head.benches.report import Report
from talking_head.benches.running import LINES, PASSAGE, cores, fetch, judged, spoken, told
from talking_head.benches.speed import speeds
from talking_head.landmarks import Landmarker

# Enough for a 95th percentile.
_FRAMES = 100


def measure(portrait: Path) -> list[Measurement]:
    """The figures that have an aim. `bench` gives all of them."""
    return bench(at_hand(portrait), progress=told()).measurements()


def bench(
    photographs: Sequence[Path],
    film: Path | None = None,
    workers: int | None = None,
    timed: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Measure the face on every face of the photographs; speed on the first of them.

    film: of a real face, whose motion ours is held against; None takes the figures kept of one.
    timed: measure speed too, which says something on a machine with nothing else to do.
    Raises InputError when no face of the photographs can be moved, or the film shows none.
    """
    begun = time.monotonic()
    fetch(progress)
    load = os.getloadavg()[0]
    # Before the rest: nothing else of the bench is running then.
    fast = speeds(photographs[0], _FRAMES) if timed else []
    real = tracked(film)
    *lines, passage = spoken([*LINES, PASSAGE], progress)
    found = judged(photographs, lines, workers or cores(), progress)
    if not found:
        raise InputError("No face of the photographs can be moved: give one that looks toward the camera.")
    head = of_the_head(Landmarker(), SIDE)
    return Report(tuple(found), head, tuple(fast), real, made(passage), load, time.monotonic() - begun)

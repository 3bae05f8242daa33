"""The bench of the voice as `affetto bench tts` runs it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from studio import checkpoints
from studio.engines import Progress
from studio.errors import InputError
from studio.evaluation import quality, recognition, speaker_similarity
from studio.evaluation.bench import Measurement
from studio.evaluation.emotion_reader import readers
from tts.benches.plan import SYSTEMS
from tts.benches.report import Report
from tts.benches.running import run, told
from tts.benches.speed import speeds

DEFAULT_LINES = 12


def measure(portrait: Path) -> list[Measurement]:
    """The figures that have an aim, of the default run. `bench` gives all of them."""
    return bench(progress=told()).measurements()


def bench(
    count: int = DEFAULT_LINES,
    names: Sequence[str] = SYSTEMS,
    scratch: Path | None = None,
    workers: int | None = None,
    timed: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Let the systems `names` say `count` lines with emotion (and more without), and judge them.

    scratch: a folder in which sounds and judgements are kept, so that a run that was stopped goes on where it was.
    timed: measure speed too, which says something on a machine with nothing else to do.
    Raises InputError for an unknown system or one that can't be had, and when the judges' packages are missing.
    """
    if unknown := [n for n in names if n not in SYSTEMS]:
        raise InputError(f"The bench knows no system {unknown[0]!r}; it has {', '.join(SYSTEMS)}.")
    begun = time.monotonic()
    readers()
    judges = [quality.CHECKPOINT, speaker_similarity.CHECKPOINT]
    judges += [recognition.CHECKPOINT] if recognition.is_installed() else []
    checkpoints.fetch([*judges, "kokoro", "kokoro-voices"], progress)
    with tempfile.TemporaryDirectory() as temporary:
        cores = len(os.sched_getaffinity(0))
        # Before the rest: nothing else of the bench is running then.
        fast = speeds(names, progress) if timed else {}
        results = run(names, count, scratch or Path(temporary), workers or cores, progress)
    return Report(tuple(names), count, results, fast, time.monotonic() - begun)

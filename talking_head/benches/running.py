"""Runs the parts of the bench: what says how fast alone, and faces side by side, one process a core."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from studio import Studio, checkpoints
from studio.engines import Progress
from studio.performance import Speech
from talking_head.benches.emotions import CHECKPOINT as NETWORK
from talking_head.benches.judging import Judged, judge
from talking_head.benches.photographs import sitters
from talking_head.landmarks import Landmarker
from talking_head.visual_dubbing.identity import CHECKPOINT as IDENTITY

# Many lips that close, vowels wide and round, and in the second the sounds that show least.
LINES = (
    "My brother bought a map of Moscow before the big game.",
    "She asked for three cups of tea, and sat down in silence.",
)
# For the statistics of motion: as long as the film it is held against.
PASSAGE = (
    "I used to live by the river, in a house with a blue door. Every morning my father would walk down to the "
    "water and wait for the first boat. Sometimes I went with him, when it wasn't too cold. We never talked much."
    " But one day he told me a story about a man who had crossed the sea alone, and I have never forgotten it."
)


def fetch(progress: Progress | None = None) -> None:
    """What the judges need. Raises CheckpointError when it can't be had."""
    checkpoints.fetch(["face-landmarker", IDENTITY, NETWORK, "kokoro", "kokoro-voices"], progress)


def spoken(texts: Sequence[str], progress: Progress | None = None) -> list[Speech]:
    """The texts, said plainly by the voice that is used when none is chosen."""
    studio = Studio()
    said = []
    for text in texts:
        said.append(studio.speak(text))
        if progress:
            progress("speaking", len(said), len(texts))
    return said


def judged(
    photographs: Sequence[Path], lines: Sequence[Speech], workers: int, progress: Progress | None = None
) -> list[Judged]:
    """Every face of the photographs, in their order."""
    found = list(sitters(photographs, Landmarker()))
    # Fresh processes: sessions and compiled loops do not survive a fork.
    pool = ProcessPoolExecutor(min(workers, len(found)), multiprocessing.get_context("spawn"))
    try:
        waiting = {pool.submit(judge, sitter, lines): sitter.name for sitter in found}
        done: dict[str, Judged] = {}
        for finished in as_completed(waiting):
            done[waiting[finished]] = finished.result()
            if progress:
                progress("looking at faces", len(done), len(found))
    finally:
        # Stopped or failed, what was not begun is not done any more.
        pool.shutdown(cancel_futures=True)
    return [done[sitter.name] for sitter in found]


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def told() -> Progress:
    """Says on the error stream how far each part is."""

    def tell(stage: str, done: float, total: float) -> None:
        print(f"\r{stage}: {done:g} of {total:g} ", end="\n" if done >= total else "", file=sys.stderr, flush=True)

    return tell

"""Speaks and judges every case of the plan, in as many processes as there are cores, and keeps what it has."""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path

import soundfile

from studio.engines import Progress
from studio.media.files import written_whole
from tts.benches.judging import Judged, judge
from tts.benches.plan import NATURAL, Case, groups, lines, plan
from tts.benches.systems import System, fingerprint, system

Results = Mapping[Case, Judged]


def run(names: Sequence[str], count: int, scratch: Path, workers: int, progress: Progress | None = None) -> Results:
    """Everything the systems `names` say of `count` lines, judged.

    What lies in `scratch` from an earlier run, of the same code and weights, is not made again.
    """
    jobs = []
    cases: list[Case] = []
    # Told once: code may be edited while this runs.
    folders = {name: scratch / f"{name}-{fingerprint(name)}" for name in names}
    for name in names:
        # One that can't be had is said at once, not by a process after many lines of others.
        system(name)
        planned = plan(name, count)
        cases += planned
        folders[name].mkdir(parents=True, exist_ok=True)
        jobs += [g for g in groups(planned) if not all(_judged(folders[name], c).exists() for c in g)]
    total = sum(map(len, jobs))
    done = 0
    # Fresh processes: sessions and compiled loops do not survive a fork.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, (workers,))
    try:
        waiting = {pool.submit(_group, job, folders[job[0].system]): len(job) for job in jobs}
        for finished in as_completed(waiting):
            finished.result()
            done += waiting[finished]
            if progress:
                progress("speaking and judging", done, total)
    finally:
        # Stopped or failed, what was not begun is not made any more.
        pool.shutdown(cancel_futures=True)
    return {case: Judged.load(_judged(folders[case.system], case)) for case in cases}


def _judged(folder: Path, case: Case) -> Path:
    return folder / f"{case.name}.npz"


def _begin(workers: int) -> None:
    """One core a process, so that two of them do not wait for each other in the middle of a product."""
    # That a hurried line may lose words is what is measured here.
    logging.getLogger("affetto").setLevel(logging.ERROR)
    mine = sorted(os.sched_getaffinity(0))
    number = int(re.search(r"\d+$", multiprocessing.current_process().name).group()) - 1  # type: ignore[union-attr]
    if workers > 1:
        os.sched_setaffinity(0, {mine[number % len(mine)]})


def _group(cases: Sequence[Case], folder: Path) -> None:
    """Say and judge cases that begin with the plain one; its natural length is what factors are of."""
    natural: float | None = None
    for case in cases:
        path = _judged(folder, case)
        if path.exists():
            if case == cases[0]:
                numbers = Judged.load(path).numbers
                natural = numbers["samples"] / numbers["rate"]
            continue
        asked = None if case.factor == NATURAL or natural is None else case.factor * natural
        begun = time.perf_counter()
        said = _speaker(case.system).say(case, asked)
        taken = time.perf_counter() - begun
        if case == cases[0]:
            natural = len(said.samples) / said.sample_rate
        with written_whole(folder / f"{case.name}.wav") as part:
            soundfile.write(part, said.samples, said.sample_rate, format="WAV", subtype="PCM_16")
        judge(case, lines()[case.line], said, asked, taken).save(path)


@cache
def _speaker(name: str) -> System:
    return system(name)


def told() -> Progress:
    """Progress as a line on standard error, no more than one in ten seconds."""
    begun = last = time.monotonic()

    def tell(stage: str, done: float, total: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 10.0 or done == total:
            last = now
            left = (now - begun) / max(done, 1) * (total - done) / 60
            print(f"{stage}: {done:.0f} of {total:.0f}, {left:.0f} min to go", file=sys.stderr, flush=True)

    return tell

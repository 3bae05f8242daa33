"""What the scheduler itself costs: tasks that do next to nothing, handed to workers, kept, verified and gathered."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.evaluation.bench import Measurement, peak_memory
from studio.scheduler import Call, Inputs, JobWork, Scheduler, TaskWork, job, task

_TASKS = 300
_NOTHING, _MANY = "bench nothing", "bench scheduler"


@task(_NOTHING)
def make_nothing(inputs: Inputs, work: TaskWork) -> None:
    """A file of a few bytes."""
    (work.folder / "number.txt").write_text(str(inputs["number"]), encoding="utf-8")


@job(_MANY)
def ask_for_many(inputs: Inputs, work: JobWork) -> None:
    """So many of them at once."""
    work.gather([Call(_NOTHING, {"number": n}) for n in range(inputs["from"], inputs["to"])])


def measure(portrait: Path) -> list[Measurement]:
    """Milliseconds of each task on SQLite, with one worker and with two, and of one that was made before."""
    del portrait  # every bench is given one
    with tempfile.TemporaryDirectory() as folder, Scheduler.open(Path(folder)) as s:
        rows = []
        for number, workers in enumerate((1, 2)):
            start = number * _TASKS
            with _ready(s, workers):
                taken = _seconds(s, {"from": start, "to": start + _TASKS})
                of = "worker" if workers == 1 else "workers"
                rows.append(Measurement(f"a task, {workers} {of}", 1000 * taken / _TASKS, "ms", at_most=20.0))
                if workers == 2:
                    again = _seconds(s, {"from": 0, "to": 2 * _TASKS})
                    rows.append(Measurement("a task that was made before", 1000 * again / (2 * _TASKS), "ms"))
    return [*rows, peak_memory()]


@contextmanager
def _ready(scheduler: Scheduler, workers: int) -> Iterator[None]:
    """Workers that have taken their first task: starting a process isn't what is measured."""
    with scheduler.working(workers=workers):
        _seconds(scheduler, {"from": -8 * workers, "to": -4 * workers})
        yield


def _seconds(scheduler: Scheduler, inputs: dict[str, int]) -> float:
    started = time.perf_counter()
    submitted = scheduler.submit(_MANY, inputs)
    for _ in scheduler.follow(submitted):
        pass
    return time.perf_counter() - started

"""What can be run: tasks and jobs, each a function with a name, found in any process by that name.

A package offers its own through the entry-point group ``affetto.tasks``: the entry point is a module, and importing it
registers what it decorates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, TypeVar

from studio.errors import InputError

if TYPE_CHECKING:
    from studio.scheduler.work import JobWork, TaskWork

GROUP = "affetto.tasks"

Inputs = Mapping[str, Any]
TaskFunction = Callable[[Inputs, "TaskWork"], None]
JobFunction = Callable[[Inputs, "JobWork"], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Needs:
    """What a task needs of the worker that runs it.

    model: a name for what it keeps warm; a worker that has it warm takes the task before one that would load it.
    memory: bytes of device memory with that model loaded; no device with less takes the task.
    checkpoints: names in ``checkpoints/manifest.toml``; their hashes are part of what shapes the result.
    batch: how much the task may do at a time; halved once when the device runs out of memory.
    """

    model: str = ""
    memory: float = 0.0
    checkpoints: tuple[str, ...] = ()
    batch: int = 1


@dataclass(frozen=True)
class Task:
    """A function that makes one artifact: it writes files into ``work.folder``."""

    name: str
    version: int
    needs: Needs
    run: TaskFunction


@dataclass(frozen=True)
class Job:
    """A function that asks for tasks, gathers what they made, and returns a JSON object that tells of it."""

    name: str
    run: JobFunction


Kind = TypeVar("Kind", Task, Job)
_TASKS: dict[str, Task] = {}
_JOBS: dict[str, Job] = {}
_UNLOADED = {"entry points"}


def task(name: str, *, version: int = 1, needs: Needs | None = None) -> Callable[[TaskFunction], TaskFunction]:
    """Register a task. version: raise it when the function makes something else of the same inputs."""

    def register(run: TaskFunction) -> TaskFunction:
        _TASKS[name] = Task(name, version, needs or Needs(), run)
        return run

    return register


def job(name: str) -> Callable[[JobFunction], JobFunction]:
    """Register a job. It may be run again from its start at any time: what its tasks made is not made again."""

    def register(run: JobFunction) -> JobFunction:
        _JOBS[name] = Job(name, run)
        return run

    return register


def find_task(name: str) -> Task:
    """The task of that name. Raises InputError when none is installed."""
    return _found(_TASKS, "task", name)


def find_job(name: str) -> Job:
    """The job of that name. Raises InputError when none is installed."""
    return _found(_JOBS, "job", name)


def _found(known: dict[str, Kind], kind: str, name: str) -> Kind:
    if name not in known and _UNLOADED:
        _UNLOADED.clear()
        for entry in entry_points(group=GROUP):
            entry.load()
    if name not in known:
        raise InputError(f"There is no {kind} named {name!r}; installed: {', '.join(sorted(known)) or 'none'}.")
    return known[name]

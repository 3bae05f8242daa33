"""What a task and a job are given to work with."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.errors import AffettoError, InputError
from studio.scheduler.board import Board, Held
from studio.scheduler.jobs import Jobs
from studio.scheduler.keys import Call
from studio.scheduler.registry import Needs
from studio.scheduler.store import Artifact, DamagedError, Store
from studio.scheduler.warm import Warm

if TYPE_CHECKING:
    from studio.studio import Studio

_LOG = logging.getLogger("affetto")

# How often a task asks whether it is still wanted, and tells how far it is; a cancel is noticed within it: seconds.
_ASK_EVERY = 0.5

# How often a job looks for finished tasks: seconds.
_LOOK_EVERY = 0.1

_FEW = 32

# The name under which engines of a task without a model of its own are kept.
_ANY_MODEL = "studio"


class Leave(BaseException):
    """Drop the work: it was cancelled, taken over, or this process ends. No error, so nothing should catch it."""


class TaskError(AffettoError):
    """A task that a job needs can't be done."""


class TaskWork:
    """What a task is given.

    folder: write the result's files here.  device: "cpu" or "cuda:0".  batch: how many to do at a time.
    """

    def __init__(
        self,
        held: Held,
        board: Board,
        folder: Path,
        device: str,
        needs: Needs,
        batch: int,
        warm: Warm,
        leaving: threading.Event,
    ) -> None:
        self.folder, self.device, self.batch = folder, device, batch
        self._held, self._board, self._needs = held, board, needs
        self._warm, self._leaving = warm, leaving
        self._asked = time.monotonic()

    @property
    def studio(self) -> Studio:
        """This worker's warm Studio of the task's model, on its device."""
        from studio.studio import Studio

        return self.warm(lambda: Studio(self.device))

    def warm(self, load: Callable[[], Any]) -> Any:
        """What `load` returns, the task's model; kept for the next task of the same model."""
        return self._warm.get(self._needs.model or _ANY_MODEL, self._needs.memory, load)

    def progress(self, stage: str, done: float, total: float) -> None:
        """Say how far the task is; give it as `progress` to what reports. Ends the task when nobody wants it."""
        if self._due():
            self._ask()
            self._board.share(self._held, min(done / total, 1.0) if total > 0 else 0.0)

    def check_cancelled(self) -> None:
        """End the task when nobody wants it any more; call it between steps of a long one."""
        if self._due():
            self._ask()

    def _due(self) -> bool:
        return self._leaving.is_set() or time.monotonic() - self._asked >= _ASK_EVERY

    def _ask(self) -> None:
        self._asked = time.monotonic()
        if self._leaving.is_set() or not self._board.holds(self._held):
            raise Leave


class JobWork:
    """What a job is given. id: the job's."""

    def __init__(self, job: str, run: int, jobs: Jobs, board: Board, store: Store, leaving: threading.Event) -> None:
        self.id = job
        self._run, self._jobs, self._board, self._store, self._leaving = run, jobs, board, store, leaving
        self._warned: set[str] = set()

    def gather(self, calls: Sequence[Call], stage: str = "") -> list[Artifact]:
        """What these tasks make, in their order: now, if it was made before, else when workers have made it.

        stage: what progress calls it.  Raises TaskError when some can't be done, after all others are.
        """
        if not calls:
            return []
        by_key = {call.key: call for call in calls}
        self._check_room(list(by_key.values()))
        stage = stage or calls[0].task
        self._board.want(self.id, list(by_key.values()), stage)
        made, failed = self._collect(by_key, stage)
        if failed:
            others = f" ({len(failed)} of {len(by_key)} tasks of {stage} failed)" if len(by_key) > 1 else ""
            raise TaskError(failed[0] + others)
        return [made[call.key] for call in calls]

    def _collect(self, by_key: dict[str, Call], stage: str) -> tuple[dict[str, Artifact], list[str]]:
        made: dict[str, Artifact] = {}
        failed: list[str] = []
        pending = dict.fromkeys(by_key)
        while pending:
            for outcome in self._board.outcomes(list(pending)):
                if outcome.state == "done":
                    try:
                        made[outcome.key] = self._store.read(outcome.key)
                        self._warn(outcome.log)
                    except DamagedError as e:
                        _LOG.warning("%s It is made anew.", e)
                        self._board.remake(outcome.key)
                        continue
                else:
                    failed.append(outcome.error or f"The task {by_key[outcome.key].task} failed.")
                del pending[outcome.key]
            done = len(by_key) - len(pending)
            # Of a few long tasks it matters how far each is; of many short ones it doesn't.
            shares = self._board.shares(list(pending)) if len(pending) <= _FEW else 0.0
            self._jobs.stage(self.id, stage, done + shares, len(by_key))
            if pending:
                self.check_cancelled()
                self._leaving.wait(_LOOK_EVERY)
        return made, failed

    def _warn(self, log: str | None) -> None:
        """Say what a task warned of, once."""
        for warning in (log or "").splitlines():
            if warning not in self._warned:
                self._warned.add(warning)
                _LOG.warning("%s", warning)

    def call(self, call: Call, stage: str = "") -> Artifact:
        """`gather` of one."""
        return self.gather([call], stage)[0]

    def progress(self, stage: str, done: float, total: float) -> None:
        """Say how far the job is with something it does itself."""
        self._jobs.stage(self.id, stage, done, total)
        self.check_cancelled()

    def check_cancelled(self) -> None:
        """End the job when it was cancelled, or another process has taken it over."""
        if self._leaving.is_set() or not self._jobs.is_mine(self.id, self._run):
            raise Leave

    def _check_room(self, calls: Sequence[Call]) -> None:
        largest = max(calls, key=lambda call: call.needs.memory)
        there = self._jobs.largest_memory()
        if largest.needs.memory > there:
            raise InputError(
                f"The task {largest.task} needs {largest.needs.memory / 1e9:.1f} GB; the largest device has "
                f"{there / 1e9:.1f} GB: start `affetto worker` on a machine with more, then retry the job."
            )

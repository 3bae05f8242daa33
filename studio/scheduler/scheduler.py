"""Submitting jobs, following them, and working on them: the one object callers need."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

from studio.errors import InputError
from studio.scheduler import pruning
from studio.scheduler.board import Board
from studio.scheduler.database import connect
from studio.scheduler.devices import Device, chosen
from studio.scheduler.durable import MOST_PRIORITY, Durable
from studio.scheduler.fleet import LEASE, Fleet, is_alive
from studio.scheduler.jobs import Job, Jobs, Trouble
from studio.scheduler.keys import encode
from studio.scheduler.places import places
from studio.scheduler.registry import find_job
from studio.scheduler.store import Store

# How often `follow` looks: seconds.
_LOOK_EVERY = 0.2


class Scheduler:
    """Jobs in a database, artifacts in a store. Use it as a context, or `close` it."""

    def __init__(self, folder: Path | None = None, database: str | None = None, store: str | None = None) -> None:
        self.places = places(folder, database, store)
        self._engine = connect(self.places.database)
        self._jobs, self._board = Jobs(self._engine), Board(self._engine)
        self._durable = Durable(self.places.database)
        self._fleet: Fleet | None = None

    @classmethod
    def open(cls, folder: Path | None = None, database: str | None = None, store: str | None = None) -> Self:
        """folder: else AFFETTO_JOBS, else under AFFETTO_HOME. database: else AFFETTO_DATABASE_URL, else SQLite there.

        store: a folder or an fsspec URL; else AFFETTO_STORE, else in the folder.
        Raises InputError where these can't be used, and for SQLite on a network disk.
        """
        return cls(folder, database, store)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._durable.close()
        self._engine.dispose()

    def submit(self, name: str, inputs: Mapping[str, Any], priority: int = 0, label: str = "") -> str:
        """Queue a job; its id. An unfinished job of the same name and inputs is that job.

        inputs: JSON, and paths.  priority: -1000 to 1000, high is first.  label: what people call it.
        """
        find_job(name)
        _check_priority(priority)
        new = f"{name}-{secrets.token_hex(3)}"
        told = encode(inputs, f"job {name}", hashed=False)
        self._durable.client  # noqa: B018  # its tables have to be there before the transaction below

        def also(connection: sa.Connection) -> None:
            self._durable.enqueue(new, priority, connection)

        return self._jobs.add(new, name, label, told, priority, also)

    def job(self, job: str) -> Job:
        """How a job stands. Raises InputError when there is none of that id."""
        return self._jobs.get(job)

    def jobs(self, unfinished: bool = False) -> list[Job]:
        """Every job, or every unfinished one, the newest first."""
        return self._jobs.all(("queued", "running") if unfinished else ())

    def troubles(self, job: str) -> list[Trouble]:
        """What went wrong with tasks of a job: those that failed, were set aside, or lost a worker, with their log."""
        self._jobs.get(job)
        return self._jobs.troubles(job)

    def cancel(self, job: str) -> bool:
        """Cancel a job: what is being made for it alone is dropped, what was made stays. False when it had ended."""
        self._jobs.get(job)
        if not self._jobs.set_state(job, "cancelled", ("queued", "running")):
            return False
        self._durable.cancel(job)
        self._board.drop_unwanted()
        return True

    def retry(self, job: str) -> None:
        """Queue a failed or cancelled job again; what was made is not made again. Raises InputError for others."""
        told = self._jobs.get(job)
        if told.state not in ("failed", "cancelled"):
            raise InputError(f"The job {job} is {told.state}: only one that failed or was cancelled can be retried.")
        if self._jobs.set_state(job, "queued", ("failed", "cancelled")):
            self._durable.again(job)

    def set_priority(self, job: str, priority: int) -> None:
        """Change the priority of a job and of what it waits for. Raises InputError when it has ended."""
        _check_priority(priority)
        if self._jobs.get(job).ended:
            raise InputError(f"The job {job} has ended.")
        self._jobs.set_priority(job, priority)
        self._durable.set_priority(job, priority)

    def follow(self, job: str) -> Iterator[Job]:
        """How a job stands, now, at each change, and at its end. Raises what ends the workers of `working`."""
        last = None
        while True:
            told = self._jobs.get(job)
            if told != last:
                yield told
                last = told
            if told.ended:
                return
            if self._fleet and self._fleet.error:
                raise self._fleet.error
            time.sleep(_LOOK_EVERY)

    @contextmanager
    def working(
        self, workers: int | None = None, devices: Sequence[str | Device] = (), lease: float = LEASE
    ) -> Iterator[None]:
        """Work on jobs meanwhile: one worker process for each device. What they do at the end is left undone.

        workers: so many for the CPU; one if left out.  devices: names ("cuda:0", "cpu"); all of this machine's if
            left out.  lease: after so many seconds of silence others take this process for dead.
        Raises InputError when a device isn't here.
        """
        given = [d for d in devices if isinstance(d, Device)]
        picked = given or chosen([d for d in devices if isinstance(d, str)], workers)
        fleet = Fleet(self.places, self._engine, self._durable, picked, lease)
        fleet.start()
        self._fleet = fleet
        try:
            yield
        finally:
            self._fleet = None
            fleet.stop()

    def work(
        self,
        workers: int | None = None,
        devices: Sequence[str | Device] = (),
        *,
        until: str | None = None,
        until_idle: bool = False,
        lease: float = LEASE,
        watch: Callable[[Sequence[Job]], None] | None = None,
    ) -> None:
        """Work on jobs: until one has ended, until none is left, or for good. watch: told of unfinished jobs."""
        with self.working(workers, devices, lease):
            while True:
                unfinished = self.jobs(unfinished=True)
                if watch:
                    watch(unfinished)
                if until is not None and self.job(until).ended:
                    return
                if until_idle and not unfinished:
                    return
                if self._fleet and self._fleet.error:
                    raise self._fleet.error
                time.sleep(_LOOK_EVERY)

    def workers(self) -> list[dict[str, Any]]:
        """The devices that are worked on now, on all machines: name, label, memory."""
        return [device for m in self._jobs.machines() if is_alive(m) for device in json.loads(m.devices)]

    def kept(self) -> list[pruning.Kept]:
        """What the store holds, by task."""
        return pruning.kept(self._engine)

    def prune(self, limit: float | None = None) -> tuple[int, float]:
        """Remove what was used longest ago until `limit` bytes (or the usual limit) are kept; how many, and bytes.

        What an unfinished job needs stays.
        """
        store = Store(self.places.store, self.places.folder)
        return pruning.prune(self._engine, store, self.places.limit if limit is None else limit)


def _check_priority(priority: int) -> None:
    if abs(priority) > MOST_PRIORITY:
        raise InputError(f"A priority is between -{MOST_PRIORITY} and {MOST_PRIORITY}, not {priority}.")

"""The jobs of one database: what was submitted, how far each is, what came of it; and the machines that work."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from studio.errors import InputError
from studio.scheduler.database import JOBS, MACHINES, STAGES, TASKS, WANTS, insert, now, patient
from studio.scheduler.devices import Device

ENDED = ("done", "failed", "cancelled")

# How often a stage's progress is written: seconds. More would be seen by nobody and wear the disk.
_WRITE_EVERY = 0.3


@dataclass(frozen=True)
class Stage:
    """done of total; seconds_left: at the pace since this stage was begun or gone on with, if that can be told."""

    name: str
    done: float
    total: float
    seconds_left: float | None


@dataclass(frozen=True)
class Job:
    """A job as it is now. state: queued, running, done, failed or cancelled; times in seconds since 1970.

    error: the sentence that says why it failed.  result: what the job function returned.
    """

    id: str
    name: str
    label: str
    state: str
    priority: int
    created: float
    started: float | None
    finished: float | None
    error: str | None
    result: dict[str, Any] | None
    inputs: dict[str, Any]
    stages: tuple[Stage, ...] = ()

    @property
    def ended(self) -> bool:
        return self.state in ENDED


@dataclass(frozen=True)
class Trouble:
    """A task that failed, was set aside, or lost a worker. log: the last it said."""

    task: str
    state: str
    deaths: int
    error: str | None
    log: str | None
    inputs: dict[str, Any] = field(repr=False)


class Jobs:
    """The rows of jobs; what starts, takes over and cancels them is `Durable`."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.ending = False
        self._now = now(engine)
        self._written: dict[tuple[str, str], float] = {}

    @patient
    def add(self, job: str, name: str, label: str, inputs: Mapping[str, Any], priority: int, also: Any) -> str:
        """Add a job, and call `also` in the same transaction. The id of one that is unfinished and asks for the same.

        The same command twice, after Ctrl-C say, is one job.
        """
        text = json.dumps(inputs, sort_keys=True)
        same = sa.and_(JOBS.c.name == name, JOBS.c.inputs == text, JOBS.c.state.not_in(ENDED))
        row = {"id": job, "name": name, "label": label, "inputs": text, "priority": priority, "run": 0}
        with self.engine.begin() as c:
            if found := c.execute(sa.select(JOBS.c.id).where(same).limit(1)).scalar():
                return str(found)
            c.execute(JOBS.insert().values(state="queued", created=self._now, **row))
            also(c)
        return job

    @patient
    def get(self, job: str) -> Job:
        """One job. Raises InputError when there is none of that id."""
        with self.engine.connect() as c:
            row = c.execute(sa.select(JOBS).where(JOBS.c.id == job)).first()
            if row is None:
                raise InputError(f"There is no job {job!r}; `affetto jobs list` shows those there are.")
            stages = c.execute(sa.select(STAGES).where(STAGES.c.job == job).order_by(STAGES.c.place)).all()
            return _job(row, tuple(_stage(s, row.state) for s in stages))

    @patient
    def all(self, states: tuple[str, ...] = ()) -> list[Job]:
        """Every job (in one of the states, if given), the newest first."""
        query = sa.select(JOBS).order_by(JOBS.c.created.desc())
        if states:
            query = query.where(JOBS.c.state.in_(states))
        stages: dict[str, list[Any]] = {}
        with self.engine.connect() as c:
            rows = c.execute(query).all()
            for stage in c.execute(sa.select(STAGES).order_by(STAGES.c.place)):
                stages.setdefault(stage.job, []).append(stage)
        return [_job(row, tuple(_stage(s, row.state) for s in stages.get(row.id, []))) for row in rows]

    @patient
    def unfinished(self) -> int:
        """How many jobs are queued or running."""
        with self.engine.connect() as c:
            return c.execute(sa.select(sa.func.count()).where(JOBS.c.state.not_in(ENDED))).scalar() or 0

    @patient
    def begin(self, job: str) -> int | None:
        """Start or take over a job: the number of this run of it, or None when it has ended."""
        with self.engine.begin() as c:
            mine = sa.and_(JOBS.c.id == job, JOBS.c.state.not_in(ENDED))
            first = sa.func.coalesce(JOBS.c.started, self._now)
            c.execute(JOBS.update().where(mine).values(state="running", run=JOBS.c.run + 1, started=first))
            run: int | None = c.execute(sa.select(JOBS.c.run).where(mine)).scalar()
            # Time left is judged by this run's pace: what earlier ones did is only there.
            pace = {"started": self._now, "found": STAGES.c.done}
            c.execute(STAGES.update().where(STAGES.c.job == job).values(**pace))
            return run

    @patient
    def is_mine(self, job: str, run: int) -> bool:
        """Whether this run of the job is the one that counts, and not cancelled."""
        query = sa.select(JOBS.c.id).where(JOBS.c.id == job, JOBS.c.run == run, JOBS.c.state == "running")
        with self.engine.connect() as c:
            return c.execute(query).first() is not None

    @patient
    def end(self, job: str, run: int, state: str, result: Mapping[str, Any] | None, error: str | None) -> None:
        """Record what came of this run of a job."""
        mine = sa.and_(JOBS.c.id == job, JOBS.c.run == run, JOBS.c.state == "running")
        text = None if result is None else json.dumps(result)
        with self.engine.begin() as c:
            c.execute(JOBS.update().where(mine).values(state=state, result=text, error=error, finished=self._now))

    @patient
    def set_state(self, job: str, state: str, before: tuple[str, ...]) -> bool:
        """Change a job's state if it is one of `before`."""
        ended = {"finished": self._now if state in ENDED else None}
        fresh: dict[str, Any] = {} if state in ENDED else {"error": None, "result": None, "run": JOBS.c.run + 1}
        with self.engine.begin() as c:
            mine = sa.and_(JOBS.c.id == job, JOBS.c.state.in_(before))
            done = c.execute(JOBS.update().where(mine).values(state=state, **ended, **fresh))
            if state == "queued":  # what failed before is to be tried again, which a new want does
                c.execute(WANTS.delete().where(WANTS.c.job == job))
            return bool(done.rowcount)

    @patient
    def set_priority(self, job: str, priority: int) -> None:
        """Change the priority of a job, and of the tasks it waits for."""
        wants = sa.select(WANTS.c.key).where(WANTS.c.job == job)
        with self.engine.begin() as c:
            c.execute(JOBS.update().where(JOBS.c.id == job).values(priority=priority))
            waiting = sa.and_(TASKS.c.key.in_(wants), TASKS.c.state == "queued")
            c.execute(TASKS.update().where(waiting).values(priority=priority))

    @patient
    def stage(self, job: str, name: str, done: float, total: float) -> None:
        """Write how far a stage is; the first and the last word of it, and between them not too often."""
        last = self._written.get((job, name))
        if last is not None and done < total and time.monotonic() - last < _WRITE_EVERY:
            return
        self._written[job, name] = time.monotonic()
        values = {"done": done, "total": total, "updated": self._now}
        with self.engine.begin() as c:
            here = sa.and_(STAGES.c.job == job, STAGES.c.name == name)
            if not c.execute(STAGES.update().where(here).values(**values)).rowcount:
                place = sa.select(sa.func.count()).where(STAGES.c.job == job).scalar_subquery()
                row = {"job": job, "name": name, "place": place, "started": self._now, "found": done}
                c.execute(insert(self.engine, STAGES).values(**row, **values).on_conflict_do_nothing())

    @patient
    def troubles(self, job: str) -> list[Trouble]:
        """The tasks of a job that failed, were set aside or lost a worker."""
        query = sa.select(TASKS).join(WANTS, WANTS.c.key == TASKS.c.key).where(WANTS.c.job == job)
        bad = sa.or_(TASKS.c.state.in_(("failed", "poisoned")), TASKS.c.deaths > 0, TASKS.c.log.is_not(None))
        with self.engine.connect() as c:
            rows = c.execute(query.where(bad).order_by(WANTS.c.place)).all()
        return [Trouble(r.name, r.state, r.deaths, r.error, r.log, json.loads(r.inputs)) for r in rows]

    # Machines: the processes that keep workers.

    @patient
    def arrive(self, machine: str, host: str, process: str, devices: list[Device], lease: float) -> None:
        """Sign in, to be seen as alive for `lease` seconds after each `beat`."""
        told = json.dumps([{"name": d.name, "label": d.label, "memory": d.memory} for d in devices])
        row = {"id": machine, "host": host, "process": process, "devices": told, "seen": self._now, "lease": lease}
        with self.engine.begin() as c:
            c.execute(MACHINES.insert().values(**row))

    @patient
    def beat(self, machine: str) -> bool:
        """Say that a machine is alive; False when it was taken for dead, and others do its work."""
        with self.engine.begin() as c:
            return bool(c.execute(MACHINES.update().where(MACHINES.c.id == machine).values(seen=self._now)).rowcount)

    @patient
    def leave(self, machines: list[str]) -> None:
        """Sign out."""
        with self.engine.begin() as c:
            c.execute(MACHINES.delete().where(MACHINES.c.id.in_(machines)))

    @patient
    def machines(self) -> list[sa.Row]:
        """Every machine that has signed in, with `late`, whether its lease is over."""
        late = (MACHINES.c.seen + MACHINES.c.lease < self._now).label("late")
        with self.engine.connect() as c:
            return list(c.execute(sa.select(MACHINES, late)).all())

    def largest_memory(self) -> float:
        """Of all devices that work now: bytes."""
        return max((d["memory"] for m in self.machines() for d in json.loads(m.devices)), default=0.0)


def _stage(row: Any, state: str) -> Stage:
    left = None
    made, took = row.done - row.found, row.updated - row.started
    if state == "running" and made > 0 and took > 0:
        left = (row.total - row.done) * took / made
    return Stage(row.name, row.done, row.total, left)


def _job(row: Any, stages: tuple[Stage, ...]) -> Job:
    result = None if row.result is None else json.loads(row.result)
    told = (row.id, row.name, row.label, row.state, row.priority, row.created, row.started, row.finished, row.error)
    return Job(*told, result, json.loads(row.inputs), stages)

"""The board of tasks: what is wanted, who works on what, what came of it. Every change is one short transaction.

A task's key says everything that shapes its result, so two jobs that want the same want one task, and what is done
stays done. A worker holds a task by a claim: if it was taken from it meanwhile (its machine was taken for dead), what
it still finishes is not recorded.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from studio.scheduler.database import JOBS, TASKS, WANTS, insert, now, patient
from studio.scheduler.keys import Call

# A task that took so many workers with it is set aside: a crash by chance is not told from one of its own making.
DEATHS = 3

# Of a log no more than its end is kept: characters.
LOG = 8000

_CHUNK = 500  # rows a statement; SQLite takes 32,766 parameters


@dataclass(frozen=True)
class Held:
    """A task a worker holds."""

    key: str
    name: str
    inputs: str
    model: str
    claim: str


@dataclass(frozen=True)
class Outcome:
    """What has become of a task a job wants. error: the sentence of one that failed.  log: warnings of one done."""

    key: str
    state: str
    error: str | None
    log: str | None


class Board:
    """The tasks of one database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.ending = False
        self._now = now(engine)

    @patient
    def want(self, job: str, calls: Sequence[Call], stage: str) -> None:
        """Let a job want these tasks. Those it wanted before and that failed stay so until `retry`."""
        with self.engine.begin() as c:
            asked = c.execute(sa.select(JOBS.c.priority, JOBS.c.created).where(JOBS.c.id == job)).one()
            before = set(c.execute(sa.select(WANTS.c.key).where(WANTS.c.job == job)).scalars())
            place = len(before)
            for start in range(0, len(calls), _CHUNK):
                part = {call.key: call for call in calls[start : start + _CHUNK]}
                new = [key for key in part if key not in before]
                rows = [
                    {
                        "key": key,
                        "name": call.task,
                        "inputs": json.dumps(call.encoded),
                        "model": call.needs.model,
                        "memory": call.needs.memory,
                        "state": "queued",
                        "priority": asked.priority,
                        "wanted": asked.created,
                        "place": place + start + i,
                        "deaths": 0,
                        "runs": 0,
                        "share": 0.0,
                    }
                    for i, (key, call) in enumerate(part.items())
                ]
                add = insert(self.engine, TASKS)
                # A file that counts by its content may lie elsewhere now.
                moved = add.on_conflict_do_update(
                    index_elements=["key"], set_={"inputs": add.excluded.inputs}, where=TASKS.c.state != "running"
                )
                c.execute(moved, rows)
                if new:
                    wants = [
                        {"job": job, "key": key, "stage": stage, "place": place + start + i}
                        for i, key in enumerate(new)
                    ]
                    c.execute(insert(self.engine, WANTS).on_conflict_do_nothing(), wants)
                again = sa.or_(
                    TASKS.c.state == "idle",
                    sa.and_(TASKS.c.state.in_(("failed", "poisoned")), TASKS.c.key.in_(new)),
                )
                fresh = {"state": "queued", "deaths": 0, "error": None, "log": None, "wanted": asked.created}
                mine = TASKS.c.key.in_(list(part))
                c.execute(TASKS.update().where(mine, again).values(priority=asked.priority, **fresh))
                # Of several jobs that want it, it comes when the first of them would have it.
                urgent, older = TASKS.c.priority < asked.priority, TASKS.c.wanted > asked.created
                c.execute(TASKS.update().where(mine, urgent).values(priority=asked.priority))
                c.execute(TASKS.update().where(mine, older).values(wanted=asked.created))
                c.execute(TASKS.update().where(mine, TASKS.c.state == "done").values(used=self._now))

    @patient
    def outcomes(self, keys: Sequence[str]) -> Iterator[Outcome]:
        """Those of the tasks that are done or have failed."""
        found: list[Outcome] = []
        ended = TASKS.c.state.in_(("done", "failed", "poisoned"))
        with self.engine.connect() as c:
            for start in range(0, len(keys), _CHUNK):
                columns = sa.select(TASKS.c.key, TASKS.c.state, TASKS.c.error, TASKS.c.log)
                query = columns.where(TASKS.c.key.in_(keys[start : start + _CHUNK]), ended)
                found += [Outcome(*row) for row in c.execute(query)]
        return iter(found)

    @patient
    def shares(self, keys: Sequence[str]) -> float:
        """How much is done, in tasks, of those being worked on."""
        query = sa.select(sa.func.sum(TASKS.c.share)).where(TASKS.c.key.in_(keys), TASKS.c.state == "running")
        with self.engine.connect() as c:
            return float(c.execute(query).scalar() or 0.0)

    @patient
    def claim(self, machine: str, worker: str, memory: float, warm: Sequence[str]) -> Held | None:
        """Take the next task that fits `memory`: by priority, then one whose model is warm, then the oldest."""
        with self.engine.begin() as c:
            lost = sa.select(TASKS).where(TASKS.c.machine == machine, TASKS.c.worker == worker)
            row = c.execute(lost.where(TASKS.c.state == "running")).first()  # its claim was made, but never heard of
            if row is None:
                row = self._next(c, memory, warm)
            if row is None:
                return None
            claim = secrets.token_hex(8)
            taken = {"state": "running", "claim": claim, "machine": machine, "worker": worker, "share": 0.0}
            same = sa.and_(TASKS.c.key == row.key, TASKS.c.state == row.state)
            done = c.execute(TASKS.update().where(same).values(runs=TASKS.c.runs + 1, error=None, **taken))
            return Held(row.key, row.name, row.inputs, row.model, claim) if done.rowcount else None

    def _next(self, c: sa.Connection, memory: float, warm: Sequence[str]) -> sa.Row | None:
        queued = sa.and_(TASKS.c.state == "queued", TASKS.c.memory <= memory)
        top = c.execute(sa.select(TASKS.c.priority).where(queued).order_by(TASKS.c.priority.desc()).limit(1)).scalar()
        if top is None:
            return None
        query = sa.select(TASKS).where(queued, TASKS.c.priority == top).order_by(TASKS.c.wanted, TASKS.c.place).limit(1)
        query = query.with_for_update(skip_locked=True)
        return c.execute(query.where(TASKS.c.model.in_([*warm, ""]))).first() or c.execute(query).first()

    @patient
    def finish(self, held: Held, digest: str, size: float, seconds: float, log: str) -> bool:
        """Record what a worker made; False when the task is no longer its own."""
        made = {"digest": digest, "bytes": size, "seconds": seconds, "used": self._now, "log": log[-LOG:] or None}
        return self._end(held, "done", error=None, **made)

    @patient
    def fail(self, held: Held, error: str, log: str) -> bool:
        """Record why a task can't be done."""
        return self._end(held, "failed", error=error, log=log[-LOG:])

    @patient
    def share(self, held: Held, share: float) -> None:
        """How much of a task is done, 0 to 1."""
        with self.engine.begin() as c:
            c.execute(TASKS.update().where(TASKS.c.key == held.key, TASKS.c.claim == held.claim).values(share=share))

    @patient
    def release(self, held: Held) -> bool:
        """Give a task back undone; whoever still wants it gets it from another worker."""
        with self.engine.begin() as c:
            changed = c.execute(
                TASKS.update()
                .where(TASKS.c.key == held.key, TASKS.c.claim == held.claim)
                .values(state=self._wanted_state(), claim=None, machine=None, worker=None)
            )
            return bool(changed.rowcount)

    def _end(self, held: Held, state: str, **values: object) -> bool:
        mine = sa.and_(TASKS.c.key == held.key, TASKS.c.claim == held.claim, TASKS.c.state == "running")
        values |= {"claim": None, "machine": None, "worker": None}
        with self.engine.begin() as c:
            changed = c.execute(TASKS.update().where(mine).values(state=state, finished=self._now, **values))
            return bool(changed.rowcount)

    @patient
    def holds(self, held: Held) -> bool:
        """Whether the task is still the worker's own and somebody still wants it."""
        query = sa.select(self._is_wanted()).where(TASKS.c.key == held.key, TASKS.c.claim == held.claim)
        with self.engine.connect() as c:
            return bool(c.execute(query).scalar())

    @patient
    def died(self, machine: str, worker: str, log: str) -> str | None:
        """A worker died: its task goes to another, or is set aside the third time. The name of the task, if any."""
        with self.engine.begin() as c:
            mine = sa.and_(TASKS.c.machine == machine, TASKS.c.worker == worker, TASKS.c.state == "running")
            row = c.execute(sa.select(TASKS).where(mine)).first()
            if row is None:
                return None
            free = {"claim": None, "machine": None, "worker": None, "deaths": row.deaths + 1, "log": log[-LOG:]}
            if row.deaths + 1 < DEATHS:
                c.execute(TASKS.update().where(mine).values(state=self._wanted_state(), **free))
            else:
                sentence = f"The task {row.name} brought down its worker {DEATHS} times and was set aside."
                c.execute(TASKS.update().where(mine).values(state="poisoned", error=sentence, **free))
            return str(row.name)

    @patient
    def vacate(self, alive: Sequence[str]) -> int:
        """Take back what is held on machines that are not `alive`, through no fault of the tasks; how many."""
        theirs = sa.and_(TASKS.c.state == "running", TASKS.c.machine.not_in(alive))
        with self.engine.connect() as c:  # reading doesn't wait for writers: nearly always there is nothing to do
            if not c.execute(sa.select(TASKS.c.key).where(theirs).limit(1)).first():
                return 0
        free = {"claim": None, "machine": None, "worker": None, "share": 0.0}
        with self.engine.begin() as c:
            return c.execute(TASKS.update().where(theirs).values(state=self._wanted_state(), **free)).rowcount

    @patient
    def remake(self, key: str) -> None:
        """Queue a task anew whose artifact is damaged or gone."""
        with self.engine.begin() as c:
            lost = sa.and_(TASKS.c.key == key, TASKS.c.state == "done")
            c.execute(TASKS.update().where(lost).values(state="queued", digest=None, bytes=None))

    @patient
    def drop_unwanted(self) -> None:
        """Take off the queue what no unfinished job wants any more."""
        with self.engine.begin() as c:
            c.execute(TASKS.update().where(TASKS.c.state == "queued", ~self._is_wanted()).values(state="idle"))

    def _is_wanted(self) -> sa.ColumnElement[bool]:
        by = sa.select(WANTS.c.key).join(JOBS, JOBS.c.id == WANTS.c.job)
        return sa.exists(by.where(WANTS.c.key == TASKS.c.key, JOBS.c.state.in_(("queued", "running"))))

    def _wanted_state(self) -> sa.ColumnElement[str]:
        return sa.case((self._is_wanted(), "queued"), else_="idle")

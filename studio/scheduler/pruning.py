"""Keeping the store within its limit: what was used longest ago goes first, nothing that an unfinished job wants."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from studio.scheduler.database import JOBS, TASKS, WANTS
from studio.scheduler.store import Store


@dataclass(frozen=True)
class Kept:
    """What the store holds of one kind of task."""

    task: str
    artifacts: int
    bytes: float
    needed: int


def kept(engine: sa.Engine) -> list[Kept]:
    """What the store holds, by task; needed: how many of them an unfinished job wants."""
    needed = sa.func.sum(sa.case((_needed(), 1), else_=0))
    columns = (TASKS.c.name, sa.func.count(), sa.func.sum(TASKS.c.bytes), needed)
    query = sa.select(*columns).where(TASKS.c.state == "done").group_by(TASKS.c.name).order_by(TASKS.c.name)
    with engine.connect() as c:
        return [Kept(*row) for row in c.execute(query)]


def prune(engine: sa.Engine, store: Store, limit: float) -> tuple[int, float]:
    """Remove artifacts until no more than `limit` bytes are kept, or only needed ones; how many, and their bytes."""
    with engine.connect() as c:
        total = c.execute(sa.select(sa.func.sum(TASKS.c.bytes)).where(TASKS.c.state == "done")).scalar() or 0.0
    removed, freed = 0, 0.0
    while total - freed > limit:
        with engine.begin() as c:
            spare = sa.select(TASKS).where(TASKS.c.state == "done", ~_needed()).order_by(TASKS.c.used).limit(1)
            row = c.execute(spare).first()
            if row is None:
                break
            free = sa.and_(TASKS.c.key == row.key, TASKS.c.state == "done", ~_needed())
            if not c.execute(TASKS.update().where(free).values(state="idle", digest=None, bytes=None)).rowcount:
                continue
            same = sa.select(TASKS.c.key).where(TASKS.c.digest == row.digest, TASKS.c.key != row.key)
            shared = c.execute(same.limit(1)).first() is not None
        store.remove(row.key, None if shared else row.digest)
        removed, freed = removed + 1, freed + row.bytes
    return removed, freed


def _needed() -> sa.ColumnElement[bool]:
    by = sa.select(WANTS.c.key).join(JOBS, JOBS.c.id == WANTS.c.job)
    return sa.exists(by.where(WANTS.c.key == TASKS.c.key, JOBS.c.state.in_(("queued", "running"))))

"""The tables of the scheduler, in SQLite or PostgreSQL, beside those of DBOS in the same database.

DBOS carries the jobs; these carry what it doesn't know: the tasks a job wants, who works on which, who is alive.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from studio.errors import InputError

_LOG = logging.getLogger("affetto")

SCHEMA = sa.MetaData()

# state: queued, running, done, failed, cancelled.  priority: high is first.  inputs, result: JSON.
JOBS = sa.Table(
    "affetto_job",
    SCHEMA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("priority", sa.Integer, nullable=False),
    # Counts who runs it: one that was taken for dead sees that it is no longer the one.
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("started", sa.Float),
    sa.Column("finished", sa.Float),
    sa.Column("result", sa.Text),
    sa.Column("error", sa.Text),
)

# A stage of a job: done of total; the tasks' own numbers where it gathers.
STAGES = sa.Table(
    "affetto_stage",
    SCHEMA,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("done", sa.Float, nullable=False),
    sa.Column("total", sa.Float, nullable=False),
    sa.Column("started", sa.Float, nullable=False),
    sa.Column("updated", sa.Float, nullable=False),
    # How far it was when this run of the job began it: time left is judged by what was done since.
    sa.Column("found", sa.Float, nullable=False),
)

# state: idle (nobody wants it), queued, running, done, failed, poisoned.
TASKS = sa.Table(
    "affetto_task",
    SCHEMA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("inputs", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("memory", sa.Float, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("wanted", sa.Float, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    # A token of whoever works on it: nobody else can finish it.
    sa.Column("claim", sa.Text),
    sa.Column("machine", sa.Text),
    sa.Column("worker", sa.Text),
    sa.Column("deaths", sa.Integer, nullable=False),
    sa.Column("runs", sa.Integer, nullable=False),
    sa.Column("share", sa.Float, nullable=False),
    sa.Column("seconds", sa.Float),
    sa.Column("finished", sa.Float),
    sa.Column("digest", sa.Text),
    sa.Column("bytes", sa.Float),
    sa.Column("used", sa.Float),
    sa.Column("error", sa.Text),
    sa.Column("log", sa.Text),
    sa.Index("affetto_task_next", "state", "priority", "model", "wanted", "place"),
    sa.Index("affetto_task_held", "machine", "worker"),
)

WANTS = sa.Table(
    "affetto_want",
    SCHEMA,
    sa.Column("job", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True, index=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
)

# A process that keeps workers: alive as long as `seen` is fresh.
MACHINES = sa.Table(
    "affetto_machine",
    SCHEMA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("devices", sa.Text, nullable=False),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("lease", sa.Float, nullable=False),
)


def connect(url: str) -> sa.Engine:
    """An engine whose database has the tables. Raises InputError when there is no such database."""
    engine = sa.create_engine(url, pool_size=16, pool_pre_ping=not url.startswith("sqlite"))
    if url.startswith("sqlite"):
        sa.event.listen(engine, "connect", _prepare_sqlite)
    try:
        with engine.connect() as c:
            present = sa.inspect(c).has_table(MACHINES.name)
        if not present:
            _create(engine)
    except DBAPIError as e:
        raise unreachable(engine, e) from e
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"  # a writer takes its turn at once instead of failing halfway
    connection.execute("PRAGMA busy_timeout=30000")
    # Readers don't wait for writers; a power cut may take back the last commits, never the file's wholeness.
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _create(engine: sa.Engine) -> None:
    """Make the tables; of two processes that do so at once one waits."""
    with engine.begin() as c:
        if engine.dialect.name == "sqlite":
            c.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            c.execute(sa.text("SELECT pg_advisory_xact_lock(4021)"))  # any number that only this uses
        SCHEMA.create_all(c)


def now(engine: sa.Engine) -> sa.ColumnElement[float]:
    """Seconds since 1970 by the database's clock: machines need not agree on theirs."""
    if engine.dialect.name == "sqlite":
        return sa.literal_column("((julianday('now') - 2440587.5) * 86400.0)", sa.Float)
    return sa.literal_column("extract(epoch from clock_timestamp())::float8", sa.Float)


def insert(engine: sa.Engine, table: sa.Table) -> Any:
    """An INSERT that can be told what to do ON CONFLICT."""
    if engine.dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as dialect_insert
    else:
        from sqlalchemy.dialects.postgresql import insert as dialect_insert  # type: ignore[assignment]
    return dialect_insert(table)


def unreachable(engine: sa.Engine, error: DBAPIError) -> InputError:
    """The sentence for a database that can't be used."""
    reason = " ".join(str(error.orig).split())
    if "disk is full" in reason:
        folder = Path(engine.url.database or ".").parent
        return InputError(f"The disk that holds {folder} is full: free some space; the same command goes on from here.")
    return InputError(f"The job database {engine.url.render_as_string()} can't be used: {reason}")


Result = TypeVar("Result")


def patient(run: Callable[..., Result]) -> Callable[..., Result]:
    """Run again a method (of something with an `engine`) whose database has gone, until it is back.

    Something whose `ending` is true doesn't wait: InputError is raised.
    """

    @wraps(run)
    def again(self: Any, *args: Any, **kwargs: Any) -> Result:
        told = False
        while True:
            try:
                return run(self, *args, **kwargs)
            except OperationalError as e:
                if self.engine.dialect.name == "sqlite" and "locked" not in str(e.orig):
                    raise unreachable(self.engine, e) from e
                if getattr(self, "ending", False):
                    raise unreachable(self.engine, e) from e
                if not told:
                    _LOG.warning("the job database doesn't answer; waiting for it to come back")
                told = True
                time.sleep(1.0)

    return again

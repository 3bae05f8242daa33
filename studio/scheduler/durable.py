"""The jobs as durable workflows of DBOS: queued by priority, given to one process, given to another when it dies.

A job is one workflow. What it gathers is not recorded as steps: the tasks' keys say what is done, so a job may run
again from its start, in whatever version of its function, and finds it. DBOS looks after its workflows' ids, queue,
priorities and owners; who is alive it does not know outside its paid service, so `Fleet` tells it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from studio.errors import InputError
from studio.scheduler.jobs import Job

_QUEUE = "affetto-jobs"
_WORKFLOW = "affetto.job"

# One version for good: DBOS gives a job only to a process of the version that submitted it.
_VERSION = "affetto"

# Jobs one process orchestrates at once; each is a thread that waits for its tasks.
_AT_ONCE = 8

# DBOS takes the smallest number first, from 1 on.
_MIDDLE = 1_000_000
MOST_PRIORITY = 1000

_run_job: Callable[[str], None] | None = None


def _dbos() -> Any:
    """DBOS, told to keep quiet: what goes wrong with a job is said by the job."""
    log = logging.getLogger("dbos")
    log.setLevel(logging.CRITICAL)
    if not log.handlers:  # it would add one that writes to today's standard error
        log.addHandler(logging.NullHandler())
    import dbos

    return dbos


class Durable:
    """The workflows of one database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Any = None

    @property
    def client(self) -> Any:
        if self._client is None:
            dbos = _dbos()
            dbos.DBOS.migrate(self._url)
            self._client = dbos.DBOSClient(
                system_database_url=self._url,
                serializer=dbos.DBOSPortableJSONSerializer(),  # the default unpickles what the database holds
                application_name="affetto",
            )
            self._client.register_queue(_QUEUE, worker_concurrency=_AT_ONCE, polling_interval_sec=0.2)
        return self._client

    def close(self) -> None:
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def enqueue(self, job: str, priority: int, connection: sa.Connection) -> None:
        """Queue a job, in the caller's transaction."""
        options = {
            "workflow_name": _WORKFLOW,
            "queue_name": _QUEUE,
            "workflow_id": job,
            "priority": _MIDDLE - priority,
            "app_version": _VERSION,
        }
        self.client.enqueue_in_transaction(connection, options, job)

    def cancel(self, job: str) -> None:
        """Take a job off the queue, or off whoever runs it."""
        self.client.cancel_workflow(job)

    def set_priority(self, job: str, priority: int) -> None:
        """Change when a queued job is taken; DBOS has no call for it."""
        engine = self.client._sys_db.engine
        table = "workflow_status" if engine.dialect.name == "sqlite" else "dbos.workflow_status"
        query = f"UPDATE {table} SET priority = :priority WHERE workflow_uuid = :job AND status = 'ENQUEUED'"
        with engine.begin() as c:
            c.execute(sa.text(query), {"priority": _MIDDLE - priority, "job": job})

    def again(self, job: str) -> None:
        """Queue a job that has ended once more."""
        self.client.rewind_workflow(job, queue_name=_QUEUE, application_version=_VERSION)

    def mend(self, unfinished: Iterable[Job]) -> None:
        """Queue again what is unfinished though DBOS has it ended: a process died between telling the two."""
        for job in unfinished:
            if self.client.retrieve_workflow(job.id).get_status().status not in ("ENQUEUED", "PENDING"):
                self.again(job.id)

    def launch(self, machine: str, run_job: Callable[[str], None]) -> None:
        """Take jobs off the queue in this process, in threads of it. Raises InputError when it already does."""
        global _run_job
        if _run_job is not None:
            raise InputError("This process runs jobs already: one `working` at a time.")
        self.client  # noqa: B018  # the queue has to be there
        dbos = _dbos()
        _run_job = run_job
        dbos.DBOS(
            config={
                "name": "affetto",
                "system_database_url": self._url,
                "application_version": _VERSION,
                "executor_id": machine,
                "log_level": "CRITICAL",
                "enable_otlp": False,
                "notification_listener_polling_interval_sec": 0.2,  # a thread that `stop` waits for; no query
                "serializer": dbos.DBOSPortableJSONSerializer(),
            }
        )
        dbos.DBOS.workflow(name=_WORKFLOW)(_workflow)
        dbos.DBOS.listen_queues([_QUEUE])
        dbos.DBOS.launch()

    def stop(self) -> None:
        """Take no more jobs; those that run have been told to leave."""
        global _run_job
        _dbos().DBOS.destroy(destroy_registry=True)
        _run_job = None

    def take_over(self, alive: Iterable[str]) -> list[str]:
        """Queue the jobs again that processes hold which aren't alive; their ids."""
        living = set(alive)
        held = self.client.list_workflows(status="PENDING", name=_WORKFLOW, load_input=False, load_output=False)
        lost = [w.workflow_id for w in held if w.executor_id not in living]
        for job in lost:
            self.client.resume_workflow(job, queue_name=_QUEUE)
        return lost


def _workflow(job: str) -> None:
    if _run_job is not None:
        _run_job(job)

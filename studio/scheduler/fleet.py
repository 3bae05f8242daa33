"""The workers of one machine, one process for each device, and the jobs it orchestrates.

A Fleet signs in at the database and says that it is alive every few seconds. It notices at once when a worker of its
own dies, and within a lease when another machine does; on the same machine it looks whether the process is there.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from studio.errors import AffettoError, InputError
from studio.scheduler.board import LOG, Board
from studio.scheduler.devices import Device
from studio.scheduler.durable import Durable
from studio.scheduler.jobs import Job, Jobs
from studio.scheduler.keys import decode
from studio.scheduler.places import Places
from studio.scheduler.pruning import prune
from studio.scheduler.registry import find_job
from studio.scheduler.store import Store
from studio.scheduler.work import JobWork, Leave
from studio.scheduler.worker import NO_FAULT, Setup

_LOG = logging.getLogger("affetto")

# How long after its last beat a machine is taken for dead: seconds. Ten beats, so that a busy disk is no death.
LEASE = 20.0

# How long workers that were told to leave are waited for: seconds.
_GRACE = 5.0

# A worker that dies so often, each time so soon (seconds) and without a task, can't start at all.
_STILLBORN = 3
_SOON = 60.0


@dataclass
class _Worker:
    name: str
    device: Device
    process: subprocess.Popen[str]
    log: Path
    started: float = field(default_factory=time.monotonic)
    stillborn: int = 0


class Fleet:
    """Workers for some devices. Runs in a thread from `start` to `stop`; what went wrong in it is in `error`."""

    def __init__(
        self,
        places: Places,
        engine: sa.Engine,
        durable: Durable,
        devices: Sequence[Device],
        lease: float = LEASE,
    ) -> None:
        self.machine = secrets.token_hex(6)
        self.error: AffettoError | None = None
        self._places, self._durable = places, durable
        self._board, self._jobs = Board(engine), Jobs(engine)
        self._store = Store(places.store, places.folder)
        self._devices, self._lease = list(devices), lease
        self._workers: list[_Worker] = []
        self._leaving = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="affetto-fleet", daemon=True)

    def start(self) -> None:
        """Start the workers. Raises what `error` would be if that fails."""
        self._thread.start()
        self._ready.wait()
        if self.error:
            raise self.error

    def stop(self) -> None:
        """Let the workers leave what they do, undone, and end them."""
        self._leaving.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._jobs.arrive(self.machine, _host(), _identity(os.getpid()), self._devices, self._lease)
            self._sweep()
            self._durable.mend(self._jobs.all(("queued", "running")))
            self._durable.launch(self.machine, self._run_job)
            self._workers = [self._spawn(f"w{i}", device) for i, device in enumerate(self._devices)]
            self._ready.set()
            self._watch()
        except AffettoError as e:
            self.error = e
        except Exception as e:
            _LOG.debug("%s", traceback.format_exc())
            self.error = AffettoError(f"The workers stopped: {type(e).__name__}: {e}")
        finally:
            self._leaving.set()
            self._ready.set()
            self._end()

    def _watch(self) -> None:
        beaten = time.monotonic()
        while not self._leaving.wait(0.05):
            for worker in self._workers:
                if worker.process.poll() is not None:
                    self._replace(worker)
            if time.monotonic() - beaten >= self._lease / 10:
                beaten = time.monotonic()
                if not self._jobs.beat(self.machine):
                    raise AffettoError(
                        "This process was silent for too long (was the machine asleep?) and others took over its work: "
                        "start it again."
                    )
                self._sweep()

    def _sweep(self) -> None:
        """Take over what machines held that are gone."""
        machines = self._jobs.machines()
        alive = [m.id for m in machines if is_alive(m)]
        dead = [m.id for m in machines if m.id not in alive]
        if dead:
            self._jobs.leave(dead)
        tasks, jobs = self._board.vacate(alive), self._durable.take_over(alive)
        if tasks or jobs:
            _LOG.info("took over %d jobs and %d tasks of processes that are gone", len(jobs), tasks)
        for machine in dead:
            shutil.rmtree(self._store.incoming / machine, ignore_errors=True)

    def _spawn(self, name: str, device: Device) -> _Worker:
        log = self._places.folder / "logs" / f"{self.machine}-{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ)
        if device.is_gpu:
            environment["CUDA_VISIBLE_DEVICES"] = device.name.removeprefix("cuda:")
        cores = len(device.cores or os.sched_getaffinity(0))
        environment |= {"OMP_NUM_THREADS": str(cores), "OPENBLAS_NUM_THREADS": str(cores)}
        setup = Setup(
            self.machine,
            name,
            "cuda:0" if device.is_gpu else "cpu",
            device.memory,
            device.cores,
            self._places.database,
            self._places.store,
            str(self._places.folder),
            os.getpid(),
        )
        with log.open("w+b") as out:
            os.set_inheritable(out.fileno(), True)
            # Appending, so that a worker that empties its log writes at its start again.
            appending = os.open(log, os.O_RDWR | os.O_APPEND)
            try:
                process = subprocess.Popen(
                    [sys.executable, "-m", "studio.scheduler.worker"],
                    stdin=subprocess.PIPE,
                    stdout=appending,
                    stderr=appending,
                    env=environment,
                    text=True,
                )
            finally:
                os.close(appending)
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(asdict(setup)) + "\n")
            process.stdin.close()
        return _Worker(name, device, process, log)

    def _replace(self, worker: _Worker) -> None:
        """A worker died: see to its task, and start another in its place."""
        log = worker.log.read_text(encoding="utf-8", errors="replace")[-LOG:]
        said = log.strip().splitlines() or [
            f"The disk that holds {worker.log.parent} may be full: its worker can't say why it stopped."
        ]
        if worker.process.returncode == NO_FAULT:
            raise AffettoError(said[-1])
        task = self._board.died(self.machine, worker.name, log)
        shutil.rmtree(self._store.incoming / self.machine / worker.name, ignore_errors=True)
        soon = task is None and time.monotonic() - worker.started < _SOON
        stillborn = worker.stillborn + 1 if soon else 0
        if stillborn >= _STILLBORN:
            raise AffettoError(f"The worker for {worker.device.label} can't start: {said[-1]}")
        if task:
            _LOG.warning("the worker for %s died (%s) with the task %s", worker.device.label, _end_of(worker), task)
        fresh = self._spawn(worker.name, worker.device)
        fresh.stillborn = stillborn
        self._workers[self._workers.index(worker)] = fresh

    def _run_job(self, job: str) -> None:
        """One job, in a thread of DBOS. What comes of it is in the job's row; to DBOS it has run."""
        try:
            if (run := self._jobs.begin(job)) is not None:
                self._do_job(self._jobs.get(job), run)
        except InputError as e:
            # Nothing can be recorded: to DBOS it is still to be done, as it is when this process has died.
            self.error = e
            self._leaving.set()
            raise Leave from e

    def _do_job(self, told: Job, run: int) -> None:
        job = told.id
        try:
            work = JobWork(job, run, self._jobs, self._board, self._store, self._leaving)
            result = find_job(told.name).run(decode(told.inputs, self._store.read), work)
            text: dict[str, object] = json.loads(json.dumps(dict(result or {})))
        except Leave:
            if self._leaving.is_set():
                raise  # DBOS records nothing: it is still to be done
        except AffettoError as e:
            self._jobs.end(job, run, "failed", None, str(e))
        except Exception as e:
            _LOG.debug("%s", traceback.format_exc())
            self._jobs.end(job, run, "failed", None, f"The job {told.name} failed: {type(e).__name__}: {e}")
        else:
            self._jobs.end(job, run, "done", text, None)
        self._board.drop_unwanted()
        prune(self._board.engine, self._store, self._places.limit)

    def _end(self) -> None:
        self._jobs.ending = self._board.ending = True  # the database may be why this ends: it isn't waited for
        for worker in self._workers:
            with suppress(ProcessLookupError):
                worker.process.send_signal(signal.SIGTERM)
        with suppress(InputError):
            self._durable.stop()  # its threads take about a second to end, as do the workers
        deadline = time.monotonic() + _GRACE
        for worker in self._workers:
            try:
                worker.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
            worker.log.unlink(missing_ok=True)
        with suppress(InputError):
            self._jobs.leave([self.machine])
            self._board.vacate([m.id for m in self._jobs.machines()])
        shutil.rmtree(self._store.incoming / self.machine, ignore_errors=True)


def _end_of(worker: _Worker) -> str:
    code = worker.process.returncode
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"


def _host() -> str:
    """What tells this machine from others: processes are looked for only among its own, in the same container."""
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{platform.node()} {boot} {Path('/proc/self/ns/pid').readlink()}"
    return platform.node()


def _identity(process: int) -> str:
    """A process's number and start, since numbers are used again; nothing of one that is gone."""
    with suppress(OSError):
        stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        state, started = stat[0], stat[19]
        if state not in "ZX":  # dead, though nobody has asked for its exit status yet
            return f"{process} {started}"
    return ""


def is_alive(machine: Any) -> bool:
    """Whether a machine that has signed in still beats, and, if it is this one, its process is there."""
    if machine.late or machine.host != _host():
        return not machine.late
    number = machine.process.partition(" ")[0]
    return number.isdigit() and _identity(int(number)) == machine.process

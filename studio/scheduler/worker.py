"""A worker: a process of its own that takes tasks off the board and does them on one device.

`Fleet` starts it (``python -m studio.scheduler.worker``, its set-up as one line of JSON on standard input) and watches
it. A task may take the process with it; whatever it holds then is given to another.
"""

from __future__ import annotations

import ctypes
import faulthandler
import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.errors import AffettoError, InputError
from studio.scheduler.board import Board, Held
from studio.scheduler.database import connect
from studio.scheduler.keys import decode
from studio.scheduler.registry import Task, find_task
from studio.scheduler.store import Artifact, Store, full_disk, is_full
from studio.scheduler.warm import Warm
from studio.scheduler.work import Leave, TaskWork

_LOG = logging.getLogger("affetto")

# How long a worker with nothing to do waits before it looks again: seconds, doubled up to the second number.
_IDLE = (0.02, 0.25)

# What the runtimes say when a device has no memory left (onnxruntime, CUDA, torch, numpy).
_NO_MEMORY = ("out of memory", "failed to allocate memory", "alloc_failed", "bad_alloc", "cannot allocate memory")


# The exit status of a worker that can't go on through no fault of its task (EX_TEMPFAIL of sysexits.h).
NO_FAULT = 75

_WARNING = "affetto: WARNING: "


@dataclass(frozen=True)
class Setup:
    """What a worker is told when it starts. machine: the Fleet's.  name: its own there.  device: "cpu" or "cuda:0"."""

    machine: str
    name: str
    device: str
    memory: float
    cores: tuple[int, ...] | None
    database: str
    store: str
    folder: str
    parent: int


class Worker:
    """Does tasks until it is told to leave."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._board = Board(connect(setup.database))
        self._store = Store(setup.store, Path(setup.folder))
        self._folder = self._store.incoming / setup.machine / setup.name
        self._warm = Warm(setup.memory)
        self.leaving = threading.Event()

    def run(self) -> None:
        """Take task after task."""
        wait = _IDLE[0]
        mine = (self._setup.machine, self._setup.name)
        while not self.leaving.is_set():
            held = self._board.claim(*mine, self._setup.memory, self._warm.names)
            if held is not None:
                wait = _IDLE[0]
                self._do(held)
            else:
                self.leaving.wait(wait)
                wait = min(2 * wait, _IDLE[1])

    def _do(self, held: Held) -> None:
        log = _fresh_log()
        started = time.monotonic()
        made: Artifact | None = None
        try:
            if self._store.has(held.key):  # by another job whose database is gone, or on another machine
                made = self._kept_before(held)
            made = made or self._make(held, find_task(held.name))
            self._board.finish(held, made.digest, made.bytes, time.monotonic() - started, _warnings(log()))
        except Leave:
            self._board.release(held)
        except AffettoError as e:
            self._board.fail(held, str(e), log())
        except Exception as e:
            with suppress(OSError):
                traceback.print_exc()
            full = isinstance(e, OSError) and is_full(e)
            sentence = str(full_disk(self._setup.store)) if full else _reason(held.name, e)
            self._board.fail(held, sentence, log())
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _kept_before(self, held: Held) -> Artifact | None:
        try:
            return self._store.read(held.key)
        except AffettoError as e:
            _LOG.warning("%s It is made anew.", e)
            return None

    def _make(self, held: Held, task: Task) -> Artifact:
        inputs = decode(json.loads(held.inputs), self._store.read)
        for device, batch, warm, last in self._attempts(task):
            shutil.rmtree(self._folder, ignore_errors=True)
            folder = self._folder / held.claim
            folder.mkdir(parents=True)
            work = TaskWork(held, self._board, folder, device, task.needs, batch, warm, self.leaving)
            try:
                task.run(inputs, work)
            except Exception as e:
                if last or not _is_no_memory(e):
                    raise
                _LOG.info("%s", e)
            else:
                return self._store.keep(held.key, folder)
        raise AssertionError("the last attempt returns or raises")

    def _attempts(self, task: Task) -> Iterator[tuple[str, int, Warm, bool]]:
        """Device, batch, models, and whether it is the last way: as asked; half the batch, alone; on the CPU."""
        device, batch = self._setup.device, task.needs.batch
        yield device, batch, self._warm, False
        smaller = max(1, batch // 2)
        self._warm.clear()
        _LOG.warning("%s ran out of memory on %s: again with a batch of %d", task.name, device, smaller)
        on_gpu = device != "cpu"
        yield device, smaller, self._warm, not on_gpu
        if on_gpu:
            self._warm.clear()
            _LOG.warning("%s ran out of memory on %s again: done on the CPU, which is slower", task.name, device)
            yield "cpu", smaller, Warm(float("inf")), True


def _is_no_memory(error: Exception) -> bool:
    told = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in told for sign in _NO_MEMORY)


def _reason(task: str, error: Exception) -> str:
    if _is_no_memory(error):
        return f"The task {task} ran out of memory, even alone with half its batch: it needs a machine with more."
    return f"The task {task} failed: {type(error).__name__}: {' '.join(str(error).split())}"


def _fresh_log() -> Any:
    """Empty this worker's log, which is its standard error; returns what reads what was said since."""
    try:
        sys.stderr.flush()
        os.ftruncate(2, 0)
    except OSError:  # a terminal, when a person starts it by hand
        return lambda: ""
    return lambda: os.pread(2, 1 << 20, 0).decode(errors="replace")


def _warnings(log: str) -> str:
    return "\n".join(line.removeprefix(_WARNING) for line in log.splitlines() if line.startswith(_WARNING))


def _die_with(parent: int) -> None:
    """Let the kernel end this process when its parent dies, by whatever: nobody would hear of its work."""
    set_death_signal = 1  # PR_SET_PDEATHSIG of linux/prctl.h
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def main() -> None:
    """Work as told on standard input, until SIGTERM."""
    told = json.loads(sys.stdin.readline())
    setup = Setup(**told)
    _die_with(setup.parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal; the Fleet tells what to do
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(levelname)s: %(message)s")
    if setup.cores:
        os.sched_setaffinity(0, setup.cores)
    worker = Worker(setup)
    signal.signal(signal.SIGTERM, lambda *_: worker.leaving.set())
    try:
        worker.run()
    except InputError as e:  # nothing can be recorded any more, whatever task is in hand
        with suppress(OSError):  # its log may be on the same full disk
            print(e, file=sys.stderr, flush=True)
        os._exit(NO_FAULT)


if __name__ == "__main__":
    main()

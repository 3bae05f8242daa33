"""Small tasks and jobs, found by workers as an installed package's are. Each says in a file that it ran."""

import ctypes
import os
import resource
import signal
import time
from pathlib import Path

import numpy as np

from studio.errors import InputError
from studio.scheduler import Call, Needs, job, task


def note(inputs, work, **more):
    """One line for each time a task was run to its end."""
    line = " ".join([str(inputs["n"]), work.device, str(work.batch), *map(str, more.values())])
    with Path(inputs["ran"]).open("a") as f:
        f.write(line + "\n")


@task("square")
def square(inputs, work):
    time.sleep(inputs.get("seconds", 0))
    (work.folder / "n.txt").write_text(str(inputs["n"] ** 2))
    note(inputs, work)


@task("heavy")
def heavy(inputs, work):
    """A megabyte."""
    (work.folder / "n.txt").write_text(str(inputs["n"]).rjust(2**20))
    note(inputs, work)


@task("long")
def long(inputs, work):
    """A long one that tells how far it is, as an engine does."""
    for i in range(1000):
        time.sleep(0.05)
        work.progress("long", i, 1000)
    (work.folder / "n.txt").write_text("0")
    note(inputs, work)


@task("add")
def add(inputs, work):
    total = sum(int(part.file("n.txt").read_text()) for part in inputs["parts"])
    (work.folder / "n.txt").write_text(str(total + len(inputs["text"].read_bytes())))
    note(inputs, work)


@task("refuse")
def refuse(inputs, work):
    if not Path(inputs["mended"]).exists():
        raise InputError(f"Line {inputs['n']} has no words.")
    (work.folder / "n.txt").write_text("1")


@task("crash")
def crash(inputs, work):
    print("about to read where nothing is", flush=True)
    ctypes.string_at(0)


@task("die once")
def die_once(inputs, work):
    """Takes its worker with it the first time."""
    if not Path(inputs["mended"]).exists():
        Path(inputs["mended"]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    (work.folder / "n.txt").write_text("1")


def _using_model(inputs, work):
    loaded = work.warm(lambda: [time.time()])
    (work.folder / "n.txt").write_text("1")
    note(inputs, work, model=inputs["model"], loaded=loaded[0])


@task("red", needs=Needs(model="red", memory=6e8))
def red(inputs, work):
    _using_model(inputs, work)


@task("blue", needs=Needs(model="blue", memory=6e8))
def blue(inputs, work):
    _using_model(inputs, work)


@task("large", needs=Needs(model="large", memory=9e15))
def large(inputs, work):
    (work.folder / "n.txt").write_text("1")


@task("hungry", needs=Needs(model="hungry", memory=1e8, batch=8))
def hungry(inputs, work):
    """Really runs out of memory: the process may have so much, and a batch takes its share of it."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (taken + inputs["room"] if work.device != "cpu" else hard, hard))
    try:
        np.ones(work.batch * 2**24, np.uint8)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    (work.folder / "n.txt").write_text("1")
    note(inputs, work)


@job("sum")
def sum_of(inputs, work):
    """`calls`: [task, inputs]; `then`: a file whose length is added by another task."""
    made = work.gather([Call(name, given) for name, given in inputs["calls"]], stage="counting")
    if "then" in inputs:
        made = [work.call(Call("add", {"n": -1, "ran": inputs["ran"], "parts": made, "text": inputs["then"]}))]
    return {"sum": sum(int(part.file("n.txt").read_text()) for part in made)}

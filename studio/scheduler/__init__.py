"""Durable jobs: submitted once, finished whatever happens meanwhile, nothing made twice.

A **task** makes one artifact: files it writes into ``work.folder``. It is found again by a key, a hash of its name,
version, inputs (files by their content) and models. A **job** asks for many tasks and gathers what they made::

    from studio.scheduler import Call, Needs, job, task

    @task("speak", version=1, needs=Needs(model="kokoro", memory=1.2e9, checkpoints=("kokoro",)))
    def speak(inputs, work):                              # inputs: JSON; a Path is a file, an Artifact an artifact
        said = work.studio.speak(inputs["text"], seconds=inputs["seconds"], progress=work.progress)
        said.save(work.folder / "speech.wav")

    @job("dub")
    def dub(inputs, work):
        calls = [Call("speak", {"text": line["text"], "seconds": line["seconds"]}) for line in inputs["lines"]]
        made = work.gather(calls, stage="speaking")       # Artifacts, verified, in the order of the calls
        film = work.call(Call("mix", {"film": Path(inputs["film"]), "lines": made}), stage="mixing")
        shutil.copyfile(film.file("film.mp4"), inputs["out"])
        return {"out": inputs["out"]}                     # JSON; `affetto jobs show` prints it

A module with such functions is offered to every worker by an entry point::

    [project.entry-points."affetto.tasks"]
    dubbing = "studio.dubbing.job"

Whoever wants it done submits it, and works on it or leaves that to `affetto worker`::

    with Scheduler.open() as s:                           # where AFFETTO_DATABASE_URL, _STORE, _JOBS, _HOME say
        id = s.submit("dub", {"film": "film.mp4", "lines": [...], "out": "film.dub.mp4"})
        with s.working(workers=2):                        # a process for each GPU and two for the CPU
            for told in s.follow(id):                     # a Job: state, stages with done, total, seconds_left
                print(told.state, told.stages)
        told.result, told.error                           # Ctrl-C ends it cleanly; the same submit goes on from there

A job function may be run again from its start at any time (after a crash, a retry, in another process): what its tasks
made is there already. So what costs time belongs into tasks, and what a job writes itself is written whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from studio.scheduler.registry import Inputs, Needs, job, task

if TYPE_CHECKING:
    from studio.scheduler.devices import Device
    from studio.scheduler.jobs import Job, Stage
    from studio.scheduler.keys import Call
    from studio.scheduler.scheduler import Scheduler
    from studio.scheduler.store import Artifact
    from studio.scheduler.work import JobWork, TaskError, TaskWork

__all__ = [
    "Artifact",
    "Call",
    "Device",
    "Inputs",
    "Job",
    "JobWork",
    "Needs",
    "Scheduler",
    "Stage",
    "TaskError",
    "TaskWork",
    "job",
    "task",
]

# What brings SQLAlchemy waits until it is used: registering a task needs none of it.
_LATER = {
    "Artifact": "store",
    "Call": "keys",
    "Device": "devices",
    "Job": "jobs",
    "JobWork": "work",
    "Scheduler": "scheduler",
    "Stage": "jobs",
    "TaskError": "work",
    "TaskWork": "work",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)

"""`affetto worker`: work on jobs, here, whoever submitted them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from apps.cli import options
from apps.cli.console import print_json, progress, stderr

if TYPE_CHECKING:
    from studio.scheduler import Job


def worker(
    device: Annotated[
        list[str] | None,
        typer.Option(help="cpu or cuda:N; may be repeated. All of this machine if left out.", show_default=False),
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-j", help="How many share the CPU; one if left out.", show_default=False)
    ] = None,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when no job is left.")] = False,
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Work on the jobs of the database that AFFETTO_DATABASE_URL or AFFETTO_JOBS names, one process for each device.

    Start it on as many machines as you like; with more than one, AFFETTO_STORE names the place all of them share.
    """
    from studio.scheduler import Scheduler
    from studio.scheduler.devices import chosen

    with Scheduler.open() as s:
        devices = chosen(device or (), workers)
        stderr.print(f"affetto: working on {', '.join(d.label for d in devices)}; Ctrl-C ends it")
        watched: dict[str, None] = {}
        with progress() as bars:

            def watch(jobs: Sequence[Job]) -> None:
                for job in jobs:
                    watched.setdefault(job.id)
                    for stage in job.stages:
                        bars(f"{job.id} {stage.name}", stage.done, stage.total)

            s.work(devices=devices, until_idle=until_idle, watch=watch)
        ended = [s.job(job) for job in watched]
    if as_json:
        print_json({"jobs": [{"id": job.id, "state": job.state, "error": job.error} for job in ended]})
        return
    for job in ended:
        print(f"{job.id}: {job.state}{f': {job.error}' if job.error else ''}")
    if not ended:
        print("There was no job to work on.")

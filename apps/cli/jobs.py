"""`affetto jobs`: what was submitted, how far it is, and what to do about it.

The scheduler is imported by the commands that need it: its database layer takes half a second.
"""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from apps.cli import options
from apps.cli.console import print_json, progress, stderr
from studio.errors import AffettoError

if TYPE_CHECKING:
    from studio.scheduler import Job, Scheduler

app = typer.Typer(help="List, follow, cancel and retry jobs.", no_args_is_help=True, rich_markup_mode="rich")
Id = Annotated[str, typer.Argument(help="A job, as `affetto jobs list` names it.", show_default=False)]


@app.command("list")
def list_jobs(
    everything: Annotated[bool, typer.Option("--all", help="Those that have ended too.")] = False,
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """List the jobs that wait or run, the newest first."""
    with _scheduler() as s:
        found, working = s.jobs(unfinished=not everything), s.workers()
    if as_json:
        print_json({"jobs": [asdict(job) for job in found], "workers": working})
        return
    for job in found:
        far = _how_far(job, bool(working))
        print(f"{job.id:<20}{job.state:<11}{job.priority:>5}  {_when(job.created)}  {far:<28}{job.label}".rstrip())
    if not found:
        print("No job waits or runs." if not everything else "There are no jobs.")
    _tell_if_nobody_works(found, working)


@app.command()
def show(job: Id, as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """Show all that is known of a job: its stages, what came of it, what went wrong, with the log."""
    with _scheduler() as s:
        told, troubles, working = s.job(job), s.troubles(job), s.workers()
    if as_json:
        print_json(asdict(told) | {"troubles": [asdict(t) for t in troubles]})
        return
    print(f"{told.id}: {told.state}, priority {told.priority}, submitted {_when(told.created)}  {told.label}".rstrip())
    for stage in told.stages:
        print(f"  {stage.name:<24}{stage.done:g} of {stage.total:g}{_left(stage.seconds_left)}")
    if told.error:
        print(f"  {told.error}")
    for key, value in (told.result or {}).items():
        print(f"  {key}: {value}")
    for trouble in troubles:
        deaths = f", {trouble.deaths} workers died of it" if trouble.deaths else ""
        print(f"  task {trouble.task} {trouble.inputs}: {trouble.state}{deaths}. {trouble.error or ''}".rstrip())
        for line in (trouble.log or "").rstrip().splitlines():
            print(f"    | {line}")
    _tell_if_nobody_works([told], working)


@app.command()
def cancel(job: Id, as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """Cancel a job. What it has made stays, for when it is asked for again."""
    with _scheduler() as s:
        cancelled = s.cancel(job)
        told = s.job(job)
    if as_json:
        print_json({"id": job, "state": told.state})
    else:
        print(f"{job} is cancelled." if cancelled else f"{job} had ended before: it is {told.state}.")


@app.command()
def retry(job: Id, as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """Queue a failed or cancelled job again; what it has made is not made again."""
    with _scheduler() as s:
        s.retry(job)
        working = s.workers()
        told = s.job(job)
    if as_json:
        print_json({"id": job, "state": told.state})
    else:
        print(f"{job} is queued again.")
        _tell_if_nobody_works([told], working)


@app.command(context_settings={"ignore_unknown_options": True})  # -5 is a number here
def priority(
    job: Id,
    value: Annotated[int, typer.Argument(help="-1000 to 1000; high is first, 0 is usual.", show_default=False)],
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Let a job be worked on sooner, or later, than others."""
    with _scheduler() as s:
        s.set_priority(job, value)
    if as_json:
        print_json({"id": job, "priority": value})
    else:
        print(f"{job} has priority {value}.")


@app.command()
def follow(job: Id, as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """Show how far a job is, until it ends. With --json an object a line, at each change."""
    with _scheduler() as s, progress() as bars:
        _tell_if_nobody_works([s.job(job)], s.workers())
        for told in s.follow(job):
            for stage in told.stages:
                bars(stage.name, stage.done, stage.total)
            if as_json:
                print_json(asdict(told))
    if told.state == "failed":
        raise AffettoError(told.error or f"{job} failed.")
    if not as_json:
        print(f"{job} is {told.state}.")


def _scheduler() -> Scheduler:
    from studio.scheduler import Scheduler

    return Scheduler.open()


def _when(moment: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(moment))


def _how_far(job: Job, works: bool) -> str:
    if job.ended or not job.stages:
        return ""
    stage = job.stages[-1]
    left = _left(stage.seconds_left) if works else ", stopped"
    return f"{stage.name} {100 * stage.done / stage.total if stage.total else 0:.0f} %{left}"


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f", {seconds:.0f} s left" if seconds < 100 else f", {seconds / 60:.0f} min left"


def _tell_if_nobody_works(jobs: list[Job], working: list[dict[str, Any]]) -> None:
    if not working and any(not job.ended for job in jobs):
        stderr.print("affetto: nobody works on it: `affetto worker` does, or the command that submitted it, again.")

"""`affetto cache`: what jobs made and keep, so that it is not made again."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from apps.cli import options
from apps.cli.console import print_json

app = typer.Typer(help="Show and prune what jobs have made.", no_args_is_help=True, rich_markup_mode="rich")


@app.command()
def show(as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """Show how much is kept, by task."""
    from studio.scheduler import Scheduler

    with Scheduler.open() as s:
        rows, places = s.kept(), s.places
    if as_json:
        print_json({"store": places.store, "limit": places.limit, "kept": [asdict(row) for row in rows]})
        return
    for row in rows:
        needed = f", {row.needed} needed by unfinished jobs" if row.needed else ""
        print(f"{row.task:<20}{row.artifacts:>7} artifacts {row.bytes / 1e6:>10.1f} MB{needed}")
    total = sum(row.bytes for row in rows)
    print(f"{total / 1e9:.2f} of {places.limit / 1e9:g} GB (AFFETTO_CACHE_LIMIT) in {places.store}")


@app.command()
def prune(
    to: Annotated[
        float | None,
        typer.Option(min=0.0, help="Gigabytes to keep; AFFETTO_CACHE_LIMIT if left out.", show_default=False),
    ] = None,
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Remove what was used longest ago. What an unfinished job needs stays."""
    from studio.scheduler import Scheduler

    with Scheduler.open() as s:
        removed, freed = s.prune(None if to is None else to * 1e9)
    if as_json:
        print_json({"removed": removed, "bytes": freed})
    else:
        print(f"{removed} artifacts removed, {freed / 1e6:.1f} MB." if removed else "There was nothing to remove.")

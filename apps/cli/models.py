"""`affetto models`: what is fetched, from where, under which licence."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from apps.cli import options
from apps.cli.console import print_json, progress
from studio import checkpoints
from studio.errors import CheckpointError

app = typer.Typer(help="List, fetch and verify the model files.", no_args_is_help=True, rich_markup_mode="rich")
Names = Annotated[
    list[str] | None,
    typer.Argument(help="Which models; if left out all that speech and faces need.", show_default=False),
]


@app.command("list")
def list_models(as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """List the models: licence, size, whether they are here, what they are for."""
    here = dict.fromkeys(checkpoints.manifest(), True)
    for file in checkpoints.status():
        here[file.checkpoint] &= file.present
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "licence": model.licence,
            "source": model.source,
            "purpose": model.purpose,
            "bytes": sum(f.bytes for f in model.files),
            "optional": model.optional,
            "here": here[name],
            "folder": str(checkpoints.home() / "models" / name),
        }
        for name, model in checkpoints.manifest().items()
    ]
    if as_json:
        print_json({"models": rows})
        return
    for row in rows:
        state = "here" if row["here"] else "optional" if row["optional"] else "not here"
        print(f"{row['name']:<20}{state:<10}{row['bytes'] / 1e6:6.1f} MB  {row['licence']:<12}{row['purpose']}")


@app.command()
def fetch(names: Names = None, as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """Bring the model files that are not here yet or are damaged."""
    with progress() as stages:
        brought = checkpoints.fetch(names or None, stages, thorough=True)
    if as_json:
        print_json({"fetched": brought})
    else:
        print(f"{len(brought)} files fetched into {checkpoints.home()}" if brought else "Everything is here already.")


@app.command()
def verify(names: Names = None, as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """Check the hash of every model file that is here."""
    with progress() as stages:
        checked = checkpoints.verify(names or None, stages)
    if not checked:
        raise CheckpointError("No model files are here yet: run `affetto models fetch`.")
    if as_json:
        print_json({"verified": [str(p) for p in checked]})
    else:
        print(f"{len(checked)} files are as they should be.")

"""`affetto track`: a film or a photograph with a face -> the motion of that face, as a CSV of Live Link Face."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from apps.cli import options
from apps.cli.console import print_json, progress
from studio import InputError, Studio, checkpoints
from studio.media.files import check_place


def track(
    source: Annotated[Path, typer.Argument(help="A film or a photograph that shows a face.", show_default=False)],
    face: options.Face = None,
    fps: Annotated[
        float | None,
        typer.Option(help="Frames a second to look at; all of the film's if left out.", show_default=False),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="CSV to write: what `affetto animate PHOTO --motion` takes.")
    ] = Path("take.csv"),
    device: options.Device = "auto",
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Follow a face through a film: film -> CSV of its motion, to drive any other face with."""
    check_place(out, ".csv")
    if out.resolve() == source.resolve():
        raise InputError(f"{out} is what is read: give another name with --out.")
    from talking_head.driving import take_from  # imports what tracks faces, most of a second

    tracker = Studio(device).tracker
    with progress() as stages:
        checkpoints.fetch(tracker.checkpoints, stages)
        tracked = tracker.track(source, face=face, fps=fps, progress=stages)
        path = take_from(tracked).save(out)
    frames, seen = len(tracked.seen), int(tracked.seen.sum())
    if as_json:
        print_json({"path": str(path), "frames": frames, "seen": seen, "fps": tracked.motion.fps})
        return
    rate = f" at {tracked.motion.fps:g} a second" if frames > 1 else ""
    unseen = f", {frames - seen} of them without the face" if seen < frames else ""
    print(f"{path}: {frames} {'frame' if frames == 1 else 'frames'}{rate}{unseen}")

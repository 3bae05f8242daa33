"""Fetches and verifies the models and makes out/demo.mp4, saying how long each stage took.

python -m apps.demo [FILM.mp4]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from apps.cli.console import progress, set_up_logging, stderr
from studio import AffettoError, Studio, checkpoints

TEXT = (
    "[surprised:0.9]You kept the letter?[/] [surprised:0.5 -> happy:0.9]All these years, you kept it! "
    "I can't believe it, I'm so happy."
)


@contextmanager
def _stage(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{name:<24}{time.perf_counter() - started:7.1f} s", flush=True)


def make_demo(film: Path) -> None:
    """Make the demo film at `film`. Raises AffettoError when something it needs can't be had."""
    with progress() as stages:
        with _stage("fetching models"):
            checkpoints.fetch(progress=stages)
        with _stage("verifying models"):
            checkpoints.verify(progress=stages)
        studio = Studio()
        with _stage("speaking"):
            speech = studio.speak(TEXT, progress=stages)
        portrait = Path(str(resources.files("apps.demo").joinpath("portrait.jpeg")))
        with _stage("reading the portrait"):
            clip = studio.animate(portrait, speech, progress=stages)
        with _stage("drawing and encoding"):
            clip.save(film, lambda done, total: stages("drawing the film", done, total))
    print(f"\n{film.absolute()}: {speech.seconds:.1f} s of film, {len(clip)} frames: {TEXT}")


if __name__ == "__main__":
    set_up_logging(False)
    try:
        make_demo(Path(sys.argv[1] if len(sys.argv) > 1 else "out/demo.mp4"))
    except AffettoError as e:
        stderr.print(f"demo: {e}", style="red", markup=False)
        sys.exit(2)

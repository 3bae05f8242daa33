"""What a command says of what it made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apps.cli.console import print_json
from apps.cli.feel import course_in_words
from studio import Clip, Speech


def described(speech: Speech, path: Path) -> dict[str, Any]:
    """A speech written to `path`, as --json prints it."""
    return {"path": str(path), **speech.describe()}


def tell_clip(clip: Clip, path: Path, as_json: bool) -> None:
    """One sentence on standard output, or one object."""
    if as_json:
        film = {"frames": len(clip), "fps": clip.fps, "width": clip.width, "height": clip.height}
        shown = {} if clip.shown is None else {"emotion": clip.shown.emotion.describe()}
        print_json({**described(clip.speech, path), **shown, **film})
    else:
        felt = course_in_words(clip.shown or clip.speech.track)
        print(f"{path}: {clip.speech.seconds:.2f} s, {len(clip)} frames of {clip.width} x {clip.height}, {felt}")

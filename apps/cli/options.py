"""Options that several commands share, and the text they speak."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from apps.cli.console import set_up_logging
from studio.errors import InputError

Text = Annotated[
    str | None,
    typer.Argument(
        help="What to say, inline marks or SSML included; - reads it from standard input.", show_default=False
    ),
]
TextFile = Annotated[
    Path | None, typer.Option("--file", "-f", help="Read what to say from a UTF-8 file.", show_default=False)
]
Voice = Annotated[str, typer.Option(help="A name from `affetto voices`.")]
EmotionText = Annotated[
    str,
    typer.Option(
        help="How it is felt: angry, angry:0.8, happy:0.5+surprised:0.3, vad(-0.6,0.7,0.5), a direction in words, the "
        "path of a recording or a picture, or auto for what the words imply."
    ),
]
Context = Annotated[
    list[str] | None,
    typer.Option(help="With --emotion auto: a line said before; may be repeated.", show_default=False),
]
Seconds = Annotated[
    float | None, typer.Option(help="Exact length; 0.7 to 1.6 times the natural one.", show_default=False)
]
Seed = Annotated[int, typer.Option(help="Another seed is another take; the same seed is the same take.", min=0)]
Face = Annotated[
    int | None,
    typer.Option(min=1, help="Which face, counted from the largest (1), in a picture of several.", show_default=False),
]
Portrait = Annotated[Path, typer.Argument(help="A photograph with a face: JPEG, PNG or WebP.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda:N.")]
Verbose = Annotated[
    bool,
    typer.Option("-v", "--verbose", help="Say what is loaded, chosen and measured.", callback=lambda on: _verbose(on)),
]


def _verbose(on: bool) -> bool:
    set_up_logging(on)
    return on


def text_from(argument: str | None, file: Path | None) -> str:
    """The text of an argument, standard input ("-") or a file. Raises InputError unless exactly one is given."""
    if (argument is None) == (file is None):
        raise InputError("Give what to say once: as an argument, as - with standard input, or with --file.")
    try:
        if file is not None:
            return file.read_text(encoding="utf-8-sig")
        if argument == "-":
            if sys.stdin is None:
                raise InputError("Standard input is closed, so there is nothing to say.")
            return sys.stdin.buffer.read().decode("utf-8-sig")
    except OSError as e:
        raise InputError(f"{file or 'standard input'} can't be read: {(e.strerror or str(e)).lower()}.") from e
    except UnicodeDecodeError as e:
        raise InputError(f"{file or 'standard input'} is not UTF-8 text (byte {e.start} is not); save it so.") from e
    return str(argument)

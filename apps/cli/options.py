"""Options that several commands share, and the text they speak."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, cast

import typer

from apps.cli.console import set_up_logging
from studio.delivery import PROSODIES
from studio.errors import InputError
from studio.framing import Crop as Crops
from studio.framing import Framing

# How `--help` groups them.
PICTURE = "The picture"

Text = Annotated[
    str | None,
    typer.Argument(
        help="What to say, inline marks or SSML included; - reads it from standard input.", show_default=False
    ),
]
TextFile = Annotated[
    Path | None, typer.Option("--file", "-f", help="Read what to say from a UTF-8 file.", show_default=False)
]
Voice = Annotated[
    str,
    typer.Option(
        help="A name from `affetto voices`, a blend (af_heart*0.7+bf_emma*0.3), the timbre of one with the prosody of "
        "another (am_michael/bf_emma), or a file that `affetto voice fit` made."
    ),
]
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
    float | None, typer.Option(help="Exact length; 0.65 to 1.8 times the natural one.", show_default=False)
]
Temperature = Annotated[
    float, typer.Option(help="How freely takes depart from the likeliest reading: 0 is that reading.", min=0.0, max=2.0)
]
Pins = Annotated[
    list[str] | None,
    typer.Option(
        "--pin",
        metavar="WORD=SECONDS",
        help='When a word starts: "door=1.2"; "the#2=0.8" is the second "the", "7=2" word 7. May be repeated.',
        show_default=False,
    ),
]
Nearest = Annotated[bool, typer.Option("--nearest", help="Come as close to a length or pin out of reach as can be.")]
Prosody = Annotated[str, typer.Option(help=f"What decides lengths, pitch and strength: {' or '.join(PROSODIES)}.")]
Like = Annotated[
    Path | None,
    typer.Option(help="A recording whose delivery, contour and tempo, is copied.", show_default=False),
]
LikeText = Annotated[
    str | None,
    typer.Option(help="The words said in --like: of the same words every sound is copied.", show_default=False),
]
Lexicon = Annotated[
    Path | None, typer.Option(help="Your own pronunciations: a CSV of word,phonemes[,language].", show_default=False)
]
Seed = Annotated[int, typer.Option(help="Another seed is another take; the same seed is the same take.", min=0)]
Face = Annotated[
    int | None,
    typer.Option(min=1, help="Which face, counted from the largest (1), in a picture of several.", show_default=False),
]
Portrait = Annotated[Path, typer.Argument(help="A photograph with a face: JPEG, PNG or WebP.", show_default=False)]
Size = Annotated[
    int | None,
    typer.Option(
        help="The film's longer side at most, in pixels, 256 to 4096; 1920 if left out, 512 of the head.",
        show_default=False,
        rich_help_panel=PICTURE,
    ),
]
Crop = Annotated[str, typer.Option(help="whole, or head: a square around head and shoulders.", rich_help_panel=PICTURE)]
Background = Annotated[
    str | None,
    typer.Option(
        help='Behind the person: a colour ("navy", "#203040"), a picture, or transparent (then a .mov or .webm).',
        show_default=False,
        rich_help_panel=PICTURE,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output and nothing else.")]
Device = Annotated[str, typer.Option(help="auto, cpu or cuda:N.")]
Verbose = Annotated[
    bool,
    typer.Option("-v", "--verbose", help="Say what is loaded, chosen and measured.", callback=lambda on: _verbose(on)),
]


def _verbose(on: bool) -> bool:
    set_up_logging(on)
    return on


def framing_from(size: int | None, crop: str, background: str | None) -> Framing:
    """How the picture is shown. Raises InputError for a crop there is not."""
    return Framing(size, cast(Crops, crop), background)


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


def pins_from(given: list[str] | None) -> dict[str, float]:
    """{word: seconds} of WORD=SECONDS options. Raises InputError for one that is none, or a word pinned twice."""
    pins: dict[str, float] = {}
    for option in given or []:
        word, _, start = option.rpartition("=")
        try:
            seconds = float(start)
        except ValueError:
            word = ""
        if not word:
            raise InputError(f'A pin is a word and its time, "door=1.2", not {option!r}.')
        if word in pins:
            raise InputError(f"{word!r} is pinned twice: once is enough.")
        pins[word] = seconds
    return pins

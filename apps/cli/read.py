"""`affetto read`: a book, a chapter, an hour of script to one WAV; stopped, it goes on where it was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from apps.cli import options
from apps.cli.console import print_json, progress, stderr
from studio import Studio
from studio.delivery import DEFAULT_PROSODY, DEFAULT_TEMPERATURE
from studio.speaking import DEFAULT_VOICE


def read(
    file: Annotated[
        Path,
        typer.Argument(help="A UTF-8 text, marks or SSML included; - is standard input.", show_default=False),
    ],
    voice: options.Voice = DEFAULT_VOICE,
    emotion: options.EmotionText = "neutral",
    seed: options.Seed = 0,
    temperature: options.Temperature = DEFAULT_TEMPERATURE,
    prosody: options.Prosody = DEFAULT_PROSODY,
    lexicon: options.Lexicon = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Brackets and stars in the text are no marks; footnotes, say.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin again where another text or setting was begun with.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="WAV to write; named after the text if left out.", show_default=False),
    ] = None,
    device: options.Device = "auto",
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Read a text of any length to a WAV. The same command after a stop goes on where it was."""
    from studio.long_speech import read_aloud  # imports what reads emotions, most of a second

    from_input = str(file) == "-"
    text = options.text_from("-", None) if from_input else options.text_from(None, file)
    wav = out or Path("speech.wav" if from_input else f"{file.stem}.wav")
    how: dict[str, Any] = {"seed": seed, "temperature": temperature, "prosody": prosody, "lexicon": lexicon}
    try:
        with progress() as stages:
            made = read_aloud(Studio(device), text, wav, voice, emotion, plain=plain, anew=anew, progress=stages, **how)
    except KeyboardInterrupt:
        stderr.print("affetto: stopped; the same command goes on from here.")
        raise
    if as_json:
        print_json(
            {"path": str(made.path), "seconds": made.seconds, "words": made.words, "resumed": round(made.resumed, 3)}
        )
        return
    minutes, seconds = divmod(round(made.seconds), 60)
    resumed = f", the first {made.resumed:.0f} s of it from before" if made.resumed else ""
    print(f"{made.path}: {minutes} min {seconds} s, {made.words} words, {voice}{resumed}")

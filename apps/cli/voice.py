"""`affetto voice`: make a voice from recordings, and see what one is.

The engine is imported by the commands that need it: loading it takes a second that `affetto --help` need not.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from apps.cli import options
from apps.cli.console import print_json, progress, stderr
from studio.media.files import check_place

app = typer.Typer(help="Make and look at voices.", no_args_is_help=True, rich_markup_mode="rich")


@app.command("fit")
def fit_voice(
    recordings: Annotated[
        list[Path], typer.Argument(help="Recordings of one person, 5 s in all or more.", show_default=False)
    ],
    consent: Annotated[
        str, typer.Option(help="Who agreed to what, in your words; it is kept in the voice.", show_default=False)
    ] = "",
    out: Annotated[Path, typer.Option("--out", "-o", help="The voice to write.")] = Path("fitted.voice"),
    language: Annotated[str, typer.Option(help="Whose prosody it has: en-US, en-GB, es-ES, ...")] = "en-US",
    rounds: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Renderings to search in, about a second each; more come nearer. 100 if left out.",
            show_default=False,
        ),
    ] = None,
    device: options.Device = "auto",
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Make a voice like the one in some recordings, with that person's consent."""
    from tts.voice import SUFFIX, check_consent, fit
    from tts.voice.fitting import ROUNDS

    check_consent(consent)
    check_place(out, SUFFIX)
    with progress() as stages:
        fitted = fit(
            recordings,
            consent=consent,
            language=language,
            rounds=rounds or ROUNDS,
            device=device,
            progress=stages,
        )
    path = fitted.save(out)
    if as_json:
        print_json({"path": str(path), **_described(fitted)})
    else:
        print(
            f"{path}: similarity {fitted.similarity:.2f} to the recordings; the nearest stock voice, {fitted.nearest}, "
            f"has {fitted.nearest_similarity:.2f}"
        )
        if fitted.similarity <= fitted.nearest_similarity:
            stderr.print("warning: it came no nearer than a stock voice; more --rounds or recordings would help.")


@app.command()
def show(
    voice: Annotated[str, typer.Argument(help="A voice as --voice takes it: a name, a blend, a file.")],
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Say what a voice is; of a fitted one, from what and with whose consent."""
    from tts.voice import FittedVoice, resolve

    found = resolve(voice)
    about: dict[str, Any] = {"name": found.name, "language": found.language, "gender": found.gender}
    if Path(voice).is_file():
        about |= _described(FittedVoice.load(voice))
    if as_json:
        print_json(about)
        return
    for key, value in about.items():
        lines = value if isinstance(value, list) else [value]
        for i, line in enumerate(lines):
            told = f"{line['name']}, {line['seconds']} s, SHA-256 {line['sha256']}" if isinstance(line, dict) else line
            print(f"{'' if i else key.replace('_', ' '):<20}{told}")


def _described(fitted: Any) -> dict[str, Any]:
    about = {k: v for k, v in asdict(fitted).items() if k not in ("table", "bands")}
    return about | {"recordings": [asdict(r) for r in fitted.recordings]}

"""`affetto dub`: a film and its lines -> the same film with the lines said in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from apps.cli import options
from apps.cli.console import print_json, progress, stderr
from studio.errors import AffettoError, InputError

if TYPE_CHECKING:
    # The scheduler's database layer takes half a second to import: it waits until there is something to dub.
    from studio.dubbing.dub import Dubbed
    from studio.dubbing.settings import DubSettings, EmotionBy, Lips, Under

# How `--help` groups the options.
SAID, HEARD, WRITTEN, WORKED = "How the lines are said", "The sound around them", "What is written", "The work"


def dub(
    film: Annotated[
        Path,
        typer.Argument(help="A film; or a folder of films, or a manifest (.jsonl), for several.", show_default=False),
    ],
    script: Annotated[
        Path | None,
        typer.Argument(
            help="Its lines: SRT, WebVTT, ASS or JSON Lines, with speakers and emotions: [ANNA, angry:0.7] Get out. "
            "Without it what is said in the film is written to an SRT, to be edited.",
            show_default=False,
        ),
    ] = None,
    cast_file: Annotated[
        Path | None,
        typer.Option(
            "--cast",
            help="A TOML file: who speaks in which voice, and feels how.",
            show_default=False,
            rich_help_panel=SAID,
        ),
    ] = None,
    emotion: Annotated[
        str,
        typer.Option(
            help="What lines that are not marked are felt by: auto (their words), source (the film's voice there), "
            "face (the largest on the screen), none.",
            rich_help_panel=SAID,
        ),
    ] = "auto",
    language: Annotated[
        str | None,
        typer.Option(help="Of the lines, a BCP-47 tag: en, es, pt-BR.", show_default=False, rich_help_panel=SAID),
    ] = None,
    translate: Annotated[
        Path | None,
        typer.Option(
            help="A TOML file that names what translates the lines: a command or an OpenAI-compatible endpoint.",
            show_default=False,
            rich_help_panel=SAID,
        ),
    ] = None,
    lips: Annotated[
        str,
        typer.Option(
            help="off: as filmed; follow: the words go where the filmed lips move; render: the lips are drawn to them.",
            rich_help_panel=SAID,
        ),
    ] = "off",
    slowest: Annotated[
        float, typer.Option(help="Slowest, times the natural tempo.", min=0.3, max=1.0, rich_help_panel=SAID)
    ] = 0.8,
    fastest: Annotated[
        float, typer.Option(help="Fastest, times the natural tempo.", min=1.0, max=2.0, rich_help_panel=SAID)
    ] = 1.25,
    seed: Annotated[int, typer.Option(help="Another seed is another take.", min=0, rich_help_panel=SAID)] = 0,
    under: Annotated[
        str,
        typer.Option(
            help="What becomes of the film's sound under a line: remove takes its speech out of the middle, duck "
            "lowers all of it, silence takes all.",
            rich_help_panel=HEARD,
        ),
    ] = "remove",
    separator: Annotated[
        str | None,
        typer.Option(
            help="A command that takes speech out of a sound better: 'separate {input} {output}', WAV files.",
            show_default=False,
            rich_help_panel=HEARD,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="The film (.mp4, .mkv, .webm, .mov) or sound (.wav, .flac, .mp3, .m4a, .opus) to write; FILM.dub.mp4 "
            "if left out.",
            show_default=False,
            rich_help_panel=WRITTEN,
        ),
    ] = None,
    stems: Annotated[
        Path | None,
        typer.Option(help="A folder for the sound of each speaker.", show_default=False, rich_help_panel=WRITTEN),
    ] = None,
    subtitles: Annotated[bool, typer.Option(help="The lines as a track to switch on.", rich_help_panel=WRITTEN)] = True,
    burn: Annotated[
        bool, typer.Option("--burn", help="Draw the lines into the picture.", rich_help_panel=WRITTEN)
    ] = False,
    original_sound: Annotated[
        bool, typer.Option(help="The film's own sound as second track.", rich_help_panel=WRITTEN)
    ] = True,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Fail (status 1) when a line is outside its limits.", rich_help_panel=WORKED),
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Processes that work on it; 1 if left out.", min=1, show_default=False, rich_help_panel=WORKED
        ),
    ] = None,
    priority: Annotated[int, typer.Option(help="High before low.", rich_help_panel=WORKED)] = 0,
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Dub a film: its lines said in other voices, each on its cue. Stopped, the same command goes on where it was."""
    from studio.dubbing.settings import DubSettings

    settings = DubSettings(
        cast=cast_file,
        emotion=cast("EmotionBy", emotion),
        language=language,
        lips=cast("Lips", lips),
        under=cast("Under", under),
        separator=_command(separator),
        speed=(slowest, fastest),
        seed=seed,
        stems=stems,
        subtitles=subtitles,
        burn=burn,
        keep_original=original_sound,
    )
    if film.is_dir() or film.suffix.lower() == ".jsonl":
        if any(given is not None for given in (script, out, stems, translate)) or priority:
            raise InputError("Several films have their lines and results beside them, or named in the manifest.")
        raise typer.Exit(_several(film, settings, workers, strict, as_json))
    if script is None:
        if settings != DubSettings(language=language) or translate is not None:
            raise InputError(
                "Without a script nothing is dubbed yet: what is said is written to one. Give only the film."
            )
        _transcribe(film, language, out, as_json)
        return
    if translate is not None:
        script, settings = _translated(script, translate, settings)
    raise typer.Exit(_one(film, script, out, settings, workers, priority, strict, as_json))


def _one(
    film: Path,
    script: Path,
    out: Path | None,
    settings: DubSettings,
    workers: int | None,
    priority: int,
    strict: bool,
    as_json: bool,
) -> int:
    from studio.dubbing.dub import dub as dubbing
    from studio.dubbing.output.report import strict_failures

    with progress() as stages:
        try:
            made = dubbing(film, script, out, settings, workers=workers, priority=priority, progress=stages)
        except KeyboardInterrupt:
            stderr.print("affetto: stopped; the same command goes on from here.")
            raise
    failures = strict_failures(made.report)
    if as_json:
        print_json(_told(made) | {"problems": list(failures)})
    else:
        print(_sentence(made))
        for failure in failures:
            stderr.print(f"affetto: {failure}", style="yellow", markup=False)
    return 1 if strict and failures else 0


def _several(source: Path, settings: DubSettings, workers: int | None, strict: bool, as_json: bool) -> int:
    """Dub each film, whatever becomes of the others; then say what became of all."""
    from studio.dubbing.batch import dub_all
    from studio.dubbing.output.report import strict_failures

    with progress() as stages:
        results = dub_all(source, settings, workers=workers, progress=stages)
    failed = [r for r in results if isinstance(r.made, AffettoError)]
    made = [r.made for r in results if not isinstance(r.made, AffettoError)]
    if as_json:
        told = [
            {"film": str(r.film)} | (_told(r.made) if not isinstance(r.made, AffettoError) else {"error": str(r.made)})
            for r in results
        ]
        print_json({"films": told})
    else:
        for r in results:
            print(f"{r.film.name}: {r.made}" if isinstance(r.made, AffettoError) else _sentence(r.made))
        print(f"{len(made)} of {len(results)} films dubbed.")
    return 1 if failed or (strict and any(strict_failures(one.report) for one in made)) else 0


def _transcribe(film: Path, language: str | None, out: Path | None, as_json: bool) -> None:
    from studio.dubbing.script.transcription import transcribe
    from studio.dubbing.script.writing import write_srt
    from studio.media.probe import probe

    if not probe(film).audio:
        raise InputError(f"{film.name} has no sound in which anything is said: give a script.")
    place = film.with_suffix(".srt") if out is None else out
    if place.exists():
        raise InputError(
            f"{place.name} is there already: give it as the script, `affetto dub {film.name} {place.name}`."
        )
    with progress() as stages:
        script, heard = transcribe(film, language, progress=stages)
    path = write_srt(place, script)
    if as_json:
        print_json({"script": str(path), "lines": len(script.cues), "language": heard})
    else:
        print(f"{path}: {len(script.cues)} lines heard, in {heard}. Edit them, then `affetto dub {film} {path}`.")


def _translated(script: Path, config: Path, settings: DubSettings) -> tuple[Path, DubSettings]:
    """The script in the other language, which is written beside it for editing; what is there already is taken."""
    from dataclasses import replace

    from studio.dubbing.script import read_script, write_srt
    from studio.dubbing.script.translation import translated
    from studio.dubbing.script.translators import read_translation

    wanted = read_translation(config)
    place = script.with_name(f"{script.stem}.{wanted.to}.srt")
    if place.exists():
        stderr.print(f"affetto: {place.name} is there and is taken; delete it to have it translated anew.")
    else:
        with progress() as stages:
            lines = read_script(script)
            write_srt(
                place, translated(lines, wanted.translator(), wanted.to, wanted.source, wanted.batch, progress=stages)
            )
    return place, replace(settings, language=wanted.to)


def _command(separator: str | None) -> tuple[str, ...]:
    import shlex

    try:
        return tuple(shlex.split(separator or ""))
    except ValueError as e:
        raise InputError(f"The separator is no command ({str(e).lower()}).") from e


def _told(made: Dubbed | AffettoError) -> dict[str, object]:
    if isinstance(made, AffettoError):
        return {"error": str(made)}
    lines = len(made.report.lines)
    paths = {"path": str(made.path), "subtitles": str(made.subtitles), "report": str(made.page)}
    return {**paths, "job": made.job, "lines": lines, "fit": lines - len(made.report.problems)}


def _sentence(made: Dubbed) -> str:
    lines, wrong = len(made.report.lines), len(made.report.problems)
    count = "1 line" if lines == 1 else f"{lines} lines"
    fits = f"{wrong} of them outside the limits" if wrong else "within the limits"
    return f"{made.path}: {count}, {fits}; the report is {made.page}."

"""The commands. Each says in one sentence what it made; with --json, in one object."""

from __future__ import annotations

import signal
import sys
from dataclasses import asdict
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn, cast

import typer

from apps.cli import cache, jobs, models, options, voice
from apps.cli.animate import animate
from apps.cli.console import print_json, progress, set_up_logging, stderr
from apps.cli.dub import dub
from apps.cli.feel import course_in_words, feel
from apps.cli.read import read
from apps.cli.telling import described, tell_clip
from apps.cli.track import track
from apps.cli.worker import worker
from studio import AffettoError, InputError, Speech, Studio, checkpoints
from studio.delivery import DEFAULT_PROSODY, DEFAULT_TEMPERATURE, FEWEST_TAKES, MOST_TAKES, DeliveryOptions, ProsodyName
from studio.evaluation import bench as measuring
from studio.framing import TRANSPARENT
from studio.media.film import check_film
from studio.speaking import DEFAULT_VOICE

app = typer.Typer(
    name="affetto",
    help="One line, one photograph, one emotion: a talking film.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(models.app, name="models")
app.add_typer(voice.app, name="voice")
app.add_typer(jobs.app, name="jobs")
app.add_typer(cache.app, name="cache")
app.command()(animate)
app.command()(dub)
app.command()(feel)
app.command()(read)
app.command()(track)
app.command()(worker)


@app.callback()
def start(
    show_version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=lambda on: _version(on), help="Say which version this is."),
    ] = False,
    verbose: options.Verbose = False,
) -> None:
    """One line, one photograph, one emotion: a talking film."""


def _version(on: bool) -> None:
    if on:
        print(f"affetto {version('affetto')}")
        raise typer.Exit


@app.command()
def speak(
    text: options.Text = None,
    file: options.TextFile = None,
    voice: options.Voice = DEFAULT_VOICE,
    emotion: options.EmotionText = "neutral",
    seconds: options.Seconds = None,
    nearest: options.Nearest = False,
    pin: options.Pins = None,
    seed: options.Seed = 0,
    temperature: options.Temperature = DEFAULT_TEMPERATURE,
    takes: Annotated[
        int | None,
        typer.Option(
            help="So many readings that differ, the best as OUT-1.wav, the next as OUT-2.wav ...",
            min=FEWEST_TAKES,
            max=MOST_TAKES,
            show_default=False,
        ),
    ] = None,
    prosody: options.Prosody = DEFAULT_PROSODY,
    like: options.Like = None,
    like_text: options.LikeText = None,
    lexicon: options.Lexicon = None,
    context: options.Context = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="WAV to write; its timeline lies beside as JSON.")] = Path(
        "speech.wav"
    ),
    device: options.Device = "auto",
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Say a line: text -> WAV, with phoneme and word times in a JSON beside it."""
    words = options.text_from(text, file)
    places = [out] if takes is None else [out.with_stem(f"{out.stem}-{i}") for i in range(1, takes + 1)]
    for place in places:
        Speech.check_place(place)
    how, before = _how(seed, temperature, pin, nearest, prosody, like, like_text, lexicon), context or ()
    studio = Studio(device)
    with progress() as stages:
        line = (words, voice, emotion, seconds)
        if takes is None:
            said: tuple[Speech, ...] = (studio.speak(*line, context=before, progress=stages, **how),)
        else:
            said = studio.speak(*line, takes=takes, context=before, progress=stages, **how)
        paths = [speech.save(place) for speech, place in zip(said, places, strict=True)]
    if as_json and takes is None:
        print_json(described(said[0], paths[0]))
    elif as_json:
        print_json({"takes": [described(speech, path) for speech, path in zip(said, paths, strict=True)]})
    else:
        for i, (speech, path) in enumerate(zip(said, paths, strict=True)):
            ranked = "" if takes is None else f", seed {speech.seed}" + ", the best" * (i == 0)
            print(f"{path}: {speech.seconds:.2f} s, {speech.voice}, {course_in_words(speech.track)}{ranked}")


@app.command()
def perform(
    portrait: options.Portrait,
    text: options.Text = None,
    file: options.TextFile = None,
    voice: options.Voice = DEFAULT_VOICE,
    emotion: options.EmotionText = "neutral",
    seconds: options.Seconds = None,
    nearest: options.Nearest = False,
    pin: options.Pins = None,
    seed: options.Seed = 0,
    temperature: options.Temperature = DEFAULT_TEMPERATURE,
    prosody: options.Prosody = DEFAULT_PROSODY,
    like: options.Like = None,
    like_text: options.LikeText = None,
    lexicon: options.Lexicon = None,
    face: options.Face = None,
    size: options.Size = None,
    crop: options.Crop = "whole",
    background: options.Background = None,
    context: options.Context = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="MP4 to write.")] = Path("film.mp4"),
    device: options.Device = "auto",
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Let a photograph say a line: portrait + text + emotion -> MP4."""
    words = options.text_from(text, file)
    framing = options.framing_from(size, crop, background)
    check_film(out, transparent=background == TRANSPARENT)
    how, before = _how(seed, temperature, pin, nearest, prosody, like, like_text, lexicon), context or ()
    studio = Studio(device)
    with progress() as stages:
        line = (words, voice, emotion, seconds)
        clip = studio.perform(portrait, *line, face=face, framing=framing, context=before, progress=stages, **how)
        path = clip.save(out, lambda done, total: stages("drawing the film", done, total))
    tell_clip(clip, path, as_json)


@app.command()
def voices(as_json: options.Json = False, verbose: options.Verbose = False) -> None:
    """List the voices."""
    found = Studio().voices()
    if as_json:
        print_json({"voices": [{"name": v.name, "language": v.language, "gender": v.gender} for v in found]})
    else:
        for v in found:
            print(f"{v.name:<14}{v.language:<8}{v.gender}")


@app.command()
def bench(
    only: Annotated[
        list[str] | None,
        typer.Argument(
            help="speech, streaming, face, perform, tts; all but tts, which takes half an hour, if left out."
        ),
    ] = None,
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Measure on this machine: speed and memory, some minutes; `bench tts` how it speaks, `bench face` how it looks."""
    known = measuring.names()
    if unknown := set(only or []) - set(known):
        raise InputError(f"There is no bench named {min(unknown)!r}; installed: {', '.join(known)}.")
    portrait = Path(str(resources.files("apps.demo").joinpath("portrait.jpeg")))
    with progress() as stages:
        checkpoints.fetch(progress=stages)
        results = {}
        chosen = only or measuring.quick_names()
        for i, name in enumerate(chosen):
            stages("measuring", i, len(chosen))
            results[name] = measuring.run(name, portrait)
    if as_json:
        measured = {name: [asdict(m) for m in rows] for name, rows in results.items()}
        print_json({"machine": measuring.machine(), "benches": measured})
        return
    print("; ".join(f"{k} {v}" for k, v in measuring.machine().items()) + "\n")
    for name, rows in results.items():
        for m in rows:
            print(f"{name:<9}{m.what:<58}{m.value:9.3f} {m.unit:<6}{_verdict(m)}".rstrip())


def _verdict(m: measuring.Measurement) -> str:
    if m.reached is None:
        return ""
    aim = f"at least {m.at_least:g}" if m.at_most is None else f"at most {m.at_most:g}"
    return f"{aim:<16}{'reached' if m.reached else 'MISSED'}"


def _how(
    seed: int,
    temperature: float,
    pin: list[str] | None,
    nearest: bool,
    prosody: str,
    like: Path | None,
    like_text: str | None,
    lexicon: Path | None,
) -> DeliveryOptions:
    """The options of a delivery as `Studio` takes them."""
    return {
        "seed": seed,
        "temperature": temperature,
        "pins": options.pins_from(pin),
        "nearest": nearest,
        "prosody": cast(ProsodyName, prosody),  # another is refused by Delivery, with what there is
        "like": like,
        "like_text": like_text,
        "lexicon": lexicon,
    }


# The usage errors of click, in whichever package this typer carries it.
_UsageError: Any = typer.BadParameter.__base__


def _refuse(sentence: str) -> NoReturn:
    stderr.print(f"affetto: {sentence}", style="red", markup=False)
    sys.exit(2)


def main() -> None:
    """Run the command. What a person can mend is one sentence and exit status 2; Ctrl-C is 130."""
    set_up_logging(False)
    # So that a job manager's stop cleans up half-written files as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        status = app(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except AffettoError as e:
        _refuse(str(e))
    except _UsageError as e:
        if type(e).__name__ == "NoArgsIsHelpError":
            e.show()
            sys.exit(2)
        command = e.ctx.command_path if e.ctx else "affetto"
        _refuse(f"{e.format_message().rstrip('.')}; see `{command} --help`.")
    except KeyboardInterrupt:
        sys.exit(130)

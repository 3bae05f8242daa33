"""`affetto animate`: a photograph or the built-in head, and a speech, a driving film or a motion -> a film."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from apps.cli import options
from apps.cli.console import print_json, progress
from apps.cli.telling import tell_clip
from studio import InputError, Studio
from studio.acting import ActingOptions, Drive, LifeName
from studio.engines import FilmSound
from studio.framing import TRANSPARENT
from studio.media.files import check_place
from studio.media.film import FILM_SUFFIXES, TRANSPARENT_SUFFIXES, check_film

_FILMS = (*FILM_SUFFIXES, ".mkv", ".webm", ".avi")
# How `--help` groups the options.
ACTING, LED, FILM = "How it is acted", "Led by somebody else's face", "In a film"
# What a face's motion alone is written to.
_MOTION, _HEAD = ".csv", ".glb"


def animate(
    portrait: Annotated[
        Path | None,
        typer.Argument(help="A photograph with a face (JPEG, PNG, WebP), or a film with faces.", show_default=False),
    ] = None,
    speech: Annotated[
        Path | None,
        typer.Argument(
            help="What `affetto speak` wrote, or any recording or film with speech; not needed with --drive or "
            "--motion.",
            show_default=False,
        ),
    ] = None,
    avatar: Annotated[bool, typer.Option("--avatar", help="The built-in 3-D head instead of a photograph.")] = False,
    emotion: Annotated[
        str | None,
        typer.Option(
            help="What the face shows; auto reads it off the voice. The speech's own emotion if left out.",
            show_default=False,
            rich_help_panel=ACTING,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help="Of blinks and head motion; the speech's own if left out.", min=0, rich_help_panel=ACTING),
    ] = None,
    face: Annotated[
        list[str] | None,
        typer.Option(
            metavar="N[=SPEECH]",
            help="Which face, counted from the largest (1); or, once for each who speaks, with what it says: "
            "--face 1=bob.wav --face 2=anna.wav.",
            show_default=False,
        ),
    ] = None,
    life: Annotated[
        str | None,
        typer.Option(
            help="What moves head, brows and eyes: procedural (rules; if left out) or diffusion (learned).",
            show_default=False,
            rich_help_panel=ACTING,
        ),
    ] = None,
    lip_scale: Annotated[
        float, typer.Option(help="How wide the mouth moves: 0.3 to 1.6.", rich_help_panel=ACTING)
    ] = 1.0,
    fps: Annotated[
        float | None,
        typer.Option(
            help="Frames a second; 25, or those of --motion, if left out.",
            show_default=False,
            rich_help_panel=options.PICTURE,
        ),
    ] = None,
    expression: Annotated[
        Path | None,
        typer.Option(help="A picture whose expression the face holds.", show_default=False, rich_help_panel=ACTING),
    ] = None,
    expression_neutral: Annotated[
        Path | None,
        typer.Option(
            help="That person at rest, to read --expression against.", show_default=False, rich_help_panel=ACTING
        ),
    ] = None,
    drive: Annotated[
        Path | None,
        typer.Option(help="A film of anybody whose face leads this one.", show_default=False, rich_help_panel=LED),
    ] = None,
    drive_expression: Annotated[
        float | None,
        typer.Option(
            help="How strongly --drive leads the expression: 0 to 1.5.", show_default=False, rich_help_panel=LED
        ),
    ] = None,
    drive_pose: Annotated[
        float | None, typer.Option(help="The head, likewise.", show_default=False, rich_help_panel=LED)
    ] = None,
    drive_lips: Annotated[
        float | None,
        typer.Option(
            help="The lips; 0 if left out, 1 where there is no speech.", show_default=False, rich_help_panel=LED
        ),
    ] = None,
    drive_eyes: Annotated[
        float | None, typer.Option(help="Blinks and glances, likewise.", show_default=False, rich_help_panel=LED)
    ] = None,
    drive_loop: Annotated[
        bool,
        typer.Option("--drive-loop", help="A film shorter than the speech goes back and forth.", rich_help_panel=LED),
    ] = False,
    motion: Annotated[
        Path | None,
        typer.Option(
            help="A CSV of Live Link Face, or of this program: all the face's motion.",
            show_default=False,
            rich_help_panel=LED,
        ),
    ] = None,
    at: Annotated[
        float | None,
        typer.Option(help="In a film: from which second on; 0 if left out.", show_default=False, rich_help_panel=FILM),
    ] = None,
    sound: Annotated[
        str | None,
        typer.Option(
            help="In a film: replace silences its own sound while the line is said (if left out), over keeps it.",
            show_default=False,
            rich_help_panel=FILM,
        ),
    ] = None,
    size: options.Size = None,
    crop: options.Crop = "whole",
    background: options.Background = None,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            help="The film (MP4) to write; or .csv for the motion alone, .glb for the built-in head with it.",
        ),
    ] = Path("film.mp4"),
    device: options.Device = "auto",
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Let a photograph say a recording: portrait + speech -> MP4."""
    one, each = _faces(face)
    if avatar:
        if speech is not None or each:
            raise InputError("With --avatar there is no photograph: give one speech alone.")
        portrait, speech = None, portrait
    elif portrait is None:
        raise InputError("Give a photograph (and what it is to say), or --avatar for the built-in head.")
    elif each and speech is not None:
        raise InputError("Each face has its own speech in --face: leave the other one out.")
    _check_kept(out, portrait, speech, expression, expression_neutral, drive, motion, *each.values())
    strengths = {"expression": drive_expression, "pose": drive_pose, "lips": drive_lips, "eyes": drive_eyes}
    led = drive_loop or any(given is not None for given in strengths.values())
    if led and drive is None:
        raise InputError("The --drive- options say how a driving film leads the face: give it with --drive.")
    if expression_neutral is not None and expression is None:
        raise InputError(
            "--expression-neutral is what an expression is read against: give its picture with --expression."
        )
    if portrait is not None and portrait.suffix.lower() in _FILMS:
        made_otherwise = (life, fps, expression, expression_neutral, drive, motion, size, background, seed, *each)
        made_otherwise += (drive_loop or None, *strengths.values())
        if lip_scale != 1.0 or crop != "whole" or any(given is not None for given in made_otherwise):
            raise InputError("Of a film only the mouth is drawn: --at, --sound, --emotion and --face N apply to it.")
        if speech is None:
            raise InputError(f"Give what the face in {portrait.name} is to say.")
        _animate_film(portrait, speech, at or 0.0, emotion, one, sound or "replace", out, device, as_json)
        return
    if at is not None or sound is not None:
        raise InputError("--at and --sound are for a film: a photograph says its speech from the start.")
    framing = options.framing_from(size, crop, background)
    if out.suffix.lower() in (*TRANSPARENT_SUFFIXES, *FILM_SUFFIXES):
        check_film(out, transparent=background == TRANSPARENT)
    else:
        check_place(out, *FILM_SUFFIXES, _MOTION, _HEAD)
        if len(each) > 1 or background is not None:
            raise InputError(f"{out.name} would hold one face's motion alone: write a film, or leave the rest out.")
    studio = Studio(device, animator="head" if avatar else "photo")
    with progress() as stages:
        how = ActingOptions(
            lip_scale=lip_scale,
            fps=fps,
            expression=expression,
            neutral=expression_neutral,
            drive=drive,
            strengths=_drive(strengths, drive_loop, alone=speech is None),
            motion=motion,
        )
        if life is not None:
            how["life"] = cast(LifeName, life)
        if each and portrait is not None:
            clip = studio.animate_group(portrait, each, emotion, seed or 0, framing, stages, **how)
        else:
            clip = studio.animate(portrait, speech, emotion, seed, one, framing, stages, **how)
        if out.suffix.lower() == _MOTION:
            path = clip.motion.save(out)
        elif out.suffix.lower() == _HEAD:
            from talking_head.avatar import export_glb

            path = export_glb(clip.motion, out)
        else:
            path = clip.save(out, lambda done, total: stages("drawing the film", done, total))
    tell_clip(clip, path, as_json)


def _animate_film(
    film: Path,
    speech: Path,
    start: float,
    emotion: str | None,
    face: int | None,
    sound: str,
    out: Path,
    device: str,
    as_json: bool,
) -> None:
    if sound not in get_args(FilmSound):
        raise InputError(f"The film's own sound is {' or '.join(get_args(FilmSound))}, not {sound!r}.")
    check_film(out)
    with progress() as stages:
        made = Studio(device).animate_film(film, speech, start, emotion, face, stages)
        if not made.report.drawn:
            raise InputError(f"Nobody in {film.name} can be made to say it. {made.report}")
        path = made.save(out, sound=cast(FilmSound, sound), progress=stages)
    if as_json:
        width, height = made.size
        size = {"frames": len(made), "fps": made.fps, "width": width, "height": height}
        print_json({"path": str(path), **size, **made.report.describe()})
    else:
        print(f"{path}: {made.report}")


def _check_kept(out: Path, *given: Path | None) -> None:
    """Raise InputError if the film would take the place of what it is made of."""
    for path in given:
        if path is not None and path.resolve() == out.resolve():
            raise InputError(f"{out} is what is read: give another name with --out.")


def _faces(given: list[str] | None) -> tuple[int | None, dict[int, Path]]:
    """The one face that is meant, or what each says. Raises InputError for what is neither."""
    said: dict[int, Path] = {}
    for option in given or []:
        number, _, speech = option.partition("=")
        if not number.strip().isdecimal() or int(number) < 1:
            raise InputError(f'A face is a number, or a number and its speech, "2=anna.wav"; {option!r} is neither.')
        if not speech and len(given or []) > 1:
            raise InputError(f"Several faces each need their speech: write --face {number}=FILE.")
        if not speech:
            return int(number), {}
        if int(number) in said:
            raise InputError(f"Face {number} has two speeches: one is enough.")
        said[int(number)] = Path(speech)
    return None, said


def _drive(strengths: dict[str, float | None], loop: bool, *, alone: bool) -> Drive | None:
    """The strengths that were asked for over those that are usual; None when none was."""
    given = {name: value for name, value in strengths.items() if value is not None}
    if not given and not loop:
        return None
    return Drive(**{"lips": float(alone), **given}, back_and_forth=loop)

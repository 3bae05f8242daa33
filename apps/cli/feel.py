"""`affetto feel`: what anything a person has in hand resolves to, in words, as JSON, as a picture.

What reads and draws is imported by the command: it takes most of a second that `affetto --help` need not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from apps.cli import options
from apps.cli.console import print_json, progress
from studio import InputError, Studio
from studio.emotion import Emotion, EmotionTrack
from studio.media.files import check_place, written_whole

# At most this many turns of a course are printed.
_MOST_ROWS, _MOST_TURNS = 12, 6


def feel(
    what: Annotated[
        str,
        typer.Argument(
            help="An expression (angry:0.8), words for it, or a file: sound, photograph, film, EmotionML, JSON.",
            show_default=False,
        ),
    ],
    line: Annotated[
        bool, typer.Option("--line", help="Read the text as dialogue to be spoken, not as a direction.")
    ] = False,
    context: Annotated[
        list[str] | None, typer.Option(help="With --line: a line said before; may be repeated.", show_default=False)
    ] = None,
    by: Annotated[
        Literal["face", "voice"] | None,
        typer.Option(help="What to read of a film; its face if left out.", show_default=False),
    ] = None,
    neutral: Annotated[
        list[Path] | None,
        typer.Option(help="Another recording of the same speaker, to read the voice against.", show_default=False),
    ] = None,
    start: Annotated[float | None, typer.Option(help="Seconds into the recording.", show_default=False)] = None,
    end: Annotated[float | None, typer.Option(help="Seconds into the recording.", show_default=False)] = None,
    face: options.Face = None,
    into: Annotated[
        str | None,
        typer.Option(help="Also tell it in a vocabulary: ekman, plutchik, goemotions, ...", show_default=False),
    ] = None,
    draw: Annotated[Path | None, typer.Option(help="PNG to draw it to.", show_default=False)] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="EmotionML to write (.xml, .emotionml).", show_default=False)
    ] = None,
    as_json: options.Json = False,
    verbose: options.Verbose = False,
) -> None:
    """Show what an expression, a text, a recording or a picture resolves to."""
    from studio.emotion.drawing import save_plane
    from studio.emotion.interchange import write_emotionml
    from studio.emotion.vocabularies import vocabulary
    from studio.emotion.written import track_to_json

    for place, suffixes in ((draw, (".png",)), (out, (".xml", ".emotionml"))):
        if place is not None:
            check_place(place, *suffixes)
    told_in = None if into is None else vocabulary(into)
    if context and not line:
        raise InputError("--context is of a line of dialogue: add --line.")
    if line and any(x not in (None, []) for x in (by, neutral, start, end, face)):
        raise InputError("--line reads a text: leave --by, --neutral, --start, --end and --face out.")
    studio = Studio()
    with progress() as stages:
        if line:
            track = studio.feel_line(what, context or ())
        else:
            track = studio.feel(what, by=by, neutral=neutral or (), start=start, end=end, face=face, progress=stages)
    if draw is not None:
        save_plane([(Path(what).name if len(what) < 60 else what, track.emotion)] if track.is_constant else track, draw)
    if out is not None:
        with written_whole(out) as part:
            part.write_text(write_emotionml(track.emotion if track.is_constant else track), encoding="utf-8")
    told: dict[str, Any] = track.emotion.describe()
    if told_in is not None:
        told["told"] = {told_in.name: told_in.write(track.emotion)}
    if not track.is_constant or track.marks:
        told["track"] = track_to_json(track)
    if as_json:
        print_json(told)
        return
    _print(track, told.get("told"))
    for made in (draw, out):
        if made is not None:
            print(made)


def _print(track: EmotionTrack, told: dict[str, dict[str, float]] | None) -> None:
    emotion = track.emotion
    print(f"{emotion}: {_in_words(emotion)}")
    for category, weight in sorted(emotion.labels.items(), key=lambda item: -abs(item[1])):
        print(f"  {category:<14}{weight:6.2f}  {'#' * round(20 * min(abs(weight), 1.0))}".rstrip())
    print("  valence {:+.2f}  arousal {:+.2f}  dominance {:+.2f}".format(*emotion.vad))
    for name, weights in (told or {}).items():
        print(f"  {name}: " + (", ".join(f"{t} {w:.2f}" for t, w in weights.items()) or "nothing"))
    if track.is_constant:
        return
    unit = {"words": "word", "seconds": "s"}[track.unit]
    step = max(1, -(-len(track.keys) // _MOST_ROWS))
    print(f"over time ({unit}):")
    for key in track.keys[::step]:
        print(f"  {key.at:8.2f}  {_in_words(key.emotion)}")


def course_in_words(track: EmotionTrack) -> str:
    """A track on a line of print: what is felt one after the other."""
    felt = [_in_words(k.emotion).replace(", intensity", "") for k in track.keys]
    turns = [a for i, a in enumerate(felt) if i == 0 or a != felt[i - 1]]
    if track.is_constant or len(turns) < 2:
        return str(track.emotion)
    return ", then ".join(turns[:_MOST_TURNS]) + (
        f" and {len(turns) - _MOST_TURNS} more turns" if len(turns) > _MOST_TURNS else ""
    )


def _in_words(emotion: Emotion) -> str:
    return f"{emotion.nearest}, intensity {emotion.intensity:.2f}" if emotion != Emotion() else "neutral"

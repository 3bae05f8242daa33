"""Where the files of a dub lie: all beside the film that is written, named after it."""

from __future__ import annotations

from pathlib import Path

from studio.dubbing.output.containers import FILM_SUFFIXES


def usual_out(film: Path, language: str | None = None) -> Path:
    """film.mp4 -> film.dub.mp4, or film.de.dub.mp4 where the language is known; MKV of what isn't written."""
    middle = f".{language}.dub" if language else ".dub"
    suffix = film.suffix if film.suffix.lower() in FILM_SUFFIXES else ".mkv"
    return film.with_name(f"{film.stem}{middle}{suffix}")


def subtitles_of(out: Path) -> Path:
    """The lines as they are said."""
    return out.with_suffix(".srt")


def report_of(out: Path) -> Path:
    """The page of the report; its figures lie beside it as JSON."""
    return out.with_name(f"{out.stem}.report.html")


def clips_of(out: Path) -> Path:
    """A folder with the sound of each line, for the page."""
    return out.with_name(f"{out.stem}.report")

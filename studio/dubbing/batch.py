"""Many films: those of a folder, or of a manifest; whatever becomes of one, the others are dubbed."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from studio.dubbing import places
from studio.dubbing.dub import Dubbed, dub
from studio.dubbing.output.containers import FILM_SUFFIXES
from studio.dubbing.script import SUFFIXES
from studio.dubbing.settings import DubSettings
from studio.emotion.written import problem
from studio.engines import Progress
from studio.errors import AffettoError, InputError
from studio.media.files import is_file

_FILMS = (*FILM_SUFFIXES, ".avi", ".mpg", ".ts")


_LOG = logging.getLogger("affetto")

# film.de.srt, film.pt-BR.srt; not film.sdh.srt.
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Job:
    """One film of several."""

    film: Path
    script: Path
    out: Path | None
    settings: DubSettings


@dataclass(frozen=True)
class Result:
    """made: what came of a film, or why nothing did."""

    film: Path
    made: Dubbed | AffettoError


class _Entry(BaseModel):
    """A line of a manifest; paths are relative to it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    film: str
    script: str
    out: str | None = None
    language: str | None = None
    cast: str | None = None
    seed: int | None = None


def dub_all(
    source: str | Path, settings: DubSettings, *, workers: int | None = None, progress: Progress | None = None
) -> list[Result]:
    """Dub every film of a folder or a manifest, one after the other.

    source: a folder, where film.mp4 is said by film.srt, and by film.de.srt in German as well (.vtt, .ass, .jsonl
        likewise); or JSON Lines: {"film": ..., "script": ..., "out", "language", "cast", "seed": where they differ}.
    Raises InputError when there is nothing to dub; what fails in one film is in its Result.
    """
    source = Path(source)
    jobs = list(_of_folder(source, settings) if source.is_dir() else _of_manifest(source, settings))
    _check_apart(jobs)
    if not jobs:
        raise InputError(f"There is no film with a script beside it in {source}: name them film.mp4 and film.srt.")
    results = []
    for one in jobs:
        try:
            made: Dubbed | AffettoError = dub(
                one.film, one.script, one.out, one.settings, workers=workers, progress=progress
            )
        except AffettoError as e:
            made = e
        results.append(Result(one.film, made))
    return results


def _check_apart(jobs: Sequence[Job]) -> None:
    """Raise InputError when two of the dubs would be written over each other."""
    by_place: dict[Path, Job] = {}
    for one in jobs:
        out = one.out or places.usual_out(one.film, one.settings.language)
        other = by_place.setdefault(out.with_suffix("").resolve(), one)
        if other is not one:
            raise InputError(
                f"{other.film.name} with {other.script.name} and {one.film.name} with {one.script.name} would both be "
                f"written to {out.name}: dub one of them alone, or name them in a manifest."
            )


def _of_folder(folder: Path, settings: DubSettings) -> Iterator[Job]:
    there = sorted(path for path in folder.iterdir() if is_file(path))
    films = [path for path in there if path.suffix.lower() in _FILMS and not path.stem.endswith(".dub")]
    stems = [script.stem for script in there if script.suffix.lower() in SUFFIXES]
    for film in films:
        if not any(stem == film.stem or stem.startswith(f"{film.stem}.") for stem in stems):
            _LOG.warning("%s has no script beside it: left out.", film.name)
    for script in there:
        if script.suffix.lower() not in SUFFIXES or script.stem.endswith(".dub"):
            continue
        named = [film for film in films if script.stem == film.stem]
        tongue = script.stem.rpartition(".")[2]
        if named:
            yield from (Job(film, script, None, settings) for film in named)
        elif _LANGUAGE.fullmatch(tongue):
            told = replace(settings, language=tongue)
            yield from (Job(film, script, None, told) for film in films if script.stem == f"{film.stem}.{tongue}")


def _of_manifest(manifest: Path, settings: DubSettings) -> Iterator[Job]:
    try:
        lines = manifest.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"{manifest} can't be read as a manifest: {str(e).lower()}.") from e
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = _Entry.model_validate_json(line)
        except ValidationError as e:
            raise InputError(f"{manifest.name}, line {number}: {problem(e)}") from e
        here = manifest.parent
        changed = {name: value for name in ("language", "seed") if (value := getattr(entry, name)) is not None}
        if entry.cast is not None:
            changed["cast"] = here / entry.cast
        out = None if entry.out is None else here / entry.out
        yield Job(here / entry.film, here / entry.script, out, replace(settings, **changed))

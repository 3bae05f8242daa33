"""The photographs at hand, each face of them as a portrait of its own."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.errors import InputError
from studio.media.images import read_photo
from talking_head.benches.plan import SIDE
from talking_head.landmarks import Landmarker
from talking_head.portrait import Portrait, read_portrait

_LOG = logging.getLogger("affetto")

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
# In a checkout: the photographs that the tests use. An installed package has none.
FIXTURES = Path(__file__).parents[2] / "tests" / "fixtures" / "faces"


@dataclass(frozen=True, eq=False)
class Sitter:
    """One face. name: of its file; with a number, counted from 1 at the largest, where the photograph has several."""

    name: str
    portrait: Portrait


def photographs(places: Sequence[Path]) -> list[Path]:
    """The pictures in `places` (files and folders), in order, each content once.

    Raises InputError for a place that is not there, and when there is no picture in any.
    """
    found: dict[str, Path] = {}
    for place in places:
        if not place.exists():
            raise InputError(f"There are no photographs at {place}.")
        files = sorted(p for p in place.iterdir() if p.suffix.lower() in SUFFIXES) if place.is_dir() else [place]
        for file in files:
            found.setdefault(hashlib.blake2b(file.read_bytes()).hexdigest(), file)
    if not found:
        raise InputError(f"There is no photograph ({', '.join(SUFFIXES)}) in {', '.join(map(str, places))}.")
    return list(found.values())


def at_hand(portrait: Path, folder: Path | None = None) -> list[Path]:
    """`portrait`, those of the tests where they are, and those of a folder."""
    return photographs([portrait, *([FIXTURES] if FIXTURES.is_dir() else []), *([folder] if folder else [])])


def sitters(files: Sequence[Path], landmarker: Landmarker, side: int = SIDE) -> Iterator[Sitter]:
    """Every face that can be moved, cut around the head; a log line says which can't, and why."""
    for file in files:
        count = len(landmarker.detect(read_photo(file)))
        for number in range(1, count + 1):
            try:
                portrait = read_portrait(file, number, landmarker, side, "head")
            except InputError as e:
                _LOG.info("left out: %s", e)
            else:
                yield Sitter(file.stem if count == 1 else f"{file.stem}-{number}", portrait)

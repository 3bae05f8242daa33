"""A film whose people say new lines: planned, drawn frame by frame, written."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.engines import FilmSound, Progress
from studio.errors import InputError
from studio.media.video import Video
from talking_head.visual_dubbing.drawing import drawn
from talking_head.visual_dubbing.line import Line, Rest
from talking_head.visual_dubbing.plan import Part
from talking_head.visual_dubbing.report import Report
from talking_head.visual_dubbing.store import Store
from talking_head.visual_dubbing.writing import write_dubbed

Picture = npt.NDArray[np.uint8]

_LOG = logging.getLogger("affetto")


@dataclass(frozen=True, eq=False)
class DubbedFilm:
    """A film in which faces say new lines. Pictures are drawn when asked for, a frame at a time.

    film: the source; lines: what is said; rests: where nobody speaks who does in the film.
    report: who says it where, and what is left as it is.
    """

    film: Path
    lines: tuple[Line, ...]
    rests: tuple[Rest, ...]
    report: Report
    _video: Video
    _store: Store
    _parts: tuple[Part, ...]
    _count: int | None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of its frames."""
        return self._video.facts.width, self._video.facts.height

    @property
    def fps(self) -> float:
        """Of the film, and of what is drawn."""
        return self._video.fps

    def __len__(self) -> int:
        """Number of frames, counted where the film was read to its end, else as its packets tell, to within one."""
        return self._count or self._video.facts.frames

    def frames(self) -> Iterator[Picture]:
        """Yield every frame of the film, RGB uint8 [height, width, 3], read-only where nothing is drawn."""
        return drawn(self._video.frames(), self._parts, self._store, self.fps)

    def save(self, path: str | Path, *, sound: FilmSound = "replace", progress: Progress | None = None) -> Path:
        """Draw and write an MP4 (H.264 + AAC).

        sound: "replace" silences the film's own sound while a line is said or a mouth rests, "over" lays the lines
        over it. Raises InputError when the place can't be written or is full; nothing half-written stays.
        """
        if sound not in ("replace", "over"):
            raise InputError(f"The film's own sound goes on with 'replace' or 'over', not {sound!r}.")
        path = Path(path)
        if path.resolve() == self.film.resolve():
            raise InputError(f"{path} is the film that is read: choose another name to write to.")
        started = time.perf_counter()
        write_dubbed(
            path,
            self._video.facts,
            self.frames(),
            self.lines,
            self.rests,
            n_frames=len(self),
            sound=sound,
            progress=(lambda done, total: progress("drawing the film", done, total)) if progress else None,
        )
        _LOG.info("drew and encoded %d frames in %.2f s", len(self), time.perf_counter() - started)
        return path

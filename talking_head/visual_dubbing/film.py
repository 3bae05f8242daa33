"""A film whose people say new lines: planned, drawn frame by frame, written."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.engines import FilmSound, Progress
from studio.errors import InputError
from studio.media.video import Video, open_video
from talking_head.landmarks import Landmarker
from talking_head.visual_dubbing.analysis import Analysis, analyse, frames_of
from talking_head.visual_dubbing.line import Line
from talking_head.visual_dubbing.plan import Part, plan
from talking_head.visual_dubbing.report import Report
from talking_head.visual_dubbing.scene import Scene
from talking_head.visual_dubbing.writing import write_dubbed

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

_LOG = logging.getLogger("affetto")

# Seconds before and after a line that are looked at as well: how a face usually looks is not learned from a few frames,
# before which there may be a hand.
_AROUND = 4.0
# Rates that ffmpeg rounds when it names them.
_EXACT = {23.98: 24000 / 1001, 29.97: 30000 / 1001, 59.94: 60000 / 1001, 47.95: 48000 / 1001, 119.88: 120000 / 1001}


@dataclass(frozen=True, eq=False)
class DubbedFilm:
    """A film in which faces say new lines. Pictures are drawn when asked for, a frame at a time.

    film: the source; lines: what is said; report: who says it where, and what is left as it is.
    size: (width, height); fps: of the film, and of what is drawn.
    """

    film: Path
    lines: tuple[Line, ...]
    report: Report
    size: tuple[int, int]
    fps: float
    _video: Video
    _analysis: Analysis
    _parts: tuple[Part, ...]

    def __len__(self) -> int:
        """Number of frames, counted where the film was read to its end, else as its header tells its length."""
        return self._analysis.frames or max(1, round(self._video.seconds * self.fps))

    def frames(self) -> Iterator[Picture]:
        """Yield every frame of the film, RGB uint8 [height, width, 3], read-only where nothing is drawn."""
        motions = [line.motion(self.fps) for line in self.lines]
        waiting = sorted(self._parts, key=lambda p: int(p.frames[0]))
        running: list[tuple[Part, Scene]] = []
        for number, frame in enumerate(self._video.frames(self.fps)):
            running = [(p, s) for p, s in running if p.frames[-1] >= number]
            while waiting and waiting[0].frames[0] <= number:
                part = waiting.pop(0)
                running.append((part, Scene(part.track, self._analysis.store, self.fps)))
            for part, scene in running:
                frame = _with_line(frame, number, part, scene, motions[part.line])
            yield frame

    def save(self, path: str | Path, *, sound: FilmSound = "replace", progress: Progress | None = None) -> Path:
        """Draw and write an MP4 (H.264 + AAC).

        sound: "replace" silences the film's own sound while a line is said, "over" lays the lines over it.
        Raises InputError when the place can't be written or is full; nothing half-written stays.
        """
        if sound not in ("replace", "over"):
            raise InputError(f"The film's own sound goes on with 'replace' or 'over', not {sound!r}.")
        path = Path(path)
        if path.resolve() == self.film.resolve():
            raise InputError(f"{path} is the film that is read: choose another name to write to.")
        started = time.perf_counter()
        write_dubbed(
            path,
            self.film,
            self.frames(),
            self.lines,
            n_frames=len(self),
            size=self.size,
            fps=self.fps,
            sound=sound,
            progress=(lambda done, total: progress("drawing the film", done, total)) if progress else None,
        )
        _LOG.info("drew and encoded %d frames in %.2f s", len(self), time.perf_counter() - started)
        return path


def dub_faces(
    film: str | Path,
    lines: Sequence[Line],
    *,
    landmarker: Landmarker | None = None,
    progress: Progress | None = None,
) -> DubbedFilm:
    """Look at a film and plan who says the lines in it. What can't be drawn is in the report, and never an error.

    Raises InputError when the file is no film, there are no lines, or one starts after the film's end.
    """
    video = open_video(film)
    fps = _EXACT.get(video.fps, video.fps)
    if not lines:
        raise InputError("There is nothing to say: give one line or more.")
    if video.seconds:
        _check_starts(lines, video, video.seconds)
    height, width = next(video.frames(fps)).shape[:2]
    wanted = frames_of([(a - _AROUND, b + _AROUND) for a, b in (line.span for line in lines)], fps)
    total = float(wanted[-1][1])

    def gone_by(number: int) -> None:
        if progress:
            progress("looking at the film", min(number, total), total)

    analysis = analyse(video, fps, (width, height), wanted, landmarker or Landmarker(), gone_by)
    if analysis.frames is not None:
        try:
            _check_starts(lines, video, analysis.frames / fps)
        except InputError:
            analysis.store.close()
            raise
    parts, report = plan(video.path, lines, analysis, fps)
    return DubbedFilm(video.path, tuple(lines), report, (width, height), fps, video, analysis, parts)


def _check_starts(lines: Sequence[Line], film: Video, seconds: float) -> None:
    """Raise InputError where a line starts after the end of a film of so many seconds."""
    late = next((line for line in lines if line.start >= seconds), None)
    if late is not None:
        raise InputError(
            f"The line at {late.start:g} s starts after the end of {film.path.name}, which is {seconds:.2f} s long."
        )


def _with_line(frame: Picture, number: int, part: Part, scene: Scene, motion: tuple[int, Floats]) -> Picture:
    at = int(np.searchsorted(part.frames, number))
    if at == len(part.frames) or part.frames[at] != number:
        return frame
    first, coefficients = motion
    spoken = coefficients[int(np.clip(number - first, 0, len(coefficients) - 1))]
    return scene.draw(frame, int(part.rows[at]), spoken, float(part.shares[at]))

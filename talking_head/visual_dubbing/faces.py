"""The faces of a film, looked at once: who they are, who speaks, how mouths move; and new lines said by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from studio.engines import Progress
from studio.errors import InputError
from studio.media.video import Video, open_video
from talking_head.landmarks import Landmarker
from talking_head.visual_dubbing.analysis import Analysis, analyse, frames_of
from talking_head.visual_dubbing.cast import cast, people
from talking_head.visual_dubbing.film import DubbedFilm
from talking_head.visual_dubbing.line import Line, Rest, Said
from talking_head.visual_dubbing.mouths import MouthActivity, mouth_of
from talking_head.visual_dubbing.plan import SPEAKS, plan
from talking_head.visual_dubbing.report import Person
from talking_head.visual_dubbing.speaker import Heard, activity
from talking_head.visual_dubbing.track import Track

# Seconds before and after a line that are looked at as well: how a face usually looks is not learned from a few frames,
# before which there may be a hand.
_AROUND = 4.0


@dataclass(frozen=True, eq=False)
class FilmFaces:
    """What was seen in a film, or in parts of it; made by `look_at`."""

    video: Video
    _analysis: Analysis
    _heard: Heard = field(repr=False)

    @cached_property
    def _numbers(self) -> dict[int, int]:
        """The person of each track; CheckpointError where the network that knows faces can't be had."""
        return cast(self._tracks, self._analysis.store, required=True)

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody who is seen, in the order in which they come; the same person has one number in every shot.

        Raises CheckpointError when the network that knows faces can't be had.
        """
        seconds: dict[int, float] = {}
        speech: dict[int, float] = {}
        for shot in self._analysis.shots:
            for track in shot.tracks:
                first, last = int(track.frames[0]), int(track.frames[-1]) + 1
                person, lasts = self._numbers[track.number], (last - first) / self.video.fps
                amount = activity(track, first, last, self._heard.syllables(first, last), self.video.fps)
                seconds[person] = seconds.get(person, 0.0) + lasts
                speech[person] = speech.get(person, 0.0) + lasts * amount
        scores = {n: speech[n] / seconds[n] for n in seconds}
        return people(self._analysis.shots, self._numbers, scores, self.video.fps)

    def speaker(self, start: float, end: float) -> int | None:
        """The number of the person whose lips go with the film's sound from `start` to `end`, seconds; None: nobody."""
        fps = self.video.fps
        scores: dict[int, float] = {}
        for shot in self._analysis.shots:
            first, last = max(int(start * fps), shot.first), min(int(np.ceil(end * fps)), shot.last)
            if first >= last:
                continue
            sound = self._heard.syllables(first, last)
            for track in shot.tracks:
                person = self._numbers[track.number]
                amount = activity(track, first, last, sound, fps) * (last - first)
                scores[person] = scores.get(person, 0.0) + amount / max((end - start) * fps, 1.0)
        best = max(scores, key=lambda n: scores[n], default=None)
        return best if best is not None and scores[best] > SPEAKS else None

    def mouth_activity(self, person: int) -> MouthActivity:
        """How far a person's mouth is open over time, and when it moves. person: a number of `people`.

        Raises InputError when there is no such person.
        """
        tracks = [t for t in self._tracks if self._numbers[t.number] == person]
        if not tracks:
            raise InputError(f"There is no person {person} in {self.video.path.name}.")
        return mouth_of(person, tracks, self.video.fps)

    def dub(self, lines: Sequence[Line], rests: Sequence[Rest] = ()) -> DubbedFilm:
        """Plan who says the lines and whose mouths rest. What can't be drawn is in the report, and never an error.

        Raises InputError when there is nothing to say, or a line or a rest starts after the film's end.
        """
        _check(lines, rests, self.video, self._analysis.frames)
        said: list[Said] = [*lines, *rests]
        known = "_numbers" in vars(self) or any(s.person is not None for s in said)
        numbers = self._numbers if known else cast(self._tracks, self._analysis.store, required=False)
        parts, report = plan(lines, rests, self._analysis, numbers, self._heard, self.video.fps)
        video, seen = self.video, self._analysis
        return DubbedFilm(video.path, tuple(lines), tuple(rests), report, video, seen.store, parts, seen.frames)

    @property
    def _tracks(self) -> list[Track]:
        return [t for s in self._analysis.shots for t in s.tracks]


def look_at(
    film: str | Path,
    *,
    spans: Sequence[tuple[float, float]] | None = None,
    landmarker: Landmarker | None = None,
    progress: Progress | None = None,
) -> FilmFaces:
    """Look at a film's faces, in one pass. spans: of seconds, no more than these is looked at; None is the whole film.

    Raises InputError when the file is no film, or not one frame of it can be read.
    """
    video = open_video(film)
    next(video.frames())
    facts = video.facts
    wanted = [(0, facts.frames + 2)] if spans is None else frames_of(spans, video.fps)
    total = float(min(wanted[-1][1], facts.frames)) if wanted else 1.0

    def gone_by(number: int) -> None:
        if progress:
            progress("looking at the film", min(number, total), total)

    analysis = analyse(video, (facts.width, facts.height), wanted, landmarker or Landmarker(), gone_by)
    return FilmFaces(video, analysis, Heard(video.path, video.fps))


def dub_faces(
    film: str | Path,
    lines: Sequence[Line],
    rests: Sequence[Rest] = (),
    *,
    landmarker: Landmarker | None = None,
    progress: Progress | None = None,
) -> DubbedFilm:
    """Look at a film where lines and rests are, and plan who says them.

    Where a person is named all of it is looked at, since people are counted in the order in which they come.
    Raises InputError as `look_at` and `FilmFaces.dub`, before the work where that can be known.
    """
    check_asked(film, lines, rests)
    said: list[Said] = [*lines, *rests]
    around = [(a - _AROUND, b + _AROUND) for a, b in (s.span for s in said)]
    spans = None if any(s.person is not None for s in said) else around
    faces = look_at(film, spans=spans, landmarker=landmarker, progress=progress)
    return faces.dub(lines, rests)


def check_asked(film: str | Path, lines: Sequence[Line], rests: Sequence[Rest] = ()) -> None:
    """What can be known without looking at faces. Raises InputError as `dub_faces`."""
    _check(lines, rests, open_video(film), None)


def _check(lines: Sequence[Line], rests: Sequence[Rest], film: Video, frames: int | None) -> None:
    """Raise InputError where nothing is asked, or starts after the end of a film of so many frames (None: as told)."""
    if not lines and not rests:
        raise InputError("There is nothing to say: give one line or more.")
    seconds = film.seconds if frames is None else frames / film.fps
    said: list[Said] = [*lines, *rests]
    late = next((s for s in said if s.start >= seconds), None)
    if late is not None:
        what = "line" if isinstance(late, Line) else "rest"
        raise InputError(
            f"The {what} at {late.start:g} s starts after the end of {film.path.name}, which is {seconds:.2f} s long."
        )

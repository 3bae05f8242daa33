"""Several people followed through the frames of a film, each by landmarks of their own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from talking_head.landmarks import FaceLandmarks, Landmarker

Picture = npt.NDArray[np.uint8]

# A face that is nobody's yet is looked for this often, in seconds; the detector takes four times as long as a track.
_LOOK = 0.5
_WAITED = 0.3
# Smaller faces have mouths of a dozen pixels; nothing that is drawn there would be read.
_MIN_SIZE = 40.0
# From one frame to the next a face stays within half its size, and its size within a fifth.
_REACH, _SIZE_CHANGE = 0.5, 1.2
# One who was lost (turned away, hidden) is the same person when seen again this soon, about as near and as large.
_FORGOTTEN = 1.5
_WIDER, _SIZE_CHANGE_HIDDEN = 1.0, 1.6
# Boxes whose middles are closer than this many sizes are one face.
_SAME = 0.35


@dataclass(eq=False)
class _Person:
    number: int
    last: FaceLandmarks
    missed: int = field(default=0)


class People:
    """Who is where, frame after frame; numbers are never used twice."""

    def __init__(self, landmarker: Landmarker, fps: float) -> None:
        self._landmarker = landmarker
        self._fps = fps
        self._people: list[_Person] = []
        self._count = 0
        self._next_look = 0

    def cut(self) -> None:
        """Another shot begins: nobody is where they were."""
        self._people.clear()
        self._next_look = 0

    def find(self, frame: Picture) -> dict[int, FaceLandmarks]:
        """The faces in the next frame, RGB uint8 [H, W, 3], by the number of their person."""
        seen: dict[int, FaceLandmarks] = {}
        for person in sorted(self._people, key=lambda p: p.missed):
            face = None if person.missed else self._landmarker.track(frame, person.last)
            if face is None or not _follows(face, person.last, _REACH, _SIZE_CHANGE) or _taken(face, seen):
                self._next_look = 0 if person.missed == 0 else self._next_look
                person.missed += 1
                continue
            person.last = seen[person.number] = face
        if self._next_look <= 0:
            self._look(frame, seen)
            # One who has just gone is looked for in every frame, then as often as anybody new.
            waiting = any(0 < p.missed < _WAITED * self._fps for p in self._people)
            self._next_look = 1 if waiting else round(_LOOK * self._fps)
        self._next_look -= 1
        self._people = [p for p in self._people if p.missed < _FORGOTTEN * self._fps]
        return seen

    def _look(self, frame: Picture, seen: dict[int, FaceLandmarks]) -> None:
        for face in self._landmarker.detect(frame):
            if face.size < _MIN_SIZE or _taken(face, seen):
                continue
            lost = (p for p in self._people if p.number not in seen)
            person = next((p for p in lost if _follows(face, p.last, _WIDER, _SIZE_CHANGE_HIDDEN)), None)
            if person is None:
                self._count += 1
                person = _Person(self._count, face)
                self._people.append(person)
            person.last, person.missed = face, 0
            seen[person.number] = face


def _middle(face: FaceLandmarks) -> npt.NDArray[np.float32]:
    return np.asarray((face.box[:2] + face.box[2:]) / 2, np.float32)


def _follows(face: FaceLandmarks, last: FaceLandmarks, reach: float, size_change: float) -> bool:
    apart = float(np.linalg.norm(_middle(face) - _middle(last))) / last.size
    return face.size >= _MIN_SIZE and apart < reach and 1 / size_change < face.size / last.size < size_change


def _taken(face: FaceLandmarks, seen: dict[int, FaceLandmarks]) -> bool:
    return any(np.linalg.norm(_middle(face) - _middle(f)) < _SAME * max(f.size, face.size) for f in seen.values())

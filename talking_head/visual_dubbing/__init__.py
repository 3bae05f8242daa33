"""Faces in film: a person in a film says a new line, drawn frame by frame over their own mouth.

Two passes over the film: `analysis` finds shots and follows faces (on disk, so that memory stays flat with length),
`cast` knows people again in other shots, `plan` chooses who speaks and says what is left and why, `drawing` draws.
Nothing is learnt: each frame's own pixels are moved, and what is behind the lips is drawn by the mouth of the
photograph's renderer.
"""

from talking_head.visual_dubbing.faces import FilmFaces, check_asked, dub_faces, look_at
from talking_head.visual_dubbing.film import DubbedFilm
from talking_head.visual_dubbing.line import Line, Rest
from talking_head.visual_dubbing.mouths import MouthActivity
from talking_head.visual_dubbing.report import Person, Report, Span

__all__ = [
    "DubbedFilm",
    "FilmFaces",
    "Line",
    "MouthActivity",
    "Person",
    "Report",
    "Rest",
    "Span",
    "check_asked",
    "dub_faces",
    "look_at",
]

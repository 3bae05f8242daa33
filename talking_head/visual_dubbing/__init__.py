"""Faces in film: a person in a film says a new line, drawn frame by frame over their own mouth.

Two passes over the film: `analysis` finds shots and follows faces (on disk, so that memory stays flat with length),
`plan` chooses who speaks and says what is left and why, `film` draws. Nothing is learnt: each frame's own pixels are
moved, and what is behind the lips is drawn by the mouth of the photograph's renderer.
"""

from talking_head.visual_dubbing.film import DubbedFilm, dub_faces
from talking_head.visual_dubbing.line import Line
from talking_head.visual_dubbing.report import Person, Report, Span

__all__ = ["DubbedFilm", "Line", "Person", "Report", "Span", "dub_faces"]

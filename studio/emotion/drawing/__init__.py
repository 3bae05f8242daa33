"""Emotions drawn on the plane of valence and arousal among the named categories, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from studio.emotion.drawing.page import Page, drawable
from studio.emotion.drawing.panels import draw_course_panel, draw_list_panel, draw_point_panel
from studio.emotion.drawing.plane import brief, draw_course, draw_ground, draw_points
from studio.emotion.emotion import Emotion
from studio.emotion.track import EmotionTrack
from studio.errors import InputError
from studio.media.files import check_place, written_whole

Points = Sequence[tuple[str, Emotion]] | EmotionTrack


def draw_plane(points: Points, width: int = 1200) -> npt.NDArray[np.uint8]:
    """Draw (name, Emotion) points, or the course of a track, as RGB uint8 [H, W, 3], H = 3/4 W.

    Beside the plane stand the mixture and the valence, arousal and dominance of a point, a short account of each of
    several, or the course of a track over its words or seconds.
    Raises InputError for a width outside 400 to 4000 pixels.
    """
    if not 400 <= width <= 4000:
        raise InputError(f"The picture would be {width} pixels wide; 400 to 4000 can be drawn.")
    if isinstance(points, EmotionTrack) and points.is_constant:
        points = [("", points.emotion)]
    page = Page(width)
    draw_ground(page)
    if isinstance(points, EmotionTrack):
        draw_course(page, points)
        draw_course_panel(page, points)
        return page.finished()
    named = [(drawable(name) or brief(emotion), emotion) for name, emotion in points]
    draw_points(page, named)
    if len(named) == 1:
        draw_point_panel(page, *named[0])
    else:
        draw_list_panel(page, named)
    return page.finished()


def save_plane(points: Points, path: str | Path, width: int = 1200) -> Path:
    """Draw as `draw_plane` does, to a PNG. Raises InputError when the place can't be written."""
    path = Path(path)
    check_place(path, ".png")
    picture = Image.fromarray(draw_plane(points, width))
    with written_whole(path) as part:
        picture.save(part, optimize=True)
    return path


__all__ = ["draw_plane", "save_plane"]

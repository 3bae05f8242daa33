"""The first look at a film: its shots while lines run, and who is seen in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from studio.media.video import Video
from talking_head.landmarks import Landmarker
from talking_head.visual_dubbing.cuts import Cuts
from talking_head.visual_dubbing.people import People
from talking_head.visual_dubbing.store import Store
from talking_head.visual_dubbing.track import Following, Track

# The landmarker crops a face to 256 pixels; a face that fills a quarter of a frame of this size has them.
MAX_SIDE = 1280


@dataclass(frozen=True, eq=False)
class Shot:
    """Frames first to last (excluded) without a cut, and who is seen in them."""

    first: int
    last: int
    tracks: tuple[Track, ...]


@dataclass(frozen=True, eq=False)
class Analysis:
    """shots: in order, those parts of them in which lines run; store: of what was seen.

    frames: of the whole film, counted; None where it goes on after what was looked at.
    """

    shots: tuple[Shot, ...]
    store: Store
    frames: int | None


def analyse(
    film: Video,
    size: tuple[int, int],
    wanted: Sequence[tuple[int, int]],
    landmarker: Landmarker,
    progress: Callable[[int], None],
) -> Analysis:
    """Look at the frames `wanted`, [first, last) in order and apart. size: (width, height) of the film's frames.

    progress is called with how many frames of the film have gone by.
    """
    fps = film.fps
    store, cuts, people = Store(), Cuts(), People(landmarker, fps)
    shots: list[Shot] = []
    scale = max(1.0, max(size) / MAX_SIDE)
    spans = iter(wanted)
    span = next(spans, None)
    first = last = gone = 0
    ended = True
    here: dict[int, Following] = {}

    def end_shot() -> None:
        if last > first:
            shots.append(Shot(first, last, tuple(f.settled(store, fps) for f in here.values())))
        here.clear()

    try:
        for number, frame in enumerate(film.frames(max_side=MAX_SIDE)):
            while span is not None and number >= span[1]:
                span = next(spans, None)
            if span is None:
                ended = False
                break
            gone = number + 1
            progress(number)
            if number < span[0]:
                continue
            if cuts.begins(frame) or number == span[0]:
                end_shot()
                people.cut()
                first = number
            last = number + 1
            for who, face in people.find(frame).items():
                here.setdefault(who, Following(who)).add(number, frame, face, scale, store)
        end_shot()
    except BaseException:
        store.close()
        raise
    return Analysis(tuple(shots), store, gone if ended else None)


def frames_of(spans: Sequence[tuple[float, float]], fps: float) -> list[tuple[int, int]]:
    """Spans of seconds -> of frames [first, last), in order, merged where they meet."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        first, last = max(int(np.floor(start * fps)), 0), int(np.ceil(end * fps))
        if merged and first <= merged[-1][1]:
            first, last = merged[-1][0], max(merged.pop()[1], last)
        if last > first:
            merged.append((first, last))
    return merged

"""One person in one shot: where seen, how the face is held, and the frame to learn it from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from studio.performance import ARKIT_NAMES
from talking_head.landmarks import FaceLandmarks, head_angles, head_matrix, topology
from talking_head.visual_dubbing.hidden import hidden_frames
from talking_head.visual_dubbing.store import SKIN, Kept, Store
from talking_head.visual_dubbing.teeth import teeth_in

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# A face is looked at this small for the colours of its skin, so that pores and grain do not count.
_SMALL = 72.0

# Lips nearer to the picture's edge than this, in widths of the face, have no room to move.
_FROM_EDGE = 0.08
# Lips are this far apart, in widths of the face, where teeth may show; colours of so many frames tell what they are.
_BARED, _FEWEST_BARED, _MOST_BARED = 0.04, 5, 300
_WELL_LIT = 80  # percentile

# Views kept to learn a person's face from, the best of each stretch of the shot: a hand may stay for a while.
_KEPT = 10
_LOOKS = 3  # of them to know the person by


@dataclass(frozen=True, eq=False)
class View:
    """A frame's part around a face, to learn it from. points: [478, 3] px of `picture`; scale: film px in one of it;
    row: in the store; corner: [2] px of the picture in the frame that was looked at.
    """

    picture: Picture
    points: Floats
    coefficients: Floats
    frame: int
    merit: float
    scale: float
    row: int
    corner: Floats


@dataclass(frozen=True, eq=False)
class Track:
    """n sightings of a person in a shot.

    number: of the track, counted from 1 over the film.
    frames: int [n] of the film, rising; rows: int [n] in the store.
    opening: [n] of the lips, in widths of the face; turned: [n, 2] pitch and yaw, degrees; size: [n] of the face, px.
    cut_off: bool [n] whether the picture's edge cuts the mouth; hidden: bool [n] whether something is before it.
    view: the frame to learn the face from, its picture in the store as `picture`.
    looks: the best views, to know the person by: where in the store their pictures are, and [478, 3] px of them.
    teeth: [3] their colour, None where none are seen.
    """

    number: int
    frames: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    opening: Floats
    turned: Floats
    size: Floats
    cut_off: npt.NDArray[np.bool_]
    hidden: npt.NDArray[np.bool_]
    view: View
    picture: Kept
    looks: tuple[tuple[Kept, Floats], ...]
    teeth: Floats | None


class Following:
    """A track while the shot goes on."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._frames: list[int] = []
        self._rows: list[int] = []
        self._opening: list[float] = []
        self._turned: list[tuple[float, float]] = []
        self._size: list[float] = []
        self._cut_off: list[bool] = []
        self._views: dict[int, View] = {}  # the best of every so many frames
        self._spacing = 6
        self._bared: list[Floats] = []

    def add(self, number: int, frame: Picture, face: FaceLandmarks, scale: float, store: Store) -> None:
        """A face seen in frame `number` of the film; scale: of the film's pixels over the frame's."""
        pitch, yaw, _ = np.rad2deg(head_angles(head_matrix(face.points)))
        self._frames.append(number)
        self._rows.append(store.add(face, to_film(face.points, scale), skin_colours(frame, face)))
        width = float(np.linalg.norm(face.points[454] - face.points[234]))
        self._opening.append(float(np.linalg.norm(face.points[13, :2] - face.points[14, :2])) / width)
        self._turned.append((float(pitch), float(yaw)))
        self._size.append(face.size * scale)
        self._cut_off.append(_cut_off(face.points, frame.shape))
        if (
            self._opening[-1] > _BARED
            and len(self._bared) < _MOST_BARED
            and (seen := teeth_in(frame, face)) is not None
        ):
            self._bared.append(seen)
        merit = self._merit(frame, face)
        slot = number // self._spacing
        if slot not in self._views or self._views[slot].merit < merit:
            self._views[slot] = _view(frame, face, number, merit, scale, self._rows[-1])
        if len(self._views) > _KEPT:
            self._spacing *= 2
            worst_first = sorted(self._views.values(), key=lambda v: v.merit)
            self._views = {v.frame // self._spacing: v for v in worst_first}

    def settled(self, store: Store, fps: float) -> Track:
        """The track, once the shot is over."""
        hidden = hidden_frames(self._rows, store, fps)
        blocked = {f for f, h in zip(self._frames, hidden, strict=True) if h}
        # What is learnt from is free of hands where any view is.
        best_first = sorted(self._views.values(), key=lambda v: (v.frame in blocked, -v.merit))
        kept = [store.keep(v.picture) for v in best_first[:_LOOKS]]
        return Track(
            self.number,
            np.array(self._frames),
            np.array(self._rows),
            np.array(self._opening, np.float32),
            np.array(self._turned, np.float32),
            np.array(self._size, np.float32),
            np.array(self._cut_off),
            hidden,
            replace(best_first[0], picture=np.zeros((0, 0, 3), np.uint8)),
            kept[0],
            tuple((place, v.points) for place, v in zip(kept, best_first, strict=False)),
            self._teeth(),
        )

    def _teeth(self) -> Floats | None:
        """[3] their colour in the shot."""
        if len(self._bared) < _FEWEST_BARED:
            return None
        seen = np.array(self._bared)
        tone = seen.mean(axis=1)
        # Where they are lit best; between lips that are barely apart it is dark.
        return np.asarray(np.median(seen[tone >= np.percentile(tone, _WELL_LIT)], axis=0), np.float32)

    def _merit(self, frame: Picture, face: FaceLandmarks) -> float:
        """Of a frame to learn the face from: toward the camera, lips closed, at rest, sharp, whole."""
        pitch, yaw = self._turned[-1]
        smile = float(face.coefficients[_SMILE].mean())
        merit = -abs(yaw) / 20 - abs(pitch) / 25 - 20 * self._opening[-1] - 0.7 * smile - 2.0 * self._cut_off[-1]
        return merit + 0.3 * float(np.log(_sharpness(frame, face) + 1e-3))


_SMILE = [ARKIT_NAMES.index("mouthSmileLeft"), ARKIT_NAMES.index("mouthSmileRight")]


def to_film(points: Floats, scale: float) -> Floats:
    """Landmarks in pixels of a smaller frame -> of the film's; pixel centres, not corners, are whole numbers."""
    film = points * scale
    film[:, :2] += (scale - 1) / 2
    return np.asarray(film, np.float32)


def skin_colours(frame: Picture, face: FaceLandmarks) -> Floats:
    """[K, 3] colours around the mouth, each the mean of a patch."""
    x0, y0, x1, y1 = _box(face, frame.shape, 0.05)
    step = max(face.size / _SMALL, 1.0)
    size = (max(round((x1 - x0) / step), 1), max(round((y1 - y0) / step), 1))
    # Of a large face a few pixels of each patch tell its mean as well.
    some = int(step) // 3 or 1
    small = cv2.resize(np.ascontiguousarray(frame[y0:y1:some, x0:x1:some]), size, interpolation=cv2.INTER_AREA)
    places = (face.points[SKIN, :2] - (x0, y0)) / ((x1 - x0) / size[0], (y1 - y0) / size[1])
    x, y = np.asarray(places, np.float32).T
    found = cv2.remap(small, x[None], y[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found[0], np.float32)


def _view(frame: Picture, face: FaceLandmarks, number: int, merit: float, scale: float, row: int) -> View:
    x0, y0, x1, y1 = _box(face, frame.shape, 0.4)
    corner = np.array([x0, y0, 0], np.float32)
    picture = frame[y0:y1, x0:x1].copy()
    return View(picture, face.points - corner, face.coefficients, number, merit, scale, row, corner[:2])


def _box(face: FaceLandmarks, shape: tuple[int, ...], margin: float) -> tuple[int, int, int, int]:
    low = np.maximum(np.floor(face.box[:2] - margin * face.size), 0).astype(int)
    high = np.minimum(np.ceil(face.box[2:] + margin * face.size) + 1, [shape[1], shape[0]]).astype(int)
    low = np.minimum(low, np.array([shape[1], shape[0]]) - 2)
    high = np.maximum(high, low + 2)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _cut_off(points: Floats, shape: tuple[int, ...]) -> bool:
    """Whether the picture's edge cuts the mouth, or comes too near to it; a chin may be cut."""
    x, y = points[list(topology.LIPS_OUTER), :2].T
    near = _FROM_EDGE * float(np.ptp(points[:, 0]))
    return bool((x.min() < near) | (y.min() < near) | (x.max() > shape[1] - near) | (y.max() > shape[0] - near))


def _sharpness(frame: Picture, face: FaceLandmarks) -> float:
    x0, y0, x1, y1 = _box(face, frame.shape, 0.0)
    grey = cv2.cvtColor(frame[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var()) / max(float(grey.var()), 1.0)

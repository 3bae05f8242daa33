"""A face over one shot, made ready to be drawn block by block, so that a shot of any length takes the same memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from talking_head.renderer.palette import LUMA
from talking_head.renderer.softness import softness
from talking_head.rig import Rig
from talking_head.visual_dubbing.camera import Camera
from talking_head.visual_dubbing.face import Face, smoothed
from talking_head.visual_dubbing.line import KEPT_SIGMA, over_expression
from talking_head.visual_dubbing.painter import Painter
from talking_head.visual_dubbing.store import Store
from talking_head.visual_dubbing.track import Track

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

_BLOCK = 256
# Light changes slowly; what differs from frame to frame is the landmarks' noise, and would flicker. Seconds.
_LIGHT_SIGMA = 0.2
_UPPER_LIP, _LOWER_LIP = 13, 14


@dataclass(frozen=True, eq=False)
class _Block:
    first: int
    last: int
    offset: int
    own: Floats
    painter: Painter


class Scene:
    """track: of the person in the shot, read from `store`."""

    def __init__(self, track: Track, store: Store, fps: float) -> None:
        self._track, self._store, self._fps = track, store, fps
        view = replace(track.view, picture=store.picture(track.picture))
        self._face = Face(view, Rig.load(), track.teeth)
        self._softness = softness(view.picture, view.points) * view.scale
        self._light = float(_brightness(store.read([view.row]).skin)[0])
        self._block: _Block | None = None

    def draw(self, frame: Picture, row: int, spoken: Floats, share: float) -> Picture:
        """A copy of a film's frame in which sighting `row` of the track does `spoken` [52], by its `share`."""
        if self._block is None or not self._block.first <= row < self._block.last:
            self._block = self._read(row)
        i = row - self._block.offset
        said = over_expression(spoken[None], self._block.own[i][None])[0]
        return self._block.painter.draw(frame, i, said, share, int(self._track.frames[row]))

    def _read(self, row: int) -> _Block:
        first = row // _BLOCK * _BLOCK
        last = min(first + _BLOCK, len(self._track.rows))
        around = int(np.ceil(4 * KEPT_SIGMA * self._fps))  # beyond it no smoothing reaches
        low, high = max(first - around, 0), min(last + around, len(self._track.rows))
        seen = self._store.read(self._track.rows[low:high])
        frames = self._track.frames[low:high].tolist()
        poses = self._face.follow(seen.points, seen.coefficients, frames, self._fps)
        own = smoothed(poses.expression, frames, KEPT_SIGMA * self._fps)
        lights = smoothed(_brightness(seen.skin), frames, _LIGHT_SIGMA * self._fps) / self._light
        camera = Camera(lights, _speeds(seen.points, frames), self._softness)
        return _Block(first, last, low, own, Painter(self._face, poses, camera))


def _brightness(skin: Floats) -> Floats:
    """[n] of sightings [n, K, 3]."""
    return np.asarray(np.median(skin @ LUMA, axis=1) + 1, np.float32)


def _speeds(points: Floats, frames: list[int]) -> Floats:
    """[n] px a frame by which the nose's base moves: the skull, not the lips."""
    way = np.gradient(points[:, 2, :2], axis=0) if len(points) > 1 else np.zeros((1, 2))
    return np.asarray(np.linalg.norm(way, axis=1), np.float32)

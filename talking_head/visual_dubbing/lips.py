"""The red of lips that a frame does not show, stretched or turned in as they are there: from the view of the face."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology
from talking_head.renderer.head import Head
from talking_head.renderer.lips import parted
from talking_head.visual_dubbing.camera import strongest_change
from talking_head.visual_dubbing.face import Face
from talking_head.visual_dubbing.patch import Moved, Patch, fetch

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# A pixel counts as made up where the frame's own differs by this much, of 255; twice that, wholly.
_MADE_UP = 6.0
# Lips as lit as in the frame, but no brighter or darker than the view's by these factors.
_GAIN = (0.4, 2.5)
_FEWEST = 30  # pixels to compare


class ViewedLips:
    """Lips closed in the face's view, laid where a frame's own had to be made up."""

    def __init__(self, face: Face, patch: Patch) -> None:
        view = face.view
        self._picture = view.picture
        self._source = np.ascontiguousarray(patch.vertices(view.points[:468])[:, :2])
        self._usable = parted(view.points, Head.fit(view.points)) == 0

    def complete(self, drawn: Picture, own: Picture, moved: Moved, corner: Floats) -> Picture:
        """Moved lips without the inside of their mouth, `drawn` [h, w, 3], made whole; own: the same with it.

        corner: [3] px of the frame where both begin.
        """
        if not self._usable:
            return drawn
        height, width = drawn.shape[:2]
        made_up = cv2.GaussianBlur(np.clip(strongest_change(drawn, own) / _MADE_UP - 1, 0, 1), (0, 0), 1.0)
        red = np.zeros((height, width), np.float32)
        ring = moved.after[list(topology.LIPS_OUTER), :2] - corner[:2]
        cv2.fillPoly(red, [ring.round().astype(np.int32)], 1.0)
        known = (red > 0) & (made_up < 0.05)
        if known.sum() < _FEWEST:
            return drawn
        x, y = corner[:2].astype(int).tolist()
        viewed = fetch(self._picture, moved.places((x, y, x + width, y + height), self._source)).astype(np.float32)
        gain = np.clip(own[known].mean(axis=0) / np.maximum(viewed[known].mean(axis=0), 1), *_GAIN)
        weight = (made_up * cv2.GaussianBlur(red, (0, 0), 0.7))[..., None]
        return np.clip(drawn + weight * (viewed * gain - drawn) + 0.5, 0, 255).astype(np.uint8)

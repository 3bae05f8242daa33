"""A moved photograph, before its pixels are fetched."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.renderer.folding import soften_folds

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


def rgba(image: Picture) -> Picture:
    """[H, W, 3] -> [H, W, 4], opaque."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), np.uint8)


@dataclass(frozen=True, eq=False)
class MovedPicture:
    """For each pixel of the region `roi` (x0, y0, x1, y1), its place in the photograph: x and y, float32 [h, w], where
    `scale` is a pixel of it. coarse: whether the pixels are so many that two by two may share what is smooth.
    """

    roi: tuple[int, int, int, int]
    x: Floats
    y: Floats
    scale: int
    coarse: bool

    def draw(self, frame: Picture, source: Picture) -> None:
        """Draw `source`, from `Warp.texture`, moved, into the region of `frame` [H, W, 4]."""
        x0, y0, x1, y1 = self.roi
        target = frame[y0:y1, x0:x1]
        cv2.remap(source, self.x, self.y, cv2.INTER_LINEAR, dst=target, borderMode=cv2.BORDER_REPLICATE)

    def soften_folds(self, frame: Picture) -> None:
        """Take the steps off edges in the drawn `frame` where skin has come to lie over skin."""
        x0, y0, x1, y1 = self.roi
        soften_folds(frame[y0:y1, x0:x1], self.x, self.y, float(self.scale))

    def places(self, box: npt.NDArray[np.int32]) -> tuple[Floats, Floats]:
        """x and y of the pixels of `box`, which lies in the region."""
        part = np.s_[box[1] - self.roi[1] : box[3] - self.roi[1], box[0] - self.roi[0] : box[2] - self.roi[0]]
        return self.x[part], self.y[part]

    def clip(self, box: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """The part of a box within the region."""
        return np.concatenate([np.maximum(box[:2], self.roi[:2]), np.minimum(box[2:], self.roi[2:])]).astype(np.int32)

"""Pictures of the bench's film: people put into a frame, and scenery without any."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]

# What a picture doesn't fill shows it again, stretched and this dark.
_DIM = 0.25


def fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    """The whole picture in a frame of (width, height), before a dark copy of itself. RGB uint8."""
    width, height = size
    scale = min(width / picture.shape[1], height / picture.shape[0])
    inner = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    frame = (cv2.resize(picture, size, interpolation=cv2.INTER_AREA) * _DIM).astype(np.uint8)
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    frame[top : top + inner[1], left : left + inner[0]] = cv2.resize(picture, inner, interpolation=cv2.INTER_AREA)
    return frame


def beside(left: Picture, right: Picture) -> Picture:
    """The middle halves of two frames side by side."""
    width = left.shape[1]
    middle = slice(width // 4, width // 4 + width // 2)
    return np.concatenate([left[:, middle], right[:, middle]], axis=1)


def scenery(size: tuple[int, int], period: int) -> Callable[[int], Picture]:
    """A night sky over hills that pass by; returns the frame of a number."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    sky = np.stack([20 + 40 * y / height, 25 + 45 * y / height, 60 + 70 * y / height], axis=-1)

    def frame(number: int) -> Picture:
        along = x / width * 2 * np.pi + 2 * np.pi * number / period
        hills = height * (0.7 + 0.08 * np.sin(along) + 0.05 * np.sin(2 * along))
        return np.where((y > hills)[..., None], np.array([18, 40, 26], np.float32), sky).astype(np.uint8)

    return frame

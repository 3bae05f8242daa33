"""What is behind the person: the photograph's own background, another one, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor, ImageOps

from studio.compiled import compiled
from studio.errors import InputError
from studio.framing import TRANSPARENT, Background
from studio.media.images import read_photo
from talking_head.renderer.matte import CutOut, cut_out

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


class Backdrop:
    """Lays drawn faces over a still picture.

    still: uint8 [H, W, 3], or [H, W, 4] with straight alpha when the background is transparent: a frame without faces.
    cut: what of the photograph is the person; None with its own background.
    """

    def __init__(self, image: Picture, faces: Sequence[Floats], background: Background | None) -> None:
        """faces: landmarks [478, 3] px. Raises InputError for a background that is none."""
        self.cut: CutOut | None = None
        self._behind: Picture | None = None
        self.still = image
        if background is None:
            return
        behind = read_background(background, (image.shape[1], image.shape[0]))
        self.cut = cut = cut_out(image, faces)
        self.still = np.dstack([cut.colour, cut.alpha])
        if behind is not None:
            over, self._behind = self.still, behind
            self.still = np.empty_like(behind)
            _lay_over(over, behind, self.still)

    def put(self, canvas: Picture, drawn: Picture, region: tuple[int, int, int, int], own: Picture | None) -> None:
        """Lay the drawn `region` (uint8 [h, w, 4]) on `canvas`, a copy of `still`; own: 0 where another's face is."""
        x0, y0, x1, y1 = region
        target = canvas[y0:y1, x0:x1]
        if own is not None:
            part = np.empty_like(target)
            self._lay(part, drawn, region)
            cv2.copyTo(part, own, target)
        else:
            self._lay(target, drawn, region)

    def _lay(self, target: Picture, drawn: Picture, region: tuple[int, int, int, int]) -> None:
        x0, y0, x1, y1 = region
        if self._behind is not None:
            _lay_over(drawn, self._behind[y0:y1, x0:x1], target)
        elif self.cut is not None:
            target[:] = drawn
        else:
            cv2.cvtColor(drawn, cv2.COLOR_RGBA2RGB, dst=target)


def read_background(background: Background, size: tuple[int, int]) -> Picture | None:
    """RGB uint8 [height, width, 3] of `size` (width, height), a picture scaled to cover it; None when transparent.

    Raises InputError when it is neither a colour nor a picture.
    """
    if isinstance(background, np.ndarray):
        if background.dtype != np.uint8 or background.ndim != 3 or background.shape[2] != 3 or background.size == 0:
            raise InputError("A background given as an array is RGB uint8 [height, width, 3].")
        return _cover(background, size)
    if background == TRANSPARENT:
        return None
    if not isinstance(background, tuple) and Path(background).is_file():
        return _cover(read_photo(background), size)
    return _plain(colour_of(background), size)


def colour_of(background: str | Path | tuple[int, int, int]) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of a background that is no picture. Raises InputError when it is no colour."""
    if isinstance(background, tuple):
        if len(background) != 3 or not all(isinstance(v, int) and 0 <= v <= 255 for v in background):
            raise InputError(f"A background's colour is red, green and blue, each 0 to 255, not {background}.")
        return background
    try:
        red, green, blue = ImageColor.getrgb(str(background))[:3]
    except ValueError:
        raise InputError(
            f"The background {str(background)!r} is no colour (as navy or #203040), no picture's file, and not "
            f"{TRANSPARENT}."
        ) from None
    return red, green, blue


def _plain(colour: Sequence[int], size: tuple[int, int]) -> Picture:
    return np.full((size[1], size[0], 3), colour, np.uint8)


def _cover(picture: Picture, size: tuple[int, int]) -> Picture:
    return np.asarray(ImageOps.fit(Image.fromarray(picture), size, Image.Resampling.LANCZOS))


@compiled()
def _lay_over(over: Picture, behind: Picture, out: Picture) -> None:
    """out [h, w, 3] = `over` [h, w, 4] (straight alpha) on `behind` [h, w, 3]."""
    for y in range(over.shape[0]):
        for x in range(over.shape[1]):
            a = np.int32(over[y, x, 3])
            if a == 255:
                out[y, x, 0], out[y, x, 1], out[y, x, 2] = over[y, x, 0], over[y, x, 1], over[y, x, 2]
            else:
                for c in range(3):
                    b = np.int32(behind[y, x, c])
                    out[y, x, c] = np.uint8((255 * b + a * (np.int32(over[y, x, c]) - b) + 127) // 255)

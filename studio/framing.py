"""Framing: what of a photograph becomes the film, how large, and before what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.numeric import is_whole

Crop = Literal["whole", "head"]
# A colour ("#203040", "navy", or red, green, blue), a picture (a file, or RGB uint8 [H, W, 3]), or TRANSPARENT.
TRANSPARENT = "transparent"
Background = str | Path | tuple[int, int, int] | npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Framing:
    """size: the film's longer side at most, in pixels; None leaves it to the animator.

    crop: "whole", or "head" for a square around head and shoulders.  background: what is shown behind the person in
    place of the photograph's own, None for that. Raises InputError for another size or crop; the animator refuses what
    it can't do.
    """

    size: int | None = None
    crop: Crop = "whole"
    background: Background | None = None

    def __post_init__(self) -> None:
        if self.size is not None and not is_whole(self.size):
            raise InputError(f"A film's size is a whole number of pixels, not {self.size!r}.")
        if self.crop not in get_args(Crop):
            raise InputError(f"The crop is {' or '.join(get_args(Crop))}, not {self.crop!r}.")

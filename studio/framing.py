"""Framing: what of a photograph becomes the film, how large, and before what."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

Crop = Literal["whole", "head"]
# A colour ("#203040", "navy", or red, green, blue), a picture (a file, or RGB uint8 [H, W, 3]), or TRANSPARENT.
TRANSPARENT = "transparent"
Background = str | Path | tuple[int, int, int] | npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Framing:
    """size: the film's longer side at most, in pixels; None leaves it to the animator.

    crop: "whole", or "head" for a square around head and shoulders.  background: what is shown behind the person in
    place of the photograph's own, None for that. The animator refuses what it can't do.
    """

    size: int | None = None
    crop: Crop = "whole"
    background: Background | None = None

"""Photographs from files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from studio.errors import InputError


def read_photo(path: str | Path) -> npt.NDArray[np.uint8]:
    """Read a photograph as RGB uint8 [H, W, 3], upright by its EXIF orientation, transparency laid on white.

    Raises InputError when there is no such file or it is no picture.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no picture at {path}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                upright = ImageOps.exif_transpose(opened)
                if upright.has_transparency_data:
                    page = Image.new("RGBA", upright.size, "white")
                    upright = Image.alpha_composite(page, upright.convert("RGBA"))
                return np.asarray(upright.convert("RGB"))
    except UnidentifiedImageError as e:
        raise InputError(f"{path} is not a picture that can be read; JPEG, PNG and WebP can.") from e
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as e:
        raise InputError(f"{path} has too many pixels; {Image.MAX_IMAGE_PIXELS / 1e6:.0f} million are read.") from e
    except (OSError, SyntaxError, ValueError) as e:
        raise InputError(f"{path} is a damaged picture: {e}.") from e

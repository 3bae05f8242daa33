"""Photographs from files."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from studio.errors import InputError
from studio.media.files import is_file

# More pixels than any portrait needs (a 100-megapixel camera), few enough to fit in memory.
MAX_PIXELS = 120_000_000


def read_photo(path: str | Path) -> npt.NDArray[np.uint8]:
    """Read a photograph as RGB uint8 [H, W, 3], upright by its EXIF orientation, transparency laid on white.

    Raises InputError when there is no such file or it is no picture.
    """
    path = Path(path)
    if not is_file(path):
        raise InputError(f"There is no picture at {path}.")
    try:
        with warnings.catch_warnings():
            # The size is judged below, by our own limit.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                _check_size(path, opened.size)
                upright = ImageOps.exif_transpose(opened)
                if upright.has_transparency_data:
                    page = Image.new("RGBA", upright.size, "white")
                    upright = Image.alpha_composite(page, upright.convert("RGBA"))
                return np.asarray(upright.convert("RGB"))
    except UnidentifiedImageError as e:
        raise InputError(f"{path} is not a picture that can be read; JPEG, PNG and WebP can.") from e
    except Image.DecompressionBombError as e:
        raise InputError(_too_large(path)) from e
    except (OSError, SyntaxError, ValueError) as e:
        raise InputError(f"{path} is a damaged picture: {e}.") from e


def square(photo: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    """The photograph's middle (of a tall one, the upper middle, where the face is) as RGB [side, side, 3]."""
    edge = min(photo.shape[:2])
    left, top = (photo.shape[1] - edge) // 2, (photo.shape[0] - edge) // 3
    cut = photo[top : top + edge, left : left + edge]
    return np.asarray(Image.fromarray(cut).resize((side, side), Image.Resampling.BOX))


def _check_size(path: Path, size: tuple[int, int]) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise InputError(_too_large(path))


def _too_large(path: Path) -> str:
    return f"{path} has more than {MAX_PIXELS // 1_000_000} million pixels; scale it down first."

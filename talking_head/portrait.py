"""Portrait: a photograph made ready to be moved: its pixels at the film's size and the face in it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt
from PIL import Image

from studio.errors import InputError
from studio.framing import Crop
from studio.media.images import read_photo
from talking_head.covered import mouth_covered
from talking_head.landmarks import FaceLandmarks, Landmarker, head_angles, head_matrix
from talking_head.landmarks.topology import CHIN, LEFT_EYE, LIPS_OUTER, N_VERTICES, RIGHT_EYE

Array = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# Films are watched at 1080 lines, of which this is the longer side. One core draws a frame in which the head fills 1080
# of these pixels in 17 ms, and one in which it fills them all in 23.
MAX_SIDE = 1920
# Of a film; where the photograph has more, 8-bit video of the common profiles has not.
LARGEST = 4096
# Smaller photographs are scaled up to it: a mouth of forty pixels holds no teeth, and no one wants a film that small.
MIN_SIDE = 512
# Seven portraits, shrunk: their three worst coefficients were off by 0.06 with faces of 96 pixels, 0.11 at 64 and 0.14
# at 48 (medians). A mouth is a third of the face wide; with less than 32 pixels there is no room for teeth.
MIN_FACE = 96
# Past it more than a sixth of the face looks away from the camera, so that the least turn shows skin that the
# photograph lacks; a head raised or bowed further hides its eyes behind lids or its mouth behind the nose.
MAX_YAW = 35
MAX_PITCH = 30
# No one holds the head so; the photograph lies on its side or upside down.
MAX_ROLL = 60
# A forehead cut by the picture's edge does no harm; a cut mouth, chin or eye can't be moved.
_MAX_CUT = 0.1
_NEEDED = (*LIPS_OUTER, *RIGHT_EYE, *LEFT_EYE, CHIN)
# The square around head and shoulders, in sizes of the face (forehead to chin): its side, and how far above its middle
# the face's is. Hair is a third of the face high, and the shoulders begin half a face below the chin.
_HEAD, _RAISED = 2.4, 0.22

_LOG = logging.getLogger("affetto")


@dataclass(frozen=True, eq=False)
class Portrait:
    """A photograph at the film's size, and its one face that is to be moved.

    image: RGB uint8 [H, W, 3], both sides even.
    landmarks: float32 [478, 3] as in `FaceLandmarks.points`, in pixels of `image`.
    coefficients: float32 [52] in [0, 1], the expression that the photograph shows, order of `ARKIT_NAMES`.
    others: float32 [n, 4] boxes (left, top, right, bottom) of the other faces found, which are to stay as they are.
    covered: whether something lies before the mouth; the lower face then stays as it is.
    """

    image: Picture
    landmarks: Array
    coefficients: Array
    others: Array = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    covered: bool = False


def read_portrait(
    source: str | Path | Picture,
    face: int | None = None,
    landmarker: Landmarker | None = None,
    max_side: int = MAX_SIDE,
    crop: Crop = "whole",
) -> Portrait:
    """Read a photograph (a file, or RGB uint8 [H, W, 3]) and find its face.

    face: which one, 1 being the largest; None takes the largest, and a log line says so when there are several.
    max_side: the film's longer side at most, 256 to 4096 pixels; larger photographs are scaled down to it, and those
    whose longer side is below 512 are scaled up to that.
    crop: "whole", or "head" for a square around head and shoulders, out of the photograph's full resolution.

    Raises InputError when there is no picture, no such face, or the face is too small, cut off, or turned too far.
    """
    check_size(max_side)
    if crop not in get_args(Crop):
        raise InputError(f"The crop is whole or head, not {crop!r}.")
    name, photo = _photo(source)
    landmarker = landmarker or Landmarker()
    found = _find(photo, landmarker)
    chosen = choose_face(found, face, name)
    _check_upright(chosen, photo, landmarker, name)
    around = _head_square(chosen, photo) if crop == "head" else (0, 0, photo.shape[1], photo.shape[0])
    return _portrait(name, _framed(photo, around, max_side), chosen, found)


def read_group(
    source: str | Path | Picture,
    faces: Sequence[int],
    landmarker: Landmarker | None = None,
    max_side: int = MAX_SIDE,
) -> tuple[Portrait, ...]:
    """Several faces of one photograph, each chosen as in `read_portrait`; their portraits share one image.

    Raises InputError as `read_portrait`, and when a face is named twice or none is.
    """
    check_size(max_side)
    if not faces or len(set(faces)) < len(faces):
        raise InputError(f"Each face of a group is named once; these were named: {list(faces)}.")
    name, photo = _photo(source)
    landmarker = landmarker or Landmarker()
    found = _find(photo, landmarker)
    chosen = [choose_face(found, face, name) for face in faces]
    for face, one in zip(faces, chosen, strict=True):
        _check_upright(one, photo, landmarker, f"{name} (number {face})")
    framed = _framed(photo, (0, 0, photo.shape[1], photo.shape[0]), max_side)
    return tuple(_portrait(name, framed, one, found) for one in chosen)


def check_size(max_side: int) -> None:
    """Raise InputError unless a film's longer side can be `max_side` pixels."""
    if not 256 <= max_side <= LARGEST:
        raise InputError(f"A film's longer side is 256 to {LARGEST} pixels, not {max_side}.")


@dataclass(frozen=True, eq=False)
class _Framed:
    """A photograph's part from `corner` [2] on, scaled by `ratio` [2] to `image`, RGB uint8 [H, W, 3]."""

    image: Picture
    corner: Array
    ratio: Array

    def placed(self, points: Array) -> Array:
        """Points [n, 2 or 3] of the photograph, in the image."""
        out = np.array(points, np.float32)
        # The middle of pixel (0, 0) is at (0, 0): it lies half a pixel from the edge, before and after.
        out[:, :2] = self.ratio * (points[:, :2] - self.corner + 0.5) - 0.5
        out[:, 2:] *= self.ratio.mean()
        return out


def _find(photo: Picture, landmarker: Landmarker) -> list[FaceLandmarks]:
    """The faces, in pixels of the photograph, looked for where it is at most LARGEST: nothing is gained by more."""
    seen = _resized(photo, min(LARGEST / max(photo.shape[:2]), 1.0))
    found = landmarker.detect(seen)
    ratio = np.array([photo.shape[1] / seen.shape[1], photo.shape[0] / seen.shape[0]], np.float32)
    back = _Framed(photo, np.zeros(2, np.float32), ratio)
    return [FaceLandmarks(back.placed(f.points), f.score, f.coefficients) for f in found]


def _head_square(face: FaceLandmarks, photo: Picture) -> tuple[int, int, int, int]:
    """left, top, right, bottom of the square around a head, within the photograph."""
    height, width = photo.shape[:2]
    side = min(round(_HEAD * face.size), height, width)
    x, y = (face.box[:2] + face.box[2:]) / 2
    left = int(np.clip(round(x - side / 2), 0, width - side))
    top = int(np.clip(round(y - side / 2 + _RAISED * face.size), 0, height - side))
    return left, top, left + side, top + side


def _framed(photo: Picture, around: tuple[int, int, int, int], max_side: int) -> _Framed:
    x0, y0, x1, y1 = around
    longer = max(x1 - x0, y1 - y0)
    ratio = min(max_side, max(longer, MIN_SIDE)) / longer
    image = _resized(photo[y0:y1, x0:x1], ratio)
    height, width = image.shape[:2]
    exact = np.array([width / (x1 - x0), height / (y1 - y0)], np.float32)
    even = np.ascontiguousarray(image[: height - height % 2, : width - width % 2])
    return _Framed(even, np.array([x0, y0], np.float32), exact)


def _portrait(name: str, framed: _Framed, chosen: FaceLandmarks, found: list[FaceLandmarks]) -> Portrait:
    image, points = framed.image, framed.placed(chosen.points)
    height, width = image.shape[:2]
    _check_size(chosen, name, framed)
    _check_turn(points, name)
    _check_inside(points, width, height, name)
    others = [framed.placed(f.box.reshape(2, 2)).ravel() for f in found if f is not chosen]
    covered = mouth_covered(image, points)
    if covered:
        _LOG.warning("Something lies before the mouth in %s: the lips stay as they are.", name)
    return Portrait(image, points, chosen.coefficients, np.array(others, np.float32).reshape(-1, 4), covered)


def check_source(source: str | Path | Picture) -> None:
    """Raise InputError unless `source` is the kind of thing `read_portrait` takes."""
    if isinstance(source, str | Path):
        return
    if not isinstance(source, np.ndarray):
        raise InputError(
            f"A photograph is given as a file's name or as an array, RGB uint8 [height, width, 3], not as "
            f"{type(source).__name__}."
        )
    if source.dtype != np.uint8 or source.ndim != 3 or source.shape[2] != 3 or source.size == 0:
        raise InputError(
            f"A photograph given as an array is RGB uint8 [height, width, 3]; this one is {source.dtype} "
            f"{list(source.shape)}."
        )


def _photo(source: str | Path | Picture) -> tuple[str, Picture]:
    check_source(source)
    return ("the photograph", source) if isinstance(source, np.ndarray) else (str(source), read_photo(source))


def _resized(photo: Picture, ratio: float) -> Picture:
    if ratio == 1:
        return photo
    height, width = photo.shape[:2]
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    return np.asarray(Image.fromarray(photo).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))


def choose_face(faces: list[FaceLandmarks], face: int | None, name: str) -> FaceLandmarks:
    """The face asked for among those found in `name`, largest first, counted from 1; None is the largest.

    Raises InputError when there is no such face, or none at all.
    """
    if not faces:
        raise InputError(f"No face was found in {name}; use an upright photograph with one clearly visible face.")
    count = "1 face was" if len(faces) == 1 else f"{len(faces)} faces were"
    if face is None:
        if len(faces) > 1:
            _LOG.warning("%s found in %s; the largest is taken, --face N chooses the N-th largest.", count, name)
        return faces[0]
    if not 1 <= face <= len(faces):
        raise InputError(f"There is no face {face} in {name}: {count} found, counted from the largest, which is 1.")
    return faces[face - 1]


def _check_size(face: FaceLandmarks, name: str, framed: _Framed) -> None:
    ratio = min(float(framed.ratio.mean()), 1.0)
    if ratio * face.size < MIN_FACE:
        height, width = framed.image.shape[:2]
        scaled, remedy = "", "use one in which the face is larger"
        if face.size >= MIN_FACE:
            scaled = f" once it is scaled to {width} x {height}"
            remedy = "cut it around the head (--crop head) or make the film larger (--size)"
        raise InputError(
            f"The face in {name} is {ratio * face.size:.0f} pixels large{scaled}, and {MIN_FACE} are needed; {remedy}."
        )


def _check_upright(face: FaceLandmarks, photo: Picture, landmarker: Landmarker, name: str) -> None:
    """The landmarker may see a face in one that stands on its head; turned over, it is surer of it.

    Three upright portraits show no face at all when they are turned; one of them, upside down, passed for a face of a
    score of .91 to .99, and for 1.00 when turned.
    """
    x0, y0, x1, y1 = _head_square(face, photo)
    ratio = min(MIN_SIDE / (x1 - x0), 1.0)
    middle = ratio * (np.array([x1, y1]) - face.box.reshape(2, 2).mean(0))
    for turned in landmarker.detect(_resized(photo[y0:y1, x0:x1][::-1, ::-1], ratio)):
        apart = np.abs(turned.box.reshape(2, 2).mean(0) - middle).max()
        if apart > ratio * face.size or turned.score <= face.score:
            continue
        raise InputError(f"The face in {name} is upside down; turn the photograph upright.")


def _check_turn(points: Array, name: str) -> None:
    pitch, yaw, roll = np.rad2deg(head_angles(head_matrix(points)))
    if abs(roll) > MAX_ROLL:
        raise InputError(f"The face in {name} is tilted by {abs(roll):.0f} degrees; turn the photograph upright.")
    for angle, limit, ways in ((yaw, MAX_YAW, ("to the left", "to the right")), (pitch, MAX_PITCH, ("down", "up"))):
        if abs(angle) > limit:
            raise InputError(
                f"The face in {name} is turned {abs(angle):.0f} degrees {ways[int(angle > 0)]}, and {limit} is the "
                f"limit; use a photograph in which the person looks toward the camera."
            )


def _check_inside(points: Array, width: int, height: int, name: str) -> None:
    xy = points[:N_VERTICES, :2]
    outside: npt.NDArray[np.bool_] = np.any((xy < 0) | (xy > [width - 1, height - 1]), axis=1)
    if outside[list(_NEEDED)].any() or outside.mean() > _MAX_CUT:
        raise InputError(f"The face in {name} is cut off by the picture's edge; use one that shows all of the face.")

"""Portrait: a photograph made ready to be moved: its pixels at the film's size and the face in it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from studio.errors import InputError
from studio.media.images import read_photo
from talking_head.landmarks import FaceLandmarks, Landmarker, head_angles, head_matrix
from talking_head.landmarks.topology import CHIN, LEFT_EYE, LIPS_OUTER, N_VERTICES, RIGHT_EYE

Array = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# At this size a frame takes 2.4 times as long as at 512 x 512, and films still come faster than they play.
MAX_SIDE = 1024
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

_LOG = logging.getLogger("affetto")


@dataclass(frozen=True, eq=False)
class Portrait:
    """A photograph at the film's size, and its one face that is to be moved.

    image: RGB uint8 [H, W, 3], both sides even.
    landmarks: float32 [478, 3] as in `FaceLandmarks.points`, in pixels of `image`.
    coefficients: float32 [52] in [0, 1], the expression that the photograph shows, order of `ARKIT_NAMES`.
    """

    image: Picture
    landmarks: Array
    coefficients: Array


def read_portrait(
    source: str | Path | Picture,
    face: int | None = None,
    landmarker: Landmarker | None = None,
    max_side: int = MAX_SIDE,
) -> Portrait:
    """Read a photograph (a file, or RGB uint8 [H, W, 3]) and find its face.

    face: which one, 1 being the largest; None takes the largest, and a log line says so when there are several.
    max_side: the film's longer side at most, in pixels; larger photographs are scaled down.

    Raises InputError when there is no picture, no such face, or the face is too small, cut off, or turned too far.
    """
    name, photo = _photo(source)
    image = _scaled(photo, max_side)
    chosen = choose_face((landmarker or Landmarker()).detect(image), face, name)
    height, width = (n - n % 2 for n in image.shape[:2])
    _check_size(chosen, name, photo, image)
    _check_turn(chosen.points, name)
    _check_inside(chosen.points, width, height, name)
    return Portrait(np.ascontiguousarray(image[:height, :width]), chosen.points, chosen.coefficients)


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


def _scaled(photo: Picture, max_side: int) -> Picture:
    height, width = photo.shape[:2]
    ratio = max_side / max(height, width)
    if ratio >= 1:
        return photo
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


def _check_size(face: FaceLandmarks, name: str, photo: Picture, image: Picture) -> None:
    if face.size < MIN_FACE:
        scaled = f" once it is scaled to {image.shape[1]} x {image.shape[0]}" if image.shape != photo.shape else ""
        remedy = "crop it closer around the face" if scaled else "use one in which the face is larger"
        raise InputError(
            f"The face in {name} is {face.size:.0f} pixels large{scaled}, and {MIN_FACE} are needed; {remedy}."
        )


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

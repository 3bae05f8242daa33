"""The engine `tracker.landmarks`: the motion of one person's face, read off a photograph or a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from studio.devices import check_device
from studio.engines import Progress
from studio.errors import InputError
from studio.media.files import is_file
from studio.media.images import read_photo
from studio.media.video import Video, open_video
from studio.performance import FaceMotion
from studio.performance.tracked import Tracked
from talking_head.landmarks import FaceLandmarks, Landmarker, head_angles, head_matrix
from talking_head.portrait import check_source, choose_face

Picture = npt.NDArray[np.uint8]

# The landmarker crops a face to 256 pixels; a face that fills a quarter of a frame of this size has them.
_MAX_SIDE = 1280
# Seven portraits, shrunk: the three worst coefficients of each were off by 0.14 at 48 pixels (median).
_MIN_FACE = 48
# The person is looked for where the face was last, and a face's size further off with every second out of sight:
# people at work before a camera move slower, and a cut to somebody else puts another face somewhere else.
_REACH, _SPEED = 0.5, 1.0
# One who comes back may have come nearer or gone back, but not by more than this factor.
_SIZE_CHANGE = 1.8


class LandmarkTracker:
    """`studio.engines.Tracker` by MediaPipe's face landmarker. Models load on first use and stay.

    device: "auto", "cpu" or "cuda:N" (else InputError); the work is done on the processor, at about 7 ms a frame.
    """

    checkpoints = ("face-landmarker",)

    def __init__(self, device: str = "auto") -> None:
        check_device(device)
        self._landmarker = Landmarker()

    def track(
        self,
        source: str | Path | Picture,
        *,
        face: int | None = None,
        fps: float | None = None,
        progress: Progress | None = None,
    ) -> Tracked:
        """Follow one face through a film (a file), or read it off a photograph (a file, or RGB uint8 [H, W, 3]).

        face: which one in the first frame that shows any, counted from 1 at the largest; None takes the largest, and a
            log line says so when there are several.
        fps: how many frames of a film are looked at in a second; None takes all. A photograph is one frame at 1 fps.

        The coefficients are the landmarker's, without smoothing; see `studio.emotion.reading.face` for what they are
        on a face at rest. Rotation is from facing the camera; translation from the first frame seen, without depth.
        Raises InputError when the file is neither photograph nor film, or shows no face, or not that one.
        """
        check_source(source)
        if isinstance(source, np.ndarray):
            return self._photo(source, "the photograph", face)
        path = Path(source)
        if not is_file(path):
            raise InputError(f"There is no photograph or film at {path}.")
        if _is_picture(path):
            return self._photo(read_photo(path), str(path), face)
        return self._film(_open(path), face, _checked_rate(fps), progress)

    def _photo(self, image: Picture, name: str, face: int | None) -> Tracked:
        height, width = image.shape[:2]
        if (step := max(height, width) / (2 * _MAX_SIDE)) > 1:
            small = (max(1, round(width / step)), max(1, round(height / step)))
            image = np.asarray(Image.fromarray(image).resize(small, Image.Resampling.BOX))
        chosen = choose_face(self._landmarker.detect(image), face, name)
        if chosen.size < _MIN_FACE:
            raise InputError(
                f"The face in {name} is {chosen.size:.0f} pixels large, and {_MIN_FACE} are needed; use one in which "
                f"the face is larger."
            )
        return _tracked([chosen], fps=1.0)

    def _film(self, film: Video, face: int | None, fps: float | None, progress: Progress | None) -> Tracked:
        rate = fps or film.fps
        expected = max(1.0, round(film.seconds * rate))
        person = _Person(self._landmarker, face, str(film.path), rate)
        seen: list[FaceLandmarks | None] = []
        for frame in film.frames(fps, _MAX_SIDE):
            seen.append(person.find(frame))
            if progress:
                progress("following the face", min(len(seen), expected), expected)
        if not any(seen):
            raise InputError(f"No face was found in {film.path}; use a film that shows one face clearly.")
        return _tracked(seen, rate)


class _Person:
    """One person over the frames of a film, whoever else comes by."""

    def __init__(self, landmarker: Landmarker, face: int | None, name: str, fps: float) -> None:
        self._landmarker = landmarker
        self._face = face
        self._name = name
        self._fps = fps
        self._last: FaceLandmarks | None = None
        self._missed = 0

    def find(self, frame: Picture) -> FaceLandmarks | None:
        """The person's face in the next frame; None when it is not to be seen, or too small to be read."""
        now = None
        if self._last is not None and not self._missed:
            now = self._landmarker.track(frame, self._last)
        if now is None or not self._same(now):
            now = self._look(frame)
        self._missed = 0 if now else self._missed + 1
        self._last = now or self._last
        return now

    def _look(self, frame: Picture) -> FaceLandmarks | None:
        faces = [f for f in self._landmarker.detect(frame) if f.size >= _MIN_FACE]
        if self._last is None:
            return choose_face(faces, self._face, self._name) if faces else None
        return min((f for f in faces if self._same(f)), key=self._distance, default=None)

    def _same(self, face: FaceLandmarks) -> bool:
        assert self._last is not None
        reach = _REACH + _SPEED * self._missed / self._fps
        ratio = face.size / self._last.size
        return face.size >= _MIN_FACE and self._distance(face) < reach and 1 / _SIZE_CHANGE < ratio < _SIZE_CHANGE

    def _distance(self, face: FaceLandmarks) -> float:
        """Between the middles of the boxes, in sizes of the face as last seen."""
        assert self._last is not None
        apart = (face.box[:2] + face.box[2:] - self._last.box[:2] - self._last.box[2:]) / 2
        return float(np.linalg.norm(apart)) / self._last.size


def _tracked(frames: list[FaceLandmarks | None], fps: float) -> Tracked:
    seen = np.array([f is not None for f in frames])
    at = np.flatnonzero(seen)
    nearest = at[np.abs(np.arange(len(frames))[:, None] - at).argmin(axis=1)]
    faces = [f for f in frames if f is not None]
    row = np.searchsorted(at, nearest)
    poses = np.array([head_matrix(f.points) for f in faces])
    # Pixels per centimetre, so that a move over the picture is told in centimetres; image y points down.
    scale = np.cbrt(np.linalg.det(poses[:, :3, :3]))
    moved = (poses[:, :3, 3] - poses[0, :3, 3]) / scale[:, None] * (1, -1, 0)
    motion = FaceMotion(
        coefficients=np.array([f.coefficients for f in faces], np.float32)[row],
        rotation=np.array([head_angles(p) for p in poses], np.float32)[row],
        translation=moved.astype(np.float32)[row],
        fps=fps,
    )
    return Tracked(motion, seen)


def _is_picture(path: Path) -> bool:
    """Whether it is a kind of picture, damaged and oversized ones too: `read_photo` says what is wrong with those."""
    try:
        with Image.open(path):
            return True
    except UnidentifiedImageError:
        return False
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return True


def _open(path: Path) -> Video:
    try:
        return open_video(path)
    except InputError as e:
        kinds = "neither a photograph nor a film that can be read; JPEG, PNG, WebP, MP4, MOV and WebM can"
        raise InputError(f"{path} is {kinds}.") from e


def _checked_rate(fps: float | None) -> float | None:
    if fps is not None and not 0 < fps <= 240:
        raise InputError(f"A film is looked at 0 to 240 times a second, not {fps:g}.")
    return fps

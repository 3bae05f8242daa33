"""The face landmarker: 478 points and 52 coefficients of every face, from MediaPipe's graphs run by LiteRT."""

from __future__ import annotations

import threading
import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from studio import checkpoints
from studio.performance import ARKIT_NAMES
from talking_head.landmarks.blendshapes import BLENDSHAPE_LANDMARKS, BLENDSHAPE_NAMES
from talking_head.landmarks.detector import FaceDetector
from talking_head.landmarks.interpreter import Graph
from talking_head.landmarks.region import Region
from talking_head.landmarks.topology import LEFT_EYE, N_LANDMARKS, RIGHT_EYE

Array = npt.NDArray[np.float32]

_SIDE = 256
_MIN_PRESENCE = 0.5
# The landmark graph was trained on crops half as large again as the face's box.
_MARGIN = 1.5
# Boxes that share this much of the smaller one are one face.
_SAME = 0.5
# A face of this part of the square it was seen in is one that the first look finds.
_LARGE = 0.2
# Median move of the landmarks from one crop to the next, in sizes of the face: below the first nothing more is gained;
# above the second it is no face (faces ended below 0.008, clouds stayed above 0.018).
_AT_REST = 0.0015
_RESTLESS = 0.01
_MAX_CROPS = 5


@dataclass(frozen=True, eq=False)
class FaceLandmarks:
    """One face found in an image.

    points: float32 [478, 3]: x right and y down in image pixels, z in the same unit, smaller nearer the camera.
    score: how sure the landmark graph is, in [0, 1], that the crop holds a face.
    coefficients: float32 [52] in [0, 1], order of `studio.performance.ARKIT_NAMES`; tongueOut is 0 (not measured).
    """

    points: Array
    score: float
    coefficients: Array

    @property
    def box(self) -> Array:
        """float32 [4]: left, top, right, bottom of the landmarks in pixels."""
        return np.concatenate([self.points[:, :2].min(axis=0), self.points[:, :2].max(axis=0)])

    @property
    def size(self) -> float:
        """The larger side of the box in pixels."""
        return float((self.box[2:] - self.box[:2]).max())


class Landmarker:
    """Finds faces, their landmarks and coefficients. Calls may come from several threads.

    Graphs load on first use, which raises CheckpointError when their file can't be had or is damaged.
    """

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._lock = threading.Lock()

    def detect(self, image: npt.NDArray[np.uint8]) -> list[FaceLandmarks]:
        """The faces in RGB uint8 [H, W, 3], largest first.

        Once a face is a fifth of the picture, no closer look is taken for the small ones behind it.
        """
        image = np.ascontiguousarray(image)
        found: list[FaceLandmarks] = []
        with self._lock:
            for side, detections in self._graphs[0].passes(image):
                regions = [d.region.scaled(_MARGIN) for d in detections]
                found += [face for region in regions if (face := self._settled(image, region))]
                if any(face.size > _LARGE * side for face in found):
                    break
        return _distinct(found)

    def track(self, image: npt.NDArray[np.uint8], previous: FaceLandmarks) -> FaceLandmarks | None:
        """The same face a frame later, looked for where it was; None when it is there no more.

        Skips the detector, so it neither finds new faces nor follows one that moved by more than half its width.
        """
        with self._lock:
            face = self._analyse(np.ascontiguousarray(image), _region(previous.points))
        return face if face.score >= _MIN_PRESENCE else None

    @cached_property
    def _graphs(self) -> tuple[FaceDetector, Graph, Graph]:
        path = checkpoints.folder("face-landmarker") / "face_landmarker.task"
        names = ("face_detector", "face_landmarks_detector", "face_blendshapes")
        try:
            with zipfile.ZipFile(path) as bundle:
                detector, landmarks, blendshapes = (Graph(bundle.read(f"{n}.tflite"), self._threads) for n in names)
        # A bundle that is none, a member that is missing or cut, a graph that LiteRT refuses (the last two).
        except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError) as e:
            raise checkpoints.damaged(path) from e
        return FaceDetector(detector), landmarks, blendshapes

    def _settled(self, image: npt.NDArray[np.uint8], region: Region) -> FaceLandmarks | None:
        """The face in a region, cropped again by its own landmarks until they rest; None when they don't or it is none.

        The detector's box is coarse (it saw 128 pixels): landmarks of the first crop lie 0.6 % of the face away from
        where they come to rest, those of the third 0.1 %. On clouds taken for a face they never rest.
        """
        face = self._analyse(image, region)
        for _ in range(_MAX_CROPS):
            before, face = face, self._analyse(image, _region(face.points))
            moved = np.median(np.linalg.norm((face.points - before.points)[:, :2], axis=1)) / face.size
            if moved < _AT_REST:
                break
        return face if moved < _RESTLESS and face.score >= _MIN_PRESENCE else None

    def _analyse(self, image: npt.NDArray[np.uint8], region: Region) -> FaceLandmarks:
        _, landmarks, blendshapes = self._graphs
        out = landmarks.run(region.crop(image, _SIDE)[None].astype(np.float32) / 255)
        score = float(expit(out["Identity_1"].item()))
        raw = out["Identity"].reshape(N_LANDMARKS, 3) / _SIDE
        matrix = region.to_image()
        xy = raw[:, :2] @ matrix[:, :2].T + matrix[:, 2]
        points = np.column_stack([xy, raw[:, 2] * region.width]).astype(np.float32)
        named = blendshapes.run(points[None, BLENDSHAPE_LANDMARKS, :2])["StatefulPartitionedCall:0"]
        return FaceLandmarks(points, score, _arkit(named))


def _distinct(faces: list[FaceLandmarks]) -> list[FaceLandmarks]:
    """Each face once, largest first. Of boxes that share their area the largest stays: an eye may pass for a face."""
    kept: list[FaceLandmarks] = []
    for face in sorted(faces, key=lambda f: -f.size):
        if all(_shared(face.box, other.box) < _SAME for other in kept):
            kept.append(face)
    return kept


def _shared(a: Array, b: Array) -> float:
    """The area that two boxes share, in areas of the smaller one."""
    inner = (np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])).clip(0).prod()
    return float(inner / min((a[2:] - a[:2]).prod(), (b[2:] - b[:2]).prod()))


def _region(points: Array) -> Region:
    xy = points[:, :2]
    tight = Region.around(xy.min(axis=0), xy.max(axis=0), xy[RIGHT_EYE[0]], xy[LEFT_EYE[0]])
    return tight.square().scaled(_MARGIN)


def _arkit(values: Array) -> Array:
    by_name = dict(zip(BLENDSHAPE_NAMES, values.tolist(), strict=True))
    return np.array([by_name.get(name, 0.0) for name in ARKIT_NAMES], np.float32)

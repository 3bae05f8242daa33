"""Where faces are: BlazeFace, short range (Bazarevsky et al. 2019, arXiv:1907.05047)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.special import expit

from talking_head.landmarks.interpreter import Graph
from talking_head.landmarks.region import Region

Array = npt.NDArray[np.float32]

_SIDE = 128
_MIN_SCORE = 0.5
_MIN_OVERLAP = 0.5
# (cells a side, anchors a cell): strides of 8 and 16 pixels, the latter three times; every anchor is a point.
_GRIDS = ((16, 2), (8, 6))
# The sides of the squares looked at, in longer sides of the image. A picture that the face fills has to be seen from
# further off; a group needs halves and quarters, as faces below a seventh of the square are missed.
_PARTS = (1.0, 2.0, 0.5, 0.25)


@dataclass(frozen=True, eq=False)
class Detection:
    """points: float32 [8, 2] image pixels: the box's low and high corner, then right eye, left eye (the person's),
    nose, mouth, right ear, left ear. score in [0, 1]."""

    points: Array
    score: float

    @property
    def region(self) -> Region:
        low, high, right_eye, left_eye = self.points[:4]
        return Region.around(low, high, right_eye, left_eye)


class FaceDetector:
    """Finds faces in a whole image, and in squares of it for those that are too small there."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._anchors = _anchors()

    def passes(self, image: npt.NDArray[np.uint8]) -> Iterator[tuple[float, list[Detection]]]:
        """Look at RGB uint8 [H, W, 3] ever closer: yields the side of the squares looked at, and the faces in them."""
        height, width = image.shape[:2]
        for part in _PARTS:
            side = max(height, width) * part
            squares = [Region(x, y, side, side) for y in _centres(height, side) for x in _centres(width, side)]
            yield side, _merged([d for square in squares for d in self._pass(image, square)])

    def _pass(self, image: npt.NDArray[np.uint8], region: Region) -> list[Detection]:
        pixels = region.crop(image, _SIDE, cv2.BORDER_CONSTANT)
        out = self._graph.run(pixels[None].astype(np.float32) / 127.5 - 1)
        scores = expit(out["classificators"][0, :, 0])
        sure = np.flatnonzero(scores >= _MIN_SCORE)
        boxes = out["regressors"][0, sure].reshape(-1, 8, 2) / _SIDE
        centre, size = boxes[:, 0] + self._anchors[sure], boxes[:, 1]
        keypoints = boxes[:, 2:] + self._anchors[sure, None]
        points = np.concatenate([(centre - size / 2)[:, None], (centre + size / 2)[:, None], keypoints], axis=1)
        matrix = region.to_image()
        points = points @ matrix[:, :2].T + matrix[:, 2]
        return [Detection(p.astype(np.float32), float(s)) for p, s in zip(points, scores[sure], strict=True)]


def _anchors() -> Array:
    """float32 [896, 2]: the centres of the cells, x and y in [0, 1], in the order of the graph's outputs."""
    grids = []
    for cells, each in _GRIDS:
        centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(centres, centres, indexing="ij")
        grids.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2), each, axis=0))
    return np.concatenate(grids)


def _centres(length: int, side: float) -> list[float]:
    """Centres of squares that cover `length`, overlapping by half: a face up to half a square is whole in one."""
    if length <= side:
        return [length / 2]
    n = int(np.ceil(2 * length / side)) - 1
    return np.linspace(side / 2, length - side / 2, n).tolist()


def _merged(detections: list[Detection]) -> list[Detection]:
    """Blend detections that overlap, weighted by their scores (the blending of BlazeFace, section 3.4)."""
    rest = sorted(detections, key=lambda d: -d.score)
    merged = []
    while rest:
        best = rest[0]
        same = [d for d in rest if d is best or _overlap(d.points, best.points) > _MIN_OVERLAP]
        weights = np.array([d.score for d in same], np.float32)
        points = np.tensordot(weights / weights.sum(), np.stack([d.points for d in same]), axes=1)
        merged.append(Detection(points.astype(np.float32), best.score))
        rest = [d for d in rest if all(d is not s for s in same)]
    return merged


def _overlap(a: Array, b: Array) -> float:
    """Intersection over union of the boxes of two detections' points."""
    inner = (np.minimum(a[1], b[1]) - np.maximum(a[0], b[0])).clip(0).prod()
    return float(inner / ((a[1] - a[0]).prod() + (b[1] - b[0]).prod() - inner))

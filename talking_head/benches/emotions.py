"""Whether what a face is made to feel is what others read: a network that looks at pictures, and the rules of EMFACS.

The network is facex's (MIT): it has never seen this project's coefficients or landmarks. The rules read the
landmarker's coefficients (`studio.emotion.reading.face`). Both read a face beside the same face at rest as well, since
what a person looks like at rest (brows, lids, a photographed smile) is no feeling of the line's.
"""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from studio import checkpoints
from studio.emotion.reading.face import read_face
from talking_head.landmarks import FaceLandmarks
from talking_head.landmarks.interpreter import Graph

Floats = npt.NDArray[np.floating]
Picture = npt.NDArray[np.uint8]

CHECKPOINT = "facex"
# The network's own order, in this project's words.
CLASSES = ("angry", "disgusted", "afraid", "happy", "neutral", "sad", "surprised")
NEUTRAL = CLASSES.index("neutral")
_INPUT = 200
# Squares around the landmarks, in sizes of the face: the network says quite different things of one face cut out a
# little wider; the mean of three says less of the box and more of the face.
_CROPS = (1.0, 1.1, 1.2)
# Of a probability, before its logarithm is taken: the network says 0 and 1 of faces it is sure about.
_FLOOR = 0.01
# An emotion read by rule at less than this is none.
_LEAST = 0.1


class ExpressionNetwork:
    """Probabilities of `CLASSES`. The graph loads on first use, which raises CheckpointError when it can't be had."""

    def read(self, picture: Picture, face: FaceLandmarks) -> Floats:
        """Probabilities [7] of one face in a picture, RGB uint8 [H, W, 3]."""
        grey = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)
        middle = (face.box[:2] + face.box[2:]) / 2
        found = [self._of(grey, middle, crop * face.size) for crop in _CROPS]
        return np.mean(found, axis=0)

    def _of(self, grey: Picture, middle: Floats, side: float) -> Floats:
        scale = _INPUT / side
        place = np.hstack([scale * np.eye(2), (_INPUT / 2 - scale * middle)[:, None]])
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        cut = cv2.warpAffine(grey, place, (_INPUT, _INPUT), flags=how, borderMode=cv2.BORDER_REPLICATE)
        seen = np.repeat(cut[None, :, :, None].astype(np.float32) / 255, 3, axis=3)
        return next(iter(self._graph.run(seen).values()))[0]

    @cached_property
    def _graph(self) -> Graph:
        path = checkpoints.folder(CHECKPOINT) / checkpoints.manifest()[CHECKPOINT].files[0].name
        try:
            return Graph(path.read_bytes(), threads=1)
        except (ValueError, RuntimeError) as e:
            raise checkpoints.damaged(path) from e


def moved(probabilities: Floats, at_rest: Floats) -> Floats:
    """[7] change, from the same face at rest, of the log odds of each class against neutral."""
    odds = [np.log(p + _FLOOR) - np.log(p[NEUTRAL] + _FLOOR) for p in (probabilities, at_rest)]
    return odds[0] - odds[1]


def furthest(probabilities: Floats, at_rest: Floats) -> str:
    """The emotion that a face has moved furthest towards from what it is at rest; never "neutral"."""
    change = moved(probabilities, at_rest)
    change[NEUTRAL] = -np.inf
    return CLASSES[int(change.argmax())]


def by_rule(coefficients: Floats, at_rest: Floats) -> str:
    """The strongest emotion of a face, by EMFACS: one of `CLASSES`, or "contemptuous"."""
    weights = dict(read_face(coefficients, neutral=at_rest).weights)
    if not weights or max(weights.values()) < _LEAST:
        return "neutral"
    return max(weights, key=weights.__getitem__)

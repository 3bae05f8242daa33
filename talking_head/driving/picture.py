"""The expression of a face in a picture, for another face to hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.face.neutral import USUAL_NEUTRAL
from studio.errors import InputError
from studio.performance import ARKIT_NAMES
from studio.performance.action_units import sides
from studio.performance.tracked import Tracked
from talking_head.driving.readings import above_rest

# A picture taken within a blink shows no expression of the lids; heavy lids close this far at most (the sleepiest of
# the faces here, bored at its strongest, by 0.37).
_LIDS = 0.4
# What a picture shows of where the mouth happens to be, rather than of what is felt.
_PASSING = [i for i, n in enumerate(ARKIT_NAMES) if n in ("jawLeft", "jawRight", "mouthLeft", "mouthRight")]


def expression_from(picture: Tracked, neutral: Tracked | None = None) -> npt.NDArray[np.float32]:
    """The expression of a tracked photograph as coefficients [52] in 0..1, for `motion.expression.express(held=...)`.

    picture: one frame, or a film, whose median of the frames seen counts.
    neutral: the same person at rest; None takes off what the landmarker reads on most faces at rest.
    Glances and what points to a side are left out. Raises InputError when both are the same picture.
    """
    readings, rotation = _median(picture.motion.coefficients, picture), _median(picture.motion.rotation, picture)
    rest = USUAL_NEUTRAL if neutral is None else _median(neutral.motion.coefficients, neutral)
    if neutral is not None and np.array_equal(readings, rest):
        raise InputError("The picture of the expression and the neutral one are the same; give one at rest.")
    shown = above_rest(readings[None], np.minimum(rest, 0.9), rotation[None])[0]
    shown[_PASSING] = 0.0
    lids = list(sides("eyeBlink"))
    shown[lids] = np.minimum(shown[lids], _LIDS)
    return shown.astype(np.float32)


def _median(values: npt.NDArray[np.float32], tracked: Tracked) -> npt.NDArray[np.float64]:
    return np.asarray(np.median(values[tracked.seen].astype(np.float64), axis=0))

"""What the coefficients are on a face at rest: of anybody, and of one person in a film."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.face.units import strengths
from studio.performance.action_units import sides
from studio.performance.arkit import ARKIT_NAMES

Array = npt.NDArray[np.float64]

# The landmarker reads lids, brows and lips of a face at rest off zero: about the medians of nine photographs, and the
# most that any of them showed. What is not here is at 0.01 and stays below 0.05.
_AT_REST: Mapping[str, tuple[float, float]] = {
    "browDown": (0.07, 0.30),
    "browInnerUp": (0.01, 0.12),
    "browOuterUp": (0.03, 0.20),
    "eyeBlink": (0.13, 0.33),
    "eyeSquint": (0.42, 0.65),
    "eyeWide": (0.01, 0.04),
    "mouthSmile": (0.01, 0.04),  # 0.09 was seen; taking that off a film full of laughter cost a third of its happiness
    "mouthPress": (0.10, 0.25),
    "mouthPucker": (0.01, 0.40),
    "mouthShrugLower": (0.04, 0.25),
    "mouthShrugUpper": (0.05, 0.25),
}
_ELSE = (0.01, 0.05)
# The share of a film's frames, the calmest, that the face is taken to be at rest in.
_CALM = 0.25


def _columns() -> tuple[Array, Array]:
    usual, most = (np.full(len(ARKIT_NAMES), v) for v in _ELSE)
    for name, (value, bound) in _AT_REST.items():
        for column in sides(name):
            usual[column], most[column] = value, bound
    return usual, most


USUAL_NEUTRAL, _MOST = _columns()
"""float64 [52]: a face at rest, when nothing else is known of it."""


def own_neutral(coefficients: npt.NDArray[np.floating]) -> Array:
    """The face at rest, float64 [52], of a person seen in F frames [F, 52], a few seconds of them.

    The median of the frames in which the least is at work, but of no action more than faces at rest show: who smiles
    all along is happy, not at rest with a smile.
    """
    at_work = strengths(coefficients, USUAL_NEUTRAL, own=False, pitch=np.zeros(len(coefficients))).sum(axis=(1, 2))
    calm = np.argsort(at_work, kind="stable")[: max(1, round(_CALM * len(at_work)))]
    return np.asarray(np.minimum(np.median(np.asarray(coefficients, np.float64)[calm], axis=0), _MOST))

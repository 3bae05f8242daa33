"""Taking a portrait's own expression off its landmarks, so that coefficients are absolute."""

from __future__ import annotations

import numpy as np

from studio.performance import ARKIT_NAMES, arkit_index
from talking_head.rig.anny import Floats
from talking_head.rig.contact import Contact

# Scores below these are the landmarker's bias, seen on portraits at rest; the range above is stretched to 0..1.
_BIAS = {"brow": 0.3, "mouthPucker": 0.5, "mouthShrug": 0.5, "mouthPress": 0.5, "mouthRoll": 0.5, "mouthFrown": 0.5}
_OTHER_BIAS = 0.12
# Eyes are a person's own (and glances are the renderer's); mouthClose is read on closed lips of every kind.
_KEPT = ("eye", "mouthClose", "tongueOut")

_JAW = arkit_index("jawOpen")
_UPPER_UP = [arkit_index("mouthUpperUpLeft"), arkit_index("mouthUpperUpRight")]
_LOWER_DOWN = [arkit_index("mouthLowerDownLeft"), arkit_index("mouthLowerDownRight")]
_SMILE = [arkit_index("mouthSmileLeft"), arkit_index("mouthSmileRight")]


def source_expression(coefficients: Floats) -> Floats:
    """[52] what the landmarker reads on a portrait -> [52] the expression to take off it."""
    removed = np.zeros(len(ARKIT_NAMES))
    for k, name in enumerate(ARKIT_NAMES):
        if not name.startswith(_KEPT):
            bias = next((b for prefix, b in _BIAS.items() if name.startswith(prefix)), _OTHER_BIAS)
            removed[k] = max(0.0, (coefficients[k] - bias) / (1 - bias))
    return removed


def close_mouth(points: Floats, deltas: Floats, removed: Floats, lips: Contact) -> tuple[Floats, Floats]:
    """Close lips that are still apart: most of the way by the jaw (in a smile: by the lips), the rest by contact.

    Returns the landmarks [478, 3] and the coefficients [52] that closed them, as they were before.
    """
    closing = np.zeros(len(ARKIT_NAMES))
    gap = float(np.maximum(lips.gaps(points)[2:-2], 0).mean())
    smiling = min(1.0, removed[_SMILE].mean() / 0.5) * (1 - min(1.0, removed[_JAW] / 0.35))
    for share, columns in (
        (0.9 * smiling / 2, _UPPER_UP),
        (0.9 * smiling / 2, _LOWER_DOWN),
        (0.9 * (1 - smiling), [_JAW]),
    ):
        still = np.zeros_like(points)
        opened = lips.gaps(still + deltas[columns].sum(axis=0))[2:-2].mean()
        closing[columns] = share * gap / opened
    points = points - np.tensordot(closing, deltas, 1)
    return lips.correct(points, lips.errors(points)), closing

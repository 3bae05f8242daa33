"""Taking a portrait's own expression off its landmarks, so that coefficients are absolute."""

from __future__ import annotations

import numpy as np

from studio.performance import ARKIT_NAMES, arkit_index
from talking_head.landmarks.topology import LIPS_INNER_LOWER, LIPS_INNER_UPPER
from talking_head.rig.anny import Floats
from talking_head.rig.contact import Contact
from talking_head.rig.frame import Frame

# Scores below these are the landmarker's bias, seen on portraits at rest; the range above is stretched to 0..1.
_BIAS = {"brow": 0.3, "mouthPucker": 0.5, "mouthShrug": 0.5, "mouthPress": 0.5, "mouthRoll": 0.5, "mouthFrown": 0.5}
_OTHER_BIAS = 0.12
# Eyes are a person's own (and glances are the renderer's); mouthClose is read on closed lips of every kind.
_KEPT = ("eye", "mouthClose", "tongueOut")

# Closed lips meet 2.0 to 2.35 cm below the nose's base on the test portraits that do not smile.
_LINE_BELOW_NOSE = 2.4
_NOSE_BASE = 2
_RAISED_REACH = 1.2  # cm

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


def close_mouth(points: Floats, deltas: Floats, removed: Floats, lips: Contact, frame: Frame) -> Floats:
    """Close lips that are still apart: most of the way by the jaw (in a smile: by the lips too), the rest by contact.

    points: landmarks [478, 3] px, and so is what is returned; deltas: [52, 478, 3] px at a coefficient of 1; removed:
    [52] coefficients that the points have been relieved of.
    """
    closing = np.zeros(len(ARKIT_NAMES))
    gap = float(np.maximum(lips.gaps(points)[2:-2], 0).mean())
    smiling = min(1.0, removed[_SMILE].mean() / 0.5) * (1 - min(1.0, removed[_JAW] / 0.35))
    # The upper lip comes down to where lips meet, or half of the way; the jaw and the lower lip go the rest.
    room = _LINE_BELOW_NOSE - _below_nose(points, frame)[0]
    upper = float(np.clip(room / max(gap / frame.pixels_per_cm, 1e-3), 0.1, 0.5))
    for share, columns in (
        (0.9 * smiling * upper, _UPPER_UP),
        (0.45 * smiling * (1 - upper), _LOWER_DOWN),
        (0.9 * (1 - smiling) + 0.45 * smiling * (1 - upper), [_JAW]),
    ):
        still = np.zeros_like(points)
        opened = lips.gaps(still + deltas[columns].sum(axis=0))[2:-2].mean()
        closing[columns] = share * gap / opened
    points = points - np.tensordot(closing, deltas, 1)
    points = lips.correct(points, lips.errors(points))
    return _raise_line(points, frame, smiling)


def _below_nose(points: Floats, frame: Frame) -> Floats:
    """[2] cm from the base of the nose down to the middle of the upper and of the lower lip's inner edge."""
    cm = frame.to_cm(points)
    return np.asarray(cm[_NOSE_BASE, 1] - cm[[LIPS_INNER_UPPER[5], LIPS_INNER_LOWER[5]], 1])


def _raise_line(points: Floats, frame: Frame, smiling: float) -> Floats:
    """Lips that a smile taken off has left too low, raised with the skin around them.

    The CC0 head's smile lifts the whole mouth by more than people's do.
    """
    excess = smiling * max(float(_below_nose(points, frame).mean()) - _LINE_BELOW_NOSE, 0.0)
    cm = frame.to_cm(points)
    line = cm[[*LIPS_INNER_UPPER, *LIPS_INNER_LOWER], :2]
    distance = np.linalg.norm(cm[:, None, :2] - line, axis=-1).min(axis=1)
    moved = points.copy()
    moved[:, :2] -= (excess * frame.pixels_per_cm * np.exp(-0.5 * (distance / _RAISED_REACH) ** 2))[
        :, None
    ] * frame.down
    return moved

"""What the landmarker reads on a driver -> what to ask of another face.

The figures are of the neutral test portrait, drawn with known coefficients and read back.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.face.signs import signs
from studio.emotion.reading.face.units import strengths
from studio.performance import ARKIT_NAMES, arkit_index
from studio.performance.action_units import sides

Array = npt.NDArray[np.float64]

# (reading above rest of a coefficient at 1, power by which what is asked grows with it). Where less than 0.5 is read,
# half of that is made up for, since more would enlarge the noise as much; a power below 1 is for what is hardly read
# before it is strong (jawOpen at 0.25 reads 0.09). What is not here is read about as it is asked for.
_RESPONSES: Mapping[str, tuple[float, float]] = {
    "browDown": (0.45, 1.0),
    "browInnerUp": (0.7, 0.8),
    "browOuterUp": (0.4, 0.75),
    "eyeWide": (0.25, 1.0),
    "jawOpen": (0.8, 0.75),
    "mouthFrown": (0.5, 1.0),
    "mouthFunnel": (0.5, 1.0),
    "mouthPress": (0.5, 1.0),
    "mouthShrugLower": (0.55, 1.0),
    "mouthSmile": (0.93, 1.0),
    "mouthStretch": (0.5, 1.0),
}
# Readings at rest waver by this much; what is less is none.
_NOISE = 0.02
# A smile from here on changes how parted lips read (a smile at 0.6 and 0.9 was measured). Raised lips are then read
# with the jaw's opening in them, and the jaw itself hardly: lips of 0.5 over a jaw of 0, 0.12, 0.25 read mouthUpperUp
# 0.55, 0.63, 0.78, mouthLowerDown 0.01, 0.03, 0.13 and jawOpen 0, 0.01, 0.04.
_SMILING = 0.6
_UPPER, _UPPER_SMILING = 1.3, 0.6
_LOWER, _LOWER_SMILING, _LOWEST = 2.0, 3.0, 0.7
_JAW_OF_LOWER = ((0.0, 0.03, 0.13, 0.25, 0.4), (0.0, 0.12, 0.25, 0.3, 0.36))
# Cheeks are never read: those of a smile rise as far as it narrows the eyes (FACS: 6 comes with 12 and narrows them),
# and fully at this much.
_NARROWED = 0.4
# Stretched lips of somebody who weeps read as a smile, and a lowered brow as none where its inner end is raised
# (decision 10). What is drawn instead, as in sadness (`motion.affects`) and by Mattson et al. 2013.
_STRETCHED, _DROPPED, _KNIT = 0.85, 0.45, 0.35
# Glances have a scale of their own (`FaceMotion.gaze`). A jaw that drops behind closed lips is read as a closed one.
_ELSEWHERE = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith("eyeLook") or n in ("mouthClose", "tongueOut")]


def above_rest(readings: npt.NDArray[np.floating], rest: npt.NDArray[np.floating], rotation: Array) -> Array:
    """[G, 52] readings and those of the face at rest [52] -> coefficients in 0..1 that make the same expression.

    rotation: [G, 3] radians of the head as read: in profile and bowed, some readings mean less. Zero is a face at rest;
    eyeLook*, mouthClose and tongueOut are zero throughout.
    """
    read, rest = np.asarray(readings, np.float64), np.asarray(rest, np.float64)
    risen = np.clip((read - rest - _NOISE) / (1.0 - rest - _NOISE), 0.0, 1.0)
    asked = np.minimum((risen / _WHOLE) ** _POWER, 1.0)
    _part_lips(asked, risen)
    narrowed = np.minimum(asked[:, sides("eyeSquint")].mean(axis=1, keepdims=True) / _NARROWED, 1.0)
    asked[:, sides("cheekSquint")] = asked[:, sides("mouthSmile")] * narrowed
    frontal = np.clip((np.deg2rad(25.0) - np.abs(rotation[:, 1])) / np.deg2rad(15.0), 0.0, 1.0)
    units = strengths(read, rest, own=True, pitch=np.asarray(rotation[:, 0], np.float64))
    _weep(asked, signs(units, frontal)["weeping"][:, None])
    asked[:, _ELSEWHERE] = 0.0
    return asked


def _part_lips(asked: Array, risen: Array) -> None:
    upper, lower, smile = (list(sides(n)) for n in ("mouthUpperUp", "mouthLowerDown", "mouthSmile"))
    smiling = np.minimum(asked[:, smile].mean(axis=1, keepdims=True) / _SMILING, 1.0)
    asked[:, upper] = np.minimum(risen[:, upper] * (_UPPER + (_UPPER_SMILING - _UPPER) * smiling), 1.0)
    asked[:, lower] = np.minimum(risen[:, lower] * (_LOWER + (_LOWER_SMILING - _LOWER) * smiling), _LOWEST)
    jaw = [arkit_index("jawOpen")]
    dropped = np.interp(risen[:, lower].mean(axis=1, keepdims=True), *_JAW_OF_LOWER)
    asked[:, jaw] = np.maximum(asked[:, jaw], smiling * dropped)


def _weep(asked: Array, weeping: Array) -> None:
    """weeping: [G, 1] in 0..1."""
    smile, stretch, frown = (list(sides(n)) for n in ("mouthSmile", "mouthStretch", "mouthFrown"))
    taken = weeping * asked[:, smile]
    asked[:, smile] -= taken
    asked[:, stretch] = np.maximum(asked[:, stretch], _STRETCHED * taken)
    asked[:, frown] = np.maximum(asked[:, frown], _DROPPED * taken)
    outer, down = list(sides("browOuterUp")), list(sides("browDown"))
    knit = _KNIT * asked[:, [arkit_index("browInnerUp")]] * (1.0 - asked[:, outer])
    asked[:, down] = np.maximum(asked[:, down], knit)


def _responses() -> tuple[Array, Array]:
    whole, power = np.ones(len(ARKIT_NAMES)), np.ones(len(ARKIT_NAMES))
    for name, (top, exponent) in _RESPONSES.items():
        whole[list(sides(name))], power[list(sides(name))] = top, exponent
    return whole, power


_WHOLE, _POWER = _responses()

"""Action units as an expression needs them: both sides as one, and what the landmarker mistakes set right."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.face.units import UNITS

Array = npt.NDArray[np.float64]

# Smiles of twelve photographs differ by up to this between their sides.
_EVEN = 0.3


def signs(strengths: Array, frontal: Array) -> dict[str, Array]:
    """[F] each, in [0, 1]: units by their number, and a few of them together.

    strengths: [F, len(UNITS), 2]. frontal: [F] 1 where both sides of the face are seen equally well, 0 in profile.
    """
    side = {unit: strengths[:, i] for i, unit in enumerate(UNITS)}
    unit = {str(u): s.mean(axis=1) for u, s in side.items()}
    # Where inner brows rise and outer ones don't, something holds them down; browDown then reads zero.
    unit["1+4"] = unit["1"] * (1.0 - unit["2"])
    unit["25"] = np.stack([unit["10"], unit["16"], unit["26"]]).max(axis=0)
    # It reads no cheekSquint; what a raised cheek does to the lower lid it reads as eyeSquint.
    unit["6"] = np.maximum(unit["6"], unit["7"] * unit["12"])
    # A closing lid reads as a tightened one too.
    unit["7"] = unit["7"] * (1.0 - unit["43"])
    # A lip raised by a smile is the smile's.
    unit["10"] = unit["10"] * (1.0 - unit["12"])
    # Stretched lips read as a smile as long as they are closed (mouthDimple drawn at 1: mouthSmile 0.7). With lids
    # squeezed shut, and the chin raised or the brow at work, which no smile does, it is none.
    effort = np.max([unit["4"], unit["1+4"], unit["17"]], axis=0)
    shut = np.clip(2.0 * unit["43"] - 1.0, 0.0, 1.0) * (1.0 - unit["25"] ** 2)
    unit["weeping"] = np.cbrt(np.maximum(unit["12"], unit["20"]) * shut * effort)
    uneven = np.max([np.abs(side[u][:, 0] - side[u][:, 1]) for u in (12, 14)], axis=0)
    unit["one-sided"] = np.clip((uneven - _EVEN) / (1.0 - _EVEN), 0.0, 1.0) * frontal
    unit["12"] = unit["12"] * (1.0 - unit["weeping"])
    return unit

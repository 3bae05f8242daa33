"""Action units of the Facial Action Coding System (FACS) and the ARKit coefficients that show them.

Source: Ekman, Friesen & Hager, Facial Action Coding System, 2002; Apple, ARFaceAnchor.BlendShapeLocation. ARKit's names
describe what is seen and FACS the muscle at work, so that the pairing is a convention; this is the usual one. Reading
and drawing a face by the same table is what lets one check the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from studio.performance.arkit import ARKIT_NAMES


@dataclass(frozen=True)
class ActionUnit:
    """name: FACS's own. coefficients: ARKit names that show it, ``Left``/``Right`` left out; the strongest counts."""

    name: str
    coefficients: tuple[str, ...]


ACTION_UNITS: Mapping[int, ActionUnit] = {
    1: ActionUnit("inner brow raiser", ("browInnerUp",)),
    2: ActionUnit("outer brow raiser", ("browOuterUp",)),
    4: ActionUnit("brow lowerer", ("browDown",)),
    5: ActionUnit("upper lid raiser", ("eyeWide",)),
    6: ActionUnit("cheek raiser", ("cheekSquint",)),
    7: ActionUnit("lid tightener", ("eyeSquint",)),
    9: ActionUnit("nose wrinkler", ("noseSneer",)),
    10: ActionUnit("upper lip raiser", ("mouthUpperUp",)),
    12: ActionUnit("lip corner puller", ("mouthSmile",)),
    14: ActionUnit("dimpler", ("mouthDimple",)),
    15: ActionUnit("lip corner depressor", ("mouthFrown",)),
    16: ActionUnit("lower lip depressor", ("mouthLowerDown",)),
    17: ActionUnit("chin raiser", ("mouthShrugLower",)),
    18: ActionUnit("lip pucker", ("mouthPucker",)),
    20: ActionUnit("lip stretcher", ("mouthStretch",)),
    23: ActionUnit("lip tightener", ("mouthPress",)),
    24: ActionUnit("lip pressor", ("mouthRollLower", "mouthRollUpper")),
    26: ActionUnit("jaw drop", ("jawOpen",)),
    43: ActionUnit("eyes closed", ("eyeBlink",)),
}


def sides(coefficient: str) -> tuple[int, int]:
    """Columns of a coefficient on the person's left and right; one without sides has the same column twice.

    Raises KeyError for an unknown name.
    """
    return _SIDES[coefficient]


def _sides() -> dict[str, tuple[int, int]]:
    columns = {name: i for i, name in enumerate(ARKIT_NAMES)}
    found = {name: (i, i) for name, i in columns.items()}
    for name, i in columns.items():
        stem = name.removesuffix("Left")
        if stem + "Right" in columns:  # not jawLeft and mouthLeft, which are directions: their stems have no side
            found[stem] = (i, columns[stem + "Right"])
    return found


_SIDES = _sides()

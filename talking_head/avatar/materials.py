"""What the head's surfaces are made of; the software renderer and the glTF export read the same table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Material:
    """colour: linear RGB that multiplies the texture.  texture: its name, if it has one.  roughness: as in glTF."""

    name: str
    colour: tuple[float, float, float]
    roughness: float
    texture: str | None = None
    two_sided: bool = False


MATERIALS = (
    Material("skin", (1.0, 1.0, 1.0), 0.52, "skin"),
    # One-sided: an open jaw presses its floor through the chin by a hair, which showed from behind as dark specks.
    Material("mouth", (0.20, 0.032, 0.030), 0.5),
    Material("eyes", (1.0, 1.0, 1.0), 0.12, "eye"),
    Material("teeth", (1.0, 1.0, 1.0), 0.25, "teeth", two_sided=True),
    Material("tongue", (0.42, 0.10, 0.095), 0.4),
    Material("hair", (1.0, 1.0, 1.0), 0.6, "hair", two_sided=True),
    Material("jumper", (0.020, 0.035, 0.055), 0.85, None, two_sided=True),
)
SKIN, MOUTH, EYES, TEETH, TONGUE, HAIR, JUMPER = range(len(MATERIALS))

# Where the key light is, seen from the head. Its shadows are baked into the head's vertices.
KEY_LIGHT = np.array([-0.50, 0.52, 0.69]) / np.linalg.norm([-0.50, 0.52, 0.69])

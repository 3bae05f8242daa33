"""Rig: how each ARKit coefficient moves the landmarks of an average face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from studio.checkpoints import bundled

Array = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Rig:
    """Displacements at a coefficient of 1.

    Frame: MediaPipe's canonical face, in its centimetres (about 1.2 real ones): x to the viewer's right (the person's
    left), y up, z toward the viewer. Row k belongs to `ARKIT_NAMES[k]`.

    deltas: float32 [52, 478, 3] landmarks, the last ten the irises. All of tongueOut is 0: the skin stays still.
    normals: float32 [468, 3] unit normals of the CC0 head at rest; normal_deltas: float32 [52, 468, 3], to add to them.
    incisors: float32 [52, 3] displacement of the lower incisors, which move with the bone of the jaw.

    Source: Face Units asset pack by Mika Suominen on MakeHuman's base mesh, both CC0; see checkpoints/arkit_rig.md.
    """

    deltas: Array
    normals: Array
    normal_deltas: Array
    incisors: Array

    @classmethod
    def load(cls) -> Rig:
        """The rig that ships with Affetto; read once."""
        return _load()


@lru_cache(maxsize=1)
def _load() -> Rig:
    arrays = load_file(bundled("arkit_rig.safetensors"))
    for array in arrays.values():
        array.flags.writeable = False
    return Rig(**arrays)

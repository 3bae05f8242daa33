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
    """Displacements at a coefficient of 1, and the parts of the mouth behind them.

    Frame: MediaPipe's canonical face, in its centimetres (about 1.2 real ones): x to the viewer's right (the person's
    left), y up, z toward the viewer. Row k belongs to `ARKIT_NAMES[k]`.

    deltas: float32 [52, 478, 3] landmarks, the last ten the irises. All of tongueOut is 0: the skin stays still.
    normals: float32 [468, 3] unit normals of the CC0 head at rest; normal_deltas: float32 [52, 468, 3], to add to them.
    lip_mask: float32 [468], 1 on the red of the lips.
    upper_teeth, lower_teeth, tongue: vertices float32 [n, 3], triangles uint16 [m, 3], deltas float32 [52, n, 3]; the
        CC0 head's, moved with it onto the canonical face (0.52 cm apart, root mean square, so a portrait's lips place
        them better).

    Source: Face Units asset pack by Mika Suominen on MakeHuman's base mesh, both CC0; see checkpoints/arkit_rig.md.
    """

    deltas: Array
    normals: Array
    normal_deltas: Array
    lip_mask: Array
    upper_teeth_vertices: Array
    upper_teeth_triangles: npt.NDArray[np.uint16]
    upper_teeth_deltas: Array
    lower_teeth_vertices: Array
    lower_teeth_triangles: npt.NDArray[np.uint16]
    lower_teeth_deltas: Array
    tongue_vertices: Array
    tongue_triangles: npt.NDArray[np.uint16]
    tongue_deltas: Array

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

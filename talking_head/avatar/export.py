"""export_glb: the CC0 head with a motion as morph animation, for any glTF viewer or game engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from studio.errors import InputError
from studio.media.files import check_place, written_whole
from studio.performance import ARKIT_NAMES, FaceMotion
from talking_head.avatar.glb import INDICES, VERTICES, Binary
from talking_head.avatar.head import AvatarHead
from talking_head.avatar.materials import EYES, HAIR, JUMPER, MATERIALS, MOUTH, SKIN, TEETH, TONGUE
from talking_head.avatar.normals import vertex_normals
from talking_head.avatar.pose import effective

Floats = npt.NDArray[np.float32]

_METRES = 0.01  # glTF counts in metres
_MOVING = (SKIN, MOUTH, TEETH, TONGUE)  # what the coefficients move; hair, jumper and eyeballs are their own meshes
_COPYRIGHT = "Head: MakeHuman base mesh and Face Units asset pack by Mika Suominen, both CC0 1.0"
# Whole numbers that stand for 1.
_STEPS: dict[type, int] = {np.uint16: 65535, np.int16: 32767}
_FACE, _JUMPER, _NECK, _HEAD, _HAIR, _LEFT, _RIGHT, _CAMERA = range(8)


def export_glb(motion: FaceMotion, path: str | Path) -> Path:
    """Write the head moving as `motion` to a binary glTF 2.0 file, and return its path.

    The face is one skinned mesh with 52 morph targets named by ARKit (mesh.extras.targetNames); nodes "head",
    "eyeLeft" and "eyeRight" turn. The animation has a key a frame and one more that ends it, so that it lasts as long
    as the motion. Sound is not part of glTF.

    Raises InputError when the motion has no frame, or the place does not end in .glb or can't be written.
    """
    target = Path(path)
    check_place(target, ".glb")
    if len(motion) == 0:
        raise InputError("The motion has no frame, so there is nothing to write.")
    head, binary = AvatarHead.load(), Binary()
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "Affetto", "copyright": _COPYRIGHT},
        "scene": 0,
        "scenes": [{"name": "bust", "nodes": [_FACE, _JUMPER, _NECK, _CAMERA]}],
        "cameras": [{"type": "perspective", "perspective": {"yfov": 0.36, "znear": 0.05, "zfar": 10.0}}],
        "nodes": _nodes(head),
        "skins": [{"joints": [_NECK, _HEAD], "skeleton": _NECK}],
        "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 33071}],
        **_materials(head, binary),
        "meshes": _meshes(head, binary),
        "animations": [_animation(motion, head, binary)],
    }
    with written_whole(target) as part:
        part.write_bytes(binary.container(document))
    return target


def _nodes(head: AvatarHead) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = [{} for _ in range(8)]
    nodes[_FACE] = {"name": "face", "mesh": 0, "skin": 0}
    nodes[_JUMPER] = {"name": "jumper", "mesh": 1}
    nodes[_NECK] = {"name": "neck", "children": [_HEAD]}
    nodes[_HEAD] = {"name": "head", "children": [_HAIR, _LEFT, _RIGHT]}
    nodes[_HAIR] = {"name": "hair", "mesh": 2}
    for node, name, side in ((_LEFT, "eyeLeft", 0), (_RIGHT, "eyeRight", 1)):
        nodes[node] = {"name": name, "mesh": 3 + side, "translation": (head.eyes[side] * _METRES).tolist()}
    nodes[_CAMERA] = {"name": "camera", "camera": 0, "translation": [0.0, 0.012, 0.85]}
    return nodes


def _materials(head: AvatarHead, binary: Binary) -> dict[str, Any]:
    names = [m.texture for m in MATERIALS if m.texture]
    materials = []
    for m in MATERIALS:
        surface: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": m.roughness}
        surface["baseColorFactor"] = [*m.colour, 1.0]
        if m.texture:
            surface["baseColorTexture"] = {"index": names.index(m.texture)}
        materials.append({"name": m.name, "pbrMetallicRoughness": surface, "doubleSided": m.two_sided})
    return {
        "images": [
            {"name": name, "mimeType": "image/jpeg", "bufferView": binary.view(head.textures[name])} for name in names
        ],
        "textures": [{"source": i, "sampler": 0} for i in range(len(names))],
        "materials": materials,
    }


def _meshes(head: AvatarHead, binary: Binary) -> list[dict[str, Any]]:
    rest = _normals(head, head.points)
    face = np.isin(head.materials, _MOVING)
    vertices = np.unique(head.triangles[face])
    attributes = _attributes(head, binary, vertices, rest)
    follow = head.follow[vertices]
    joints = np.zeros((len(vertices), 4), np.uint8)
    joints[:, 1] = 1
    joints[follow >= 1] = (1, 0, 0, 0)
    weights = np.zeros((len(vertices), 4), np.float32)
    weights[:, 0], weights[:, 1] = 1 - follow, follow
    weights[follow >= 1] = (1, 0, 0, 0)
    joints[follow <= 0] = 0
    attributes["JOINTS_0"] = binary.accessor(joints, VERTICES)
    attributes["WEIGHTS_0"] = binary.accessor(weights, VERTICES)
    targets = []
    for delta in head.deltas:
        turned = _normals(head, head.points + delta)[vertices] - rest[vertices]
        turned[np.abs(turned).max(axis=1) < 2e-3] = 0  # an eighth of a degree is not seen
        targets.append(
            {
                "POSITION": binary.sparse(delta[vertices] * np.float32(_METRES), bounds=True),
                "NORMAL": binary.sparse(turned),
            }
        )
    number = np.full(len(head.points), -1)
    number[vertices] = np.arange(len(vertices))
    primitives = [
        {
            "attributes": attributes,
            "targets": targets,
            "material": m,
            "indices": _indices(binary, number[head.triangles[head.materials == m]]),
        }
        for m in _MOVING
    ]
    weights_at_rest = [0.0] * len(ARKIT_NAMES)
    return [
        {
            "name": "face",
            "primitives": primitives,
            "weights": weights_at_rest,
            "extras": {"targetNames": list(ARKIT_NAMES)},
        },
        _rigid(head, binary, rest, "jumper", JUMPER, head.materials == JUMPER),
        _rigid(head, binary, rest, "hair", HAIR, head.materials == HAIR),
        *(
            _rigid(head, binary, rest, name, EYES, np.isin(head.triangles[:, 0], eye), head.eyes[side])
            for side, (name, eye) in enumerate(zip(("eyeLeft", "eyeRight"), head.eye_vertices, strict=True))
        ),
    ]


def _rigid(
    head: AvatarHead,
    binary: Binary,
    normals: Floats,
    name: str,
    material: int,
    chosen: npt.NDArray[np.bool_],
    origin: Floats | float = 0.0,
) -> dict[str, Any]:
    """A mesh without morphs: the chosen triangles, about `origin`."""
    vertices, corners = np.unique(head.triangles[chosen], return_inverse=True)
    attributes = _attributes(head, binary, vertices, normals, origin)
    indices = _indices(binary, corners.reshape(-1, 3))
    return {"name": name, "primitives": [{"attributes": attributes, "material": material, "indices": indices}]}


def _attributes(
    head: AvatarHead,
    binary: Binary,
    vertices: npt.NDArray[np.integer],
    normals: Floats,
    origin: Floats | float = 0.0,
) -> dict[str, int]:
    points = ((head.points[vertices] - origin) * _METRES).astype(np.float32)
    uv = np.column_stack([head.uv[vertices, 0], 1 - head.uv[vertices, 1]]).astype(np.float32)
    # Folds and the inside of the mouth are dark in viewers that know no occlusion by the vertex.
    shade = (255 * (0.15 + 0.85 * head.light[vertices, 0])).round().astype(np.uint8)
    colours = np.column_stack([shade, shade, shade, np.full_like(shade, 255)])
    return {
        "POSITION": binary.accessor(points, VERTICES, bounds=True),
        "NORMAL": binary.accessor(normals[vertices], VERTICES),
        "TEXCOORD_0": binary.accessor(uv, VERTICES),
        "COLOR_0": binary.accessor(colours, VERTICES, normalized=True),
    }


def _indices(binary: Binary, triangles: npt.NDArray[np.integer]) -> int:
    return binary.accessor(triangles.astype(np.uint16).reshape(-1), INDICES)


def _normals(head: AvatarHead, points: Floats) -> Floats:
    normals, total = np.empty_like(points), np.empty_like(points)
    vertex_normals(points, head.triangles, head.weld, total, normals)
    return normals


def _animation(motion: FaceMotion, head: AvatarHead, binary: Binary) -> dict[str, Any]:
    times = binary.accessor((np.arange(len(motion) + 1) / motion.fps).astype(np.float32), bounds=True)
    gaze = motion.gaze
    flat = np.zeros((len(motion), 1), np.float32)
    tracks: list[tuple[int, str, Floats, type]] = [
        (_FACE, "weights", _held(effective(motion.coefficients)).reshape(-1), np.uint16),
        (_HEAD, "rotation", _quaternions(_held(motion.rotation)), np.int16),
        (_HEAD, "translation", _held(motion.translation * np.float32(_METRES)), np.float32),
    ]
    for node, side in ((_LEFT, 0), (_RIGHT, 1)):
        eye = np.column_stack([gaze[:, side, 1], gaze[:, side, 0], flat])
        tracks.append((node, "rotation", _quaternions(_held(eye)), np.int16))
    samplers, channels = [], []
    for node, what, values, kind in tracks:
        steps = _STEPS.get(kind)
        stored = values if steps is None else (values * steps).round().astype(kind)
        output = binary.accessor(stored, normalized=steps is not None)
        samplers.append({"input": times, "output": output, "interpolation": "LINEAR"})
        channels.append({"sampler": len(samplers) - 1, "target": {"node": node, "path": what}})
    return {"name": "performance", "samplers": samplers, "channels": channels}


def _held(values: npt.NDArray[np.floating]) -> Floats:
    """With the last frame once more, for as long as it is shown."""
    return np.concatenate([values, values[-1:]]).astype(np.float32)


def _quaternions(angles: Floats) -> Floats:
    """[F, 4] x, y, z, w of pitch, yaw, roll [F, 3] as `FaceMotion.rotation` has them."""
    pitch, yaw, roll = angles.astype(float).T
    turns = Rotation.from_euler("YXZ", np.column_stack([yaw, -pitch, -roll])).as_quat()
    return np.where(turns[:, 3:] < 0, -turns, turns).astype(np.float32)

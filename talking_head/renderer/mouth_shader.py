"""The inside of the mouth, pixel by pixel: dental arches, tongue and cavity where the line of sight meets them.

Coordinates are the head's, in canonical centimetres from the closed lips: x to the viewer's right, y down, z back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled
from talking_head.renderer.pixels import Colour, Floats, byte, curve_at, mix
from talking_head.smoothstep import step

ARC_STEPS = 128
"""Entries of the tables that turn an arch's angle, 0 to pi/2, into length along it."""


class LipEdges(NamedTuple):
    """upper, lower: [21, 2] px along the mouth and down it from its corner at the viewer's left.

    axis: [4] that corner and the mouth's direction; px_per_cm: canonical.
    """

    upper: Floats
    lower: Floats
    axis: Floats
    px_per_cm: float


class Inside(NamedTuple):
    """What is behind the lips.

    ray: [4, 3] where sight crosses the plane of the lips at pixel (0, 0), how much farther along per pixel in x and
        per pixel in y, and its direction (z = 1).
    jaw: [3] how far it has moved, cm.  tongue: [7] centre and radii, cm, and how far out.
    arches: [2, 3] half-width, depth and front of the upper and the lower one, cm.
    arcs: [2, ARC_STEPS + 1] lengths along them, cm.
    edges: [2] y of the biting edges, cm.  upper_row, lower_row: [h, w, 4] at row_scale px per cm.
    palette: [4, 3] depth of the cavity, its walls, the tongue, the line where lips meet.
    light: [6] what reaches the upper lip, what reaches the lower lip, how much more comes from the viewer's right, 1
        where shade is warm (0 in a grey picture), how much of the light reaches teeth in a narrow gap too, and how far
        they rest on the lower lip, which then leaves no shade.
    """

    ray: Floats
    jaw: Floats
    tongue: Floats
    arches: Floats
    arcs: Floats
    edges: Floats
    upper_row: Floats
    lower_row: Floats
    row_scale: float
    palette: Floats
    light: Floats


@compiled(fastmath=True)
def shade_mouth(
    picture: npt.NDArray[np.uint8],
    box: npt.NDArray[np.int32],
    lips: LipEdges,
    inside: Inside,
    seam: float,
) -> None:
    """Draw between `lips` into `picture` [H, W, 3] within `box` (x0, y0, x1, y1).

    seam: strength of the line between closed lips.
    """
    upper, lower, axis, px_per_cm = lips
    ray, jaw, light, palette, tongue = inside.ray, inside.jaw, inside.light, inside.palette, inside.tongue
    for y in range(box[1], box[3]):
        for x in range(box[0], box[2]):
            rx, ry = x - axis[0], y - axis[1]
            along, down = rx * axis[2] + ry * axis[3], ry * axis[2] - rx * axis[3]
            top, top_slope = curve_at(upper, along)
            bottom, bottom_slope = curve_at(lower, along)
            below, above = (down - top) * top_slope, (bottom - down) * bottom_slope  # px from the lips
            gap = (bottom - top) / px_per_cm
            ends = min(along, upper[-1, 0] - along)
            if seam > 0.0 and ends > 0.0 and gap < 0.12:
                # A line that is widest and darkest in the middle.
                middle = step(0.0, 0.4 * upper[-1, 0], ends)
                off = (down - 0.5 * (top + bottom)) / (px_per_cm * (0.025 + 0.03 * middle) + 0.3)
                line = seam * np.exp(-off * off) * (1.0 - step(0.03, 0.12, gap)) * (0.35 + 0.65 * middle)
                line *= step(0.0, 0.3 * px_per_cm, ends)
                for c in range(3):
                    picture[y, x, c] = byte(picture[y, x, c] + (palette[3, c] - picture[y, x, c]) * line)
            cover = min(max(min(below, 0.5) + min(above, 0.5), 0.0), 1.0) * min(max(ends + 0.5, 0.0), 1.0)
            cover *= step(0.0, 0.05, gap)
            if cover <= 0.002:
                continue

            ox = ray[0, 0] + x * ray[1, 0] + y * ray[2, 0]
            oy = ray[0, 1] + x * ray[1, 1] + y * ray[2, 1]
            below_cm, above_cm = max(below, 0.0) / px_per_cm, max(above, 0.0) / px_per_cm
            lit = light[0] + (1 - light[0]) * (1 - np.exp(-below_cm / 0.38))
            at_lower = light[1] + (1 - light[1]) * light[5]
            lit *= at_lower + (1 - at_lower) * (1 - np.exp(-above_cm / 0.25))
            # Little light enters a narrow gap; teeth as bright as in a smile would draw a white line.
            lit *= (0.55 + 0.45 * max(step(0.0, 0.8, gap), light[4])) * (1.0 + light[2] * min(max(ox / 2.5, -1.0), 1.0))
            lit *= 1.0 - 0.5 * np.exp(-max(ends, 0.0) / (0.45 * px_per_cm))  # nor do cheeks let much in at the corners
            colour = _cavity(ox, oy, jaw, inside.edges, palette, lit)
            if tongue[6] < 0.15:
                colour = _tongue(colour, ox, oy, ray, jaw, tongue, palette, lit)
            lower_edge = (inside.edges[1], -1.0, jaw[1])
            colour = _teeth(colour, ox - jaw[0], oy, inside, 1, inside.lower_row, lower_edge, lit)
            if tongue[6] >= 0.15:  # over the lower teeth
                colour = _tongue(colour, ox, oy, ray, jaw, tongue, palette, lit)
            upper_edge = (inside.edges[0], 1.0, 0.0)
            colour = _teeth(colour, ox, oy, inside, 0, inside.upper_row, upper_edge, lit)
            # The lips' wet inner edge, wider on the lower lip, which turns outward.
            room = min(1.0, gap / 0.5) * (1.0 - 0.6 * light[5])
            inward = min(below_cm / (0.05 + 0.06 * room), above_cm / (0.05 + 0.13 * room))
            wet = 1.0 - 0.55 * min(inward, 1.0)
            skin = (picture[y, x, 0] * wet, picture[y, x, 1] * wet, picture[y, x, 2] * wet)
            colour = mix(colour, skin, 1.0 - step(0.15, 1.0, inward))
            for c in range(3):
                picture[y, x, c] = byte(picture[y, x, c] + (colour[c] - picture[y, x, c]) * cover)


@compiled(fastmath=True)
def _cavity(ox: float, oy: float, jaw: Floats, edges: Floats, palette: Floats, lit: float) -> Colour:
    """The far wall: hollow, darker the deeper."""
    middle, half = 0.5 * (edges[0] + edges[1] + jaw[1]), 0.9 + 0.52 * jaw[1]
    px, py = (ox - 0.5 * jaw[0]) / 2.6, (oy - middle) / half
    share = np.exp(-(1.3 + 4.5 * max(1.0 - px * px - py * py, 0.0)) / 2.0)
    return (
        (palette[0, 0] + (palette[1, 0] - palette[0, 0]) * share) * lit,
        (palette[0, 1] + (palette[1, 1] - palette[0, 1]) * share) * lit,
        (palette[0, 2] + (palette[1, 2] - palette[0, 2]) * share) * lit,
    )


@compiled(fastmath=True)
def _tongue(
    colour: Colour, ox: float, oy: float, ray: Floats, jaw: Floats, tongue: Floats, palette: Floats, lit: float
) -> Colour:
    """An ellipsoid that rests behind the lower teeth and moves with the jaw."""
    ax, ay = (ox - jaw[0] - tongue[0]) / tongue[3], (oy - jaw[1] - tongue[1]) / tongue[4]
    az = -tongue[2] / tongue[5]
    dx, dy, dz = ray[3, 0] / tongue[3], ray[3, 1] / tongue[4], 1.0 / tongue[5]
    a, b, c = dx * dx + dy * dy + dz * dz, ax * dx + ay * dy + az * dz, ax * ax + ay * ay + az * az - 1.0
    root = b * b - a * c
    if root <= 0.0:
        return colour
    z = (-b - np.sqrt(root)) / a
    nx, ny, nz = (ax + z * dx) / tongue[3], (ay + z * dy) / tongue[4], (az + z * dz) / tongue[5]
    length = np.sqrt(nx * nx + ny * ny + nz * nz)
    ny, nz = ny / length, nz / length
    groove = 1.0 - 0.16 * np.exp(-(((ox - jaw[0]) / 0.22) ** 2))
    facing = 0.42 + 0.58 * max(-0.55 * ny - 0.8 * nz, 0.0)
    shine = 0.30 * max(-0.80 * ny - 0.60 * nz, 0.0) ** 24
    tone = lit * (groove * facing + shine) * np.exp(-max(z - 1.2, 0.0) / 1.8)
    # The far edge of the tongue dissolves in the dark.
    flesh = (palette[2, 0] * tone, palette[2, 1] * tone, palette[2, 2] * tone)
    return mix(colour, flesh, step(0.0, 0.30, root / a))


@compiled(fastmath=True)
def _teeth(
    colour: Colour,
    ox: float,
    oy: float,
    inside: Inside,
    which: int,
    row: Floats,
    edge: tuple[float, float, float],
    lit: float,
) -> Colour:
    """A row on an elliptic arch. which: 0 the upper, 1 the lower.

    edge: y of the biting edge; 1 where the roots are above it, -1 below; how far the jaw has dropped at the incisors,
        cm, which is less farther back.
    """
    ray, arc, scale, warmth = inside.ray, inside.arcs[which], inside.row_scale, inside.light[3]
    half, depth, front = inside.arches[which, 0], inside.arches[which, 1], inside.arches[which, 2]
    dx, centre = ray[3, 0], front + depth
    a = dx * dx / (half * half) + 1.0 / (depth * depth)
    b = ox * dx / (half * half) - centre / (depth * depth)
    c = ox * ox / (half * half) + centre * centre / (depth * depth) - 1.0
    root = b * b - a * c
    if root <= 0.0:
        return colour
    z = (-b - np.sqrt(root)) / a
    back = z - front
    x, y = ox + z * dx, oy + z * ray[3, 1] - edge[2] * (1.0 - back / 11.0)
    angle = np.arctan2(abs(x) / half, (centre - z) / depth) * (ARC_STEPS / (0.5 * np.pi))
    i = min(int(angle), ARC_STEPS - 1)
    length = arc[i] + (arc[i + 1] - arc[i]) * min(angle - i, 1.0)
    u = row.shape[1] * 0.5 + np.sign(x) * length * scale - 0.5
    v = min((edge[0] - y) * edge[1] * scale - 0.5, row.shape[0] - 1.001)
    if u < 0 or u >= row.shape[1] - 1 or v <= -1.0:
        return colour
    i, j = int(np.floor(v)), int(u)
    fv, fu = v - i, u - j
    k, here = max(i, 0), 1.0 if i >= 0 else 0.0  # beyond the edge there is nothing
    w00, w01, w10, w11 = (1 - fv) * (1 - fu) * here, (1 - fv) * fu * here, fv * (1 - fu), fv * fu
    p, q, r, s = row[k, j], row[k, j + 1], row[i + 1, j], row[i + 1, j + 1]
    keep = 1.0 - (w00 * p[3] + w01 * q[3] + w10 * r[3] + w11 * s[3])
    # Light that reaches the shaded parts of teeth comes from lips and gums: it is warmer.
    tone = lit * np.exp(-back / 2.6)
    warm, cold = tone * (1.0 + 0.16 * warmth * (1.0 - tone)), tone * (1.0 - 0.14 * warmth * (1.0 - tone))
    return (
        colour[0] * keep + warm * (w00 * p[0] + w01 * q[0] + w10 * r[0] + w11 * s[0]),
        colour[1] * keep + tone * (w00 * p[1] + w01 * q[1] + w10 * r[1] + w11 * s[1]),
        colour[2] * keep + cold * (w00 * p[2] + w01 * q[2] + w10 * r[2] + w11 * s[2]),
    )

"""An eye, pixel by pixel: eyeball and iris between the lids."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled
from talking_head.renderer.pixels import byte, curve_at
from talking_head.smoothstep import step

Floats = npt.NDArray[np.float32]


@compiled(fastmath=True)
def shade_eye(
    picture: npt.NDArray[np.uint8],
    box: npt.NDArray[np.int32],
    upper: Floats,
    lower: Floats,
    axis: Floats,
    rest_upper: Floats,
    rest_axis: Floats,
    back: Floats,
    origin: npt.NDArray[np.int32],
    eyeball: Floats,
    iris: Floats,
    shift: Floats,
    strength: float,
) -> None:
    """Draw into `picture` [H, W, 3] within `box` (x0, y0, x1, y1).

    upper, lower: [17, 2] moved lids along and across the eye, px from its corner at the viewer's left; axis: [4] that
    corner and the eye's direction; rest_upper, rest_axis: the upper lid in the photograph; back: [2, 3] from the
    picture to the photograph as the eyeball moves; eyeball: [h, w, 4] and iris: [h, w, 4] crops of the photograph from
    `origin`, colour times coverage and coverage; shift: [2] of the iris, px; strength: of the eyeball in the picture.
    """
    width, scale = max(upper[-1, 0], 1.0), max(rest_upper[-1, 0], 1.0)
    for y in range(box[1], box[3]):
        for x in range(box[0], box[2]):
            rx, ry = x - axis[0], y - axis[1]
            along, down = rx * axis[2] + ry * axis[3], ry * axis[2] - rx * axis[3]
            top, top_slope = curve_at(upper, along)
            bottom, bottom_slope = curve_at(lower, along)
            below, above = (down - top) * top_slope, (bottom - down) * bottom_slope  # px from the lids
            ends = min(along, width - along)
            side = 2.0 * along / width - 1.0
            inside = min(max(min(below, 0.5) + min(above, 0.5), 0.0), 1.0) * min(max(ends + 0.5, 0.0), 1.0)
            # The lids' wet rims are the photograph's own, moved with the lids.
            inside *= step(-0.01 * scale, 0.05 * scale, above) * step(-0.01 * scale, 0.03 * scale, below)
            inside *= strength
            if inside > 0.002:
                qx = back[0, 0] * x + back[0, 1] * y + back[0, 2]
                qy = back[1, 0] * x + back[1, 1] * y + back[1, 2]
                ball = _sample(eyeball, qx - origin[0], qy - origin[1])
                disc = _sample(iris, qx - shift[0] - origin[0], qy - shift[1] - origin[1])
                # The upper lid's shadow moves with the lid; the photograph holds the one at rest.
                sx, sy = qx - rest_axis[0], qy - rest_axis[1]
                rest_top, rest_slope = curve_at(rest_upper, sx * rest_axis[2] + sy * rest_axis[3])
                was = (sy * rest_axis[2] - sx * rest_axis[3] - rest_top) * rest_slope
                tone = min(max(_shadow(below / scale) / _shadow(was / scale), 0.6), 1.15)
                tone *= (1.0 - 0.22 * side * side) * (1.0 - 0.20 * np.exp(-max(above, 0.0) / (0.06 * scale)))
                for c in range(3):
                    colour = (ball[c] * (1.0 - disc[3]) + disc[c]) * tone
                    picture[y, x, c] = byte(picture[y, x, c] + (colour - picture[y, x, c]) * inside)


@compiled(fastmath=True)
def _shadow(depth: float) -> float:
    """Light below the upper lid's edge, by the distance in eye widths."""
    return 1.0 - 0.38 * np.exp(-max(depth, 0.0) / 0.07)


@compiled(fastmath=True)
def _sample(image: Floats, x: float, y: float) -> tuple[float, float, float, float]:
    """Bilinear, of four channels."""
    x = min(max(x, 0.0), image.shape[1] - 1.001)
    y = min(max(y, 0.0), image.shape[0] - 1.001)
    i, j = int(y), int(x)
    fy, fx = y - i, x - j
    a, b, c, d = (1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx
    p, q, r, s = image[i, j], image[i, j + 1], image[i + 1, j], image[i + 1, j + 1]
    return (
        a * p[0] + b * q[0] + c * r[0] + d * s[0],
        a * p[1] + b * q[1] + c * r[1] + d * s[1],
        a * p[2] + b * q[2] + c * r[2] + d * s[2],
        a * p[3] + b * q[3] + c * r[3] + d * s[3],
    )

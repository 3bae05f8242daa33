"""A closing upper lid, pixel by pixel: its skin comes down like a curtain, its lashes turn over and down with it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled
from talking_head.renderer.pixels import byte, curve_at
from talking_head.smoothstep import step

Floats = npt.NDArray[np.float32]


class Skin(NamedTuple):
    """What a lid is drawn from.

    map_x, map_y: [h, w] where the pixels of its box are in the photograph, moved with the skin; socket: [2, 3] the same
    as if the lids had not moved, from x and y; bare: [h, w, 4], from `Warp.texture`, the part of the photograph from
    `origin` [2].
    """

    map_x: Floats
    map_y: Floats
    socket: Floats
    bare: npt.NDArray[np.uint8]
    origin: npt.NDArray[np.int32]


@compiled(fastmath=True)
def shade_lid(
    picture: npt.NDArray[np.uint8],
    box: npt.NDArray[np.int32],
    upper: Floats,
    axis: Floats,
    skin: Skin,
    roof: float,
    shares: tuple[float, float],
) -> None:
    """Draw the lid's skin into `picture` [H, W, 3] within `box` (x0, y0, x1, y1).

    upper: [17, 2] moved lid along and across the eye, px from its corner at the viewer's left; axis: [4] that corner
    and the eye's direction; roof: height of the brow over the lid, in eye widths; shares: of the skin in the picture,
    and of the skin that covers the corners of a closed eye, where the photograph's eye often goes beyond its landmarks.

    Skin drawn out of its fold looks as what is beside it, not stretched: near the lid it is sampled by `socket`.
    """
    map_x, map_y, socket, bare, origin = skin
    width = max(upper[-1, 0], 1.0)
    for y in range(box[1], box[3]):
        for x in range(box[0], box[2]):
            rx, ry = x - axis[0], y - axis[1]
            along, down = rx * axis[2] + ry * axis[3], ry * axis[2] - rx * axis[3]
            top, slope = curve_at(upper, along)
            below = (down - top) * slope
            ends, above = min(along, width - along) / width, (top - down) / width
            corner = shares[1] * step(0.24, 0.10, ends) * step(-0.16, -0.06, above)
            edge = max(min(max(0.5 - below, 0.0), 1.0), corner)
            within = step(-0.08, 0.03, ends)
            cover = within * edge + (1.0 - within) * step(-0.12, 0.0, above)
            cover *= shares[0] * step(0.75, 0.60, above) * step(-0.30, -0.16, ends)
            if cover <= 0.003:
                continue
            still = step(roof, 0.3 * roof, above) * step(-0.22, -0.02, ends)
            u, v = map_x[y - box[1], x - box[0]], map_y[y - box[1], x - box[0]]
            u += still * (socket[0, 0] * x + socket[0, 1] * y + socket[0, 2] - u)
            v += still * (socket[1, 0] * x + socket[1, 1] * y + socket[1, 2] - v)
            u = min(max(u - origin[0], 0.0), bare.shape[1] - 1.001)
            v = min(max(v - origin[1], 0.0), bare.shape[0] - 1.001)
            i, j = int(v), int(u)
            fy, fx = v - i, u - j
            # The lid turns away from the light towards its edge.
            tone = 1.0 - 0.16 * within * np.exp(-max(above, 0.0) / 0.04)
            for c in range(3):
                first = bare[i, j, c] + (np.float32(bare[i, j + 1, c]) - bare[i, j, c]) * fx
                second = bare[i + 1, j, c] + (np.float32(bare[i + 1, j + 1, c]) - bare[i + 1, j, c]) * fx
                colour = (first + (second - first) * fy) * tone
                picture[y, x, c] = byte(picture[y, x, c] + (colour - picture[y, x, c]) * cover)


@compiled(fastmath=True)
def shade_lashes(
    picture: npt.NDArray[np.uint8],
    box: npt.NDArray[np.int32],
    upper: Floats,
    axis: Floats,
    lashes: Floats,
    reach: tuple[float, float],
    lash: Floats,
    tilt: float,
    strengths: tuple[float, float],
) -> None:
    """Draw the lashes along the moved lid.

    lashes: [h, w] opacity, and reach: (up, sideways) as in `Eyelids`; lash: [3] colour; tilt: their length as seen, as
    a share of that in the photograph, negative when they point down; strengths: of the lashes and of the lid's edge.
    """
    width = max(upper[-1, 0], 1.0)
    rise, fall = step(-0.1, 0.2, tilt), step(0.1, -0.2, tilt)
    length = width * max(abs(tilt), 0.18)
    across, high = (lashes.shape[1] - 1.0) / (1.0 + 2.0 * reach[1]), (lashes.shape[0] - 1.0) / reach[0]
    for y in range(box[1], box[3]):
        for x in range(box[0], box[2]):
            rx, ry = x - axis[0], y - axis[1]
            along, down = rx * axis[2] + ry * axis[3], ry * axis[2] - rx * axis[3]
            top, slope = curve_at(upper, along)
            below = (down - top) * slope
            ends = min(along, width - along) / width
            side = rise if below <= 0.0 else fall
            v = abs(down - top) / length * high
            u = (along / width + reach[1]) * across
            dark = 0.0
            if side > 0.0 and v < lashes.shape[0] - 1.001 and 0.0 <= u < lashes.shape[1] - 1.001:
                i, j = int(v), int(u)
                fy, fx = v - i, u - j
                first = lashes[i, j] + (lashes[i, j + 1] - lashes[i, j]) * fx
                second = lashes[i + 1, j] + (lashes[i + 1, j + 1] - lashes[i + 1, j]) * fx
                dark = side * strengths[0] * (first + (second - first) * fy)
                dark *= rise + (1.0 - rise) * step(0.0, 0.15, ends)  # the lid's curve is steep at its corners
            if ends > 0.0:
                # The edge of the lid, and the lashes seen end on: a line that tapers to the corners.
                middle = step(0.0, 0.4, ends)
                thick = width * (0.012 + 0.014 * middle) + 0.45
                line = strengths[1] * step(-0.03, 0.20, ends) * np.exp(-((below / thick) ** 2))
                dark = 1.0 - (1.0 - dark) * (1.0 - line)
            if dark > 0.004:
                for c in range(3):
                    picture[y, x, c] = byte(picture[y, x, c] + (lash[c] - picture[y, x, c]) * dark)

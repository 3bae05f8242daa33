"""Samples of the head's z-buffer, lit and made pixels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled
from talking_head.avatar.surface import light_surface

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

_TONES = 4096
_BRIGHTEST = 2.0
# Samples of a pixel that lie within this share of one depth, on one material, are one surface: one is lit for all.
_ONE_SURFACE = np.float32(0.004)


def tones() -> npt.NDArray[np.uint8]:
    """[4096] sRGB of linear 0..2, with highlights rolled off above 0.7 rather than cut."""
    x = np.linspace(0, _BRIGHTEST, _TONES)
    x = np.where(x > 0.7, 0.7 + 0.3 * (1 - np.exp(-(x - 0.7) / 0.3)), x)
    encoded = np.where(x < 0.0031308, 12.92 * x, 1.055 * x ** (1 / 2.4) - 0.055)
    return (encoded * 255).round().astype(np.uint8)


@compiled(fastmath=True)
def shade(
    shown: Ints,
    weights: Floats,
    depth: Floats,
    triangles: Ints,
    materials: npt.NDArray[np.uint8],
    vertices: Floats,
    colours: Floats,
    texels: Floats,
    sizes: Ints,
    lights: Floats,
    places: Floats,
    tone: npt.NDArray[np.uint8],
    backdrop: npt.NDArray[np.uint8],
    picture: npt.NDArray[np.uint8],
) -> None:
    """Light the samples [2h, 2w] of a z-buffer and write them as pixels [h, w, 3 or 4], the fourth the coverage.

    vertices: [V, 10] place, normal, texture coordinate, ambient and key light. colours: [M, 3] of materials without a
    texture; texels: [N, 3] of all textures, linear; sizes: int32 [M, 3] of each material's texture first texel, height
    and width. lights: [4, 3] directions to key, fill and two rims. places: [4, 3] of the camera, of where the hair
    parts, and of the middles of the left and the right eyeball.
    """
    height, width = picture.shape[0], picture.shape[1]
    out = np.zeros(3, np.float32)
    scale = np.float32((_TONES - 1) / _BRIGHTEST)
    for y in range(height):
        for x in range(width):
            covered = 0
            near, far = np.float32(0), np.float32(1e9)
            material, mixed = -1, False
            for s in range(4):
                sy, sx = 2 * y + s // 2, 2 * x + s % 2
                t = shown[sy, sx]
                if t >= 0:
                    covered += 1
                    near, far = max(near, depth[sy, sx]), min(far, depth[sy, sx])
                    mixed |= material >= 0 and materials[t] != material
                    material = materials[t]
            if covered == 0:
                for c in range(3):
                    picture[y, x, c] = backdrop[y, x, c]
                if picture.shape[2] == 4:
                    picture[y, x, 3] = 0
                continue
            one = covered == 4 and not mixed and near - far < _ONE_SURFACE * near
            red, green, blue = np.float32(0), np.float32(0), np.float32(0)
            for s in range(1 if one else 4):
                sy, sx = 2 * y + s // 2, 2 * x + s % 2
                t = shown[sy, sx]
                if t < 0:
                    continue
                wb, wc = weights[sy, sx, 0], weights[sy, sx, 1]
                light_surface(t, wb, wc, triangles, materials[t], vertices, colours, texels, sizes, lights, places, out)
                red += out[0]
                green += out[1]
                blue += out[2]
            lit = np.float32(1 / (1 if one else covered))
            share = np.float32(covered) / 4
            solid = picture.shape[2] == 4
            for c in range(3):
                value = (red if c == 0 else green if c == 1 else blue) * lit
                encoded = np.float32(tone[int(min(max(value * scale, np.float32(0)), np.float32(_TONES - 1)))])
                if not solid and covered < 4:
                    encoded = encoded * share + np.float32(backdrop[y, x, c]) * (1 - share)
                picture[y, x, c] = np.uint8(encoded + np.float32(0.5))
            if solid:
                picture[y, x, 3] = np.uint8(255 * share + np.float32(0.5))

"""Light on a point of the head: a soft key, a cool fill and two rims on skin, eyes, teeth, hair and cloth."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from studio.compiled import compiled
from talking_head.avatar.materials import EYES, HAIR, JUMPER, SKIN, TEETH
from talking_head.avatar.normals import inverse_length

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

# Set by eye on contact sheets of expressions. Rows: key, fill and the two rims; columns: red, green, blue.
_POWER = np.array([[1.50, 1.38, 1.24], [0.20, 0.24, 0.30], [0.34, 0.34, 0.34], [0.34, 0.34, 0.34]], np.float32)
# Light scatters in skin, red farthest: it reaches round the edge of a shadow by this much ...
_WRAP = np.array([0.32, 0.16, 0.10], np.float32)
# What is left of a tooth's slope up or down, and how much it faces the viewer at least.
_UPRIGHT, _FORWARD = np.float32(0.2), np.float32(0.5)
# Where the key is seen in the cornea: a little lower than it is, where the lid leaves room for it.
_CATCHLIGHT = np.array([-0.17, 0.10, 0.98], np.float32)


@compiled(fastmath=True)
def light_surface(
    t: int,
    wb: np.float32,
    wc: np.float32,
    triangles: Ints,
    material: int,
    vertices: Floats,
    colours: Floats,
    texels: Floats,
    sizes: Ints,
    lights: Floats,
    places: Floats,
    out: Floats,
) -> None:
    """Linear colour of a point of triangle t, into `out` [3]; arguments as `shade` has them."""
    i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
    wa = np.float32(1) - wb - wc
    px, py, pz = _between(vertices, 0, i, j, k, wa, wb, wc)
    u, v = (
        wa * vertices[i, 6] + wb * vertices[j, 6] + wc * vertices[k, 6],
        wa * vertices[i, 7] + wb * vertices[j, 7] + wc * vertices[k, 7],
    )
    ambient = wa * vertices[i, 8] + wb * vertices[j, 8] + wc * vertices[k, 8]
    key = wa * vertices[i, 9] + wb * vertices[j, 9] + wc * vertices[k, 9]
    if material == EYES:
        # The mesh's eyeballs have few faces; a sphere's normals make them round.
        left = abs(px - places[2, 0]) + abs(py - places[2, 1]) < abs(px - places[3, 0]) + abs(py - places[3, 1])
        ball = 2 if left else 3
        nx, ny, nz = px - places[ball, 0], py - places[ball, 1], pz - places[ball, 2]
    else:
        nx, ny, nz = _between(vertices, 3, i, j, k, wa, wb, wc)
    inverse = inverse_length(nx, ny, nz)
    nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
    if material == EYES:  # the upper lid's shadow
        shadow = min(max((ny - np.float32(0.02)) * np.float32(3.2), np.float32(0)), np.float32(0.62))
        ambient, key = np.float32(0.85) - shadow, np.float32(0.9) - shadow
    ex, ey, ez = places[0, 0] - px, places[0, 1] - py, places[0, 2] - pz
    inverse = inverse_length(ex, ey, ez)
    ex, ey, ez = ex * inverse, ey * inverse, ez * inverse
    facing = nx * ex + ny * ey + nz * ez
    if facing < 0 and material != SKIN:  # the back of a thin sheet
        nx, ny, nz, facing = -nx, -ny, -nz, -facing
    if material == TEETH:  # rows of few faces, whose edges would be lit like steps
        ny, nz = _UPRIGHT * ny, max(nz, _FORWARD)
        inverse = inverse_length(nx, ny, nz)
        nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
    _colour(material, u, v, colours, texels, sizes, out)
    red, green = out[0], out[1]
    _diffuse(material, nx, ny, nz, ambient, key, lights, out)
    rim = (np.float32(1) - max(facing, np.float32(0.02))) ** 4
    if material == HAIR:
        ax, ay, az = px - places[1, 0], py - places[1, 1], pz - places[1, 2]
        gloss = np.float32(0.30) * out[0] * _strand_gloss(nx, ny, nz, ax, ay, az, ex, ey, ez, ambient, key, lights)
        gloss += np.float32(0.07) * rim * ambient
    elif material == EYES:
        seen = max(nx * _CATCHLIGHT[0] + ny * _CATCHLIGHT[1] + nz * _CATCHLIGHT[2], np.float32(0))
        gloss = np.float32(1.3) * seen**500
    elif material == JUMPER:
        gloss = np.float32(0.05) * ambient * rim
    else:
        gloss = _gloss(material, red, green, nx, ny, nz, ex, ey, ez, ambient, key, lights)
        if material == SKIN:
            gloss += np.float32(0.07) * rim * ambient
    for c in range(3):
        out[c] += gloss


@compiled(fastmath=True)
def _between(
    vertices: Floats, column: int, i: int, j: int, k: int, wa: np.float32, wb: np.float32, wc: np.float32
) -> tuple[np.float32, np.float32, np.float32]:
    """Three columns of the vertices at a point of a triangle."""
    return (
        wa * vertices[i, column] + wb * vertices[j, column] + wc * vertices[k, column],
        wa * vertices[i, column + 1] + wb * vertices[j, column + 1] + wc * vertices[k, column + 1],
        wa * vertices[i, column + 2] + wb * vertices[j, column + 2] + wc * vertices[k, column + 2],
    )


@compiled(fastmath=True)
def _colour(
    material: int, u: np.float32, v: np.float32, colours: Floats, texels: Floats, sizes: Ints, out: Floats
) -> None:
    """Of the surface itself, into `out`."""
    start, height, width = sizes[material, 0], sizes[material, 1], sizes[material, 2]
    if height == 0:
        for c in range(3):
            out[c] = colours[material, c]
        return
    if material == HAIR:
        u = u - np.float32(math.floor(u))
    one, half = np.float32(1), np.float32(0.5)
    x = min(max(u * np.float32(width) - half, np.float32(0)), np.float32(width) - np.float32(1.001))
    y = min(max((one - v) * np.float32(height) - half, np.float32(0)), np.float32(height) - np.float32(1.001))
    row, column = int(y), int(x)
    fy, fx = y - np.float32(row), x - np.float32(column)
    first = start + row * width + column
    for c in range(3):
        upper = texels[first, c] + fx * (texels[first + 1, c] - texels[first, c])
        lower = texels[first + width, c] + fx * (texels[first + width + 1, c] - texels[first + width, c])
        out[c] = upper + fy * (lower - upper)


@compiled(fastmath=True)
def _diffuse(
    material: int, nx: float, ny: float, nz: float, ambient: float, key: float, lights: Floats, out: Floats
) -> None:
    """Multiply `out`, a surface's colour, by the light that it scatters."""
    sky = np.float32(0.5) + np.float32(0.5) * ny
    for c in range(3):
        wrap = np.float32(0)
        if material == SKIN:
            wrap = _WRAP[c]
        elif material in (EYES, TEETH):
            wrap = np.float32(0.25)
        total = np.float32(0)
        for number in range(4):
            slope = nx * lights[number, 0] + ny * lights[number, 1] + nz * lights[number, 2]
            slope = max((slope + wrap) / (np.float32(1) + wrap), np.float32(0))
            reach = key + (np.float32(1) - key) * wrap * np.float32(0.5) if number == 0 else ambient
            total += slope * reach * _POWER[number, c]
        # ... and out of folds: ambient to the power of 3/4.
        folds = math.sqrt(ambient * math.sqrt(ambient)) if material == SKIN and c == 0 else ambient
        out[c] *= total + np.float32(folds) * (np.float32(0.09) + np.float32(0.20) * sky)


@compiled(fastmath=True)
def _gloss(
    material: int,
    red: float,
    green: float,
    nx: float,
    ny: float,
    nz: float,
    ex: float,
    ey: float,
    ez: float,
    ambient: float,
    key: float,
    lights: Floats,
) -> np.float32:
    """Blinn's highlight: on skin a broad and a narrow one, stronger where it is red as lips are; wet in the mouth."""
    wet = max(red - np.float32(2.2) * green, np.float32(0)) * np.float32(3)
    bare = min(np.float32(2.2) * red, np.float32(1))  # brows and lashes are dull
    gloss = np.float32(0)
    for number in range(4):
        hx, hy, hz = lights[number, 0] + ex, lights[number, 1] + ey, lights[number, 2] + ez
        shine = max((nx * hx + ny * hy + nz * hz) * inverse_length(hx, hy, hz), np.float32(0))
        reach = np.float32(1.5) * key if number == 0 else np.float32(0.35) * ambient
        if material == SKIN:
            narrow = np.float32(0.035) + np.float32(0.35) * wet
            gloss += reach * bare * (np.float32(0.045) * shine**12 + narrow * shine**48)
        else:
            gloss += reach * np.float32(0.22) * shine**60
    return np.float32(gloss)


@compiled(fastmath=True)
def _strand_gloss(
    nx: float,
    ny: float,
    nz: float,
    ax: float,
    ay: float,
    az: float,
    ex: float,
    ey: float,
    ez: float,
    ambient: float,
    key: float,
    lights: Floats,
) -> np.float32:
    """Highlight of strands that lie in the surface and run away from the crown, at a. Kajiya and Kay, 1989."""
    along = ax * nx + ay * ny + az * nz
    ax, ay, az = ax - along * nx, ay - along * ny, az - along * nz
    inverse = inverse_length(ax, ay, az)
    gloss = np.float32(0)
    for number in range(4):
        hx, hy, hz = lights[number, 0] + ex, lights[number, 1] + ey, lights[number, 2] + ez
        cosine = (ax * hx + ay * hy + az * hz) * inverse * inverse_length(hx, hy, hz)
        reach = np.float32(1.5) * key if number == 0 else np.float32(0.35) * ambient
        gloss += reach * max(np.float32(1) - cosine * cosine, np.float32(0)) ** 14
    return np.float32(gloss)

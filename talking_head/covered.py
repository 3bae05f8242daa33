"""A hand, a cup or a mask before the mouth of a photograph: told by lips that are not where the landmarker puts them.

The landmarker finds a mouth under anything. Where lips are seen, their red differs from the skin beside it all around,
they have the face's own hue, and a dark line runs between them.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.landmarks import topology

Floats = npt.NDArray[np.float32]

# Colours are logarithms (in hundredths) of luma and of red and blue over green, which light, whatever its colour,
# changes alike. Measured on 7 plain faces (lipstick, bare, a beard, grey, smiles, shade), 53 frames of a film of a
# woman with her mouth free and 19 with her hand before it, and 25 of those faces with something pasted over the mouth;
# all of them also darker, lighter, warmer, colder, grey, at half the size and as poor JPEGs.
_FLOOR = 8.0  # of 255, below which colours are noise
# The fifth of the lips that is least red has this share of the cheeks' red over green: .73 at least; .0 to .5 behind
# dark or grey things. Cheeks less red than the second tell nothing.
_FOREIGN, _HUELESS = 0.5, 10.0
# Share of the lips that differs from the skin beside it: .39 at least; behind a flat thing hardly any.
_DIFFERENT, _MOSTLY = 10.0, 0.3
# Where lips are redder than the skin by the first (in their reddest quarter), they are so all around: in the palest
# stretch of a fifth by a share of .17 at least, behind a hand by none or less. A line runs between them, darker by the
# third, over .44 of their width at least where they are seen. Share and half of this: .32 at least, but
# for two in poor JPEGs; hands -.2 to .28, but for a fingertip at the lips, up to .78. In grey nothing is red.
_RED, _STRETCH, _LINE, _UNBROKEN = 6.0, 4, 4.0, 0.3
# Lips that are not red are known by the line alone: .44 at least; behind a hand .44 at most, mostly under .34.
_LINE_SHARE = 0.4
# How far from the lips' edge skin is looked at, and over how much a colour is averaged; the line's is finer, cm.
_BESIDE, _PATCH, _FINE = 0.45, 0.12, 0.06
_EYES_APART = 9.0  # canonical cm from one outer corner to the other

_CHEEKS = [50, 101, 36, 205, 280, 330, 266, 425]
_OUTER_EYES = [33, 263]
_FOREHEAD, _CHIN = 10, 152
# Pairs of outer and inner edges [18], once around the mouth, its corners left out.
_OUTER, _INNER = (
    [*upper[1:-1], *lower[-2:0:-1]]
    for upper, lower in (
        (topology.LIPS_OUTER_UPPER, topology.LIPS_OUTER_LOWER),
        (topology.LIPS_INNER_UPPER, topology.LIPS_INNER_LOWER),
    )
)
_HALF = len(_OUTER) // 2


def mouth_covered(image: npt.NDArray[np.uint8], landmarks: npt.NDArray[np.floating]) -> bool:
    """Whether something lies before the mouth of the face with landmarks [478, 3] px in `image`, RGB [H, W, 3]."""
    low = np.maximum(landmarks[:468, :2].min(0), 0).astype(int)
    high = np.ceil(landmarks[:468, :2].max(0)).astype(int) + 1
    points = (landmarks[:468, :2] - low).astype(np.float32)
    cm = float(np.linalg.norm(np.subtract(*points[_OUTER_EYES]))) / _EYES_APART
    tones = _tones(image[low[1] : high[1], low[0] : high[0]])
    smooth, fine = (
        np.asarray(cv2.GaussianBlur(tones, (0, 0), max(size * cm, 0.6)), np.float32) for size in (_PATCH, _FINE)
    )
    outer, inner = points[_OUTER], points[_INNER]
    lips = _at(smooth, (outer + inner) / 2)
    beside = _at(smooth, outer + _BESIDE * cm * _outward(points))
    cheeks = float(np.median(_at(smooth, points[_CHEEKS])[:, 1]))
    if cheeks > _HUELESS and float(np.percentile(lips[:, 1], 20)) < _FOREIGN * cheeks:
        return True
    if (np.abs(lips - beside).max(1) > _DIFFERENT).mean() < _MOSTLY:
        return True
    line = _line(fine, outer, inner, cm)
    redder = lips[:, 1] - beside[:, 1]
    reddest = float(np.percentile(redder, 75))
    if reddest <= _RED:
        return line < _LINE_SHARE
    palest = min(np.roll(redder, -k)[:_STRETCH].mean() for k in range(len(redder)))
    return bool(palest / reddest + line / 2 < _UNBROKEN)


def _tones(picture: npt.NDArray[np.uint8]) -> Floats:
    """[h, w, 3]: luma, red over green, blue over green."""
    red, green, blue = np.moveaxis(100 * np.log(picture + np.float32(_FLOOR)), 2, 0)
    return np.dstack([0.3 * red + 0.59 * green + 0.11 * blue, red - green, blue - green]).astype(np.float32)


def _line(tones: Floats, outer: Floats, inner: Floats, cm: float) -> float:
    """Share of the mouth's width over which what is between the lips has something darker than either lip."""
    lips = _at(tones, (outer + inner) / 2)[:, 0]
    upper, lower = inner[:_HALF], inner[: _HALF - 1 : -1]
    down = (lower - upper).mean(0) + (outer[: _HALF - 1 : -1] - outer[:_HALF]).mean(0)
    down /= max(float(np.linalg.norm(down)), 1e-6)
    ways = [upper + t * (lower - upper) + (0.2 * t - 0.1) * cm * down for t in np.linspace(0, 1, 9)]
    darkest = np.min([_at(tones, way)[:, 0] for way in ways], axis=0)
    return float((np.minimum(lips[:_HALF], lips[: _HALF - 1 : -1]) - darkest > _LINE).mean())


def _outward(points: Floats) -> Floats:
    """[18, 2] from the lips to the skin beside them: across their edge, and up or down the face."""
    across = points[_OUTER] - points[_INNER]
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
    up = points[_FOREHEAD] - points[_CHIN]
    up /= max(float(np.linalg.norm(up)), 1e-6)
    side = np.repeat([1.0, -1.0], _HALF)[:, None]
    return np.asarray(0.5 * across + 0.5 * side * up, np.float32)


def _at(picture: Floats, points: npt.NDArray[np.floating]) -> Floats:
    """Colours [n, 3] at points [n, 2] px."""
    x, y = np.asarray(points, np.float32).T
    return np.asarray(cv2.remap(picture, x[None], y[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0])

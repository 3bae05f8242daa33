"""What a closing eye is drawn from: the skin of its lids without lashes, and its upper lashes by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.renderer.curves import Opening
from talking_head.renderer.eye_textures import crop_around, local
from talking_head.renderer.fill import fill_smoothly
from talking_head.renderer.palette import LUMA
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

# The longest lashes, and how far past the corners they go, in eye widths.
LASH_REACH = 0.36
LASH_MARGIN = 0.3

# Of the crop that a closing lid is drawn from, beyond the eye, in eye widths: it reaches up to the brow, and what is
# moved comes from a little farther.
_BARE_REACH = 1.4

# Of lashes too pale to be seen; and what is dark between lids and eyes all the same, over the skin.
_PALEST, _SHADE = 0.4, 0.5

# Strands are looked for this far above the lid, in eye widths.
_STRANDS_REACH = 0.6


@dataclass(frozen=True, eq=False)
class Eyelids:
    """bare: the part of the photograph around the eye, with skin where it and its upper lashes were, uint8 [h, w, 3];
    origin: int32 [2] px, where that part begins.

    lashes: float32 [h, w] opacity of the upper lashes; columns go from LASH_MARGIN of the eye's width outside the
    corner at the viewer's left to as far outside the other, rows from the lid's edge up to LASH_REACH.
    lash: [3] their colour; strength: how dark they make the lid's edge, 0 to 1.
    """

    bare: Picture
    origin: npt.NDArray[np.int32]
    lashes: Floats
    lash: Floats
    strength: float

    @classmethod
    def of(cls, image: Picture, rest: Opening, brows: Floats, outward: float) -> Eyelids:
        """Of an open eye in a photograph.

        brows: [10, 2] px upper and lower edge of its brow; outward: -1 if its outer corner is at the viewer's left,
        else 1.
        """
        box, x, y = crop_around(rest, image.shape, 0.9)
        part = np.s_[box[1] : box[3], box[0] : box[2]]
        crop = image[part].astype(np.float32)
        place = local(rest, x, y)
        along, below, _ = place
        clear = ~_brow(brows - box[:2], crop.shape, 0.04 * rest.width)
        hair = _strands(crop, place, rest.width) * ~_brow(_hairs(brows) - box[:2], crop.shape, 0)
        lids = _bare(crop, place, hair, clear, rest.width)
        around = rest.box(image.shape, _BARE_REACH * rest.width)
        bare = image[around[1] : around[3], around[0] : around[2]].copy()
        bare[box[1] - around[1] : box[3] - around[1], box[0] - around[0] : box[2] - around[0]] = np.clip(
            lids + 0.5, 0, 255
        ).astype(np.uint8)

        edge = (np.abs(below) < 0.04) & (along > 0.1) & (along < 0.9)
        lash, strength = np.full(3, 30.0), 0.5
        if edge.any():
            lash, skin = np.percentile(crop[edge], 15, axis=0) * 0.8, np.median(lids[edge], axis=0)
            strength = float(np.clip((skin - lash) @ LUMA / 140, _PALEST, 1))
            lash = np.minimum(lash, _SHADE * skin)
        lashes = _fringe(rest.width, outward, _length(hair, place))
        return cls(bare, around[:2].copy(), lashes, lash.astype(np.float32), strength)


def _bare(crop: Floats, place: tuple[Floats, Floats, Floats], hair: Floats, clear: Mask, width: float) -> Floats:
    """Skin where the eye and `hair` are [h, w, 3]; clear: where no brow is. Distances were set by eye."""
    along, below, above = place
    covered = np.maximum(hair, _opening(place))
    # Skin to draw on: the lid's own above all; what is below the eye has other light, and lashes of its own.
    sure = np.where(above < 0, np.where(above > -0.15, 0.0, 0.1), 1.0) * clear
    filled = fill_smoothly(crop, sure * (covered < 0.05))
    # What is much darker than that, near the lid's edge, is the roots of lashes and the line drawn along them.
    dark = crop @ LUMA < 0.85 * (filled @ LUMA)
    near = (below > -0.13) & (above > -0.03) & (along > -0.25) & (along < 1.25) & clear
    covered = np.maximum(covered, cv2.dilate((dark & near).astype(np.float32), np.ones((3, 3))))
    known = sure * (covered < 0.05)
    filled = cv2.GaussianBlur(fill_smoothly(crop, known), (0, 0), max(0.05 * width, 0.8)).astype(np.float32)
    # Closing, the lid bulges over the eyeball, from a crease where it was folded, whose edge shades the skin below it.
    middle = 1 - np.clip(np.abs(2 * along - 1), 0, 1) ** 2
    bulge = 0.12 * middle * smoothstep(-0.16, 0.05, below)
    folded = below + 0.15
    crease = 0.20 * np.sqrt(middle) * np.exp(-np.where(folded < 0, (folded / 0.018) ** 2, folded / 0.05))
    shaded = filled * (1 + bulge - crease)[..., None] + _grain(crop, known, width)
    wide = cv2.dilate(np.asarray(covered, np.float32), np.ones((2 * max(round(0.02 * width), 1) + 1,) * 2))
    weight = cv2.GaussianBlur(wide, (0, 0), max(0.025 * width, 0.6))[..., None]
    return np.asarray(weight * shaded + (1 - weight) * crop, np.float32)


def _length(hair: Floats, place: tuple[Floats, Floats, Floats]) -> float:
    """Of the lashes, in eye widths: how far above the lid they still cover a seventh of the skin."""
    along, below, _ = place
    heights = np.arange(0.06, 0.24, 0.04)
    over = [(np.abs(-below - h) < 0.03) & (along > 0.15) & (along < 0.85) for h in heights]
    shares = np.array([hair[band].mean() if band.any() else 0.0 for band in over])
    return float(heights[max(int(np.argmax(np.append(shares, 0) < 0.15)) - 1, 0)])


def _opening(place: tuple[Floats, Floats, Floats]) -> Floats:
    """Where the eye is, with the roots of its lashes [h, w]."""
    along, below, above = place
    low = np.where(np.minimum(along, 1 - along) < 0.2, -0.16, -0.05)
    inside = smoothstep(-0.09, -0.05, below) * smoothstep(0.0, 0.03, above - low)
    return np.asarray(inside * smoothstep(-0.08, -0.04, along) * smoothstep(-0.08, -0.04, 1 - along), np.float32)


def _strands(crop: Floats, place: tuple[Floats, Floats, Floats], width: float) -> Floats:
    """Where lashes are [h, w]: darker than what is beside them. A crease runs along the eye, and is none."""
    along, below, above = place
    n = 2 * max(round(0.06 * width), 1) + 1
    luma = (crop @ LUMA).astype(np.float32)
    beside = cv2.morphologyEx(luma, cv2.MORPH_CLOSE, np.ones((1, n), np.uint8))
    around = cv2.morphologyEx(luma, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (n, n)))
    corner = (along < 0.05) | (along > 0.95)
    light = np.where(corner, around, beside)
    hair = smoothstep(0.02, 0.06, (light - luma) / np.maximum(light, 8))
    zone = smoothstep(-_STRANDS_REACH, 0.8 * -_STRANDS_REACH, below) * (above > np.where(corner, -0.15, 0.0))
    ends = np.minimum(along, 1 - along)
    hair *= zone * (ends > -0.28) * (below > np.where(ends < 0.05, -0.3, -1.0))
    # Where there are as many strands near the brow, they are wrinkles.
    far = (below < -0.28) & (below > -0.42) & (ends > 0.15)
    wrinkled = smoothstep(0.2, 0.5, hair[far].mean() if far.any() else np.zeros(()))
    hair *= 1 - wrinkled * smoothstep(-0.09, -0.14, below)
    side = 2 * max(round(0.02 * width), 1) + 1
    return np.asarray(cv2.dilate(hair.astype(np.float32), np.ones((side, side))), np.float32)


def _grain(crop: Floats, skin: npt.NDArray[np.floating], width: float) -> Floats:
    """Noise [h, w, 1] as strong, fine and coarse, as the detail of the skin around."""
    rng = np.random.default_rng(0)
    luma = (crop @ LUMA).astype(np.float32)
    fine, coarse = max(0.02 * width, 0.7), max(0.06 * width, 1.6)
    bands = [luma, *(cv2.GaussianBlur(luma, (0, 0), s) for s in (fine, coarse))]
    out = np.zeros_like(luma)
    chosen = skin > 0.5
    if not chosen.any():
        return out[..., None]
    for a, b, share, across, down in (
        (bands[0], bands[1], 1.0, 0.5, 0.5),
        (bands[1], bands[2], 0.6, 1.5 * fine, 0.8 * fine),
    ):
        # The median: a mole or the rim of glasses is no grain.
        strength = share * 1.48 * np.median(np.abs((a - b)[chosen]))
        noise = cv2.GaussianBlur(rng.normal(0, 1, luma.shape).astype(np.float32), (0, 0), across, sigmaY=down)
        out += strength * noise / max(float(noise.std()), 1e-6)
    return np.clip(out, -25, 25)[..., None].astype(np.float32)


def _fringe(width: float, outward: float, length: float) -> Floats:
    """The opacity of a row of lashes, fanned out, longest towards the outer corner [h, w]."""
    rng = np.random.default_rng(0)
    fine = 6 * max(width, 20.0)  # px a width, four times what is kept
    columns, rows = int(fine * (1 + 2 * LASH_MARGIN)), int(fine * LASH_REACH)
    ink = np.zeros((rows, columns), np.uint8)
    for root in np.linspace(0.06, 0.94, 58) + rng.normal(0, 0.007, 58):
        outer = np.clip(root if outward > 0 else 1 - root, 0, 1)
        long = length * (0.3 + 0.8 * outer) * rng.uniform(0.7, 1.1)
        lean = outward * (0.9 * outer - 0.25) + rng.normal(0, 0.12)
        t = np.linspace(0, 1, 9)
        x = root + long * lean * (0.3 * t + 0.7 * t**2)
        y = long * t * (1 - 0.15 * t)
        points = (fine * np.stack([x + LASH_MARGIN, y], 1)).astype(np.int32)
        for k, (a, b) in enumerate(pairwise(points)):
            thick = max(round(0.014 * fine * (1 - k / 8) ** 0.7), 1)
            cv2.line(ink, a.tolist(), b.tolist(), int(215 * (1 - 0.7 * k / 8)), thick)
    small = cv2.resize(ink, (columns // 4, rows // 4), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small / np.float32(255), np.float32)


def _hairs(brows: Floats) -> Floats:
    """The upper half of a brow's outline, upper edge first: its landmarks lie well below the hairs."""
    upper, lower = np.split(brows, 2)
    return np.concatenate([upper, 0.5 * (upper + lower)])


def _brow(points: Floats, shape: tuple[int, ...], margin: float) -> Mask:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(points.round().astype(np.int32)), 1)
    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=max(int(margin), 1)) > 0)

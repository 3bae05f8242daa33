"""What an eye is drawn from: its eyeball and iris, whole, and lids without lashes, made from one photograph."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.renderer.curves import Opening
from talking_head.renderer.fill import fill_smoothly

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True, eq=False)
class Eyeball:
    """origin: int32 [2] px of the crops in the photograph; colour, iris: float32 [h, w, 4] colour times coverage, and
    coverage; radius: of the iris, px.
    """

    origin: npt.NDArray[np.int32]
    colour: Floats
    iris: Floats
    radius: float


def _local(opening: Opening, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Of pixels: place along the eye in its widths; distance below the upper and above the lower lid in eye widths."""
    rx, ry = x - opening.axis[0], y - opening.axis[1]
    c, s = opening.axis[2:]
    along, down = rx * c + ry * s, ry * c - rx * s
    below = down - np.interp(along, *opening.upper.T)
    above = np.interp(along, *opening.lower.T) - down
    w = opening.width
    return (along / w).astype(np.float32), (below / w).astype(np.float32), (above / w).astype(np.float32)


def _crop(opening: Opening, shape: tuple[int, ...], margin: float) -> tuple[npt.NDArray[np.int32], Floats, Floats]:
    box = opening.box(shape, margin * opening.width)
    x, y = np.meshgrid(np.arange(box[0], box[2], dtype=np.float32), np.arange(box[1], box[3], dtype=np.float32))
    return box, x, y


# The lightest of what is between the lids over the skin beside them; dark glasses leave less. It is .8 and more on the
# test portraits.
_LIGHTEST = 0.4


def shows_white(image: Picture, rest: Opening) -> bool:
    """Whether an eye is seen between the lids, not dark glass."""
    box, x, y = _crop(rest, image.shape, 0.35)
    luma = image[box[1] : box[3], box[0] : box[2]].astype(np.float32) @ _LUMA
    along, below, above = _local(rest, x, y)
    between = (below > 0) & (above > 0) & (along > 0) & (along < 1)
    beside = (along < -0.1) | (along > 1.1) | (above < -0.15)
    if not between.any() or not beside.any():
        return False
    return bool(np.percentile(luma[between], 95) > _LIGHTEST * np.median(luma[beside]))


def eyeball(image: Picture, rest: Opening, centre: Floats, radius: float) -> Eyeball:
    """The eyeball without its iris, filled in behind the lids, and the whole iris, filled in where a lid covers it."""
    box, x, y = _crop(rest, image.shape, 0.4)
    crop = image[box[1] : box[3], box[0] : box[2]].astype(np.float32)
    along, below, above = _local(rest, x, y)
    visible = (below > 0.045) & (above > 0.025) & (along > 0.05) & (along < 0.95)
    distance = np.hypot(x - centre[0], y - centre[1]) / radius
    white = visible & (distance > 1.15)
    luma = crop @ _LUMA
    if white.sum() > 8:
        colour = np.ptp(crop, axis=-1) / (crop.max(-1) + 1)
        white &= (luma >= np.percentile(luma[white], 35)) & (colour <= np.percentile(colour[white], 65))
    else:
        white = visible & (luma >= np.percentile(luma[visible] if visible.any() else luma, 80))
    filled = fill_smoothly(crop, white)
    # What is much unlike it is a lid's rim, a lash or the caruncle, and would come along as the lid goes.
    unlike = np.abs(crop - filled).mean(-1) / 25
    alike = cv2.erode((visible & (distance > 1.2)) * np.clip(1.3 - unlike, 0, 1), np.ones((3, 3)))
    own = cv2.GaussianBlur(alike.astype(np.float32), (0, 0), 0.8)[..., None]
    filled = 0.5 * filled + 0.5 * (filled @ _LUMA)[..., None]  # behind the lids it is white, not the lids' red
    colour = own * crop + (1 - own) * filled

    seen = visible & (distance < 1.12)
    bins = np.clip((distance * 8).astype(int), 0, 8)
    whole = np.full(3, 60.0) if not seen.any() else np.median(crop[seen], axis=0)
    profile = np.array(
        [np.median(crop[seen & (bins == b)], axis=0) if (seen & (bins == b)).any() else whole for b in range(9)]
    )
    place = np.clip(distance * 8 - 0.5, 0, 8)
    radial = np.stack([np.interp(place, np.arange(9), profile[:, c]) for c in range(3)], axis=-1)
    trust = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), 0.7)[..., None]
    disc = trust * crop + (1 - trust) * radial
    edge = max(0.10, 0.7 / radius)
    cover = np.clip((1.03 + edge - distance) / (2 * edge), 0, 1)[..., None]
    iris = np.concatenate([disc * cover, cover], axis=-1).astype(np.float32)
    whole_ball = np.concatenate([colour, np.ones_like(cover)], axis=-1).astype(np.float32)
    return Eyeball(box[:2].copy(), whole_ball, iris, radius)


def bare_lids(image: Picture, rest: Opening, brows: Floats) -> tuple[Picture, Floats, float]:
    """The photograph with the lids' skin, without lashes, where the eye was; the lashes' colour and strength (0..1)."""
    box, x, y = _crop(rest, image.shape, 0.9)
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    crop = image[part]
    along, below, above = _local(rest, x, y)
    clear = ~_brow(brows - box[:2], crop.shape, 0.04 * rest.width)
    filled = _lid_colour(crop, along, below, above, clear, rest.width)
    # Lashes reach up to 0.7 of the eye's width above the lid, and past its corners.
    corner = (along < 0.04) | (along > 0.96)
    covered = (below > -0.80) & (above > np.where(corner, -0.13, -0.02)) & (along > -0.22) & (along < 1.22)
    weight = _soft(covered & clear, 0.05 * rest.width) * np.clip((below + 0.66) / 0.2, 0, 1)[..., None]
    # The lid bulges over the eyeball: lighter along its middle, darker towards its ends, its lashes and its crease.
    middle = 1 - np.clip(np.abs(2 * along - 1), 0, 1) ** 2
    tone = 0.95 + 0.07 * middle - 0.10 * np.clip(1 + below / 0.08, 0, 1) * np.clip(1 - below / 0.1, 0, 1)
    tone -= 0.11 * np.sqrt(middle) * np.exp(-(((below + 0.17 + 0.05 * (1 - middle)) / 0.035) ** 2))
    grain = np.random.default_rng(0).normal(0, 1.5, along.shape).astype(np.float32)[..., None]
    smooth = weight * (filled * tone[..., None] + grain) + (1 - weight) * crop
    bare = image.copy()
    bare[part] = np.clip(smooth + 0.5, 0, 255).astype(np.uint8)
    edge = (np.abs(below) < 0.04) & (along > 0.1) & (along < 0.9)
    lash = np.percentile(crop[edge], 15, axis=0) * 0.8 if edge.any() else np.full(3, 30.0)
    contrast = float(np.clip((np.median(filled[covered] @ _LUMA) - lash @ _LUMA) / 140, 0, 1)) if covered.any() else 0.5
    return bare, lash.astype(np.float32), contrast


def _lid_colour(
    crop: Picture, along: Floats, below: Floats, above: Floats, clear: npt.NDArray[np.bool_], width: float
) -> Floats:
    """The skin of the lids, smoothed over the eye [h, w, 3]. clear: where no brow is; width: of the eye, px."""
    # Closing takes away what is thin and dark: lashes.
    size = 2 * max(round(0.05 * width), 1) + 1
    skin = cv2.morphologyEx(crop, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    skin = cv2.GaussianBlur(skin, (0, 0), max(0.03 * width, 0.6))
    lid = clear & (below > -0.5) & (below < -0.08) & (along > 0.0) & (along < 1.0)
    beside = ((along > -0.3) & (along < -0.08)) | ((along > 1.08) & (along < 1.3))
    sides = clear & beside & (below < 0.3) & (above > 0.0)
    luma = skin.astype(np.float32) @ _LUMA
    light_skin = luma >= np.percentile(luma[lid], 55) if lid.any() else lid
    filled = fill_smoothly(skin, (lid & light_skin) | sides)
    filled = np.asarray(cv2.GaussianBlur(filled, (0, 0), max(0.10 * width, 1.0)), np.float32)
    if not sides.any():
        return filled
    # Between lashes the lid looks grey. Its hue is that of the skin beside the eye, and closing it faces the light.
    hue = np.median(crop[sides], axis=0).astype(np.float32)
    was = np.maximum((filled @ _LUMA)[..., None], 1)
    light = was + 0.35 * np.maximum(hue @ _LUMA - was, 0)
    return np.asarray(light * (0.3 * filled / was + 0.7 * hue / max(float(hue @ _LUMA), 1.0)), np.float32)


def _brow(points: Floats, shape: tuple[int, ...], margin: float) -> npt.NDArray[np.bool_]:
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(points.round().astype(np.int32)), 1)
    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=max(int(margin), 1)) > 0)


def _soft(mask: npt.NDArray[np.bool_], sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), max(sigma, 0.7)), np.float32)[..., None]

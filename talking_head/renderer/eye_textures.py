"""What an eyeball is drawn from: it and its iris, whole, made from one photograph."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.renderer.curves import Opening
from talking_head.renderer.fill import fill_smoothly
from talking_head.renderer.palette import LUMA

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Eyeball:
    """origin: int32 [2] px of the crops in the photograph; colour, iris: float32 [h, w, 4] colour times coverage, and
    coverage; radius: of the iris, px.
    """

    origin: npt.NDArray[np.int32]
    colour: Floats
    iris: Floats
    radius: float


def local(opening: Opening, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
    """Of pixels: place along the eye in its widths; distance below the upper and above the lower lid in eye widths."""
    rx, ry = x - opening.axis[0], y - opening.axis[1]
    c, s = opening.axis[2:]
    along, down = rx * c + ry * s, ry * c - rx * s
    below = down - np.interp(along, *opening.upper.T)
    above = np.interp(along, *opening.lower.T) - down
    w = opening.width
    return (along / w).astype(np.float32), (below / w).astype(np.float32), (above / w).astype(np.float32)


def crop_around(
    opening: Opening, shape: tuple[int, ...], margin: float
) -> tuple[npt.NDArray[np.int32], Floats, Floats]:
    box = opening.box(shape, margin * opening.width)
    x, y = np.meshgrid(np.arange(box[0], box[2], dtype=np.float32), np.arange(box[1], box[3], dtype=np.float32))
    return box, x, y


# The lightest of what is between the lids over the skin beside them; dark glasses leave less. It is .8 and more on the
# test portraits.
_LIGHTEST = 0.4


def shows_white(image: Picture, rest: Opening) -> bool:
    """Whether an eye is seen between the lids, not dark glass."""
    box, x, y = crop_around(rest, image.shape, 0.35)
    luma = image[box[1] : box[3], box[0] : box[2]].astype(np.float32) @ LUMA
    along, below, above = local(rest, x, y)
    between = (below > 0) & (above > 0) & (along > 0) & (along < 1)
    beside = (along < -0.1) | (along > 1.1) | (above < -0.15)
    if not between.any() or not beside.any():
        return False
    return bool(np.percentile(luma[between], 95) > _LIGHTEST * np.median(luma[beside]))


def eyeball(image: Picture, rest: Opening, centre: Floats, radius: float) -> Eyeball:
    """The eyeball without its iris, filled in behind the lids, and the whole iris, filled in where a lid covers it."""
    box, x, y = crop_around(rest, image.shape, 0.4)
    crop = image[box[1] : box[3], box[0] : box[2]].astype(np.float32)
    along, below, above = local(rest, x, y)
    visible = (below > 0.045) & (above > 0.025) & (along > 0.05) & (along < 0.95)
    distance = np.hypot(x - centre[0], y - centre[1]) / radius
    white = visible & (distance > 1.15)
    luma = crop @ LUMA
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
    filled = 0.5 * filled + 0.5 * (filled @ LUMA)[..., None]  # behind the lids it is white, not the lids' red
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

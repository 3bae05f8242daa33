"""What of a photograph is the person: a matte, and the person's own colours where the background shines through.

The person is found by MediaPipe's selfie segmentation (256 x 256, Apache-2.0), looked at several times. Its edge is
drawn to the picture's by a guided filter (He, Sun, Tang 2013), and hair is told from an even background by colour: each
pixel is a mixture of what the person looks like nearby and of what the background does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from studio import checkpoints
from talking_head.landmarks.interpreter import Graph
from talking_head.renderer.fill import fill_smoothly
from talking_head.renderer.palette import LUMA
from talking_head.smoothstep import smoothstep

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

CHECKPOINT = "selfie-segmentation"

_SIDE = 256
# Sides of the squares looked at around a face, in heights of it: head and shoulders, and less of the room around them.
_LOOKS = (2.4, 3.6)
# The matte's longer side at most, px; that of a larger photograph is as soft as two of its pixels more.
_LARGEST = 1600
# How far hair goes beyond what was found, and how far within it the person is certain, in widths of the face.
_HAIR, _WITHIN = 0.30, 0.06
_FILTER = 0.035  # the guided filter's radius, in widths of the face
# Pieces smaller than this share of the largest are no one's; holes smaller than this, in widths of a face, are mended.
_SCRAP, _HOLE = 0.2, 0.35
_STRAY = 0.04  # hair that nothing joins to the person is this near, in widths of the face
_EDGE = 1e-3  # its epsilon: edges of more than .03 of full contrast are kept


@dataclass(frozen=True, eq=False)
class CutOut:
    """alpha: uint8 [H, W], 255 where the person is; colour: uint8 [H, W, 3], the person's, also behind what mixes."""

    alpha: Picture
    colour: Picture


def cut_out(image: Picture, faces: Sequence[Floats]) -> CutOut:
    """The people of `faces` (landmarks [478, 3] px each) and who is with them, out of RGB uint8 [H, W, 3].

    Raises CheckpointError when the model can't be had.
    """
    height, width = image.shape[:2]
    ratio = min(_LARGEST / max(height, width), 1.0)
    size = (max(round(width * ratio), 1), max(round(height * ratio), 1))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8) if ratio < 1 else image
    boxes = [ratio * np.concatenate([f[:468, :2].min(0), f[:468, :2].max(0)]) for f in faces]
    face = float(np.median([b[2] - b[0] for b in boxes]))
    found = _guided(_of_one_piece(_person(small, boxes), boxes, face), small, max(_FILTER * face, 2.0))
    alpha, own, behind = _hair(small, found, face)
    alpha = _without_strays(alpha, found, face)
    if ratio < 1:
        whole = (width, height)
        alpha, own, behind = (np.asarray(cv2.resize(v, whole), np.float32) for v in (alpha, own, behind))
    return CutOut((255 * alpha + 0.5).astype(np.uint8), _colour(image, alpha, own, behind))


@cache
def _graph() -> Graph:
    path = checkpoints.folder(CHECKPOINT) / "selfie_segmentation.tflite"
    try:
        return Graph(path.read_bytes(), 1)
    except (ValueError, RuntimeError) as e:
        raise checkpoints.damaged(path) from e


def _person(image: Picture, boxes: Sequence[Floats]) -> Floats:
    """How likely each pixel is a person's [h, w], by looks at the whole and at squares, each also mirrored.

    One look may lose a jacket; its mirror image seldom loses the same.
    """
    height, width = image.shape[:2]
    looks = [(0, 0, width, height)]
    for left, top, right, bottom in boxes:
        for share in _LOOKS:
            half = share * (bottom - top) / 2
            x, y = (left + right) / 2, (top + bottom) / 2 + 0.1 * half
            look = max(int(x - half), 0), max(int(y - half), 0), min(int(x + half), width), min(int(y + half), height)
            looks.append(look)
    total, weight = np.zeros((height, width), np.float32), np.full((height, width), 1e-6, np.float32)
    for x0, y0, x1, y1 in dict.fromkeys(looks):
        part = image[y0:y1, x0:x1]
        mask = np.asarray(cv2.resize(_look(part), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR), np.float32)
        # A closer look sees finer, and less well towards its border, unless that is the picture's.
        sure = np.outer(_towards(y0, y1, height), _towards(x0, x1, width)) * (width * height / part[..., 0].size)
        total[y0:y1, x0:x1] += sure * mask**2
        weight[y0:y1, x0:x1] += sure
    return np.asarray(smoothstep(0.2, 0.75, np.sqrt(total / weight)), np.float32)


def _of_one_piece(person: Floats, boxes: Sequence[Floats], face: float) -> Floats:
    """Without scraps that hang together with no face, and without holes in who does.

    A scrap is smaller than `_SCRAP` of the largest piece: who is with them stays. A hole between arm and body is wider
    than `_HOLE` faces.
    """
    _, pieces, measures, _ = cv2.connectedComponentsWithStats((person > 0.5).astype(np.uint8))
    areas = measures[:, cv2.CC_STAT_AREA].astype(np.int64)
    areas[0] = 0
    height, width = person.shape
    middles = (
        np.array([[(b[1] + b[3]) / 2, (b[0] + b[2]) / 2] for b in boxes]).astype(int).clip(0, [height - 1, width - 1])
    )
    kept = areas >= _SCRAP * areas.max()
    kept[pieces[middles[:, 0], middles[:, 1]]] = True
    kept[0] = False
    # What is next to a piece that goes, fainter than half, goes with it; next to one that stays, it stays.
    beside = cv2.distanceTransformWithLabels(
        (pieces == 0).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )[1]
    owner = np.zeros(beside.max() + 1, pieces.dtype)
    owner[beside[pieces > 0]] = pieces[pieces > 0]
    whole = np.where(kept[owner[beside]], person, 0.0).astype(np.float32)
    _, gaps, measures, _ = cv2.connectedComponentsWithStats((whole < 0.5).astype(np.uint8))
    edge = np.unique(np.concatenate([gaps[0], gaps[-1], gaps[:, 0], gaps[:, -1]]))
    hole = measures[:, cv2.CC_STAT_AREA] < (_HOLE * face) ** 2
    hole[edge] = False
    hole[0] = False
    whole[hole[gaps]] = 1.0
    return whole


def _look(part: Picture) -> Floats:
    pixels = cv2.resize(part, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    straight, mirrored = (
        next(iter(_graph().run(np.ascontiguousarray(p)[None]).values()))[0, :, :, 0] for p in (pixels, pixels[:, ::-1])
    )
    return np.maximum(straight, mirrored[:, ::-1])


def _towards(first: int, last: int, end: int) -> Floats:
    """Weights from `first` to `last` that fall to 0 at both, except where that is the picture's edge."""
    at, reach = np.arange(last - first) + 0.5, max(0.2 * (last - first), 1.0)
    rise = smoothstep(0, reach, at) if first > 0 else np.ones_like(at)
    fall = smoothstep(0, reach, at[::-1]) if last < end else np.ones_like(at)
    return np.asarray(rise * fall, np.float32)


def _guided(mask: Floats, image: Picture, radius: float) -> Floats:
    """The mask, its edges moved to where the picture has some."""
    guide = np.asarray((image.astype(np.float32) @ LUMA) / 255, np.float32)
    side = (2 * round(radius) + 1,) * 2

    def mean(values: Floats) -> Floats:
        return np.asarray(cv2.blur(values, side), np.float32)

    of_guide, of_mask = mean(guide), mean(mask)
    slope = (mean(guide * mask) - of_guide * of_mask) / (mean(guide * guide) - of_guide**2 + _EDGE)
    offset = of_mask - slope * of_guide
    return np.asarray(np.clip(mean(slope) * guide + mean(offset), 0, 1), np.float32)


def _hair(image: Picture, found: Floats, face: float) -> tuple[Floats, Floats, Floats]:
    """The matte [h, w], and smooth colours [h, w, 3] of the person and of the background, each continued everywhere."""

    def disc(radius: float) -> Picture:
        return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(round(radius), 1) + 1,) * 2), np.uint8)

    person = (found > 0.5).astype(np.uint8)
    inside = cv2.erode((found > 0.9).astype(np.uint8), disc(_WITHIN * face)).astype(np.float32)
    outside = 1 - cv2.dilate((found > 0.1).astype(np.uint8), disc(_HAIR * face)).astype(np.float32)
    pixels = image.astype(np.float32)
    own, behind = fill_smoothly(pixels, inside), fill_smoothly(pixels, outside)
    if not outside.any() or not inside.any():
        return found, own, behind
    # How uneven the background is nearby: where it is, colour tells nothing.
    unevenness = fill_smoothly(np.abs(pixels - behind), outside).mean(-1)
    towards = own - behind
    contrast = np.linalg.norm(towards, axis=-1)
    share = ((pixels - behind) * towards).sum(-1) / np.maximum(contrast, 1) ** 2
    # Of a background that is lit unevenly, or speckled, this much passes for the person.
    floor = np.minimum(0.12 + (15 + 3.0 * unevenness) / np.maximum(contrast, 1), 0.5)
    share = np.clip((share - floor) / (0.9 - floor), 0, 1)
    apart = np.asarray(cv2.distanceTransform(1 - person, cv2.DIST_L2, 3), np.float32) / face
    near = smoothstep(_HAIR, 0.4 * _HAIR, apart)
    trusted = smoothstep(10.0, 20.0, contrast / (unevenness + 4)) * near * (1 - inside)
    # Within what was found nothing is cut out for having the background's colour: a white collar, a bright shoulder.
    alpha = np.maximum(found + trusted * (share - found), smoothstep(0.6, 0.95, found))
    return np.asarray(alpha * (1 - outside), np.float32), own, behind


def _without_strays(alpha: Floats, found: Floats, face: float) -> Floats:
    """Without pieces that only look like hair: what is off the person and joined to it by nothing."""
    side = 2 * max(round(_STRAY * face), 1) + 1
    person = np.asarray(cv2.dilate((found > 0.5).astype(np.uint8), np.ones((side, side), np.uint8)), bool)
    _, pieces = cv2.connectedComponents((alpha > 0.05).astype(np.uint8))
    joined = np.zeros(pieces.max() + 1, bool)
    joined[np.unique(pieces[person])] = True
    joined[0] = True
    return np.where(joined[pieces], alpha, 0.0).astype(np.float32)


def _colour(image: Picture, alpha: Floats, own: Floats, behind: Floats) -> Picture:
    """What the person adds to each pixel: the pixel without the background's share."""
    a = alpha[..., None]
    without = (image - (1 - a) * behind) / np.maximum(a, 0.3)
    known = smoothstep(0.1, 0.5, a)
    colour = own + known * (np.clip(without, 0, 255) - own)
    return np.where(a > 0.98, image, np.clip(colour + 0.5, 0, 255)).astype(np.uint8)

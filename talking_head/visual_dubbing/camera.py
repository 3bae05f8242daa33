"""What the camera does to what is drawn: light, focus, motion blur and grain of each frame of a shot."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# Landmarks of the cheeks whose skin tells the grain: as large a square of it as has little else in it.
_CHEEKS = (50, 280, 205, 425)
# Less blur than this is none, px.
_LEAST = 0.25
# A shutter open for half of a frame: the standard deviation of a uniform smear over half a frame's way.
_SHUTTER = 0.5 / np.sqrt(12)


class Camera:
    """lights: [n] of each sighting against the view; speeds: [n] px a frame that the head moves; softness: of
    the shot, px: the standard deviation of the blur that drawn edges lack.
    """

    def __init__(self, lights: Floats, speeds: Floats, softness: float) -> None:
        self._lights = lights
        self._blurs = np.sqrt(max(softness, _LEAST) ** 2 + (_SHUTTER * speeds) ** 2)

    def light(self, i: int) -> float:
        return float(self._lights[i])

    def photograph(
        self, without: Picture, with_it: Picture, frame: Picture, points: Floats, i: int, number: int
    ) -> Picture:
        """What is `with_it` and not `without` [h, w, 3], as blurred and grainy as the frame [H, W, 3].

        points: [468, 3] px of the face in `frame`; number: of the frame in the film.
        """
        changed = np.minimum(strongest_change(with_it, without), 1)
        if not changed.any():
            return with_it
        blur = float(self._blurs[i])
        below = without.astype(np.float32)
        added = cv2.GaussianBlur(with_it - below, (0, 0), blur)
        cover = cv2.GaussianBlur(changed, (0, 0), blur)[..., None]
        grain = _grain(frame, points, added.shape[:2], number)
        return np.clip(below + added + cover * grain + 0.5, 0, 255).astype(np.uint8)


def strongest_change(a: Picture, b: Picture) -> Floats:
    """[h, w] by how much two pictures [h, w, 3] differ, in the channel in which they differ most."""
    red, green, blue = cv2.split(cv2.absdiff(a, b))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.float32)


def _grain(frame: Picture, points: Floats, shape: tuple[int, int], number: int) -> Floats:
    """[h, w, 3] of the film's own grain, taken from a cheek and laid on at another place in each frame."""
    side = int(np.clip(0.09 * np.linalg.norm(points[454, :2] - points[234, :2]), 8, 64))
    patches = []
    for x, y in points[list(_CHEEKS), :2].round().astype(int):
        patch = frame[max(y - side // 2, 0) : y + side // 2, max(x - side // 2, 0) : x + side // 2].astype(np.float32)
        if min(patch.shape[:2]) >= 6:
            fine = patch - cv2.GaussianBlur(patch, (0, 0), 1.5)
            patches.append(fine - fine.mean(axis=(0, 1)))
    if not patches:
        return np.zeros((*shape, 3), np.float32)
    calmest = min(patches, key=lambda p: float(p.var()))
    mirrored = np.concatenate([calmest, calmest[::-1]], 0)
    tile = np.concatenate([mirrored, mirrored[:, ::-1]], 1)
    tile = np.roll(tile, (7 * number, 13 * number), (0, 1))
    times = [-(-n // m) for n, m in zip(shape, tile.shape, strict=False)]
    return np.asarray(np.tile(tile, (*times, 1))[: shape[0], : shape[1]], np.float32)

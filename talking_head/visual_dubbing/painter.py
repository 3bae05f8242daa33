"""One frame of a film with another mouth: its own pixels moved, the inside drawn, all as the camera sees."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.renderer.lips import parted
from talking_head.smoothstep import smoothstep
from talking_head.visual_dubbing.camera import Camera
from talking_head.visual_dubbing.face import Face, Poses
from talking_head.visual_dubbing.lips import ViewedLips, emptied
from talking_head.visual_dubbing.patch import Moved, Patch, fetch

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# While the mouth goes over to the line, what is seen between the lips of the film gives way to what is drawn there.
_GIVES_WAY = (0.15, 0.7)
# How dark a line between lips that are apart in the film and meet now; lips that are closed there have their own.
_SEAM = 1.0
# Around the lips, canonical cm, where they are seen to again.
_AROUND = 0.3


class Painter:
    """Draws one face of one shot."""

    def __init__(self, face: Face, poses: Poses, camera: Camera) -> None:
        self._face = face
        self._poses = poses
        self._camera = camera
        self._patch = Patch()
        self._lips = ViewedLips(face, self._patch)

    def draw(self, frame: Picture, i: int, spoken: Floats, share: float, number: int) -> Picture:
        """A copy of `frame` [H, W, 3] in which sighting `i` does `spoken` [52] to the part `share`, 0 to 1."""
        poses, face = self._poses, self._face
        target = face.wanted(spoken, poses.apart[i])
        shown = poses.shown[i]
        target = shown + share * (target - shown)
        does = poses.expression[i] + share * (spoken - poses.expression[i])
        source = poses.to_film(i, shown)
        moved = self._patch.moved(source[:468], poses.to_film(i, target)[:468], frame.shape)
        box = moved.box(frame.shape)
        part = np.s_[box[1] : box[3], box[0] : box[2]]
        crop = np.ascontiguousarray(frame[part])
        corner = np.array([*box[:2], 0], np.float32)
        head = replace(face.head, px_per_cm=face.head.px_per_cm * float(poses.scale[i]))
        open_before = parted(source - corner, head)
        without = emptied(crop, source - corner, head) if open_before > 0 else crop
        places = moved.places(box)
        drawn = fetch(without, places)
        mouth = moved.mouth_box(frame.shape, _AROUND * head.px_per_cm)
        x0, y0, x1, y1 = (n - c for n, c in zip(mouth, 2 * box[:2], strict=True))
        here = np.s_[max(y0, 0) : y1, max(x0, 0) : x1]
        if min(drawn[here].shape[:2]) > 2:
            own = fetch(crop, (places[0][here], places[1][here]))
            corner += [max(x0, 0), max(y0, 0), 0]
            lips = np.ascontiguousarray(drawn[here])
            if open_before > 0:
                lips = self._lips.complete(lips, own, moved, corner)
            spoken_with = self._with_inside(lips, moved, i, does, corner, _SEAM * open_before)
            seen = (source - [*box[:2], 0]).astype(np.float32)
            lips = self._camera.photograph(lips, spoken_with, crop, seen, i, number)
            gone = float(smoothstep(*_GIVES_WAY, share))
            drawn[here] = cv2.addWeighted(lips, gone, own, 1 - gone, 0)
        out = frame.copy()
        out[part] = drawn
        return out

    def _with_inside(self, lips: Picture, moved: Moved, i: int, does: Floats, corner: Floats, seam: float) -> Picture:
        """A part of the frame from `corner`, with what is seen between the lips."""
        poses = self._poses
        mouth, head = self._face.mouth.at(float(poses.scale[i]), self._camera.light(i))
        matrix = poses.turn[i]
        offset = (poses.at[i] - corner + matrix @ head.pivot - head.pivot).astype(np.float32)
        inside = lips.copy()
        mouth.draw(inside, moved.after - corner, (matrix, offset), does, seam)
        return inside

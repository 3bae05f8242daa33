"""Eyes: an eyeball that turns behind the lids, lids that close without smearing their lashes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.performance import arkit_index
from talking_head.landmarks import topology
from talking_head.renderer.curves import Opening
from talking_head.renderer.eye_shader import shade_eye
from talking_head.renderer.eye_textures import bare_lids, eyeball, shows_white
from talking_head.renderer.mesh import face_mesh
from talking_head.renderer.moved_picture import MovedPicture
from talking_head.renderer.pixels import step
from talking_head.renderer.warp import Warp

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# Lids nearer than this share of the eye's width are shut or screwed up: no eyeball can be taken from the photograph.
_OPEN_FROM = 0.14

# How far the iris goes at a coefficient of 1, in its radii. 30 degrees are 1.0 (eyeball of 12 mm, iris of 5.9).
_LOOK = np.array([0.95, 0.7])


class Eye:
    """One eye of a photograph. side: "right" or "left", the person's own."""

    def __init__(self, side: str, image: Picture, landmarks: Floats, warp: Warp) -> None:
        mesh = face_mesh()
        self._lids = mesh.lids[side]
        self._head = warp.head
        self._outward = -1.0 if side == "right" else 1.0
        flat = (mesh.place @ landmarks[:468]).astype(np.float32)
        self._rest = Opening.between(flat[self._lids[0]], flat[self._lids[1]])
        self._depth = float(flat[np.concatenate(self._lids), 2].mean())
        name = side.capitalize()
        sideways = ("eyeLookInRight", "eyeLookOutRight") if side == "right" else ("eyeLookOutLeft", "eyeLookInLeft")
        vertical = (f"eyeLookDown{name}", f"eyeLookUp{name}")
        self._looks = [[arkit_index(n) for n in pair] for pair in (sideways, vertical)]
        self._is_open = float(self._rest.gaps().max()) > _OPEN_FROM * self._rest.width and shows_white(
            image, self._rest
        )
        if not self._is_open:
            return
        centre, ring = (
            (topology.RIGHT_IRIS_CENTRE, topology.RIGHT_IRIS)
            if side == "right"
            else (topology.LEFT_IRIS_CENTRE, topology.LEFT_IRIS)
        )
        radius = float(np.linalg.norm(landmarks[list(ring), :2] - landmarks[centre, :2], axis=1).mean())
        self._ball = eyeball(image, self._rest, landmarks[centre, :2], radius)
        brows = np.concatenate(
            [landmarks[list(getattr(topology, f"{side.upper()}_BROW_{p}")), :2] for p in ("UPPER", "LOWER")]
        )
        bare, self._lash, self._lash_strength = bare_lids(image, self._rest, brows)
        self._bare = warp.texture(bare)

    def _closure(self, now: Opening) -> float:
        """How far the lids have closed from where they are in the photograph; negative when they are wider."""
        return 1.0 - float(now.gaps().max() / now.width) / float(self._rest.gaps().max() / self._rest.width)

    def draw(
        self, frame: Picture, moved: MovedPicture, points: Floats, turn: tuple[Floats, Floats], coefficients: Floats
    ) -> None:
        """Draw the moved eye over the warped photograph: lids without lashes to smear, eyeball, the line of lashes."""
        if not self._is_open:
            return
        now = Opening.between(points[self._lids[0]], points[self._lids[1]])
        closure = self._closure(now)
        if closure > 0.15:
            box = now.box(frame.shape, 0.9 * self._rest.width)
            moved.blend(frame, self._bare, box, step(0.15, 0.75, closure))
        look = np.array([coefficients[a] - coefficients[b] for a, b in self._looks])
        # As long as nothing has moved the photograph's own eye is best: its lashes lie over the eyeball.
        change = max(float(np.abs(look).max()) / 0.25, abs(closure) / 0.30)
        strength = step(0.15, 1.0, change)
        if strength <= 0:
            return
        lashes = (0.3 + 0.6 * self._lash_strength) * step(0.25, 0.9, closure)
        box = now.box(frame.shape, 2 + 0.1 * now.width)
        ball = self._ball
        shift = (look * _LOOK * ball.radius) @ self._head.axes[:2, :2].T
        matrix, offset = turn
        pivot = self._head.pivot
        inverse = np.linalg.inv(matrix[:2, :2])
        at = pivot[:2] + offset[:2] + matrix[:2, 2] * (self._depth - pivot[2])
        back = np.column_stack([inverse, pivot[:2] - inverse @ at]).astype(np.float32)
        shade_eye(
            *(frame, box, now.upper, now.lower, now.axis, self._rest.upper, self._rest.axis),
            *(back, ball.origin, ball.colour, ball.iris, shift.astype(np.float32), self._lash),
            np.array([strength, lashes, self._outward], np.float32),
        )

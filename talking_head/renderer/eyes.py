"""Eyes: an eyeball that turns behind the lids, lids that close without smearing their lashes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.performance import arkit_index
from talking_head.landmarks import topology
from talking_head.renderer.curves import Opening
from talking_head.renderer.eye_shader import shade_eye
from talking_head.renderer.eye_textures import eyeball, shows_white
from talking_head.renderer.eyelids import LASH_MARGIN, LASH_REACH, Eyelids
from talking_head.renderer.lid_shader import Skin, shade_lashes, shade_lid
from talking_head.renderer.mesh import face_mesh
from talking_head.renderer.moved_picture import MovedPicture, rgba
from talking_head.renderer.warp import Warp
from talking_head.smoothstep import step

Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]

# Lids nearer than this share of the eye's width are shut or screwed up: no eyeball can be taken from the photograph.
_OPEN_FROM = 0.14

# How far the iris goes at a coefficient of 1, in its radii. 30 degrees are 1.0 (eyeball of 12 mm, iris of 5.9).
_LOOK = np.array([0.95, 0.7])


# Heights of the open eye over its width, in the photograph: eyes that are wide already have less room to widen, and of
# narrow ones little is known. From .35 to .43 in six portraits at rest or surprised, .17 in one that squints.
_WIDE, _NARROW = (0.36, 0.48), (0.14, 0.24)
_ROOM = 0.6  # what is left of the widening of the widest


class Eye:
    """One eye of a photograph. side: "right" or "left", the person's own.

    widening: the coefficient that opens it wider; room: how much of that it can follow, 0 to 1.
    """

    def __init__(self, side: str, image: Picture, landmarks: Floats, warp: Warp) -> None:
        mesh = face_mesh()
        self._lids = mesh.lids[side]
        self._head = warp.head
        flat = (mesh.place @ landmarks[:468]).astype(np.float32)
        self._rest = Opening.between(flat[self._lids[0]], flat[self._lids[1]])
        self._depth = float(flat[np.concatenate(self._lids), 2].mean())
        name = side.capitalize()
        sideways = ("eyeLookInRight", "eyeLookOutRight") if side == "right" else ("eyeLookOutLeft", "eyeLookInLeft")
        vertical = (f"eyeLookDown{name}", f"eyeLookUp{name}")
        self._looks = [[arkit_index(n) for n in pair] for pair in (sideways, vertical)]
        self.widening = arkit_index(f"eyeWide{name}")
        wide = float(self._rest.gaps().max()) / max(self._rest.width, 1.0)
        self.room = step(*_NARROW, wide) * (1.0 - (1.0 - _ROOM) * step(*_WIDE, wide))
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
        self._eyelids = Eyelids.of(image, self._rest, brows, -1.0 if side == "right" else 1.0)
        self._bare, self._bare_from = warp.texture(rgba(self._eyelids.bare)), warp.scale * self._eyelids.origin
        self._brow = list(getattr(topology, f"{side.upper()}_BROW_LOWER"))
        self._socket = self._brow + [self._lids[0][0], self._lids[0][-1]] * 3
        self._socket_at_rest = (warp.scale * flat[self._socket, :2]).astype(np.float64)

    def _closure(self, now: Opening) -> float:
        """How far the lids have closed from where they are in the photograph; negative when they are wider."""
        return 1.0 - float(now.gaps().max() / now.width) / float(self._rest.gaps().max() / self._rest.width)

    def _descent(self, now: Opening) -> float:
        """How far the upper lid has come down, 0 where it is in the photograph, 1 where it met the lower lid then."""
        gap = float(self._rest.gaps().max()) / self._rest.width
        return float((now.upper[:, 1] / now.width - self._rest.upper[:, 1] / self._rest.width).mean() / (0.68 * gap))

    def _below_brow(self, points: Floats, now: Opening) -> float:
        """Least height of the brow over the lid, in eye widths."""
        x, y = (points[self._brow, :2] - now.axis[:2]).T
        c, s = now.axis[2:]
        return float((np.interp(x * c + y * s, *now.upper.T) - (y * c - x * s)).min() / now.width)

    def _draw_lid(self, frame: Picture, moved: MovedPicture, points: Floats, now: Opening) -> None:
        """Draw the upper lid without lashes to smear, then its lashes."""
        descent = self._descent(now)
        share = step(0.04, 0.22, descent)
        if share <= 0:
            return
        lids = self._eyelids
        box = moved.clip(now.box(frame.shape, 0.8 * self._rest.width))
        if box[0] >= box[2] or box[1] >= box[3]:
            return
        # Where skin is that the lids do not pull: carried by the brow and the eye's corners.
        at = np.column_stack([points[self._socket, :2], np.ones(len(self._socket))])
        socket = np.linalg.lstsq(at, self._socket_at_rest, rcond=None)[0].T.astype(np.float32)
        shares = share, step(0.75, 1.0, self._closure(now))
        roof = float(np.clip(self._below_brow(points, now), 0.1, 0.45))
        skin = Skin(*moved.places(box), socket, self._bare, self._bare_from)
        shade_lid(frame, box, now.upper, now.axis, skin, roof, shares)
        tilt = 1 - 1.45 * step(0.0, 1.1, descent)
        edge = share * (0.25 + 0.55 * lids.strength) * (0.75 + 0.25 * step(0.3, 0.9, descent))
        reach = (LASH_REACH, LASH_MARGIN)
        shade_lashes(
            frame,
            box,
            now.upper,
            now.axis,
            lids.lashes,
            reach,
            lids.lash,
            tilt,
            (share * (0.15 + 0.75 * lids.strength), edge),
        )

    def draw(
        self, frame: Picture, moved: MovedPicture, points: Floats, turn: tuple[Floats, Floats], coefficients: Floats
    ) -> None:
        """Draw the moved eye over the warped photograph: lids without lashes to smear, eyeball, the line of lashes."""
        if not self._is_open:
            return
        now = Opening.between(points[self._lids[0]], points[self._lids[1]])
        closure = self._closure(now)
        look = np.array([coefficients[a] - coefficients[b] for a, b in self._looks])
        # As long as nothing has moved the photograph's own eye is best: its lashes lie over the eyeball.
        change = max(float(np.abs(look).max()) / 0.25, abs(closure) / 0.30)
        strength = step(0.15, 1.0, change)
        if strength > 0:
            self._draw_ball(frame, now, turn, look, strength)
        self._draw_lid(frame, moved, points, now)

    def _draw_ball(
        self, frame: Picture, now: Opening, turn: tuple[Floats, Floats], look: Floats, strength: float
    ) -> None:
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
            *(back, ball.origin, ball.colour, ball.iris, shift.astype(np.float32)),
            strength,
        )

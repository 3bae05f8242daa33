"""The head's textures, painted by rule: skin with lips and brows, eyes, teeth, hair. sRGB, uint8 [H, W, 3]."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from talking_head.rig.anny import Floats

Picture = npt.NDArray[np.uint8]

# sRGB. The skin is a middle one, as the head is an average of three ancestries.
_SKIN = np.array([204.0, 158.0, 132.0])
_FLUSH = np.array([198.0, 124.0, 104.0])
_LIP = np.array([176.0, 98.0, 92.0])
_BROW = np.array([54.0, 37.0, 30.0])
_SHADED_LID = np.array([176.0, 122.0, 102.0])
_SCALP = np.array([150.0, 114.0, 95.0])
_HAIR = np.array([58.0, 41.0, 32.0])


def paint_skin(point: Floats, masks: dict[str, Floats], hairline: Floats, eye: Floats, lips: Floats) -> Picture:
    """Skin over a map of the head at rest.

    point: [H, W, 3] where each texel lies. masks: [H, W] by name. hairline: [H, W] above 0 under the hair. eye: [3] the
    front of the left eyeball. lips: [3] the middle of the mouth.
    """
    x, y, z = np.moveaxis(point, -1, 0)
    colour = np.broadcast_to(_SKIN, (*x.shape, 3)).copy()

    def blot(cx: float, cy: float, rx: float, ry: float) -> Floats:
        return np.asarray(np.exp(-(((np.abs(x) - cx) / rx) ** 2) - ((y - cy) / ry) ** 2) * (z > 0.9))

    flush = 0.45 * blot(0.42, eye[1] - 0.36, 0.20, 0.16) + 0.5 * blot(0.0, eye[1] - 0.42, 0.10, 0.13)
    flush += 0.25 * blot(0.0, lips[1] - 0.28, 0.18, 0.12) + 0.7 * masks["ears"]
    colour = _mix(colour, _FLUSH, np.clip(flush, 0, 0.8))
    colour = _mix(colour, _SHADED_LID, 0.55 * cv2.GaussianBlur(masks["eyelids"], (0, 0), 4))
    colour = _mix(colour, _SHADED_LID, 0.35 * blot(eye[0] - 0.02, eye[1] - 0.14, 0.15, 0.05))
    colour *= 1 + 0.010 * _noise(x.shape, 6.0, 1)[..., None] + 0.016 * _noise(x.shape, 1.0, 2)[..., None]
    # Fine hair thins out down the forehead and temples: no two strands begin at one height.
    begins = 0.065 + 0.030 * _noise(x.shape, 0.7, 7, stretch=9.0) + 0.016 * _noise(x.shape, 5.0, 8, stretch=3.0)
    colour = _mix(colour, _SCALP, np.clip(1 + hairline / 0.10, 0, 1) ** 2)
    colour = _mix(colour, _HAIR, 0.85 * _edge(1 + hairline / np.clip(begins, 0.02, 0.15), 0.0, 0.9))
    lip = cv2.GaussianBlur(np.clip(masks["lips"], 0, 1), (0, 0), 2.2)
    seam = np.exp(-(((y - lips[1]) / 0.018) ** 2))
    lip_colour = _LIP * (1 + 0.05 * _noise(x.shape, 1.0, 3, stretch=5.0)[..., None]) * (1 - 0.25 * seam[..., None])
    colour = _mix(colour, lip_colour, 0.92 * lip)
    colour = _mix(colour, _BROW, 0.9 * _brow(x, y, z, eye))
    colour = _mix(colour, _BROW, _lashes(point, eye))
    return np.asarray(np.clip(colour, 0, 255), np.uint8)


def _brow(x: Floats, y: Floats, z: Floats, eye: Floats) -> Floats:
    """How much of a brow lies on each texel: hairs along an arch over the eye, rising inside and lying down outside."""
    along = (np.abs(x) - eye[0] + 0.20) / 0.46  # 0 at the nose, 1 at the temple
    inner = np.clip(along, 0, 1)
    line = eye[1] + 0.128 + 0.054 * np.sin(np.pi * inner**0.85) - 0.03 * inner
    thick = 0.036 * (1.1 - 0.75 * inner) * np.clip(along / 0.12 + 0.35, 0.2, 1)
    across = (y - line) / thick
    body = np.clip(1.25 - np.abs(across) ** 1.3, 0, 1) * _edge(along, -0.04, 0.22) * _edge(1 - along, 0.0, 0.22)
    # Hairs stand up at the nose and lie along the arch at the temple: noise drawn out along their way.
    grid = _noise((256, 1024), 1.6, 4, stretch=14.0)
    column = 240 * inner - 11 * (1 - 0.6 * inner) * across
    row = np.clip(128 + 16 * across, 0, 255)
    hairs = cv2.remap(
        grid.astype(np.float32),
        column.astype(np.float32),
        row.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    # Dense along the middle, single hairs at the edges.
    return np.where(z > 0.8, np.clip(body * (0.85 + 0.3 * (1.3 - body) * hairs), 0, 0.95), 0.0)


def _lashes(point: Floats, eye: Floats) -> Floats:
    """The dark line that lashes draw along the edge of the lids, most of all the upper one."""
    centre, radius = eye - (0, 0, 0.15), 0.15
    off = np.stack([np.abs(point[..., 0]), point[..., 1], point[..., 2]], -1) - centre
    near = 1 - _edge(np.linalg.norm(off, axis=-1) / radius, 1.04, 1.13)
    upper = _edge(off[..., 1], -0.03, 0.02)
    return np.asarray(near * (0.25 + 0.55 * upper) * (off[..., 2] > 0))


def paint_eye(size: int = 256) -> Picture:
    """The front of an eyeball seen along its axis; the picture's half is the ball's radius."""
    yy, xx = np.mgrid[:size, :size]
    dx, dy = (xx + 0.5) / size * 2 - 1, (yy + 0.5) / size * 2 - 1
    r, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
    white = np.array([226.0, 221.0, 214.0]) - r[..., None] * np.array([18.0, 34.0, 36.0])
    fibres = 0.5 + 0.5 * np.sin(61 * angle + 5 * np.sin(7 * angle)) * np.sin(37 * angle + 3 * np.sin(5 * angle) + 9 * r)
    iris_radius, pupil = 0.46, 0.185
    inside = np.clip((r - pupil) / (iris_radius - pupil), 0, 1)
    iris = np.array([104.0, 72.0, 42.0]) * (0.72 + 0.5 * fibres[..., None]) * (1.15 - 0.35 * inside[..., None])
    iris *= 1 - 0.75 * _edge(inside, 0.78, 1.0)[..., None]  # the limbal ring
    iris *= (0.75 + 0.5 * np.clip(dy / iris_radius, -0.5, 1))[..., None]  # light gathers opposite to where it comes in
    colour = _mix(white, iris, 1 - _edge(r, iris_radius - 0.035, iris_radius + 0.03))
    colour = _mix(colour, np.array([9.0, 7.0, 6.0]), 1 - _edge(r, pupil - 0.02, pupil + 0.02))
    return np.asarray(np.clip(colour, 0, 255), np.uint8)


def paint_teeth(width: int = 512, height: int = 64) -> Picture:
    """A row of teeth along the arch; gum at the top, edges at the bottom."""
    widths = np.array([0.95, 0.9, 0.68, 0.68, 0.76, 0.66, 0.86])  # first incisor outward, cm; Wheeler's dental anatomy
    widths = np.concatenate([widths[::-1], widths])
    ends = np.concatenate([[0], np.cumsum(widths)]) / widths.sum()
    u, v = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    tooth = np.clip(np.searchsorted(ends, u) - 1, 0, len(widths) - 1)
    within = (u - ends[tooth]) / (ends[tooth + 1] - ends[tooth])
    round_ = np.clip(1 - np.abs(2 * within - 1) ** 6, 0, 1)[None, :]
    gum_line = 0.20 + 0.10 * (np.abs(2 * within - 1) ** 2)[None, :]
    gum = 1 - _edge(v[:, None], gum_line - 0.06, gum_line + 0.06)
    enamel = np.array([236.0, 228.0, 212.0]) * (0.86 + 0.14 * round_[..., None]) * (1 - 0.10 * v[:, None, None] ** 3)
    enamel = enamel * (1 - 0.55 * (1 - np.clip(round_ * 4, 0, 1))[..., None] * np.array([0.8, 1.0, 1.0]))
    return np.asarray(np.clip(_mix(enamel, np.array([170.0, 88.0, 86.0]), gum), 0, 255), np.uint8)


def paint_hair(width: int = 1024, height: int = 256) -> Picture:
    """Strands from the crown (top) outward, all the way round."""
    strands = _noise((height, width), 0.8, 5, stretch=50.0) + 0.6 * _noise((height, width), 3.0, 6, stretch=20.0)
    shade = np.clip(1 + 0.26 * strands, 0.35, 1.8)[..., None]
    return np.asarray(np.clip(_HAIR * shade, 0, 255), np.uint8)


def _edge(values: Floats, low: Floats | float, high: Floats | float) -> Floats:
    t = np.clip((values - low) / (np.asarray(high) - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _mix(a: Floats, b: Floats, share: npt.NDArray[np.floating]) -> Floats:
    return np.asarray(a + share[..., None] * (b - a))


def _noise(shape: tuple[int, ...], sigma: float, seed: int, stretch: float = 1.0) -> Floats:
    """Smooth noise of deviation 1; `stretch` makes it longer down the picture. It goes on across the left edge."""
    white = np.random.default_rng(seed).standard_normal(shape)
    wide = np.tile(white, (1, 3))
    soft = cv2.GaussianBlur(wide, (0, 0), sigmaX=sigma, sigmaY=sigma * stretch)[:, shape[1] : 2 * shape[1]]
    return np.asarray(soft / soft.std())

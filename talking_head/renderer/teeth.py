"""Rows of teeth, drawn once as strips of colour that the mouth lays along the dental arches.

Widths and heights of crowns follow Wheeler's Dental Anatomy, in canonical centimetres (about 1.2 of a real one's).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

# From the middle out: central, lateral, canine, two premolars, two molars; (width, height) cm.
_UPPER = ((1.05, 1.30), (0.80, 1.16), (0.92, 1.26), (0.84, 1.12), (0.80, 1.08), (1.15, 1.0), (1.1, 0.95))
_LOWER = ((0.64, 1.06), (0.70, 1.08), (0.82, 1.20), (0.84, 1.10), (0.84, 1.05), (1.2, 0.95), (1.1, 0.9))
_GUM = 0.75  # cm of gum above the crowns
_SUPERSAMPLING = 4


def draw_row(upper: bool, px_per_cm: float, enamel: Floats, neck: Floats, gum: Floats) -> Floats:
    """The upper or the lower row: float32 [h, w, 4], red, green, blue times coverage, and coverage (0..255, 0..1).

    Row 0 is at the biting edge of the longest tooth; the middle column is between the central incisors.
    enamel, neck: [3] colours of teeth at the biting edge and at the gum; gum: [3].
    """
    sizes = np.array(_UPPER if upper else _LOWER)
    k = px_per_cm * _SUPERSAMPLING
    half = sizes[:, 0].sum()
    longest = sizes[:, 1].max()
    step = _SUPERSAMPLING
    w, h = (int(np.ceil(v * px_per_cm)) * step for v in (2 * half, longest + _GUM))
    x = (np.arange(w) + 0.5) / k - w / (2 * k)
    y = (np.arange(h) + 0.5)[:, None] / k
    edges = np.concatenate([[0], np.cumsum(sizes[:, 0])])
    which = np.clip(np.searchsorted(edges, np.abs(x), side="right") - 1, 0, len(sizes) - 1)
    width, height = sizes[which].T
    across = 2 * (np.abs(x) - edges[which]) / width - 1  # -1 at the middle's side of a tooth, 1 at its far side
    # The biting edge: laterals a little shorter, canines and premolars pointed, corners rounded.
    shorter = np.array([0.0, 0.09, 0.0, 0.06, 0.09, 0.14, 0.2])[which] * (1.0 if upper else 0.4)
    pointed = np.array([0.0, 0.0, 0.16, 0.12, 0.08, 0.03, 0.03])[which] * (1.0 if upper else 0.6)
    bite = shorter + pointed * np.abs(across) ** 1.4 + 0.13 * width * np.abs(across) ** 5
    inward = np.clip((y - bite) / (height - bite), 0, 1)  # 0 at the biting edge, 1 at the gum
    margin = height * (1 - 0.10 * np.abs(across) ** 2.5)
    crown = (y > bite) & (y < margin)

    gap = 1 - np.abs(across)
    # Teeth touch: what parts them is a soft shade in which light still goes from one to the next, deeper at the gum.
    # A face of 300 px has 20 of them a cm: finer shades than this would not be seen.
    rounded = 0.78 + 0.22 * np.sqrt(np.clip(1 - (0.94 * across) ** 2, 0, 1))
    between = (0.22 + 0.18 * inward) * np.exp(-((gap * width / 0.09) ** 2))
    tone = rounded * (0.98 + 0.10 * np.sin(np.pi * np.clip(inward * 0.9 + 0.08, 0, 1)))
    tone *= 1 - 0.10 * np.exp(-np.maximum(y - bite, 0) / 0.05)  # the biting edge is thin and lets the dark through
    # Enamel is thinner and yellower towards the gum and on canines and molars.
    yellow = np.clip(0.75 * inward**2 + np.array([0, 0.1, 0.45, 0.3, 0.35, 0.5, 0.5])[which], 0, 1)[..., None]
    # Light that has been through a tooth, or off the next, is warm.
    passed = 1 - between[..., None] * np.clip(0.9 * gum.mean() / np.maximum(gum, 1), 0.7, 1.15)
    teeth = tone[..., None] * passed * (enamel * (1 - yellow) + neck * yellow)
    flesh = gum * (0.82 + 0.18 * np.clip((y - margin) / 0.3, 0, 1))[..., None]
    shade = np.where(y[..., None] > (height - 0.3)[None, :, None], flesh, 0.25 * gum)  # between crowns: shadow
    opaque = crown | (y >= margin)
    rgba = np.dstack([np.where(crown[..., None], teeth, shade), np.ones((h, w))]) * opaque[..., None]
    small = rgba.reshape(h // step, step, w // step, step, 4).mean((1, 3))
    return np.asarray(small, np.float32)

"""Emotion -> the expression of the whole face, breathing with the line."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.performance import ARKIT_NAMES
from talking_head.motion.affects import AFFECTS, ANCHORS
from talking_head.motion.curves import Array, drift, step, stream
from talking_head.motion.feeling import Feeling
from talking_head.motion.line import Line
from talking_head.motion.lips import columns

# How much of an expression stays on the mouth while it speaks (the rest waits for pauses): pressed lips can't speak.
_WHILE_SPEAKING = {
    "mouthSmile": 0.8,
    "mouthFrown": 0.8,
    "mouthStretch": 0.6,
    "mouthUpperUp": 0.75,
    "mouthLowerDown": 0.7,
    "mouthShrugLower": 0.5,
    "mouthDimple": 0.7,
    "mouthPress": 0.15,
    "mouthFunnel": 0.5,
    "jawOpen": 0.3,
}
# An expression is there from the first frame in this part, and whole after _ONSET (spontaneous expressions rise in
# 0.2-0.5 s: Schmidt, Cohn & Tian 2003).
_TRACE, _ONSET = 0.5, 0.35
# Brows rise and fall on an accent, seconds.
_RAISE, _LOWER = 0.18, 0.35
# Faces are slightly uneven; a side gains or loses up to this share of an action.
_UNEVEN = 0.09


def swell(line: Line, seed: int) -> Array:
    """[F] How much of the expression shows: from a trace to whole, more on accents, never quite still; 0.4..1.1."""
    t, end = line.times, line.times[-1]
    onset = _TRACE + (1.0 - _TRACE) * step((t + 0.02) / _ONSET)
    ease = 1.0 - 0.12 * step((t - end + 0.5) / 0.5)
    return np.asarray(onset * ease * (0.9 + 0.18 * line.emphasis + 0.08 * drift(t, stream(seed, "swell"), 0.15, 0.7)))


def express(
    line: Line,
    feeling: Feeling,
    seed: int,
    held: npt.NDArray[np.float32] | None = None,
    lively: Array | None = None,
) -> Array:
    """The expression without speech, [F, 52] in 0..1; brow and mouth may feel different things.

    held: [52] a face that is made throughout, whatever is felt besides (of a picture: `driving.expression_from`). It
        breathes with the line as a feeling does, and leaves a speaking mouth as free.
    lively: [F, 52] what comes and goes besides, of a motion that is learned; None raises the brows on accents.
    """
    face = np.zeros((len(line.times), len(ARKIT_NAMES)))
    shown = swell(line, seed)
    kept = while_speaking(np.ones_like(face), line.speaking)
    for anchor in ANCHORS:
        for name, size in AFFECTS[anchor].face.items():
            weight = (feeling.mouth if _is_lower(name) else feeling.brow)[anchor]
            sides = columns(name)
            for column, uneven in zip(sides, _sides(seed, name, len(sides)), strict=True):
                face[:, column] += weight * size * uneven * shown * kept[:, column]
    if held is not None:
        face += (1.0 - face) * np.asarray(held, np.float64) * shown[:, None] * kept
    if lively is None:
        _raise_brows(face, line, feeling.mixed("liveliness", 1.0), seed)
    else:
        face += (1.0 - np.clip(face, 0.0, 1.0)) * lively
    return np.clip(face, 0.0, 1.0)


def while_speaking(face: Array, speaking: Array) -> Array:
    """What of an expression [F, 52] stays on the face while its mouth speaks, [F] in 0..1."""
    kept = face.copy()
    for name, share in _WHILE_SPEAKING.items():
        kept[:, columns(name)] *= 1.0 - (1.0 - share) * speaking[:, None]
    return kept


def _is_lower(name: str) -> bool:
    """Whether a coefficient belongs to the lower face (of what expressions use: all but brows and eyes)."""
    return name.startswith(("mouth", "cheek", "nose", "jaw"))


def _sides(seed: int, name: str, n_sides: int) -> Array:
    """Factors of the left and right side. The upper and the lower face each have a stronger side."""
    part = "mouth" if _is_lower(name) else "brow"
    stronger = _UNEVEN * stream(seed, f"side {part}").uniform(-1.0, 1.0)
    own = 0.3 * _UNEVEN * stream(seed, f"side {name}").uniform(-1.0, 1.0)
    return np.array([1.0 + stronger + own, 1.0 - stronger - own])[:n_sides] if n_sides == 2 else np.ones(1)


def _raise_brows(face: Array, line: Line, liveliness: Array, seed: int) -> None:
    """Brows rise on some accents, as speakers' do (Cavé et al. 1996), and are never wholly still."""
    rng = stream(seed, "brow raises")
    t = line.times
    lift = 0.04 + 0.05 * drift(t, stream(seed, "brow drift"), 0.1, 0.6)
    for time, weight in line.accents:
        chosen, size = rng.uniform(size=2)
        if chosen < 0.6:
            near = slice(*np.searchsorted(t, (time - _RAISE, time + 0.06 + _LOWER)))
            gesture = step((t[near] - time + _RAISE) / _RAISE) * step((time + 0.06 + _LOWER - t[near]) / _LOWER)
            lift[near] += (0.14 + 0.24 * size) * weight * np.broadcast_to(liveliness, t.shape)[near] * gesture
    for name, share in (("browInnerUp", 0.7), ("browOuterUp", 1.0)):
        sides = columns(name)
        face[:, sides] += share * np.maximum(lift, 0.0)[:, None] * _sides(seed, name, len(sides))

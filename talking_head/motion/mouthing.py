"""How wide words are mouthed: a line's lip scale, and the marks on its words."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from studio.emotion import EmotionTrack
from studio.emotion.track import RANGES
from studio.errors import InputError
from studio.performance import arkit_index
from talking_head.motion.curves import Array
from talking_head.motion.lips import ROUNDING, Articulation, columns

# From one width to the next within about a sound (four of these, 0.12 s), so that a short word has its own.
_EASING = 0.03
_TICK = 0.005  # seconds
# A jaw in wide speech comes near this; what is asked beyond is approached, never reached.
_WIDEST = 0.85

_JAW = columns("jawOpen")
_LIPS = [i for n in ("mouthLowerDown", "mouthUpperUp") for i in columns(n)]
# The lower lip under the teeth is what shows f and v, however they are said; it is there from this much on.
_TUCKED = 0.5
_TUCKING = [arkit_index("mouthRollLower"), arkit_index("mouthRollUpper")]


def mouthing(track: EmotionTrack, times: Array, scale: float = 1.0) -> Array:
    """[F] how wide the mouth opens at each of `times`, as a factor of what it would: for `opened`.

    track: in seconds; where its marks of kind "mouth" nest, the inner one holds. times: [F] seconds, rising.
    scale: the lip scale of the whole line, which multiplies the marks; both lie in RANGES["mouth"], and so does what
        comes back. Raises InputError for another scale, or a track counted in words.
    """
    allowed = RANGES["mouth"]
    if scale not in allowed:
        raise InputError(f"The lip scale is {scale:g}, but must be {allowed}.")
    if track.unit != "seconds":
        raise InputError("Only a track in seconds says when words are mouthed; time it with in_seconds first.")
    marks = [m for m in track.marks if m.kind == "mouth" and m.start < m.end]
    if not marks or not len(times):
        return np.full(len(times), float(scale))
    grid = np.arange(times[0] - 1.0, times[-1] + 1.0, _TICK)
    widths = np.zeros(len(grid))
    # The order of `EmotionTrack.marked`: the inner one starts later, or ends earlier.
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        widths[(grid >= mark.start) & (grid < mark.end)] = np.log(float(mark.value or 1.0))
    eased = np.exp(gaussian_filter1d(widths, _EASING / _TICK, mode="nearest"))
    return np.clip(scale * np.interp(times, grid, eased), allowed.low, allowed.high)


def opened(mouth: Articulation, factor: Array) -> Articulation:
    """The articulation, mouthed `factor` [F] times as wide; 1 changes nothing.

    Jaw and lips open in proportion, spread by its square root and round by its cube root: sounds are told apart by
    shape when they hardly open. The lower lip meets the teeth on f and v as ever, and contact stays contact.
    """
    tucked = np.minimum(mouth.pose[:, [arkit_index("mouthRollLower")]] / _TUCKED, 1.0)
    asked = np.asarray(factor, np.float64)[:, None]
    f = 1.0 + (asked - 1.0) * (1.0 - tucked)
    pose = mouth.pose * np.sqrt(f)
    pose[:, _LIPS] = _scaled(mouth.pose[:, _LIPS], f)
    # A jaw that opens less lets the lip reach the teeth all the same; one that opens more would not.
    pose[:, _JAW] = _scaled(mouth.pose[:, _JAW], np.minimum(f, asked))
    pose[:, ROUNDING] = mouth.pose[:, ROUNDING] * np.cbrt(f)
    pose[:, _TUCKING] = mouth.pose[:, _TUCKING]
    return Articulation(np.clip(pose, 0.0, 1.0), mouth.contact)


def _scaled(opening: Array, factor: Array) -> Array:
    """In proportion, but softly below _WIDEST."""
    room = np.maximum(_WIDEST - opening, 1e-6)
    wider = opening + room * np.tanh(opening * np.maximum(factor - 1.0, 0.0) / room)
    return np.asarray(wider * np.minimum(factor, 1.0))

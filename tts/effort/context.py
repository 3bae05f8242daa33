"""What of a frame decides how an emotion moves its envelope: which kind of sound it is, and how loudly it is said."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tts.effort.phones import NONE, Phone

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# For each Phone a constant and a slope over the strength.
WIDTH = 2 * len(Phone)
# Strength: 0 at 10 dB under the loud sounds of an utterance, 1 at these; held from 1.5 under to .5 over that range.
_LOUD_PERCENTILE, _STRENGTH_DB = 90, 10.0
_LEAST, _MOST = -1.5, 1.5


def strength(level: Floats) -> Floats:
    """How loudly each frame is said for its utterance, [N], from the frames' levels in dB, [N]."""
    above = (level - np.percentile(level, _LOUD_PERCENTILE)) / _STRENGTH_DB + 1.0
    return np.asarray(np.clip(above, _LEAST, _MOST))


def contexts(phone: Ints, level: Floats) -> Floats:
    """[N] Phones (or NONE: zeros) and [N] dB -> [N, WIDTH]."""
    out = np.zeros((len(phone), WIDTH))
    sounds = np.flatnonzero(phone != NONE)
    out[sounds, phone[sounds]] = 1.0
    out[sounds, len(Phone) + phone[sounds]] = strength(level)[sounds]
    return out

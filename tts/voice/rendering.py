"""One line said plainly in a style, and no longer than it sounds: what fitting listens to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tts.acoustic.kokoro import FRAME, Encoding, Floats, Kokoro
from tts.prosody.lengths import whole
from tts.prosody.silence import heard

# Of the model's F0 contour, what lies under this is silence or creak.
_LOWEST_HZ = 60.0
# Frames kept around what sounds.
_MARGIN = 2


def said(kokoro: Kokoro, ids: Sequence[int], style: Floats) -> Floats:
    """Samples [T] at SAMPLE_RATE. ids: tokens with pads.  style: [1, 256]."""
    encoding, frames, f0, energy = _drawn(kokoro, ids, style)
    start, end = heard(energy)
    sound = kokoro.sound(encoding, frames, f0, energy)
    return sound[max(start - _MARGIN, 0) * FRAME : (end + _MARGIN) * FRAME]


def intoned(kokoro: Kokoro, ids: Sequence[int], style: Floats) -> tuple[float, float]:
    """Median and standard deviation of ln F0, without making sound."""
    _, _, f0, _ = _drawn(kokoro, ids, style)
    voiced = np.log(f0[f0 > _LOWEST_HZ])
    return float(np.median(voiced)), float(np.std(voiced))


def _drawn(kokoro: Kokoro, ids: Sequence[int], style: Floats) -> tuple[Encoding, npt.NDArray[np.int64], Floats, Floats]:
    encoding = kokoro.encode(list(ids), style)
    frames = whole(encoding.durations)
    return encoding, frames, *kokoro.contour(encoding, frames)

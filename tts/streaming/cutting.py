"""Where a sentence is cut, to be handed out in parts."""

from __future__ import annotations

import numpy as np

from tts.prosody.reading import Contour
from tts.prosody.silence import FRAMES_PER_SECOND

# The first part. With what it takes to read a sentence and draw its contour, it is decoded in under half a second.
_FIRST_SECONDS = 0.8
# While a part plays the next is made, from the sentence's start on. At 0.17 s for a second of sound (two cores, 0005)
# one nearly six times as long could be; the rest is left for reading, and for a slower machine.
_GROWTH = 3.5
# A part ends at the quietest frame, in a pause or a stop's closure, from so many before where it should to so many
# after.
_EARLIER, _LATER = 8, 6
# A last part shorter than this is not worth a cut.
_LEAST_SECONDS = 0.6


def stops(energy: Contour, start: int, end: int, ahead: float) -> list[int]:
    """The frames before which parts of a sentence end, but for the last.

    energy: the acoustic model's, [2F].  start, end: the frames that are heard.  ahead: seconds handed out before.
    """
    level = energy.reshape(-1, 2).mean(axis=1)
    found: list[int] = []
    ready = max(_FIRST_SECONDS, _GROWTH * ahead)
    while True:
        wanted = start + round(ready * FRAMES_PER_SECOND)
        if wanted + round(_LEAST_SECONDS * FRAMES_PER_SECOND) >= end:
            return found
        first = wanted - _EARLIER
        found.append(first + int(np.argmin(level[first : wanted + _LATER])))
        ready = _GROWTH * (ahead + (found[-1] - start) / FRAMES_PER_SECOND)

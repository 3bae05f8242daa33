"""Where a sentence is cut, to be handed out in parts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

from tts.acoustic import FRAME, SAMPLE_RATE
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
# Where the energy is least the sound may be about to burst: what is sounded comes up to 50 ms ahead of its frame. So
# the cut moves, by so many frames, to the quietest place whose level changes by no more than this from 10 ms to the
# next; of the changes within sentences one in twenty is over 13 dB.
_BACK, FORWARD = 5, 3
_STEP, _AROUND = SAMPLE_RATE // 100, 2
_CALM_DB, _SILENT_DB = 9.0, -50.0


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


def calmest(sound: npt.NDArray[np.float32], near: int) -> int:
    """The sample to cut a part at, near one of its samples: where it is quiet and no sound begins or ends within 20 ms;
    where there is no such place, that of the least change."""
    level = np.square(sound[: len(sound) // _STEP * _STEP].reshape(-1, _STEP), dtype=np.float64).mean(axis=1)
    level = 10 * np.log10(level / max(float(level.max()), 1e-12) + 10 ** (_SILENT_DB / 10))
    # Around a cut before step i: the steps from i - 2 to i + 1, and the changes at the starts of those to i + 2.
    loudest = maximum_filter1d(level, 2 * _AROUND)
    change = maximum_filter1d(np.abs(np.diff(level, prepend=level[0])), 2 * _AROUND + 1)
    first, last = (near + frames * FRAME for frames in (-_BACK, FORWARD))
    places = np.arange(max(first // _STEP, _AROUND), min(last // _STEP, len(level) - _AROUND))
    calm = places[change[places] <= max(_CALM_DB, change[places].min())]
    return int(calm[np.argmin(loudest[calm])]) * _STEP

"""Where one shot ends and the next begins."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
import numpy.typing as npt

# A frame is compared with the one before on so many blocks; mean difference of their colours, 0 to 255.
_BLOCKS = (16, 9)
_LOOKED_AT = 180  # rows of the frame are enough for them
# A cut differs by at least this, and by so many times what frames around it differ by; hand-held cameras and people who
# turn stayed below a third of the first.
_LEAST, _TIMES = 12.0, 4.0
_AROUND = 12


class Cuts:
    """Tells cuts as frames come by."""

    def __init__(self) -> None:
        self._before: npt.NDArray[np.float32] | None = None
        self._usual: deque[float] = deque(maxlen=_AROUND)

    def begins(self, frame: npt.NDArray[np.uint8]) -> bool:
        """Whether a shot begins with this frame, RGB uint8 [H, W, 3]; True for the first."""
        step = max(frame.shape[0] // _LOOKED_AT, 1)
        some = np.ascontiguousarray(frame[::step, ::step])
        blocks = np.asarray(cv2.resize(some, _BLOCKS, interpolation=cv2.INTER_AREA), np.float32)
        before, self._before = self._before, blocks
        if before is None:
            return True
        change = float(np.abs(blocks - before).mean())
        usual = float(np.median(self._usual)) if self._usual else 0.0
        if change > max(_LEAST, _TIMES * usual):
            self._usual.clear()
            return True
        self._usual.append(change)
        return False

"""The beginning of a sentence, decoded before the rest."""

from __future__ import annotations

import numpy as np

from tts.acoustic import FRAME, Encoding, Kokoro
from tts.acoustic.kokoro import Floats
from tts.prosody.reading import Contour, Ints
from tts.prosody.silence import heard
from tts.streaming.decoder import Decoder, Drawn

# Frames of the lead-in that are decoded: the convolutions reach six back.
_LEAD = 6


class Beginning(Kokoro):
    """The acoustic model as `tts.rendering.said` asks it, of which only the frames before `stop` are decoded.

    Durations, pitch and energy are those of the whole sentence, so nothing of the reading changes; what lies beyond is
    silent. raw: the samples last decoded.
    """

    def __init__(self, kokoro: Kokoro, decoder: Decoder | None = None, stop: int | None = None) -> None:
        """decoder: for beginnings; without one, and without `stop`, sentences are decoded whole."""
        vars(self).update(vars(kokoro))
        self._kokoro = kokoro
        self._decoder = decoder
        self._stop = stop
        self._contours: dict[bytes, tuple[Contour, Contour]] = {}
        self.raw = np.zeros(0, np.float32)

    def upto(self, stop: int, decoder: Decoder) -> Beginning:
        """The same sentence up to a frame. Contours drawn once are not drawn again."""
        other = Beginning(self._kokoro, decoder, stop)
        other._contours = self._contours
        return other

    def contour(self, encoding: Encoding, frames: Ints) -> tuple[Contour, Contour]:
        key = frames.tobytes()
        if key not in self._contours:
            self._contours[key] = self._kokoro.contour(encoding, frames)
        return self._contours[key]

    def sound(self, encoding: Encoding, frames: Ints, f0: Contour, energy: Contour) -> Floats:
        if self._decoder is None or self._stop is None:
            self.raw = self._kokoro.sound(encoding, frames, f0, energy)
            return self.raw
        total = len(energy) // 2
        start, stop = max(heard(energy)[0] - _LEAD, 0), min(self._stop, total)
        self.raw = self._decoder.decoded(Drawn(encoding, frames, f0, energy), start, stop)
        out = np.zeros(total * FRAME, np.float32)
        out[start * FRAME : stop * FRAME] = self.raw
        return out

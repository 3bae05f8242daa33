"""A part of a sentence's sound, joined to the part before it so that no seam is heard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tts import post
from tts.acoustic import FRAME, SAMPLE_RATE

Samples = npt.NDArray[np.float32]

# Samples of crossfade. Both parts are decoded with one pitch, so their waveforms agree (9 to 12 dB of one is the
# other), and what differs is their colour, by a few dB in a band: over 0.15 s that is no seam.
OVERLAP = 6 * FRAME
# From one gain to the next.
_GLIDE = 1.0 * SAMPLE_RATE


@dataclass(frozen=True, eq=False)
class Part:
    """sound: of the sentence from its start, as far as it is decoded, at its level.  start, end: the samples of it that
    are handed out.  gain: dB it ends with.  fresh: those samples, joined to the part before."""

    sound: Samples
    start: int
    end: int
    gain: float
    fresh: Samples

    @classmethod
    def after(cls, before: Part | None, sound: Samples, end: int, gain: float) -> Part:
        """The part that ends at sample `end`. sound: not levelled yet; gain: dB it is to be raised by."""
        if before is None:
            raised = _raised(sound, np.full(len(sound), gain))
            return cls(raised, 0, end, gain, raised[:end])
        start = before.end
        glide = np.clip((np.arange(len(sound)) - start) / _GLIDE, 0.0, 1.0)
        reached = before.gain + (gain - before.gain) * glide
        raised = _raised(sound, reached)
        fresh = raised[start:end].copy()
        fade = np.linspace(1.0, 0.0, min(OVERLAP, len(fresh)), dtype=np.float32)
        fresh[: len(fade)] += fade * (before.sound[start : start + len(fade)] - fresh[: len(fade)])
        return cls(raised, start, end, float(reached[end - 1]), fresh)


def _raised(sound: Samples, decibels: npt.NDArray[np.float64]) -> Samples:
    return post.limited(post.gained(sound, decibels), SAMPLE_RATE)

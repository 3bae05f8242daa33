"""The four tokens a phoneme gets: duration, pitch, slope and strength, and the numbers they stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Scale:
    """Codes 0 to `count` - 1 for numbers from `low` in even steps."""

    low: float
    step: float
    count: int

    @property
    def high(self) -> float:
        return self.low + self.step * (self.count - 1)

    def codes(self, values: npt.ArrayLike) -> Ints:
        """The nearest code of each value, of the ends for what lies outside."""
        nearest = np.rint((np.asarray(values, float) - self.low) / self.step)
        return np.clip(nearest, 0, self.count - 1).astype(np.int64)

    def values(self, codes: npt.ArrayLike) -> Floats:
        """What codes, or means of codes, stand for."""
        return self.low + self.step * np.asarray(codes, float)


# Frames of 25 ms. Of the acoustic model's own tokens 1 in 20,000 is longer; long pauses are asked for by marks.
DURATION = Scale(0, 1, 48)
# Semitones around the median of the acoustic model's plain reading. From creak to a shout.
PITCH = Scale(-16.0, 0.5, 73)
# Semitones F0 rises within the phoneme.
SLOPE = Scale(-12.0, 1.0, 25)
# dB beyond what the acoustic model makes of it.
STRENGTH = Scale(-12.0, 1.0, 25)

# In the order they are decided: each knows those before it.
SCALES = {"duration": DURATION, "pitch": PITCH, "slope": SLOPE, "strength": STRENGTH}

"""The course of a sound that is no word: what glottis and breath do, every 5 ms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

STEP_SECONDS = 0.005


@dataclass(frozen=True, eq=False)
class Score:
    """N steps of STEP_SECONDS.

    pitch: F0 over the voice's median.  voice: gain of the vowel (1: as the voice's own, in plain speech).
    tilt: dB per octave by which the vowel falls more steeply over 500 Hz (less than 0: a pressed, bright one).
    breath: gain of breath let out (1: as the voice's own /h/).  inhaled: gain of breath drawn in.
    brightness: dB per octave around 1.5 kHz by which the breath drawn in is brighter than the /h/.  Each [N].
    damped: Hz under which breath let out is weak.
    open: 1 for the vowel of "hot", 0 for that of "hut".  roughness: standard deviation of a period, as a share.
    level: dB of the loudest 25 ms over the voice's level in plain speech.
    spans: what is heard when: ("[laugh]", start, end) in seconds, without gaps from 0 to the end.
    """

    pitch: Floats
    voice: Floats
    tilt: Floats
    breath: Floats
    inhaled: Floats
    brightness: Floats
    damped: float
    open: float
    roughness: float
    level: float
    spans: tuple[tuple[str, float, float], ...]

    @property
    def seconds(self) -> float:
        return len(self.pitch) * STEP_SECONDS


def steps(seconds: float) -> Floats:
    """The times of the steps of so long a course, [N]."""
    return np.arange(max(1, round(seconds / STEP_SECONDS)), dtype=np.float64) * STEP_SECONDS


def swell(at: Floats, seconds: float, rise: float, fall: float) -> Floats:
    """[N] 0 to 1 and back over `seconds` from 0 on: raised cosines over the shares `rise` and `fall` at its ends."""
    x = at / seconds
    up, down = np.clip(x / rise, 0.0, 1.0), np.clip((1.0 - x) / fall, 0.0, 1.0)
    return np.asarray(np.sin(np.pi / 2 * np.minimum(up, down)) ** 2)

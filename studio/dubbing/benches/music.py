"""Music to lie under a film: slow chords of plain tones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# A minor, F, C, G: roots and their chords in semitones from A3 (220 Hz).
_CHORDS = ((0, 3, 7), (-4, 0, 3), (3, 7, 10), (-2, 2, 5))
_A3, _BAR = 220.0, 2.4
# Peaks of a chord at this level of full scale: some 20 dB under speech.
_LEVEL = 0.03


def music(samples: int, rate: int) -> npt.NDArray[np.float32]:
    """So many samples of it, float32 mono."""
    bars = [_chord(chord, rate) for chord in _CHORDS]
    phrase = np.concatenate(bars)
    return np.resize(phrase, samples).astype(np.float32)


def _chord(semitones: tuple[int, ...], rate: int) -> npt.NDArray[np.float64]:
    t = np.arange(round(_BAR * rate)) / rate
    swell = np.sin(np.pi * t / _BAR)
    tones = [np.sin(2 * np.pi * _A3 * 2 ** (s / 12) * t * k) / k for s in semitones for k in (1, 2, 3)]
    return np.asarray(_LEVEL / len(semitones) * swell * np.sum(tones, axis=0))

"""What two channels have in common in the middle: where a film's dialogue is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.fft import irfft, rfft

from studio.dubbing.sound.blocks import RATE

Sound = npt.NDArray[np.float32]

# 85 ms, three quarters overlapping: partials of a voice are apart from each other.
_FRAME, _HOP = 4096, 1024
# Bass and kick drums are in the middle too, below any speech.
_LOW, _FULL = 80.0, 140.0
MARGIN = _FRAME

# Applied before and after; its square adds up to 3/2 over the overlapping frames.
_WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / _FRAME)).astype(np.float32)
_OVERLAP = 1.5
_SPEECH = np.clip((np.fft.rfftfreq(_FRAME, 1 / RATE) - _LOW) / (_FULL - _LOW), 0, 1).astype(np.float32)


def centre_of(first: int, pair: Sound) -> Sound:
    """The middle [T] of left and right [MARGIN + T + MARGIN, 2], the same whatever blocks it is computed in.

    first: the sample at T = 0. Of each time and frequency, mid * (1 - (|side| / |mid|)^2) where that is positive: as in
    Vickers (2009), "Frequency-domain two- to three-channel upmix", but for the square, by which a voice that music
    covers in part goes more fully.
    """
    samples = len(pair) - 2 * MARGIN
    # Frames lie on one grid through the film.
    offset = (-(first - MARGIN)) % _HOP
    starts = np.arange(offset, len(pair) - _FRAME + 1, _HOP)
    window = _WINDOW[:, None]
    frames = np.lib.stride_tricks.sliding_window_view(pair, _FRAME, axis=0)[starts].transpose(0, 2, 1)
    spectra = rfft(frames * window, axis=1)
    mid, side = (spectra[..., 0] + spectra[..., 1]) / 2, (spectra[..., 0] - spectra[..., 1]) / 2
    powers = np.abs(mid) ** 2
    share = np.clip(1 - np.abs(side) ** 2 / np.maximum(powers, 1e-20), 0, 1)
    share *= _SPEECH
    pieces = irfft(mid * share, _FRAME, axis=1) * (_WINDOW / _OVERLAP)
    middle = np.zeros(len(pair), np.float32)
    for start, piece in zip(starts, pieces, strict=True):
        middle[start : start + _FRAME] += piece
    return middle[MARGIN : MARGIN + samples]

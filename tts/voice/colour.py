"""A voice's colour: a light equaliser that brings the long-term spectrum nearer to a recording's."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve

from tts.acoustic.kokoro import Floats

# Half octaves from 125 Hz to 8 kHz: smooth enough to move no formant, which are a third of an octave wide.
CENTRES: npt.NDArray[np.float64] = 125.0 * 2.0 ** (np.arange(13) / 2)
FLAT: Floats = np.zeros(len(CENTRES), np.float32)
# More would bring up noise where the voice has little.
MOST_DB = 6.0

# The filter's response dies out within 20 ms: half an octave at 125 Hz is 44 Hz wide.
_TAP_SECONDS = 0.02
_GRID = 8192


def colour(samples: Floats, rate: int, bands: Floats) -> Floats:
    """The sound [T] through a minimum-phase filter of `bands` dB at `CENTRES`, without delay."""
    if not bands.any():
        return samples
    taps = _taps(bands.tobytes(), rate)
    return fftconvolve(samples, taps)[: len(samples)].astype(np.float32)


@lru_cache(maxsize=8)
def _taps(bands: bytes, rate: int) -> npt.NDArray[np.float64]:
    hertz = np.fft.rfftfreq(_GRID, 1 / rate)
    decibels = np.interp(np.log2(np.maximum(hertz, 1.0)), np.log2(CENTRES), np.frombuffer(bands, np.float32))
    # The cepstrum of a minimum-phase filter is that of its magnitude, folded onto positive time (Oppenheim & Schafer).
    cepstrum = np.fft.irfft(decibels * np.log(10) / 20)
    cepstrum[1 : _GRID // 2] *= 2
    cepstrum[_GRID // 2 + 1 :] = 0
    response = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))
    count = int(_TAP_SECONDS * rate)
    fade = np.cos(np.linspace(0, np.pi / 2, count // 4)) ** 2
    response = response[:count]
    response[-len(fade) :] *= fade
    return response


def long_term(samples: Floats, rate: int) -> npt.NDArray[np.float64]:
    """Mean power in dB in the half octave around each of `CENTRES`, of the louder half of the sound; [13].

    Bands over the half of `rate` are NaN.
    """
    size = 2 ** round(np.log2(0.064 * rate))
    count = 1 + max(0, len(samples) - size) // (size // 2)
    padded = np.pad(samples, (0, max(0, size - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[:: size // 2][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(size))) ** 2
    # Pauses hold the room, not the voice.
    loud = power.sum(axis=1)
    mean = power[loud >= np.median(loud)].mean(axis=0)
    hertz = np.fft.rfftfreq(size, 1 / rate)
    edge = 2**0.25
    out = np.full(len(CENTRES), np.nan)
    for i, centre in enumerate(CENTRES):
        inside = (hertz >= centre / edge) & (hertz < centre * edge)
        if centre * edge <= rate / 2:
            out[i] = 10 * np.log10(mean[inside].mean() + 1e-12)
    return out


def matching(recorded: npt.NDArray[np.floating], rendered: npt.NDArray[np.floating]) -> Floats:
    """Bands in dB, [13], that bring a rendered long-term spectrum near a recorded one, smooth and within 6 dB.

    Above what was recorded, they stay as at the last band that was. Level is no colour: their mean is taken out.
    """
    difference = np.asarray(recorded - rendered, np.float64)
    known = np.isfinite(difference)
    difference = np.interp(np.arange(len(CENTRES)), np.flatnonzero(known), difference[known])
    # The ends are the microphone's and the room's: they don't move the middle.
    difference -= difference[2:-2].mean()
    smooth = np.convolve(np.pad(difference, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return np.clip(smooth, -MOST_DB, MOST_DB).astype(np.float32)

"""The same recording by another speaker, in another room, over another microphone: for training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, fftconvolve, sosfilt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Channel:
    """A speaker's size, a room and a microphone; all of one virtual speaker's clips go through the same one.

    tilt: dB an octave. peak, at: a broad boost or cut in dB, in octaves from 1 kHz. t60, direct: reverberation in s
    and how far it lies under the direct sound in dB; 0: none. telephone: 300 to 3400 Hz. snr: of the noise in dB, None
    for none; colour: its tilt. warp: the speaker played faster or slower, voice and size of the head together.
    """

    tilt: float
    peak: float
    at: float
    t60: float
    direct: float
    room: int
    telephone: bool
    snr: float | None
    colour: float
    warp: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Channel:
        """A channel as rooms and microphones have them."""
        return cls(
            tilt=rng.uniform(-2, 2),
            peak=rng.uniform(-4, 4),
            at=rng.uniform(-2, 2.5),
            t60=rng.uniform(0.15, 0.5) if rng.random() < 0.6 else 0.0,
            direct=rng.uniform(3, 12),
            room=int(rng.integers(1 << 30)),
            telephone=bool(rng.random() < 0.2),
            snr=rng.uniform(15, 35) if rng.random() < 0.7 else None,
            colour=rng.uniform(0, 0.7),
            # Two and a half semitones either way: F0 and formants of another person, the emotion still the same.
            warp=float(np.exp(rng.uniform(-0.14, 0.14))),
        )

    def __call__(self, samples: Floats, rate: int, rng: np.random.Generator) -> Floats:
        """The sound through this channel, [T / warp]; `rng` draws the noise."""
        n = round(len(samples) / self.warp)
        x = np.interp(np.arange(n) * self.warp, np.arange(len(samples)), samples)
        hz = np.fft.rfftfreq(n, 1 / rate)
        octave = np.log2(np.maximum(hz, 50) / 1000)
        gain = self.tilt * np.clip(octave, -4, 3) + self.peak * np.exp(-(((octave - self.at) / 0.7) ** 2))
        x = np.fft.irfft(np.fft.rfft(x) * 10 ** (gain / 20), n)
        if self.t60:
            x = fftconvolve(x, self._impulse_response(rate))[:n]
        if self.telephone:
            x = sosfilt(butter(4, [300, 3400], "band", fs=rate, output="sos"), x)
        if self.snr is not None:
            noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * np.maximum(hz, 30) ** -self.colour, n)
            x = x + noise * np.sqrt((x**2).mean() / (noise**2).mean()) * 10 ** (-self.snr / 20)
        return x

    def _impulse_response(self, rate: int) -> Floats:
        n = int(self.t60 * rate)
        tail = np.random.default_rng(self.room).standard_normal(n) * 10 ** (-3 * np.arange(n) / n)
        response = tail * 10 ** (-self.direct / 20) / np.sqrt((tail**2).sum())
        response[0] += 1.0
        return response

"""The spectral envelope of speech in broad bands, and gains that move it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter1d

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

# Frames of 32 ms every 8: long enough for the harmonics of a low voice, short enough for the burst of a stop.
_WINDOW_SECONDS, _HOP_SECONDS = 0.032, 0.008
# Band centres evenly spaced in mel between the first formant of a close vowel and the upper edge of a corpus at 16 kHz.
BANDS = 20
_LOWEST_HZ, _HIGHEST_HZ = 250.0, 7000.0
# No band is narrower, either side of its centre: a high voice has a harmonic in each.
_LEAST_HALF_WIDTH_HZ = 250.0
# What is compared at equal level: the band that corpora at 16 kHz have whole.
_LEVEL_HZ = (100.0, 7600.0)
_FLOOR = 1e-10
# Breath fills the spectrum from where a soft voice's harmonics fade: Klatt & Klatt (1990) find noise in place of
# harmonics over the third formant, 2 to 3 kHz. Its envelope is the sound's own, over three harmonics of a low voice.
_BREATH_FROM_HZ, _BREATH_WHOLE_HZ, _ENVELOPE_HZ = 500.0, 2000.0, 350.0


def _mel(hz: npt.ArrayLike) -> Floats:
    return 2595.0 * np.log10(1.0 + np.asarray(hz, float) / 700.0)


CENTRES_HZ: Floats = 700.0 * (10.0 ** (np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), BANDS) / 2595.0) - 1.0)


@dataclass(frozen=True)
class Analysis:
    """Short-time spectra at one sample rate."""

    sample_rate: int

    @property
    def hop(self) -> int:
        return round(_HOP_SECONDS * self.sample_rate)

    @property
    def window(self) -> int:
        return 4 * self.hop

    @property
    def size(self) -> int:
        """Of the transform: room behind the frame for what a gain spreads in time."""
        return int(2 ** np.ceil(np.log2(1.25 * self.window)))

    @cached_property
    def hz(self) -> Floats:
        return np.asarray(np.fft.rfftfreq(self.size, 1.0 / self.sample_rate))

    @cached_property
    def _triangles(self) -> Floats:
        half = np.maximum(np.gradient(CENTRES_HZ), _LEAST_HALF_WIDTH_HZ)
        return np.clip(1.0 - np.abs(self.hz - CENTRES_HZ[:, None]) / half[:, None], 0.0, None)

    @cached_property
    def _spread(self) -> Floats:
        """How a gain in bands lies over the bins, [BANDS, bins]: straight in mel, constant beyond the ends."""
        at = _mel(self.hz)
        return np.stack([np.interp(at, _mel(CENTRES_HZ), row) for row in np.eye(BANDS)])

    @cached_property
    def _hann(self) -> Floats:
        return np.hanning(self.window + 1)[:-1]

    def count(self, samples: int) -> int:
        """Frames of a sound; frame n is centred on sample n * hop."""
        return -(-samples // self.hop) + 1

    def spectra(self, samples: npt.NDArray[np.floating]) -> npt.NDArray[np.complexfloating]:
        """[T] -> [N, bins]."""
        n, half = self.count(len(samples)), self.window // 2
        padded = np.pad(samples, (half, n * self.hop + self.window - len(samples)))
        frames = np.lib.stride_tricks.sliding_window_view(padded, self.window)[:: self.hop][:n]
        return np.fft.rfft(frames * self._hann, self.size)

    def envelope(self, spectra: npt.NDArray[np.complexfloating]) -> tuple[Floats, Floats]:
        """Of [N, bins]: each band's level beside its frame's in dB, [N, BANDS], and the frames' levels in dB, [N]."""
        power = spectra.real**2 + spectra.imag**2
        whole = 10.0 * np.log10(power[:, (self.hz >= _LEVEL_HZ[0]) & (self.hz <= _LEVEL_HZ[1])].sum(axis=1) + _FLOOR)
        return 10.0 * np.log10(power @ self._triangles.T + _FLOOR) - whole[:, None], whole

    def breathed(self, spectra: npt.NDArray[np.complexfloating], share: Floats) -> npt.NDArray[np.complexfloating]:
        """[N, bins] with `share` [N] of the amplitude from 2 kHz up, less of it down to 500 Hz, turned to noise under
        the same envelope. The noise is the same each time."""
        noise = self.spectra(np.random.default_rng(0).standard_normal(self.hop * (len(spectra) - 1)))
        noise /= np.sqrt((np.abs(noise) ** 2).mean())
        power = spectra.real**2 + spectra.imag**2
        envelope = np.sqrt(uniform_filter1d(power, self._bins(_ENVELOPE_HZ), axis=1, mode="nearest"))
        part = share[:, None] * np.clip((self.hz - _BREATH_FROM_HZ) / (_BREATH_WHOLE_HZ - _BREATH_FROM_HZ), 0.0, 1.0)
        return np.asarray(spectra * np.sqrt(1.0 - part**2) + noise * envelope * part)

    def _bins(self, hz: float) -> int:
        return round(hz / self.hz[1])

    def gained(self, spectra: npt.NDArray[np.complexfloating], decibels: Floats, samples: int) -> Samples:
        """The sound [samples] of `spectra` with each frame's bands moved by `decibels` [N, BANDS], its level kept."""
        gain = 10.0 ** ((decibels @ self._spread) / 20.0)
        power = spectra.real**2 + spectra.imag**2
        before, after = power.sum(axis=1) + _FLOOR, (power * gain**2).sum(axis=1) + _FLOOR
        shaped = spectra * (gain * np.sqrt(before / after)[:, None])
        # The zero-phase gain spreads to both sides of the frame: turned half a transform, it lies whole within.
        room = (self.size - self.window) // 2
        turn = np.exp(-2j * np.pi * np.arange(len(self.hz)) * room / self.size)
        frames = np.fft.irfft(shaped * turn, self.size)
        out = np.zeros((len(frames) - 1) * self.hop + self.size)
        for i, frame in enumerate(frames):
            out[i * self.hop : i * self.hop + self.size] += frame
        # Hann windows a quarter apart sum to 2.
        start = self.window // 2 + room
        return (out[start : start + samples] / 2.0).astype(np.float32)

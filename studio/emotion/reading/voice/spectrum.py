"""Descriptors of each frame's spectrum: mel bands, cepstrum, tilt, timbre, formants, cepstral peak.

After the definitions of the extended Geneva minimalistic acoustic parameter set: Eyben et al. (2016), "The Geneva
Minimalistic Acoustic Parameter Set (GeMAPS) for voice research and affective computing", IEEE Transactions on
Affective Computing 7(2).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.fft import dct
from scipy.signal import resample_poly

from studio.emotion.reading.voice.framing import RATE, frames_of

Floats = npt.NDArray[np.float64]

BANDS = 26
CEPSTRA = 16
_FFT = 512
_WINDOW = int(0.025 * RATE)
# Under this the room speaks, not the person: 50 dB below the mean level of a sound of root mean square 0.1.
_FLOOR_DB = -50.0
_HZ = np.fft.rfftfreq(_FFT, 1.0 / RATE)


def _mel_filters() -> Floats:
    """Triangles [BANDS, bins] from 50 to 7600 Hz, evenly spaced on the mel scale (O'Shaughnessy)."""

    def mel(hz: npt.ArrayLike) -> Floats:
        return 2595.0 * np.log10(1.0 + np.asarray(hz, float) / 700.0)

    edges = np.linspace(mel(50.0), mel(7600.0), BANDS + 2)
    bins = mel(_HZ)
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    return np.clip(np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)), 0.0, None)


_MEL = _mel_filters()


def power_spectra(samples: Floats) -> Floats:
    """Power of each frame and bin, [F, 257], with the floor added so that digital silence and a quiet room agree."""
    window = np.hanning(_WINDOW)
    power = np.abs(np.fft.rfft(frames_of(samples, _WINDOW) * window, _FFT)) ** 2
    # A white floor of that level: its power spreads evenly over the bins.
    floor = 0.01 * 10.0 ** (_FLOOR_DB / 10.0) * float((window**2).sum())
    return power + floor


def mel_bands(power: Floats) -> Floats:
    """Level of each mel band in dB, [F, BANDS]."""
    return 10.0 * np.log10(power @ _MEL.T)


def cepstrum(mel: Floats) -> Floats:
    """Mel-frequency cepstral coefficients 1..CEPSTRA of the bands, [F, CEPSTRA]."""
    return dct(mel, type=2, norm="ortho", axis=1)[:, 1 : CEPSTRA + 1]


def loudness(power: Floats) -> Floats:
    """Perceived loudness: the bands' powers to 0.3 (Stevens), summed, [F]."""
    return ((power @ _MEL.T) ** 0.3).sum(axis=1)


def timbre(power: Floats) -> dict[str, Floats]:
    """Tilt and shape of each frame's spectrum, name -> [F]."""
    db = 10.0 * np.log10(power)

    def band(low: float, high: float) -> npt.NDArray[np.bool_]:
        return (low <= _HZ) & (high > _HZ)

    def energy(low: float, high: float) -> Floats:
        return 10.0 * np.log10(power[:, band(low, high)].sum(axis=1))

    def slope(low: float, high: float) -> Floats:
        hz = _HZ[band(low, high)]
        return db[:, band(low, high)] @ (hz - hz.mean()) / ((hz - hz.mean()) ** 2).sum() * 1000.0

    share = power / power.sum(axis=1, keepdims=True)
    cumulative = np.cumsum(share, axis=1)
    centroid = share @ _HZ
    spread = np.sqrt(share @ _HZ**2 - centroid**2)
    unit = np.sqrt(share)
    flux = np.linalg.norm(np.diff(unit, axis=0, prepend=unit[:1]), axis=1)
    found = {
        "alpha_ratio": energy(50, 1000) - energy(1000, 5000),
        "hammarberg": db[:, band(0, 2000)].max(axis=1) - db[:, band(2000, 5000)].max(axis=1),
        "slope_0_500": slope(0, 500),
        "slope_500_1500": slope(500, 1500),
        "slope_1500_6000": slope(1500, 6000),
        "band_250_650": energy(250, 650) - energy(0, 8001),
        "band_1000_4000": energy(1000, 4000) - energy(0, 8001),
        "centroid": centroid,
        "spread": spread,
        "skewness": ((_HZ - centroid[:, None]) ** 3 * share).sum(axis=1) / spread**3,
        "entropy": -(share * np.log(share)).sum(axis=1),
        "flux": flux,
    }
    for part in (0.25, 0.5, 0.75, 0.9):
        found[f"rolloff_{part:g}"] = _HZ[(cumulative < part).sum(axis=1).clip(max=len(_HZ) - 1)]
    return found


def cepstral_peak(samples: Floats) -> Floats:
    """Cepstral peak prominence in dB, [F]: Hillenbrand et al. (1994), over 40 ms frames."""
    window = int(0.04 * RATE)
    db = 10.0 * np.log10(np.abs(np.fft.rfft(frames_of(samples, window) * np.hanning(window), 1024)) ** 2 + 1e-7)
    quefrency = 20.0 * np.log10(np.abs(np.fft.irfft(db)) + 1e-6)
    low, high = int(RATE / 500.0), int(RATE / 70.0)
    span = np.arange(low, high)
    part = quefrency[:, low:high]
    centred = span - span.mean()
    line = part.mean(axis=1, keepdims=True) + (part @ centred / (centred**2).sum())[:, None] * centred
    at = part.argmax(axis=1)
    rows = np.arange(len(part))
    return part[rows, at] - line[rows, at]


def harmonics(power: Floats, f0: Floats, formants: Floats) -> dict[str, Floats]:
    """Level differences of the first harmonic to the second and to the one nearest the third formant, dB, [F]."""
    db = 10.0 * np.log10(power)
    rows = np.arange(len(db))

    def level(hz: Floats) -> Floats:
        near = np.nan_to_num(hz, nan=0.0) / (RATE / _FFT)
        around = np.clip(np.rint(near).astype(int)[:, None] + np.arange(-1, 2), 0, db.shape[1] - 1)
        return np.where(np.isfinite(hz), db[rows[:, None], around].max(axis=1), np.nan)

    first = level(f0)
    return {"h1_h2": first - level(2 * f0), "h1_a3": first - level(np.rint(formants[:, 2] / f0) * f0)}


def formants(samples: Floats) -> tuple[Floats, Floats]:
    """Frequencies and bandwidths of the first three formants in Hz, each [F, 3]; NaN where none is found.

    Linear prediction of order 10 on the sound at 10 kHz, one pair of poles for each kHz.
    """
    rate, order = 10000, 10
    x = resample_poly(samples, rate, RATE)
    x = np.append(x[0], x[1:] - 0.97 * x[:-1])
    window, hop = 250, 100
    padded = np.pad(x, (window // 2, window))
    n = 1 + len(samples) // 160
    frames = np.lib.stride_tricks.sliding_window_view(padded, window)[::hop][:n] * np.hamming(window)
    r = np.fft.irfft(np.abs(np.fft.rfft(frames, 512)) ** 2)[:, : order + 1]
    r[:, 0] = r[:, 0] * 1.0001 + 1e-9
    toeplitz = r[:, np.abs(np.arange(order)[:, None] - np.arange(order))]
    a = np.linalg.solve(toeplitz, r[:, 1:, None])[:, :, 0]
    companion = np.zeros((len(a), order, order))
    companion[:, 0] = a
    companion[:, np.arange(1, order), np.arange(order - 1)] = 1.0
    roots = np.linalg.eigvals(companion)
    hz = np.angle(roots) * rate / (2 * np.pi)
    width = -np.log(np.abs(roots) + 1e-12) * rate / np.pi
    hz = np.where((hz > 150.0) & (hz < 4800.0) & (width < 800.0), hz, np.inf)
    first = np.argsort(hz, axis=1)[:, :3]
    rows = np.arange(len(hz))[:, None]
    hz, width = hz[rows, first], width[rows, first]
    return np.where(np.isfinite(hz), hz, np.nan), np.where(np.isfinite(hz), width, np.nan)

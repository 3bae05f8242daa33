"""Fundamental frequency and harmonicity by autocorrelation.

Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a
sampled sound", IFA Proceedings 17: the autocorrelation of a windowed frame divided by that of the window, candidates
at its peaks, the cheapest path through them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.voice.framing import HOP, RATE, frames_of

Floats = npt.NDArray[np.float64]

# Acted anger and fear reach 500 Hz in women's voices; three periods of the floor fill the window.
FLOOR, CEILING = 60.0, 600.0
_WINDOW = int(0.05 * RATE)
_FFT = 2048
_CANDIDATES = 5
# Boersma's costs (section 4), with his voicing threshold.
_VOICING, _SILENCE, _OCTAVE, _OCTAVE_JUMP, _VOICED_UNVOICED = 0.45, 0.03, 0.01, 0.35, 0.14


def pitch(samples: Floats) -> tuple[Floats, Floats]:
    """F0 in Hz (NaN where unvoiced) and harmonics-to-noise ratio in dB, one value a hop; each [F].

    samples: float [T] at RATE.
    """
    frames = frames_of(samples, _WINDOW)
    frames = frames - frames.mean(axis=1, keepdims=True)
    peaks = np.abs(frames).max(axis=1)
    window = np.hanning(_WINDOW)
    correlation = _autocorrelation(frames * window) / np.maximum(_autocorrelation(window[None]), 1e-9)
    lag, strength = _peaks(correlation)
    f0 = np.where(lag > 0, RATE / np.maximum(lag, 1.0), 0.0)
    loud = np.minimum(peaks / max(np.abs(samples).max(), 1e-9), 1.0)
    unvoiced = _VOICING + np.maximum(0.0, 2.0 - loud / (_SILENCE / (1.0 + _VOICING)))
    score = np.where(f0 > 0, strength - _OCTAVE * np.log2(FLOOR * np.maximum(lag, 1.0) / RATE), -9.0)
    path = _cheapest(np.hstack([unvoiced[:, None], score]), np.hstack([np.zeros((len(f0), 1)), f0]))
    rows = np.arange(len(f0))
    chosen = np.where(path > 0, f0[rows, np.maximum(path - 1, 0)], np.nan)
    r = np.clip(np.where(path > 0, strength[rows, np.maximum(path - 1, 0)], strength.max(axis=1)), 1e-3, 0.9999)
    return chosen, 10.0 * np.log10(r / (1.0 - r))


def _autocorrelation(frames: Floats) -> Floats:
    """Normalised autocorrelation [F, lags up to the floor's period + 1]."""
    r = np.fft.irfft(np.abs(np.fft.rfft(frames, _FFT)) ** 2)[:, : int(RATE / FLOOR) + 2]
    return r / np.maximum(r[:, :1], 1e-12)


def _peaks(r: Floats) -> tuple[Floats, Floats]:
    """Lags (0: none) and heights of the strongest local maxima, by parabolic interpolation; each [F, candidates]."""
    low = int(RATE / CEILING)
    before, here, after = r[:, low - 1 : -2], r[:, low:-1], r[:, low + 1 :]
    is_peak = (here > before) & (here >= after) & (here > 0.5 * _VOICING)
    lags = np.arange(low, low + here.shape[1])
    rank = np.where(is_peak, here - _OCTAVE * np.log2(FLOOR * lags / RATE), -np.inf)
    top = np.argsort(-rank, axis=1)[:, :_CANDIDATES]
    rows = np.arange(len(r))[:, None]
    a, b, c = before[rows, top], here[rows, top], after[rows, top]
    bend = np.minimum(a - 2 * b + c, -1e-12)
    shift = 0.5 * (a - c) / bend
    found = is_peak[rows, top]
    height = np.minimum(b - 0.25 * (a - c) * shift, 1.0)
    return np.where(found, lags[top] + np.clip(shift, -1, 1), 0.0), np.where(found, height, 0.0)


def _cheapest(score: Floats, f0: Floats) -> npt.NDArray[np.intp]:
    """Viterbi: the column of each frame's choice; column 0 is unvoiced (f0 0)."""
    # Costs are per 10 ms, as Boersma scales them.
    scale = 0.01 * RATE / HOP
    octave = np.log2(np.maximum(f0, 1.0))
    voiced = f0 > 0
    total = score[0]
    back = np.zeros(score.shape, np.intp)
    for t in range(1, len(score)):
        both = voiced[t - 1][:, None] & voiced[t][None]
        change = voiced[t - 1][:, None] != voiced[t][None]
        jump = np.abs(octave[t - 1][:, None] - octave[t][None])
        reach = total[:, None] - scale * (_OCTAVE_JUMP * jump * both + _VOICED_UNVOICED * change)
        back[t] = reach.argmax(axis=0)
        total = reach.max(axis=0) + score[t]
    path = np.zeros(len(score), np.intp)
    path[-1] = total.argmax()
    for t in range(len(score) - 1, 0, -1):
        path[t - 1] = back[t, path[t]]
    return path

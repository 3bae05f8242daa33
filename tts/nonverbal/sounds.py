"""A score played on a voice: harmonics through its vowels, noise through its /h/."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from studio.emotion import Emotion
from studio.performance import Phoneme
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.nonverbal.score import STEP_SECONDS, Score
from tts.nonverbal.scores import score
from tts.nonverbal.timbre import FFT, HZ, Floats, Style, Timbre, timbre

Samples = npt.NDArray[np.float32]

_HOP = round(STEP_SECONDS * SAMPLE_RATE)
_WINDOW = 4 * _HOP
# Over this a loud vowel is noise in the rhythm of the voice rather than harmonics, and no harmonic is asked for over
# the second: steady ones up to 10 kHz sounded (and were read, by an AudioSet classifier) as a synthesiser's.
_HARMONIC_HZ, _HIGHEST_HZ = 2800.0, 8000.0
_TILT_FROM_HZ, _BRIGHT_AROUND_HZ = 500.0, 1500.0
# Low voices go up further: in laughter men are at 272 Hz, 2.4 times their speaking F0, women at 405 Hz, 2.0 times
# (Bachorowski, Smoski & Owren 2001).
_LOW_RISE, _MIDDLE_HZ = 0.4, 160.0
# A period's level varies by this, as a share.
_SHIMMER = 0.2


@dataclass(frozen=True, eq=False)
class Nonverbal:
    """samples: float32 [T] at 24 kHz, at the level the acoustic model speaks at.

    spans: what is heard when, in seconds from its start, without gaps: "[laugh]" for each call, "[sigh]", "[gasp]",
    "[breath]" for air drawn in.
    """

    samples: Samples
    spans: tuple[Phoneme, ...]


def sound(kind: str, kokoro: Kokoro, style: Style, emotion: Emotion, seed: int) -> Nonverbal:
    """A `kind` (one of `studio.emotion.track.NONVERBAL`) of the voice, as it is felt; another seed, another one.

    style: [1, 256], the voice's for `len(tts.nonverbal.timbre.CARRIER)` symbols.
    It lasts `score(kind, emotion, seed).seconds`. Raises InputError for another kind.
    """
    course = score(kind, emotion, seed)
    samples = played(course, timbre(kokoro, style), np.random.default_rng([abs(seed), 1]))
    return Nonverbal(samples, tuple(Phoneme(*span) for span in course.spans))


def played(course: Score, voice: Timbre, rng: np.random.Generator) -> Samples:
    """The sound of a score in a voice, as long as the score."""
    f0 = voice.f0 * course.pitch ** (1.0 + _LOW_RISE * np.log2(_MIDDLE_HZ / voice.f0))
    vowel, throat = voice.vowel(course.open), voice.breath(course.open)
    out = np.zeros(len(f0) * _HOP)
    if course.voice.any():
        rough = gaussian_filter1d(rng.normal(size=len(f0)), 0.8) / 0.6
        phase = 2 * np.pi * np.cumsum(_sampled(f0 * (1 + course.roughness * rough))) / SAMPLE_RATE
        out += _harmonics(f0, course, vowel, phase, rng)
        high = vowel + np.log(1 - 1 / (1 + (HZ / _HARMONIC_HZ) ** 4) + 1e-9) - _tilted(float(np.median(course.tilt)))
        # The breath comes in puffs, one a period, strongest as the glottis closes.
        out += _noise(course.voice, high, rng, 0.6 + 1.0 * (0.5 + 0.5 * np.cos(phase)))
    weakened = np.log1p((course.damped / np.maximum(HZ, 20.0)) ** 6)
    out += _noise(course.breath, throat - weakened, rng)
    out += _noise(course.inhaled, throat, rng, brightness=course.brightness)
    blocks = np.square(out[: len(out) // FRAME * FRAME]).reshape(-1, FRAME).mean(axis=1)
    gain = voice.level + course.level - 10 * np.log10(max(float(blocks.max(initial=0.0)), 1e-12))
    return (out * 10 ** (gain / 20)).astype(np.float32)


def _harmonics(f0: Floats, course: Score, log: Floats, phase: Floats, rng: np.random.Generator) -> Floats:
    """The voiced part, [T]. log: ln power of the vowel at `HZ`.  phase: of the glottis, [T]."""
    shimmer = np.exp(_SHIMMER * gaussian_filter1d(rng.normal(size=len(f0)), 0.7) / 0.6)
    shape = _minimum_phase(log)
    out = np.zeros(len(phase))
    for k in range(1, int(_HIGHEST_HZ / f0.min()) + 1):
        hertz = k * f0
        octaves = np.log2(np.maximum(hertz, _TILT_FROM_HZ) / _TILT_FROM_HZ)
        power = np.interp(hertz, HZ, log) - 2 * np.log(10) / 20 * course.tilt * octaves
        # A harmonic holds the power of the band of F0 around it.
        size = 2 * np.sqrt(np.exp(power) * f0 / SAMPLE_RATE / (1 + (hertz / _HARMONIC_HZ) ** 4))
        size *= course.voice * shimmer * (hertz < _HIGHEST_HZ)
        out += _sampled(size) * np.cos(k * phase + _sampled(np.interp(hertz, HZ, shape)))
    return out


def _noise(
    gain: Floats,
    log: Floats,
    rng: np.random.Generator,
    envelope: Floats | float = 1.0,
    brightness: Floats | None = None,
) -> Floats:
    """White noise [T] through a filter of ln power `log` at `HZ`, tilted by `brightness` dB per octave, [N]."""
    if not gain.any():
        return np.zeros(len(gain) * _HOP)
    total = len(gain) * _HOP
    source = np.zeros(total + 2 * _WINDOW)
    source[_WINDOW : _WINDOW + total] = rng.normal(size=total) * envelope
    window = np.sqrt(np.hanning(_WINDOW + 1)[:-1])
    starts = np.arange(len(gain)) * _HOP + _WINDOW // 2
    frames = np.lib.stride_tricks.sliding_window_view(source, _WINDOW)[starts] * window
    half = log[::2][None]
    if brightness is not None:
        octaves = np.log2(np.maximum(HZ[::2], 100.0) / _BRIGHT_AROUND_HZ)
        half = half + np.log(10) / 10 * brightness[:, None] * octaves
    spectra = np.fft.rfft(frames, FFT // 2) * np.exp(0.5 * half)
    filtered = np.fft.irfft(spectra)[:, :_WINDOW] * window * gain[:, None]
    out = np.zeros(total + 2 * _WINDOW)
    for quarter in range(4):
        # Every fourth window lies beside the one before it.
        rows = filtered[quarter::4].reshape(-1)
        first = int(starts[quarter]) if len(filtered) > quarter else 0
        out[first : first + len(rows)] += rows
    return out[_WINDOW : _WINDOW + total] / 2.0


def _tilted(tilt: float) -> Floats:
    return np.asarray(np.log(10) / 10 * tilt * np.log2(np.maximum(HZ, _TILT_FROM_HZ) / _TILT_FROM_HZ))


def _minimum_phase(log: Floats) -> Floats:
    """The phase at `HZ` of the minimum-phase filter of ln power `log` (Oppenheim & Schafer: the folded cepstrum)."""
    cepstrum = np.fft.irfft(0.5 * log)
    cepstrum[1 : FFT // 2] *= 2
    cepstrum[FFT // 2 + 1 :] = 0
    return np.asarray(np.fft.rfft(cepstrum).imag)


def _sampled(steps: Floats) -> Floats:
    """Values of steps at each sample between them."""
    return np.interp(np.arange(len(steps) * _HOP) / _HOP, np.arange(len(steps)), steps)

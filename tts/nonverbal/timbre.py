"""What a voice's throat does to a source of sound: the spectra of its own open vowels and of its own /h/."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from studio.media.loudness import loudness
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.prosody.lengths import whole
from tts.text import symbols
from tts.timeline import ANTICIPATION

Floats = npt.NDArray[np.float64]
Style = npt.NDArray[np.float32]

FFT = 2048
HZ: Floats = np.fft.rfftfreq(FFT, 1.0 / SAMPLE_RATE).astype(np.float64)
# "Hot huts, he huffed, had hard hearts": open vowels beside /h/ in plain speech. Kokoro reads a mere "ha ha ha" so
# oddly ([s] between its syllables, a second vowel after its end) that neither vowel nor breath can be taken from it.
CARRIER = "hˈɑt hˈʌts, hi hˈʌft, hæd hˈɑɹd hˈɑɹts."
_WINDOW, _HOP = 720, 120
_VOICED_HZ = 60.0
# A breath has no voice: what of the glottis' own hum is left under this in Kokoro's /h/ is taken off.
_BREATH_FROM_HZ = 350.0
# What is smooth to this is the slope of a source, what is not the formants of the throat it sounds in. Those of the
# carrier's /h/ are washed out, each being of the vowel that follows it: with them an AudioSet classifier read hisses
# and whooshes (a sigh as one at .02), with those of one open vowel it reads breath (.7).
_SLOPE_HZ = 700.0
# A strong breath's power over a vowel's. The carrier's /h/ lies 10 to 15 dB under its vowels, more or less voiced.
_BREATH_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Timbre:
    """A voice, as powers per bin at `HZ` of sound windowed to unit energy, [1025].

    open, mid: its vowels of "hot" and "hut", with the voice in them.  air: the slope of its /h/, without formants.
    f0: median Hz of its plain speech.  level: its louder half, dB RMS over 25 ms.  loudness: of it all, LUFS.
    """

    open: Floats
    mid: Floats
    air: Floats
    f0: float
    level: float
    loudness: float

    def vowel(self, opening: float) -> Floats:
        """ln power of a vowel from "hut" (0) to "hot" (1), voiced, [1025]."""
        return np.asarray(opening * np.log(self.open) + (1 - opening) * np.log(self.mid))

    def breath(self, opening: float) -> Floats:
        """ln power of a breath through the same throat, [1025]; as a whole, 10 dB under the vowel."""
        vowel = self.vowel(opening)
        through = np.log(self.air) + vowel - _slope(vowel)
        return np.asarray(through + np.log(_BREATH_SHARE * np.exp(vowel).sum() / np.exp(through).sum()))


def timbre(kokoro: Kokoro, style: Style) -> Timbre:
    """Of the voice whose style [1, 256] for `len(CARRIER)` symbols this is; a line of speech is synthesised once."""
    return _timbre(kokoro, style.tobytes())


@lru_cache(maxsize=8)
def _timbre(kokoro: Kokoro, style: bytes) -> Timbre:
    ids = [symbols.PAD, *(symbols.ID[s] for s in CARRIER), symbols.PAD]
    encoding = kokoro.encode(ids, np.frombuffer(style, np.float32)[None])
    frames = whole(encoding.durations)
    f0, energy = kokoro.contour(encoding, frames)
    samples = kokoro.sound(encoding, frames, f0, energy).astype(np.float64)
    ends = np.cumsum(frames) - ANTICIPATION
    tokens = [
        (symbol, samples[max(0, end - n) * FRAME : end * FRAME])
        for symbol, end, n in zip(f" {CARRIER} ", ends.tolist(), frames.tolist(), strict=True)
    ]
    median = float(np.median(f0[f0 > _VOICED_HZ])) if (f0 > _VOICED_HZ).any() else 150.0

    def spectrum(symbol: str, width: float) -> Floats:
        mean = np.mean([p for s, x in tokens if s == symbol for p in _powers(x)], axis=0)
        # As wide as the harmonics are apart, so that these are smoothed away and the formants are not.
        return np.asarray(uniform_filter1d(mean, max(3, round(width / HZ[1])), mode="nearest")) + 1e-14

    blocks = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
    level = float(np.percentile(10 * np.log10(np.mean(blocks**2, axis=1) + 1e-12), 75))
    air = _air(spectrum("h", _VOICED_HZ * 2))
    return Timbre(
        spectrum("ɑ", median),
        spectrum("ʌ", median),
        air,
        median,
        level,
        loudness(samples.astype(np.float32), SAMPLE_RATE),
    )


def _powers(samples: Floats) -> Floats:
    window = np.hanning(_WINDOW)
    padded = np.pad(samples, (0, max(0, _WINDOW - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    return np.asarray(np.abs(np.fft.rfft(frames * (window / np.sqrt((window**2).sum())), FFT)) ** 2)


def _air(power: Floats) -> Floats:
    return np.asarray(np.exp(_slope(np.log(power))) / (1 + (_BREATH_FROM_HZ / np.maximum(HZ, 20.0)) ** 4))


def _slope(log: Floats) -> Floats:
    return np.asarray(gaussian_filter1d(log, _SLOPE_HZ / HZ[1], mode="nearest"))

"""A sound as one row of acoustic features."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from studio.emotion.reading.voice import functionals, spectrum
from studio.emotion.reading.voice.framing import HOP, RATE, active, at_rate, levels, trimmed
from studio.emotion.reading.voice.pitch import pitch

Floats = npt.NDArray[np.float64]


def features(samples: npt.NDArray[np.floating], rate: int) -> dict[str, float]:
    """Acoustic features by name; NaN for what the sound doesn't have (pitch in a whisper).

    samples: mono [T] at any rate and level, at least 0.1 s of it audible. Level is taken out: it says more about
    the microphone than about the speaker.
    """
    x = trimmed(at_rate(samples, rate))
    level = levels(x)
    on = active(level)
    f0, hnr = pitch(x)
    voiced = np.isfinite(f0) & on
    power = spectrum.power_spectra(x)
    mel = spectrum.mel_bands(power)
    loud = spectrum.loudness(power)
    seconds = np.arange(len(level)) * HOP / RATE

    timbre = spectrum.timbre(power)
    cepstra = spectrum.cepstrum(mel).T
    everywhere = {
        **{f"mel{i}": band for i, band in enumerate(mel.T)},
        **{f"mfcc{i + 1}": c for i, c in enumerate(cepstra)},
        **timbre,
        "loudness": loud,
        "level": level,
    }
    formants, widths = spectrum.formants(x)
    semitones = 12.0 * np.log2(f0 / 27.5)
    in_voice = {
        "f0": semitones,
        "hnr": hnr,
        "cpp": spectrum.cepstral_peak(x),
        **{f"formant{i + 1}": f for i, f in enumerate(formants.T)},
        **{f"width{i + 1}": w for i, w in enumerate(widths.T)},
        **spectrum.harmonics(power, f0, formants),
        **{f"v_{name}": timbre[name] for name in ("alpha_ratio", "hammarberg", "slope_0_500", "slope_500_1500")},
        **{f"v_mfcc{i + 1}": cepstra[i] for i in range(8)},
        "v_loudness": loud,
        "v_flux": timbre["flux"],
    }
    return {
        **functionals.statistics({k: v[on] for k, v in everywhere.items()}, seconds[on]),
        **functionals.statistics({k: v[voiced] for k, v in in_voice.items()}, seconds[voiced]),
        **functionals.contour("f0", semitones[voiced]),
        **functionals.contour("loudness", loud),
        **functionals.contour("level", level),
        **functionals.modulation(mel),
        **_rhythm(on, voiced, loud, f0, level),
    }


def _rhythm(
    on: npt.NDArray[np.bool_], voiced: npt.NDArray[np.bool_], loud: Floats, f0: Floats, level: Floats
) -> dict[str, float]:
    """Tempo, pauses, and how unsteady pitch and level are from frame to frame."""
    spoken = max(len(on) * HOP / RATE, 0.1)
    smooth = np.convolve(loud, np.hanning(9) / np.hanning(9).sum(), "same")
    peaks, _ = find_peaks(smooth, prominence=0.1 * np.ptp(smooth))
    stretches, gaps = functionals.runs(voiced), functionals.runs(~voiced)
    pauses = functionals.runs(~on)
    both = voiced[1:] & voiced[:-1]
    period = 1.0 / f0
    jitter = np.abs(np.diff(period))[both] / period[1:][both]
    return {
        "rhythm.peaks_per_s": len(peaks) / spoken,
        "rhythm.voiced_share": float(voiced.mean()),
        "rhythm.pause_share": float(1.0 - on.mean()),
        "rhythm.pauses_per_s": float((pauses >= 8).sum()) / spoken,
        "rhythm.voiced_per_s": len(stretches) / spoken,
        "rhythm.voiced_length": float(stretches.mean()) if len(stretches) else float("nan"),
        "rhythm.voiced_length_sd": float(stretches.std()) if len(stretches) else float("nan"),
        "rhythm.unvoiced_length": float(gaps.mean()) if len(gaps) else 0.0,
        "rhythm.unvoiced_length_sd": float(gaps.std()) if len(gaps) else 0.0,
        "voice.jitter": float(jitter[jitter < 0.2].mean()) if (jitter < 0.2).any() else float("nan"),
        "voice.shimmer": float(np.abs(np.diff(level))[both].mean()) if both.any() else float("nan"),
    }

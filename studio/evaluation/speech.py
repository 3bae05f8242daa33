"""What a listener could measure of speech: pitch, its range, level, tempo, and whether the words are understood.

F0 comes from pYIN (librosa, of the ``test`` extra), not from the synthesiser; words from Moonshine tiny
(moonshine-voice 0.1.0, MIT, English), a small recogniser that carries its weights in its package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.media.loudness import loudness

Samples = npt.NDArray[np.float32]

# Speech this far under the loudest 10 ms counts as silence.
_SILENCE_DB = -40.0
_STEP_SECONDS = 0.01
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 600.0


@dataclass(frozen=True)
class Prosody:
    """Of one recording. pitch: median F0 in Hz; pitch_range: 10th to 90th percentile of F0, in semitones;
    level: LUFS; active: seconds from the first sound to the last; silence: seconds before and after."""

    pitch: float
    pitch_range: float
    level: float
    active: float
    silence: tuple[float, float]


def prosody(samples: Samples, sample_rate: int) -> Prosody:
    """Measure mono float32 [T]. Raises InputError for silence, and when librosa is not installed."""
    f0 = pitch(samples, sample_rate)
    before, after = silence(samples, sample_rate)
    low, high = np.percentile(f0, [10, 90])
    active = len(samples) / sample_rate - before - after
    return Prosody(
        float(np.median(f0)),
        float(12 * np.log2(high / low)),
        loudness(samples, sample_rate),
        active,
        (before, after),
    )


def pitch(samples: Samples, sample_rate: int) -> npt.NDArray[np.float64]:
    """F0 in Hz of the voiced 10 ms steps (pYIN, Mauch & Dixon 2014), [N]. Raises InputError when none is voiced."""
    try:
        import librosa
    except ModuleNotFoundError as e:
        raise InputError("Measuring pitch needs librosa: `pip install 'affetto[test]'`.") from e
    # pYIN's time grows with the rate; 16 kHz is ample for F0.
    if sample_rate > 16_000:
        samples, sample_rate = librosa.resample(samples, orig_sr=sample_rate, target_sr=16_000), 16_000
    f0, voiced, _ = librosa.pyin(
        samples, fmin=_LOWEST_HZ, fmax=_HIGHEST_HZ, sr=sample_rate, hop_length=int(_STEP_SECONDS * sample_rate)
    )
    if not voiced.any():
        raise InputError("There is no voiced sound to measure pitch on.")
    return np.asarray(f0[voiced], np.float64)


def silence(samples: Samples, sample_rate: int) -> tuple[float, float]:
    """Seconds of silence before the first sound and after the last. Raises InputError when all is silent."""
    step = int(_STEP_SECONDS * sample_rate)
    whole = samples[: len(samples) // step * step].reshape(-1, step)
    level = 20 * np.log10(np.sqrt(np.mean(np.square(whole, dtype=np.float64), axis=1)) + 1e-9)
    loud = np.flatnonzero(level > level.max(initial=-180.0) + _SILENCE_DB)
    if not np.any(samples):
        raise InputError("There is only silence to measure.")
    return float(loud[0] * _STEP_SECONDS), float((len(samples) - (loud[-1] + 1) * step) / sample_rate)


def word_error_rate(reference: str, heard: str) -> float:
    """Substitutions, deletions and insertions over the words of `reference`; case and punctuation don't count."""
    wanted, got = _plain(reference), _plain(heard)
    row = np.arange(len(got) + 1)
    for i, word in enumerate(wanted, 1):
        cost = row[:-1] + np.array([word != w for w in got], int)
        new = np.concatenate(([i], np.minimum(cost, row[1:] + 1)))
        for j in range(1, len(new)):
            new[j] = min(new[j], new[j - 1] + 1)
        row = new
    return float(row[-1]) / max(len(wanted), 1)


def transcribe(samples: Samples, sample_rate: int) -> str:
    """The words Moonshine tiny hears. Raises InputError when moonshine-voice is not installed."""
    from scipy.signal import resample_poly

    heard = resample_poly(samples, 16_000, sample_rate).astype(np.float32)
    transcript = _recogniser().transcribe_without_streaming(heard.tolist(), sample_rate=16_000)
    return " ".join(line.text.strip() for line in transcript.lines)


@cache
def _recogniser() -> Any:
    try:
        import moonshine_voice
    except ModuleNotFoundError as e:
        raise InputError("Recognising words needs moonshine-voice: `pip install 'affetto[test]'`.") from e
    model = moonshine_voice.get_model_path("tiny-en")
    # Without its voice detector: that hands the recogniser the silence before a line by itself, where it hears "You"
    # (before all of twelve lines with 0.3 s of silence, before two with 0.1 s; without the detector before none).
    return moonshine_voice.Transcriber(str(model), moonshine_voice.ModelArch.TINY, options={"vad_threshold": "0"})


def _plain(text: str) -> list[str]:
    return re.sub(r"[^\w\s']", " ", text.lower().replace("’", "'")).split()

"""Whose voice it is: ECAPA-TDNN's 192 numbers of a recording, and how alike two recordings' are.

The weights are SpeechBrain's spkrec-ecapa-voxceleb (Apache-2.0), taken out of a package (MIT) that carries them. ONNX
Runtime and numpy do the rest; SpeechBrain's own numbers are met to a cosine of 0.9999 (docs/decisions/0012-voices.md).
Cosines of two recordings of one person are about 0.8 in one session, of two people about 0.2.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from scipy.signal import ShortTimeFFT, resample_poly
from scipy.signal.windows import hamming

from studio.errors import InputError
from studio.evaluation.ecapa import graph
from studio.evaluation.onnx_session import built, session
from studio.evaluation.torch_archive import read_tensors

Floats = npt.NDArray[np.float32]

CHECKPOINT = "ecapa"
SAMPLE_RATE = 16_000
# Under a second, cosines of one speaker scatter as widely as those of two.
SHORTEST_SECONDS = 1.0

# Raised when `ecapa.graph` changes.
_VERSION = 1
# SpeechBrain's Fbank: 25 ms Hamming windows every 10 ms, 80 triangular mel bands, dB with a floor 80 under the peak.
_WINDOW, _HOP, _BANDS = 400, 160, 80
_FLOOR, _RANGE_DB = 1e-10, 80.0


def embedding(samples: Floats, rate: int) -> Floats:
    """The 192 numbers of mono sound [T] at `rate` Hz, of length 1. Raises InputError for silence, or under a second."""
    if len(samples) < SHORTEST_SECONDS * rate:
        raise InputError(
            f"A voice can't be told from {len(samples) / rate:.2f} s of sound: give {SHORTEST_SECONDS:g} s or more."
        )
    if not np.any(samples):
        raise InputError("A voice can't be told from silence.")
    if rate != SAMPLE_RATE:
        common = int(np.gcd(rate, SAMPLE_RATE))
        samples = resample_poly(samples, SAMPLE_RATE // common, rate // common)
    bands = _log_bands(np.asarray(samples, np.float32))
    features = (bands - bands.mean(axis=1, keepdims=True)).astype(np.float32)
    (found,) = _session().run(None, {"features": features[None]})
    out: Floats = found.ravel() / np.linalg.norm(found)
    return out


def similarity(a: Floats, b: Floats) -> float:
    """The cosine of two embeddings [192], in [-1, 1]."""
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


def _log_bands(samples: Floats) -> Floats:
    """Mel bands in dB, [80, T]."""
    steps = ShortTimeFFT(hamming(_WINDOW, sym=False), _HOP, SAMPLE_RATE, fft_mode="onesided")
    count = 1 + len(samples) // _HOP
    power = np.abs(steps.stft(samples, p0=0, p1=count)) ** 2
    bands = 10 * np.log10(np.maximum(_filters() @ power, _FLOOR))
    return np.asarray(np.maximum(bands, bands.max() - _RANGE_DB), np.float32)


@cache
def _filters() -> Floats:
    """Triangles even on the mel scale from 0 to 8 kHz, [80, 201]; each falls as steeply on both sides."""
    most = 2595 * np.log10(1 + SAMPLE_RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, most, _BANDS + 2) / 2595) - 1)
    width, centre = np.diff(edges)[:-1, None], edges[1:-1, None]
    away = (np.linspace(0, SAMPLE_RATE / 2, _WINDOW // 2 + 1) - centre) / width
    return np.maximum(0.0, 1.0 - np.abs(away)).astype(np.float32)


@cache
def _session() -> ort.InferenceSession:
    return session(built(CHECKPOINT, _VERSION, lambda weights: graph(read_tensors(weights))))

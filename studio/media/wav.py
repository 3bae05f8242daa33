"""WAV in memory: written to disk by Python, a full disk is told apart from a broken sound; by libsndfile it is not."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
import soundfile


def wav_bytes(samples: npt.NDArray[np.float32], sample_rate: int, subtype: str) -> bytes:
    """A WAV file of mono float32 [T]; subtype as libsndfile names it: PCM_24, FLOAT."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, sample_rate, subtype=subtype, format="WAV")
    return buffer.getvalue()

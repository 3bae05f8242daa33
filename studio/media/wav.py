"""WAV in memory: written to disk by Python, a full disk is told apart from a broken sound; by libsndfile it is not."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import soundfile

_T = TypeVar("_T")


def wav_bytes(samples: npt.NDArray[np.float32], sample_rate: int, subtype: str) -> bytes:
    """A WAV file of mono float32 [T]; subtype as libsndfile names it: PCM_24, FLOAT."""
    buffer = io.BytesIO()
    undisturbed(lambda: soundfile.write(buffer, samples, sample_rate, subtype=subtype, format="WAV"))
    return buffer.getvalue()


def undisturbed(call: Callable[[], _T]) -> _T:
    """What `call` returns, called in another thread.

    Signals reach the main thread only: an exit that Ctrl-C or a SIGTERM asks for, raised within a callback of
    libsndfile, would be printed and lost.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(call).result()

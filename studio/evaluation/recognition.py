"""The words a larger recogniser hears: Whisper base (Radford et al. 2022, MIT), through CTranslate2.

Its figures can be held against those of other papers, which Moonshine's (`studio.evaluation.speech`) can't. It needs
faster-whisper, of the ``bench`` extra; the weights are data out of two packages (checkpoints/manifest.toml).
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from studio import checkpoints
from studio.errors import InputError

CHECKPOINT = "whisper-base"
RATE = 16_000


def is_installed() -> bool:
    """Whether faster-whisper is here."""
    return find_spec("faster_whisper") is not None


def transcribe_by_whisper(samples: npt.NDArray[np.floating], rate: int) -> str:
    """The English words of mono sound [T], greedily decoded. Raises InputError when faster-whisper is not installed."""
    common = int(np.gcd(rate, RATE))
    sound = resample_poly(np.asarray(samples, np.float32), RATE // common, rate // common).astype(np.float32)
    # One pass at temperature 0: second tries would hide what was hard to hear.
    pieces, _ = _model().transcribe(
        sound, language="en", beam_size=1, temperature=0.0, condition_on_previous_text=False, without_timestamps=True
    )
    return " ".join(piece.text.strip() for piece in pieces)


@cache
def _model() -> Any:
    if not is_installed():
        raise InputError("Recognising words by Whisper needs faster-whisper: `pip install 'affetto[bench]'`.")
    from faster_whisper import WhisperModel

    return WhisperModel(str(checkpoints.folder(CHECKPOINT)), device="cpu", compute_type="int8", cpu_threads=1)

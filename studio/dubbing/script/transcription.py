"""A script out of a film's own sound: words by Whisper base (99 languages), in cues as subtitles have them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio import checkpoints
from studio.dubbing.script.cue import Cue, Repair, Script
from studio.dubbing.script.spoken_cues import Heard, cues_of
from studio.engines import Progress
from studio.errors import InputError
from studio.media.sound import read_sound

CHECKPOINT = "whisper-base"
_RATE = 16_000
# So much of a film is listened to at once, so that a long one takes no more memory than a short one; it is parted where
# it is quietest in the last part of that.
_WINDOW, _PARTED = 600.0, 20.0
# A word that is less sure than this is told of.
_UNSURE = 0.3


def is_installed() -> bool:
    """Whether faster-whisper is here."""
    return find_spec("faster_whisper") is not None


def transcribe(path: str | Path, language: str | None = None, progress: Progress | None = None) -> tuple[Script, str]:
    """The script of what is said in a film or a sound, and its language (BCP-47).

    language: where it is known; else it is heard. Speakers are not told apart: edit the file that `write_srt` makes of
    it. `repairs` name the lines that were heard unsurely. Raises InputError when faster-whisper is not installed, for a
    file without sound, and where nobody speaks.
    """
    model = _model()
    words: list[Heard] = []
    at = 0.0
    while (window := _window(path, at)) is not None:
        sound, seconds = window
        found, info = model.transcribe(
            sound,
            language=language,
            beam_size=5,
            word_timestamps=True,
            vad_filter=True,
            condition_on_previous_text=False,
        )
        for segment in found:
            for w in segment.words or ():
                words.append(Heard(w.word, at + w.start, at + w.end, w.probability))
            if progress:
                progress("transcribing", at + segment.end, at + seconds)
        # The first window in which somebody speaks decides.
        language = language or (info.language if words else None)
        at += seconds
    if not words:
        raise InputError(f"Nobody speaks in {Path(path).name}, as far as can be heard: give a script.")
    cues = cues_of(words)
    return Script(tuple(cues), repairs=tuple(_unsure(cues, words))), language or "en"


def _window(path: str | Path, at: float) -> tuple[npt.NDArray[np.float32], float] | None:
    """Sound from a time on at 16 kHz, and how many seconds of it are meant; None after the end."""
    try:
        samples, rate = read_sound(path, at, at + _WINDOW)
    except InputError:
        if at == 0.0:
            raise
        return None
    from scipy.signal import resample_poly  # most of a second to import

    common = int(np.gcd(rate, _RATE))
    sound = resample_poly(samples, _RATE // common, rate // common).astype(np.float32)
    if len(samples) >= round(_WINDOW * rate):
        sound = sound[: _quietest(sound)]
    return sound, len(sound) / _RATE


def _quietest(sound: npt.NDArray[np.float32]) -> int:
    """The sample amid the quietest third of a second near the end."""
    size = _RATE // 3
    late = max(0, len(sound) - round(_PARTED * _RATE))
    power = np.convolve(sound[late:].astype(float) ** 2, np.ones(size), "valid")
    return late + int(np.argmin(power)) + size // 2


def _unsure(cues: list[Cue], words: list[Heard]) -> Iterator[Repair]:
    for cue in cues:
        doubtful = [w.text.strip() for w in words if cue.start <= w.start < cue.end and w.probability < _UNSURE]
        if doubtful:
            yield Repair(0, f"Cue {cue.number} was heard unsurely: {', '.join(map(repr, doubtful[:5]))}.")


@cache
def _model() -> Any:
    if not is_installed():
        raise InputError("Transcribing needs faster-whisper: `pip install 'affetto[dub]'`, or give a script.")
    from faster_whisper import WhisperModel

    return WhisperModel(str(checkpoints.folder(CHECKPOINT)), device="cpu", compute_type="int8")

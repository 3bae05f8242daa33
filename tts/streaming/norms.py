"""How a voice's generator normalises: the mean and deviation of each channel, measured once and used for beginnings."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save

from studio import checkpoints
from studio.media.files import written_whole
from studio.media.loudness import loudness
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.prosody import lengths
from tts.prosody.silence import heard
from tts.streaming.decoder import Channels, Decoder, Drawn
from tts.text import symbols

Floats = npt.NDArray[np.float32]

# "When the sun came up over the hills, nobody said a word for a long time": 4.5 s in which most sounds come.
_SAMPLE = "wˌɛn ðə sˈʌn kˌAm ˈʌp ˈOvəɹ ðə hˈɪlz, nˈObɑdi sˈɛd ɐ wˈɜɹd fɔɹ ɐ lˈɔŋ tˈIm."
_LOUDNESS = "loudness"
# Raised when the sample or what is measured changes.
_VERSION = 2


@dataclass(frozen=True, eq=False)
class Norms:
    """Of a voice that says an ordinary sentence plainly.

    channels: of each normalisation, its channels' mean and deviation, [2, C].  loudness: of the sound, in LUFS.
    """

    channels: Channels
    loudness: float

    def louder(self, sound: Floats) -> float:
        """dB by which a sound of the voice, as it is decoded, is louder than that sentence; 0 for silence."""
        measured = loudness(sound, SAMPLE_RATE)
        return measured - self.loudness if math.isfinite(measured) else 0.0


def norms(kokoro: Kokoro, style: Callable[[int], Floats]) -> Norms:
    """Measured when a voice is first asked for (as long as it takes to say 4.5 s) and kept on the disk.

    style: the voice's, [1, 256], for a sentence of so many symbols.
    """
    row = style(len(_SAMPLE))
    digest = hashlib.sha256(row.tobytes()).hexdigest()
    folder = checkpoints.home() / "derived"
    path = folder / f"norms-{digest[:16]}-v{_VERSION}.safetensors"
    if not path.is_file():
        checkpoints.make_folder(folder)
        with written_whole(path) as part:
            part.write_bytes(save(_measured(kokoro, row)))
    return _loaded(path)


@lru_cache(maxsize=64)
def _loaded(path: Path) -> Norms:
    channels = load_file(path)
    return Norms(channels, float(channels.pop(_LOUDNESS)[0]))


def _measured(kokoro: Kokoro, row: Floats) -> dict[str, Floats]:
    ids = [symbols.PAD, *(symbols.ID[s] for s in _SAMPLE), symbols.PAD]
    encoding = kokoro.encode(ids, row)
    frames = lengths.whole(encoding.durations)
    f0, energy = kokoro.contour(encoding, frames)
    decoder = Decoder(kokoro)
    sound = decoder.decoded(Drawn(encoding, frames, f0, energy), 0, len(energy) // 2)
    first, end = heard(energy)
    level = loudness(sound[first * FRAME : end * FRAME], SAMPLE_RATE)
    return {**decoder.generator.measured, _LOUDNESS: np.array([level], np.float32)}

"""Kokoro's 28 English voices."""

from __future__ import annotations

import difflib
from functools import cache

import numpy as np

from studio import checkpoints
from studio.engines import Voice
from studio.errors import InputError
from tts.acoustic.kokoro import Floats

# In the order of the grades its makers give (VOICES.md of hexgrad/Kokoro-82M: how much good sound each learned from).
_AMERICAN = (
    "af_heart af_bella af_nicole af_aoede af_kore af_sarah am_fenrir am_michael am_puck af_alloy af_nova af_sky "
    "am_echo am_eric am_liam am_onyx af_jessica af_river am_santa am_adam"
)
_BRITISH = "bf_emma bf_isabella bm_fable bm_george bm_lewis bf_alice bf_lily bm_daniel"

VOICES: dict[str, Voice] = {
    name: Voice(name, "en-US" if name[0] == "a" else "en-GB", "female" if name[1] == "f" else "male")
    for name in f"{_AMERICAN} {_BRITISH}".split()
}


def voice(name: str) -> Voice:
    """The voice of that name. Raises InputError that offers the nearest names."""
    if name in VOICES:
        return VOICES[name]
    # "heart" should find "af_heart", "af_hart" too.
    short = {n.partition("_")[2]: n for n in VOICES}
    near = difflib.get_close_matches(name, VOICES, n=3, cutoff=0.6)
    near += [short[s] for s in difflib.get_close_matches(name.rpartition("_")[2].lower(), short, n=2, cutoff=0.6)]
    offer = f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else f"known ones are {', '.join(VOICES)}."
    raise InputError(f"There is no voice named {name!r}: {offer}")


def style(name: str, symbols: int) -> Floats:
    """The voice's style for a sentence of so many symbols (pads not counted), [1, 256]."""
    table = _table(name)
    return table[min(max(symbols, 1), len(table)) - 1][None]


@cache
def _table(name: str) -> Floats:
    # One row for each length of sentence; columns 0-127 colour the decoder, 128-255 the durations and the pitch.
    path = checkpoints.folder("kokoro-voices") / f"{name}.bin"
    return np.fromfile(path, "<f4").reshape(-1, 256)

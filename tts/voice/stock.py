"""Kokoro's own voices: their names, languages and style tables."""

from __future__ import annotations

import difflib
from functools import cache

import numpy as np

from studio import checkpoints
from studio.engines import Voice
from studio.errors import InputError
from tts.acoustic.kokoro import Floats

# A table has a row for each length of sentence in symbols; of a row, columns 0-127 colour the decoder (timbre),
# 128-255 the durations and the pitch (prosody).
ROWS, COLUMNS, TIMBRE = 510, 256, 128

# In the order of the grades its makers give (VOICES.md of hexgrad/Kokoro-82M: how much good sound each learned from).
_ENGLISH = (
    "af_heart af_bella af_nicole af_aoede af_kore af_sarah am_fenrir am_michael am_puck af_alloy af_nova af_sky "
    "am_echo am_eric am_liam am_onyx af_jessica af_river am_santa am_adam "
    "bf_emma bf_isabella bm_fable bm_george bm_lewis bf_alice bf_lily bm_daniel"
)
_WORLD = (
    "ff_siwis hf_alpha hf_beta hm_omega hm_psi if_sara im_nicola ef_dora em_alex em_santa pf_dora pm_alex pm_santa "
    "jf_alpha jf_gongitsune jf_tebukuro jf_nezumi jm_kumo "
    "zf_xiaobei zf_xiaoni zf_xiaoxiao zf_xiaoyi zm_yunjian zm_yunxi zm_yunxia zm_yunyang"
)
_LANGUAGES = {
    "a": "en-US",
    "b": "en-GB",
    "e": "es-ES",
    "f": "fr-FR",
    "h": "hi-IN",
    "i": "it-IT",
    "j": "ja-JP",
    "p": "pt-BR",
    "z": "zh-CN",
}


def _named(names: str) -> dict[str, Voice]:
    return {n: Voice(n, _LANGUAGES[n[0]], "female" if n[1] == "f" else "male") for n in names.split()}


# The 28 English ones, and all 54.
VOICES: dict[str, Voice] = _named(_ENGLISH)
ALL: dict[str, Voice] = VOICES | _named(_WORLD)


def voice(name: str) -> Voice:
    """The voice of that name. Raises InputError that offers the nearest names."""
    if name in ALL:
        return ALL[name]
    # "heart" should find "af_heart", "af_hart" too.
    short = {n.partition("_")[2]: n for n in ALL}
    near = difflib.get_close_matches(name, ALL, n=3, cutoff=0.6)
    near += [short[s] for s in difflib.get_close_matches(name.rpartition("_")[2].lower(), short, n=2, cutoff=0.6)]
    offer = f"did you mean {' or '.join(dict.fromkeys(near))}?" if near else "`affetto voices` lists them."
    raise InputError(f"There is no voice named {name!r}: {offer}")


@cache
def table(name: str) -> Floats:
    """The voice's styles, [510, 256]. Its file is fetched first if need be."""
    folder = checkpoints.folder("kokoro-voices" if name in VOICES else "kokoro-voices-world")
    return np.fromfile(folder / f"{name}.bin", "<f4").reshape(ROWS, COLUMNS)

"""A prosody half for a pitch: a blend of stock prosodies that speaks as high, and as lively, as a person."""

from __future__ import annotations

import numpy as np
from scipy.optimize import lsq_linear

from studio.errors import InputError
from tts.acoustic.kokoro import Floats, Kokoro
from tts.text import LANGUAGES
from tts.voice import stock
from tts.voice.rendering import intoned
from tts.voice.space import Space

# How closely pitch and liveliness are met, in ln F0: a fifth of a semitone, and a semitone. An equal blend is kept to
# as far as they allow: many voices' prosody together is smooth, one voice's weighed over 1 is not.
_PITCH_STEP, _SPREAD_STEP = 0.012, 0.06
# The highest American voice says the space's line at 195 Hz, and a woman may speak at 250: so shares may be negative.
_LEAST, _MOST = -0.4, 1.2
_SUM_WEIGHT = 1e3
# The contour is nearly linear in the blend; asked again with what is missing, it is met within 3 %.
_ROUNDS = 3


def prosody_for(kokoro: Kokoro, space: Space, language: str, pitch: float, spread: float) -> Floats:
    """The table's prosody half, [510, 128]. pitch: median of ln F0; spread: its standard deviation.

    Raises InputError for a language that is not read.
    """
    among = _speaking(space, language, pitch)
    tables = np.stack([stock.table(space.names[i])[:, stock.TIMBRE :] for i in among])
    wanted = np.array([pitch, spread])
    aim = wanted.copy()
    for _ in range(_ROUNDS):
        table = np.asarray(np.tensordot(_shares(space, among, aim), tables, axes=1), np.float32)
        style = np.concatenate([space.mean, table[space.row]]).astype(np.float32)
        aim += wanted - np.array(intoned(kokoro, space.ids, style[None]))
    return table


def check_language(language: str) -> None:
    """Raise InputError for a language that is not read, so that no voice could speak it."""
    if language not in LANGUAGES:
        raise InputError(f"There is no prosody for {language!r}: it is one of {', '.join(sorted(LANGUAGES))}.")


def _speaking(space: Space, language: str, pitch: float) -> list[int]:
    """Of the voices that speak it, those of the gender whose pitch is nearer, if there are of both."""
    check_language(language)
    own = [i for i, n in enumerate(space.names) if stock.ALL[n].language == language]
    genders = {stock.ALL[space.names[i]].gender for i in own}
    groups = [[i for i in own if stock.ALL[space.names[i]].gender == g] for g in sorted(genders)]
    return min(groups, key=lambda group: abs(float(space.pitches[group].mean()) - pitch))


def _shares(space: Space, among: list[int], aim: Floats) -> Floats:
    count = len(among)
    rows = np.vstack(
        [
            space.pitches[among] / _PITCH_STEP,
            space.spreads[among] / _SPREAD_STEP,
            np.full(count, _SUM_WEIGHT),
            np.eye(count),
        ]
    )
    wanted = np.concatenate([[aim[0] / _PITCH_STEP, aim[1] / _SPREAD_STEP, _SUM_WEIGHT], np.full(count, 1 / count)])
    shares = lsq_linear(rows, wanted, (_LEAST, _MOST)).x
    return np.asarray(shares / shares.sum(), np.float32)

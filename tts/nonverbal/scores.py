"""What is done in the throat in the course of a sound that is no word, drawn from an emotion and a seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from studio.emotion import Emotion
from studio.emotion.track import NONVERBAL
from studio.errors import InputError
from tts.nonverbal.breathing import breath, gasp, sigh
from tts.nonverbal.laugh import laugh
from tts.nonverbal.score import Score

_KINDS: dict[str, Callable[[Emotion, np.random.Generator], Score]] = {
    "laugh": laugh,
    "sigh": sigh,
    "gasp": gasp,
    "breath": breath,
}


def score(kind: str, emotion: Emotion, seed: int) -> Score:
    """The course of a `kind` (one of `studio.emotion.track.NONVERBAL`); the same for all voices, and quick to have.

    Its `seconds` are those of the sound. Raises InputError for another kind.
    """
    if kind not in _KINDS:
        raise InputError(f"There is no sound {kind!r}: it is one of {', '.join(NONVERBAL)}.")
    # Seeds may be any integer; SeedSequence takes words of 32 bits, and the sign is kept apart.
    drawn = np.random.SeedSequence([int(seed < 0), abs(seed), list(_KINDS).index(kind)])
    return _KINDS[kind](emotion, np.random.default_rng(drawn))

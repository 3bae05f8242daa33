"""What the text reader tells of a text, and on which scales."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.emotion.labels import CATEGORIES

Floats = npt.NDArray[np.float32]

# In the order of the corpus's label files.
# fmt: off
GOEMOTIONS = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy",
    "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise", "neutral",
)
# fmt: on
EKMAN = ("anger", "disgust", "fear", "joy", "neutral", "sadness", "surprise")
DIRECTION_LABELS = (*CATEGORIES, "neutral")

# Head -> number of outputs. "direction": logits of DIRECTION_LABELS, the logit of the strength, then VAD.
HEADS = {
    "goemotions": len(GOEMOTIONS),
    "ekman": len(EKMAN),
    "emobank": 3,
    "glasgow": 3,
    "direction": len(DIRECTION_LABELS) + 4,
}

_GLASGOW_NEUTRAL = np.array([5.2, 4.0, 4.8], np.float32)


def emobank_to_vad(rated: Floats) -> Floats:
    """EmoBank's 1..5 as [-1, 1]."""
    return (rated - 3.0) / 2.0


def glasgow_to_vad(rated: Floats) -> Floats:
    """The Glasgow Norms' 1..9 counted from their word "neutral", as `studio.emotion.norms` has it."""
    return (rated - _GLASGOW_NEUTRAL) / 4.0

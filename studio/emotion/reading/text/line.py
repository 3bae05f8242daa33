"""What a line implies when nobody says how it is felt."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.reading.text.direction import network
from studio.emotion.reading.text.heads import GOEMOTIONS

# Lines before the line that are read with it, and how much that reading counts: a short line ("I see.") says little by
# itself, a long one speaks for itself.
_CONTEXT_LINES = 2
_SHORT_WORDS, _SHORT_SHARE, _LONG_SHARE = 5, 0.6, 0.25
# A reading this far over or under a threshold is sure, in logits.
_SURE = 2.0
# Labels of what is thought rather than felt: nobody says "Yes." or "I see now." in a tone of their own for it.
_NO_FEELINGS = frozenset(("approval", "realization", "neutral"))
# A label at its threshold is felt this much, one that is certain wholly; and no more labels than this.
_AT_THRESHOLD, _MOST_LABELS = 0.4, 3


def read_line(text: str, context: Sequence[str] = ()) -> Emotion:
    """The Emotion the words of a line imply; neutral when they imply nothing.

    context: the lines before it, the latest last.
    """
    if not any(c.isalnum() for c in text):
        return NEUTRAL
    over = _over(text)
    if before := [c for c in context if c.strip()][-_CONTEXT_LINES:]:
        share = _SHORT_SHARE if len(text.split()) <= _SHORT_WORDS else _LONG_SHARE
        # Held within limits, so that what one reading rules out the other can still say.
        alone, together = (np.clip(o, -_SURE, _SURE) for o in (over, _over(" ".join([*before, text]))))
        over = (1.0 - share) * alone + share * together
    return _felt(over)


def _over(text: str) -> npt.NDArray[np.float32]:
    """How far each label's logit lies over its threshold."""
    return np.asarray(network().read(text)["goemotions"] - network().threshold("goemotions"))


def _felt(over: npt.NDArray[np.float32]) -> Emotion:
    threshold = network().threshold("goemotions")
    neutral = GOEMOTIONS.index("neutral")
    told = [i for i in np.argsort(-over) if GOEMOTIONS[i] not in _NO_FEELINGS and over[i] > 0][:_MOST_LABELS]
    # When neutral is the clearest reading, what else is over its threshold is a trace of a feeling at most.
    if not told or over[neutral] > over[told].max():
        return NEUTRAL
    chance = 1.0 / (1.0 + np.exp(-(threshold + over)[told]))
    least = 1.0 / (1.0 + np.exp(-threshold[told]))
    weights = _AT_THRESHOLD + (1.0 - _AT_THRESHOLD) * (chance - least) / (1.0 - least)
    weights = weights / max(1.0, float(weights.sum()))
    return Emotion.of({GOEMOTIONS[i]: round(float(w), 3) for i, w in zip(told, weights, strict=True)})

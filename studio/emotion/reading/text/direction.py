"""Free text that says how a line is to be felt: "trembling, on the verge of tears"."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.labels import CATEGORIES, known
from studio.emotion.notation import COURSE
from studio.emotion.reading.text.heads import DIRECTION_LABELS
from studio.emotion.reading.text.network import TextNetwork
from studio.emotion.reading.text.phrases import read_phrase
from studio.errors import InputError

# A feeling with less than this share of a direction is noise of the network, and more than three nobody can act.
_LEAST_SHARE, _MOST_FEELINGS = 0.12, 3
# How far the VAD heard draws the mixture's own toward itself. On 90 directions kept for such choices valence is right
# more often by the mixture (.94 against .92), arousal by what is heard (.98 against .91).
_HEARD = 0.6
_LONGEST = 1000
# What only the notation has: a label with a number ("at 3:30" is none), a sum, a channel, coordinates, a course.
_WITH_NUMBER = re.compile(r"([^\W\d][\w'’-]*)\s*:\s*(?:[-+]?[.\d]+\s*(?:$|[-+@,\s])|$)")
_NOTATION = re.compile(r"\w\s*[@+]\s*\w|\bvad\s*\(")
_EDGES = ".,!?\"'“”‘’…()"


@cache
def network() -> TextNetwork:
    """The one network of this process."""
    return TextNetwork()


def read_text(text: str) -> Emotion:
    """The Emotion of the notation (``angry:0.8``) or, where a text is none, of a direction in free words.

    One word that is no English ("angrry") is a slip of the keyboard: better said so than guessed at. Raises InputError.
    """
    try:
        return Emotion.parse(text)
    except InputError:
        if _is_notation(text) or (_is_no_english(text) and read_phrase(text) is None):
            raise
    return read_direction(text)


def _is_no_english(text: str) -> bool:
    """Whether there is no word in it, or only one that the network doesn't know."""
    words = [w.strip(_EDGES) for w in text.replace("-", " ").split() if any(c.isalpha() for c in w)]
    return not words or (len(words) == 1 and not network().is_word(words[0]))


def _is_notation(text: str) -> bool:
    """Whether a text that can't be parsed was meant as the notation."""
    if _NOTATION.search(text) or COURSE.search(text):
        return True
    # All of it, or what is before the colon is a feeling.
    return any(m.start() == len(text) - len(text.lstrip()) or known(m[1]) for m in _WITH_NUMBER.finditer(text))


def read_direction(text: str) -> Emotion:
    """How a direction wants a line to be felt: a mixture, its strength in the weights, its own VAD in the offset.

    A direction that only names feelings ("not angry, just disappointed") is read by `phrases`, all others by the
    network. Raises InputError when there is nothing to read, or more than a thousand characters.
    """
    if len(text) > _LONGEST:
        raise InputError(f"The direction has {len(text)} characters; say it in at most {_LONGEST}.")
    named = read_phrase(text)
    if named is not None:
        return named
    if not any(c.isalpha() for c in text):
        raise InputError(f"There is no direction to read in {text.strip()[:40]!r}: say in words how it is to be felt.")
    return guess(text)


def guess(text: str) -> Emotion:
    """What the network makes of a text as a direction."""
    said = network().read(text)["direction"].astype(float)
    shares = np.exp(said[: len(DIRECTION_LABELS)] - said[: len(DIRECTION_LABELS)].max())
    shares /= shares.sum()
    strength = 1.0 / (1.0 + np.exp(-said[len(DIRECTION_LABELS)]))
    first = np.argsort(-shares)[:_MOST_FEELINGS]
    kept = {DIRECTION_LABELS[i]: float(shares[i]) for i in first if shares[i] >= _LEAST_SHARE} or {"neutral": 1.0}
    felt = strength * sum(w for c, w in kept.items() if c in CATEGORIES) / sum(kept.values())
    if felt < _LEAST_SHARE:
        return NEUTRAL
    total = sum(kept.values())
    mixture = Emotion.of({c: round(strength * w / total, 3) for c, w in kept.items() if c in CATEGORIES})
    # The network hears valence and arousal in words the categories have no room for; neutral's share tells it down.
    heard = np.clip(said[-3:], -1.0, 1.0) * min(1.0, felt / strength)
    v, a, d = (round(_HEARD * float(h - m), 3) for h, m in zip(heard, mixture.vad, strict=True))
    return mixture + Emotion.from_vad(v, a, d)

"""Directions made of nothing but feelings by name: "a little sad", "not angry, just disappointed", "happy but nervous".

What is named can be read exactly; a model would only guess. A direction with any other word in it is left to the model
(`direction`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.labels import known

# How strongly a plain "sad" is felt. Actors take an unqualified direction as clear but not extreme, and "very sad" has
# to be more.
PLAIN = 0.7
# Degree adverbs by strength, in the order of Quirk et al. 1985 (diminishers, compromisers, boosters, maximizers); the
# factors are spread evenly over what lies between nothing and the whole.
# fmt: off
_DEGREES = {
    0.2: (
        "barely", "hardly", "scarcely", "faintly", "ever so slightly", "a hint of", "a touch of", "a trace of",
        "a shade",
    ),
    0.35: (
        "a little", "a bit", "slightly", "mildly", "a tad", "a touch", "vaguely", "kind of", "sort of", "half",
        "a bit of", "a little bit", "little",
    ),
    0.55: (
        "somewhat", "fairly", "rather", "moderately", "quietly", "softly", "gently", "almost", "some", "nearly",
    ),
    0.7: ("quite", "pretty", "genuinely", "simply", "just", "only", "mostly", "mainly"),
    0.85: (
        "very", "really", "deeply", "truly", "so", "seriously", "terribly", "awfully", "highly", "strongly", "much",
        "visibly", "openly", "intensely", "full of", "filled with", "a lot of",
    ),
    1.0: (
        "extremely", "utterly", "completely", "totally", "absolutely", "incredibly", "overwhelmingly", "wildly",
        "beside herself with", "beside himself with", "insanely", "thoroughly", "purely", "pure", "sheer",
    ),
}
_NEGATIONS = (
    "not", "never", "no", "without", "no longer", "isn't", "not at all", "anything but", "far from", "neither", "nor",
    "without a trace of", "without any", "nothing", "rather than", "instead of", "than", "not so much",
)
_JOINS = ("and", "or", "nor", "&")
_STOPS = (",", ";", ".", "but", "yet", "with", "though", "as well as", "mixed with", "then", "also", "plus")
# Words that carry a direction's grammar and no feeling.
_EMPTY = frozenset((
    "in", "a", "an", "the", "tone", "voice", "way", "manner", "sound", "sounding", "sounds", "feeling", "feels",
    "feel", "feelings", "of", "be", "being", "is", "as", "if", "like", "say", "said", "it", "this", "line", "more",
    "speak", "speaking", "mood", "emotion", "emotionally", "person", "someone", "who", "she", "he", "they", "to", "at",
    "all", "still", "even", "make", "read", "too", "now", "you", "are", "your", "you're", "s", "i", "am", "i'm",
))
# fmt: on
# What a negated feeling leaves when nothing else is named: a part of its opposite ("not happy" is not yet sad), since
# negation shifts rather than inverts (Kiritchenko & Mohammad 2016).
_NEGATED = -0.35
_LONGEST = 4


@dataclass(frozen=True)
class _Feeling:
    label: str
    weight: float
    negated: bool


def read_phrase(text: str) -> Emotion | None:
    """The Emotion of a direction that only names feelings, or None when there is more (or nothing) in it."""
    feelings = _feelings(re.findall(r"[^\W\d_][\w'’-]*|[,;.&]", text.lower().replace("’", "'")))
    if not feelings:
        return None
    named = [f for f in feelings if not f.negated]
    if not named:
        return sum((f.weight * _NEGATED * _of(f.label) for f in feelings), NEUTRAL)
    # Two feelings at once share the stage: their sum may not pass what one alone would be.
    total = sum(f.weight for f in named)
    scale = max((f.weight for f in named), default=0.0) / total if total > 1.0 else 1.0
    return sum((f.weight * scale * _of(f.label) for f in named), NEUTRAL)


def _feelings(tokens: list[str]) -> list[_Feeling] | None:
    """The feelings in order; None at the first word that is something else."""
    found: list[_Feeling] = []
    degree, negated, at = None, False, 0
    while at < len(tokens):
        phrase, kind, value = _longest(tokens, at)
        if kind is None:
            return None
        at += phrase
        if kind == "negation":
            negated, degree = True, None
        elif kind == "degree":
            # "not very sad" is a little sad.
            degree = value if degree is None else degree * value
        elif kind == "stop":
            negated, degree = False, None
        elif kind == "label":
            label = " ".join(tokens[at - phrase : at])
            if negated and degree is not None and degree >= PLAIN:
                found.append(_Feeling(label, 1.0 - degree, False))
            else:
                found.append(_Feeling(label, PLAIN if degree is None else degree, negated))
            # "not angry or sad" negates both; the degree is spent.
            degree = None
    return found


def _longest(tokens: list[str], at: int) -> tuple[int, str | None, float]:
    """How many tokens the longest phrase known here takes, its kind, and a degree's value."""
    for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
        phrase = " ".join(tokens[at : at + length])
        if phrase in _NEGATIONS:
            return length, "negation", 0.0
        for value, words in _DEGREES.items():
            if phrase in words:
                return length, "degree", value
        if phrase in _JOINS:
            return length, "join", 0.0
        if phrase in _STOPS:
            return length, "stop", 0.0
        if phrase in _EMPTY:
            return length, "empty", 0.0
        if known(phrase):
            return length, "label", 0.0
    return 1, None, 0.0


def _of(label: str) -> Emotion:
    return Emotion.of({label: 1.0})

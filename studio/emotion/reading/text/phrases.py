"""Directions made of nothing but feelings by name: "a little sad", "not angry, just disappointed", "happy but nervous".

What is named can be read exactly; a model would only guess. A direction with any other word in it is left to the model
(`direction`).

An unqualified feeling is the whole of it, as in the notation: "sad", "in a sad voice" and ``sad`` are 1. A degree word
is a factor: "barely" .2, "a little" .35, "somewhat" .55, "quite" .8, "very" 1.25, "extremely" 1.5; two of them multiply
("very very", "just a little"). Feelings of one direction share the stage: where their factors sum to more than 1 they
are divided by the sum. So "very sad" alone is sad, which is whole already, and in "happy but very nervous" the nerves
have the greater part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.labels import EMOJI, known, without_variants
from studio.errors import InputError

# Degree adverbs by their factor, in the order of Quirk et al. 1985 (minimizers, diminishers, compromisers; boosters,
# maximizers); those that weaken are spread about evenly between nothing and the whole.
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
    0.8: ("quite", "pretty", "mostly", "mainly"),
    1.0: ("genuinely", "simply", "just", "only"),
    1.25: (
        "very", "really", "deeply", "truly", "so", "seriously", "terribly", "awfully", "highly", "strongly", "much",
        "visibly", "openly", "intensely", "full of", "filled with", "a lot of", "more than a little", "more than a bit",
    ),
    1.5: (
        "extremely", "utterly", "completely", "totally", "absolutely", "incredibly", "overwhelmingly", "wildly",
        "beside herself with", "beside himself with", "insanely", "thoroughly", "purely", "pure", "sheer",
    ),
}
_NEGATIONS = (
    "not", "never", "no", "without", "no longer", "isn't", "not at all", "anything but", "far from", "neither", "nor",
    "without a trace of", "without any", "nothing", "rather than", "instead of", "than", "not so much",
)
# "not so much angry as sad" denies the first of the two.
_DENIES_THE_FIRST, _SECOND = "not so much", "as"
_JOINS = ("and", "or", "nor", "&", "/")
_STOPS = (
    ",", ";", ".", "!", "?", "…", "-", "–", "—", "but", "yet", "with", "though", "as well as", "mixed with", "then",
    "also", "plus",
)
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
# "Not very sad" is as sad as "hardly sad"; "not quite" and "not extremely" are no other.
_NOT_VERY, _WEAK = 0.2, 0.8
_LONGEST = 4
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|[.]\d+")
_TOKEN = re.compile(rf"{'|'.join(map(re.escape, EMOJI))}|{_NUMBER.pattern}|[^\W\d_][\w'-]*|[^\s\"“”‘]")


@dataclass(frozen=True)
class _Feeling:
    label: str
    weight: float
    negated: bool


def read_phrase(text: str) -> Emotion | None:
    """The Emotion of a direction that only names feelings, or None when there is more (or nothing) in it.

    Raises InputError for feelings with a number beside them ("happy 0.5", "50% happy"), and says how it is written.
    """
    tokens = _tokens(text)
    words = [t for t in tokens if t not in "%()"]
    numbers = [
        t
        for i, t in enumerate(words)
        if _NUMBER.fullmatch(t) and any(known(beside) for beside in (*words[max(0, i - 1) : i], *words[i + 1 : i + 2]))
    ]
    feelings = _feelings([t for t in words if t not in numbers] if numbers else tokens)
    if not feelings:
        return None
    if numbers:
        raise InputError(
            f"The number in {text.strip()!r} stands alone: write an intensity after a colon, "
            f"{_with_colon(feelings[0].label, numbers[0], '%' in tokens)}."
        )
    total = sum(f.weight for f in feelings if not f.negated)
    if total == 0.0:
        return sum((min(f.weight, 1.0) * _NEGATED * _of(f.label) for f in feelings), NEUTRAL)
    return sum((f.weight / max(total, 1.0) * _of(f.label) for f in feelings if not f.negated), NEUTRAL)


def _with_colon(label: str, number: str, percent: bool) -> str:
    """The notation of what was probably meant."""
    value = float(number.replace(",", ".")) / (100.0 if percent else 1.0)
    return f"{label.replace(' ', '_')}:{value if 0.0 <= value <= 1.0 else 0.5:g}"


def _tokens(text: str) -> list[str]:
    found = _TOKEN.findall(without_variants(text).lower().replace("’", "'"))
    # "Angry-sad" are two, "self-assured" is one.
    return [part for t in found for part in ([t] if known(t) or len(t) == 1 else t.split("-"))]


def _feelings(tokens: list[str]) -> list[_Feeling] | None:
    """The feelings in order; None at the first word that is something else, or for a degree of nothing."""
    found: list[_Feeling] = []
    degree, negation, at = None, "", 0
    while at < len(tokens):
        length, kind, factor = _longest(tokens, at)
        phrase = " ".join(tokens[at : at + length])
        at += length
        if kind is None:
            return None
        if kind == "negation":
            negation, degree = phrase, None
        elif kind == "degree":
            degree = factor * (1.0 if degree is None else degree)
        elif kind == "stop" or (phrase == _SECOND and negation == _DENIES_THE_FIRST):
            negation, degree = "", None
        elif kind == "label" and negation and degree is not None and degree >= _WEAK:
            # "not just angry" is angry, and something else.
            found.append(_Feeling(phrase, degree if degree == 1.0 else _NOT_VERY, False))
            degree = None
        elif kind == "label":
            found.append(_Feeling(phrase, 1.0 if degree is None else degree, bool(negation)))
            # "not angry or sad" negates both; the degree is spent.
            degree = None
    return found if degree is None else None


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
        # Labels are known with any "and" in them; here one may not begin or end so.
        if known(phrase) and not {tokens[at], tokens[at + length - 1]} & set(_JOINS):
            return length, "label", 0.0
    return 1, None, 0.0


def _of(label: str) -> Emotion:
    return Emotion.of({label: 1.0})

"""The short notation people type: ``angry``, ``angry:0.8``, ``happy:0.5+surprised:0.3``, ``vad(-0.6,0.7,0.5)``.

    emotion  = ["-"] term *(("+" | "-") term)
    term     = label [":" intensity] | "vad(" valence "," arousal "," dominance ")"

An intensity lies in [0, 1], a coordinate in [-1, 1]; a minus sign means the opposite (``-happy``). Case and spaces do
not matter.
"""

from __future__ import annotations

import re

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.errors import InputError

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
_TERM = re.compile(
    rf"""\s*(?P<sign>[+-]?)\s*
    (?: vad\s*\(\s*(?P<v>{_NUMBER})\s*,\s*(?P<a>{_NUMBER})\s*,\s*(?P<d>{_NUMBER})\s*\)
      | (?!vad\s*\()(?P<label>[^\W\d]+)\s*(?: :\s*(?P<weight>{_NUMBER}) )? )\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_HELP = "write a label (angry), a label with an intensity (angry:0.8), a sum (happy:0.5+surprised:0.3) or vad(v,a,d)"


def parse(text: str) -> Emotion:
    """Read an Emotion. Raises InputError that says what is wrong and what would do."""
    if not text.strip():
        raise InputError(f"The emotion is empty: {_HELP}, or neutral.")
    total, at = NEUTRAL, 0
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None or (at > 0 and not term["sign"]):
            raise InputError(f"The emotion {text!r} can't be read from {text[at:].strip()!r} on: {_HELP}.")
        one = _term(term, text)
        total = total - one if term["sign"] == "-" else total + one
        at = term.end()
    return total


def _term(term: re.Match[str], text: str) -> Emotion:
    if term["label"] is None:
        return Emotion.from_vad(*(_within(term[c], -1.0, f"a coordinate of {text!r}") for c in "vad"))
    weight = 1.0 if term["weight"] is None else _within(term["weight"], 0.0, f"the intensity of {term['label']!r}")
    return Emotion.of({term["label"]: weight})


def _within(number: str, low: float, what: str) -> float:
    value = float(number)
    if not low <= value <= 1.0:
        raise InputError(f"{what[0].upper()}{what[1:]} is {number}, but must lie between {low:g} and 1.")
    return value

"""The short notation people type: ``angry:0.8``, ``happy:0.5+surprised:0.3``, ``happy+sad@brow``, ``vad(-0.6,0.7,0)``.

    emotion  = ["-"] term *(("+" | "-") term)
    term     = (label [":" intensity] | "vad(" valence "," arousal "," dominance ")") ["@" channel [":" intensity]]

An intensity lies in [0, 1], a coordinate in [-1, 1]; a label alone is the whole of it (1). A minus sign means the
opposite (``-happy``). A channel (voice, brow, mouth) feels its term alone. A label of several words is written as
published, with blanks or with underscores (``fears-confirmed:0.5``, ``being hurt``). Case and spaces do not matter.
"""

from __future__ import annotations

import re

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.labels import PHRASES, known, without_variants
from studio.errors import InputError

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
# A published hyphen is no minus sign; as in `normal`, any separator will do, and so will "and".
_PHRASES = "|".join(r"(?:[\s_\-–/&,]|\band\b)+".join(map(re.escape, phrase.split())) for phrase in PHRASES)
_TERM = re.compile(
    rf"""\s*(?P<sign>[+-]?)\s*
    (?: vad\s*\(\s*(?P<v>{_NUMBER})\s*,\s*(?P<a>{_NUMBER})\s*,\s*(?P<d>{_NUMBER})\s*\)
      | (?!vad\s*\()(?P<label>(?:{_PHRASES})(?![^\s:+\-@])|[^\s\d:+\-@(),][^\s:+\-@(),]*)
        \s*(?: :\s*(?P<weight>{_NUMBER}) )? )\s*
    (?: @\s*(?P<channel>[^\W\d]+)\s*(?: :\s*(?P<after>{_NUMBER}) )? )?\s*""",
    re.VERBOSE | re.IGNORECASE,
)
# The arrow of a course ("[sad -> calm]").
COURSE = re.compile("->|→")
_HELP = "write a label (angry), a label with an intensity (angry:0.8), a sum (happy:0.5+surprised:0.3) or vad(v,a,d)"


def parse(text: str) -> Emotion:
    """Read an Emotion. Raises InputError that says what is wrong and what would do."""
    if not text.strip():
        raise InputError(f"The emotion is empty: {_HELP}, or neutral.")
    if known(text):
        return Emotion.of({text: 1.0})
    if COURSE.search(text):
        raise InputError(f"{text.strip()!r} is a course of emotions: write it as a mark in the text, [{text.strip()}].")
    text = without_variants(text)
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
        felt = Emotion.from_vad(*(_within(term[c], -1.0, f"a coordinate of {text!r}") for c in "vad"))
    else:
        weight = 1.0 if term["weight"] is None else _within(term["weight"], 0.0, f"the intensity of {term['label']!r}")
        felt = Emotion.of({term["label"]: weight})
    if term["channel"] is None:
        return felt
    share = 1.0 if term["after"] is None else _within(term["after"], 0.0, f"the intensity in the {term['channel']}")
    return share * felt.only(term["channel"].lower())


def _within(number: str, low: float, what: str) -> float:
    value = float(number)
    if not low <= value <= 1.0:
        raise InputError(f"{what[0].upper()}{what[1:]} is {number}, but must lie between {low:g} and 1.")
    return value

"""Roman numerals: Henry VIII, Chapter IV, World War II, Rocky III."""

from __future__ import annotations

import re

from hibari.g2p.normalize import ROMAN_CARDINAL, ROMAN_ORDINAL

from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rule

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
NUMERAL = r"(?=[IVXLCM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
# Beside hibari's lists: what carries numbers and whom one counts.
_COUNTED = [*ROMAN_CARDINAL, "Olympiad", "Title", "Appendix", "Table", "Figure", "Area", "Factor", "Quarter", "Vol."]
_REIGNED = [
    *ROMAN_ORDINAL,
    "Emperor",
    "Tsar",
    "Otto",
    "Francis",
    "Joseph",
    "Clement",
    "Gregory",
    "Urban",
    "Mary",
    "Paul",
]
_POSSESSIVE = r"(?P<s>['’]s)?(?!\w)"


def value(numeral: str) -> int:
    """VIII -> 8."""
    total = 0
    for this, following in zip(numeral, [*numeral[1:], ""], strict=True):
        smaller = _VALUES[this] < _VALUES.get(following, 0)
        total += -_VALUES[this] if smaller else _VALUES[this]
    return total


def _cardinal(found: re.Match[str], numbers: Numbers) -> str:
    return numbers.cardinal(str(value(found["numeral"]))) + (found["s"] or "")


def _ordinal(found: re.Match[str], numbers: Numbers) -> str:
    return f"the {numbers.ordinal(str(value(found['numeral'])))}{found['s'] or ''}"


def _behind(words: list[str]) -> str:
    # Python's look-behind has one width, so there is one for each length.
    by_length: dict[int, list[str]] = {}
    for w in words:
        by_length.setdefault(len(w), []).append(re.escape(w))
    return "(?:" + "|".join(rf"(?<=\b(?:{'|'.join(ws)})\s)" for ws in by_length.values()) + ")"


RULES = (
    Rule(re.compile(r"\bWW(?P<numeral>I{1,3})(?P<s>)\b"), lambda m, n: f"World War {_cardinal(m, n)}"),
    Rule(re.compile(rf"{_behind(_REIGNED)}(?P<numeral>{NUMERAL})(?<!\s){_POSSESSIVE}"), _ordinal),
    Rule(re.compile(rf"{_behind(_COUNTED)}(?P<numeral>{NUMERAL})(?<!\s){_POSSESSIVE}"), _cardinal),
    # Two letters or more after a name: nothing else looks like it.
    Rule(re.compile(rf"(?<=[a-z]\s)(?=[IVX]{{2}})(?P<numeral>{NUMERAL})(?<!\s){_POSSESSIVE}"), _cardinal),
)

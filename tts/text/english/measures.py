"""Measures: 5 km, 98.6°F, 15%, 5'10", 1h 15min, 9.8 m/s²."""

from __future__ import annotations

import re

from tts.text.english import tables
from tts.text.english.context import is_attribute
from tts.text.english.numbers import NUMBER, Numbers, is_one
from tts.text.english.rewriting import Rule

_UNITS = {row["written"]: row for row in tables.rows("units")}
_WRITTEN = "|".join(re.escape(w) for w in sorted(_UNITS, key=len, reverse=True))
# A sign is one only where no number stands before it: 10-15% is a range.
_SIGNED = rf"(?<![\w.,])(?P<number>(?:(?<![-−])[-−+])?{NUMBER}(?:/\d+)?)"
_AFTER_DASH = rf"(?<=[\d%][-–])(?P<number>{NUMBER})"


def _measure(found: re.Match[str], numbers: Numbers) -> str:
    digits, row = found["number"], _UNITS[found["unit"]]
    named = row["one" if is_one(digits) or is_attribute(found) else "many"]
    apart = " | " if found["gap"] else " "
    return f"{numbers.number(digits)}{apart}{named}"


def _feet(found: re.Match[str], numbers: Numbers) -> str:
    return f"{numbers.cardinal(found[1])} foot {numbers.number(found[2])}"


def _rules(number: str) -> tuple[Rule, ...]:
    return (
        Rule(re.compile(rf"{number}(?P<gap>\s?)(?P<unit>{_WRITTEN})(?![\w²³/^]|['’]\w)"), _measure),
        Rule(re.compile(rf"{number}(?P<gap>\s?)(?P<unit>[%‰°])"), _measure),
    )


RULES = (
    Rule(re.compile(r"(?<![\w.,])(\d+)['’′](\d{1,2}(?:\.\d+)?)(?:[\"”″]|''|(?!\w))"), _feet),
    *_rules(_SIGNED),
    *_rules(_AFTER_DASH),
    Rule(re.compile(rf"(?<![\w.,])(?P<number>{NUMBER})″"), lambda m, n: f"{n.number(m['number'])} inches"),
)

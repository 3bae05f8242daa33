"""Sums of money: $3.50, £20, $5M, 50¢, USD 40, $10-20."""

from __future__ import annotations

import re

from tts.text.english import tables
from tts.text.english.context import is_attribute
from tts.text.english.numbers import NUMBER, Numbers, is_one
from tts.text.english.rewriting import Rule

_CURRENCY = {row["written"]: row for row in tables.rows("currencies")}
_SIGNS = "|".join(re.escape(w) for w in sorted(_CURRENCY, key=len, reverse=True) if not w.isalpha())
_CODES = "|".join(w for w in _CURRENCY if w.isalpha())
_SCALES = {
    **{"k": "thousand", "K": "thousand", "m": "million", "M": "million", "mn": "million", "mm": "million"},
    **{"b": "billion", "B": "billion", "bn": "billion", "tn": "trillion", "T": "trillion"},
    **{w: w for w in ("hundred", "thousand", "million", "billion", "trillion")},
}
_SCALE = rf"(?:(?P<space>\s?)(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b)?"
_RANGE = re.compile(rf"(?P<sign>{_SIGNS})(?P<low>{NUMBER})\s?[-–]\s?(?:{_SIGNS})?(?P<sum>{NUMBER}){_SCALE}")
_BEFORE = re.compile(rf"(?P<minus>(?<![\w-])[-−])?(?P<sign>{_SIGNS}|(?<!\w)(?:{_CODES})\s)\s?(?P<sum>{NUMBER}){_SCALE}")
_AFTER = re.compile(rf"(?<![\w.,])(?P<sum>{NUMBER}){_SCALE}(?P<gap>\s?)(?P<sign>(?:{_SIGNS})(?!\w)|(?:{_CODES})\b)")


def _named(sign: str, one: bool) -> str:
    return _CURRENCY[sign.strip()]["one" if one else "many"]


def _range(found: re.Match[str], numbers: Numbers) -> str:
    scale = _SCALES.get(found["scale"] or "", "")
    low, high = numbers.number(found["low"]), numbers.number(found["sum"])
    return " ".join(f"{low} to {high} {scale} {_named(found['sign'], is_attribute(found))}".split())


def _amount(found: re.Match[str], numbers: Numbers) -> str:
    row, digits = _CURRENCY[found["sign"].strip()], found["sum"]
    whole, _, rest = digits.partition(".")
    apart = " | " if found["space"] else " "
    if found["scale"]:
        named = _named(found["sign"], is_attribute(found))
        return f"{numbers.number(digits)}{apart}{_SCALES[found['scale']]} {named}"
    if len(rest) != 2 or not row["minor_one"]:
        return f"{numbers.number(digits)} {_named(found['sign'], is_one(digits) or is_attribute(found))}"
    major = f"{numbers.cardinal(whole)} {_named(found['sign'], is_one(whole) or is_attribute(found))}"
    minor = f"{numbers.cardinal(rest)} {row['minor_one' if rest == '01' else 'minor_many']}"
    if int(rest) == 0:
        return major
    if int(whole.replace(",", "")) == 0:
        return minor
    # "One pound fifty" is what is said of pounds.
    return f"{major} {numbers.cardinal(rest)}" if row["one"] == "pound" and int(rest) > 9 else f"{major} and {minor}"


def _signed(found: re.Match[str], numbers: Numbers) -> str:
    return ("minus " if found["minus"] else "") + _amount(found, numbers)


RULES = (Rule(_RANGE, _range), Rule(_BEFORE, _signed), Rule(_AFTER, _amount))

"""Telephone numbers, and other numbers that are said digit by digit."""

from __future__ import annotations

import re

from tts.text.english.context import before
from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rule

_SEPARATOR = r"[ .\-–]"
_PATTERNS = (
    r"\+\d{1,3}(?:[ .\-]?\(?\d{1,5}\)?){2,5}",  # +44 20 7946 0018
    rf"(?:\+?1{_SEPARATOR})?\(\d{{3}}\)\s?\d{{3}}{_SEPARATOR}\d{{4}}",  # (212) 555-0198
    rf"(?:1{_SEPARATOR})?\d{{3}}{_SEPARATOR}\d{{3}}{_SEPARATOR}\d{{4}}",  # 1-800-555-0199
    r"\d{3}-\d{4}",  # 555-0123
    r"0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}",  # 020 7946 0018
)
_TELEPHONE = re.compile(rf"(?<![\w.\-/+$£€])(?:{'|'.join(_PATTERNS)})(?![\w\-/])(?!\.\d)")
_DIALLED = r"call|dial|dialled|dialed|phone|ring|called|text"
_BY_DIGIT = r"pin|zip|code|postcode|extension|ext|password|passcode|account|serial"
_IN_PAIRS = r"room|rooms|flight|boeing|route|highway|interstate|bus|suite|apartment|apt|gate|locker|cell|airbus|unit"


def said(text: str, numbers: Numbers) -> str:
    """A telephone number, group by group; one word each for the written words of `text`."""
    words = []
    for written in text.split():
        groups = re.findall(r"\d+", written)
        spoken = [_group(g, numbers) for g in groups]
        words.append(("plus " if "+" in written else "") + ", ".join(spoken))
    return ", | ".join(words)


def _group(digits: str, numbers: Numbers) -> str:
    return f"{numbers.digits(digits[0])} hundred" if digits in ("800", "900") else numbers.digits(digits)


def _short(found: re.Match[str], numbers: Numbers) -> str | None:
    if before(found, _DIALLED):
        return numbers.digits(found[0])
    if before(found, _BY_DIGIT) or (len(found[0]) > 2 and before(found, f"(?:{_BY_DIGIT})|is", 2) and _is_code(found)):
        return numbers.digits(found[0])
    return numbers.in_pairs(found[0]) if before(found, _IN_PAIRS) else None


def _is_code(found: re.Match[str]) -> bool:
    return before(found, "is") and before(found, _BY_DIGIT, 2)


RULES = (
    Rule(_TELEPHONE, lambda m, n: said(m[0], n)),
    Rule(re.compile(r"(?<![\w.,/:-])\d{3,6}(?![\w/:%]|[.,-]\d)"), _short),
)

"""Signs of arithmetic, powers, scientific notation, versions and network addresses."""

from __future__ import annotations

import re
import unicodedata

from tts.text.english.context import before
from tts.text.english.numbers import NUMBER, Numbers
from tts.text.english.rewriting import Rule

_SIGNS = {
    **{"=": "equals", "≠": "is not equal to", "≈": "is about", "≤": "is at most", "≥": "is at least"},
    **{">": "is greater than", "<": "is less than", "×": "times", "÷": "divided by", "±": "plus or minus"},
    **{"∞": "infinity", "π": "pi", "→": "to", "∑": "the sum of", "∈": "is in", "≡": "is equivalent to"},
}
_POWERS = {"2": "squared", "3": "cubed"}
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
# What comes with a version rather than a number.
_RELEASED = (
    r"version|release|python|java|node|php|ruby|perl|ubuntu|debian|fedora|android|ios|macos|windows|linux|kernel|"
    r"chrome|firefox|postgres|mysql|django|react|angular|pytorch|tensorflow|numpy|cuda|http|usb|bluetooth"
)


def _power(exponent: str, numbers: Numbers) -> str:
    return _POWERS.get(exponent) or f"to the power of {numbers.number(exponent)}"


def _raised(found: re.Match[str], numbers: Numbers) -> str:
    plain = "".join("-" if c == "⁻" else str(unicodedata.digit(c)) for c in found[0])
    return _power(plain, numbers)


def _scientific(found: re.Match[str], numbers: Numbers) -> str:
    return f"{numbers.number(found[1])} times ten to the power of {numbers.number(found[2].lstrip('+'))}"


def _address(found: re.Match[str], numbers: Numbers) -> str | None:
    parts = found[0].split(".")
    return " dot ".join(map(numbers.in_pairs, parts)) if all(int(p) < 256 for p in parts) else None


def _version(found: re.Match[str], numbers: Numbers) -> str | None:
    if not found["v"] and found["parts"].count(".") < 2 and not before(found, _RELEASED):
        return None
    said = " point ".join(numbers.cardinal(p) for p in found["parts"].split("."))
    return f"version {said}" if found["v"] else said


RULES = (
    Rule(re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w)"), _address),
    Rule(re.compile(r"(?<![\w.,-])(?P<v>[vV](?:\.\s?)?)?(?P<parts>\d+(?:\.\d+)+)(?!\.?\w)"), _version),
    Rule(re.compile(r"(?<![\w.-])(?P<v>[vV])(?P<parts>\d+)(?![\w.]\w|\w)"), _version),
    Rule(re.compile(rf"(?<![\w.,])([-−]?{NUMBER})[eE]([-+]?\d+)(?!\w)"), _scientific),
    Rule(re.compile(r"\s?\^\s?\(?([-−]?\d+|\w)\)?"), lambda m, n: " " + _power(m[1], n) if m[1].isdigit() else None),
    Rule(re.compile(rf"(?<=[\w)])[⁻{_RAISED}]+"), _raised),
    Rule(re.compile(r"√\s?"), lambda m, n: "the square root of "),
    Rule(re.compile(r"(?<=\d)\s[-−]\s(?=\d.*=)"), lambda m, n: " minus "),
    Rule(re.compile(r"(?<=[\w)])\s?\+\s?(?=[\w(])|(?<![\w+])\+(?=\d)"), lambda m, n: " plus "),
    Rule(re.compile(r"(?<=\d)\+(?!\+)"), lambda m, n: " plus"),
    Rule(re.compile(r"(?<=[\w)] )\*(?= [\w(])"), lambda m, n: " times "),
    Rule(re.compile(rf"[{''.join(_SIGNS)}]"), lambda m, n: f" {_SIGNS[m[0]]} "),
)

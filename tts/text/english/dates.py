"""Dates and years: May 3, 2024; 3 May; 2024-05-03; 5/3/2024; Oct. 1999; the '90s; 44 BC."""

from __future__ import annotations

import re

from hibari.g2p.normalize import MONTHS

from tts.text.english.context import before
from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rule

_NAMES = [*MONTHS.values()]
_WRITTEN = "|".join([*_NAMES, "Sept", *(n[:3] for n in _NAMES)])
_MONTH = rf"(?P<month>{_WRITTEN})\b\.?"
_TH = r"(?:st|nd|rd|th)?"
_DAYS = {
    **{"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday"},
    **{"Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"},
}
_DATED = r"on|by|before|since|until|till|due|dated|from|after|date"
_OF_LIFE = r"the|in|mid|late|early|his|her|their|my"
# What is known by its numbers.
_FIXED = {"9/11": "nine eleven", "24/7": "twenty-four seven", "50/50": "fifty fifty", "20/20": "twenty twenty"}


def _month(written: str) -> str:
    return str(MONTHS[written[:3].lower()])


def _month_day(found: re.Match[str], numbers: Numbers) -> str | None:
    if not 1 <= int(found["day"]) <= 31:
        return None
    said = f"{_month(found['month'])} | {numbers.ordinal(found['day'])}"
    if found["last"]:
        said += f" to {numbers.ordinal(found['last'])}"
    return said + (f"{found['comma']} | {numbers.year(found['year'])}" if found["year"] else "")


def _day_month(found: re.Match[str], numbers: Numbers) -> str | None:
    if not 1 <= int(found["day"]) <= 31:
        return None
    the = "" if before(found, "the") else "the "
    of = "of | " if not found["of"] else "| of | "
    last = f" to the {numbers.ordinal(found['last'])}" if found["last"] else ""
    said = f"{the}{numbers.ordinal(found['day'])}{last} {of}{_month(found['month'])}"
    return said + (f" | {numbers.year(found['year'])}" if found["year"] else "")


def whole(year: str, month: int, day: int, numbers: Numbers) -> str | None:
    """A date from its numbers; year: "" for none, two digits for one of this century or the last."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if len(year) == 2:
        year = ("19" if int(year) > 40 else "20") + year
    name, nth = _NAMES[month - 1], numbers.ordinal(str(day))
    said = f"the {nth} of {name}" if numbers.british else f"{name} {nth}"
    return f"{said}, {numbers.year(year)}" if year else said


def _iso(found: re.Match[str], numbers: Numbers) -> str | None:
    return whole(found["year"], int(found["month"]), int(found["day"]), numbers)


def in_order(first: int, second: int, year: str, numbers: Numbers) -> str | None:
    """5/3/2024: the month first in America, the day first in Britain, and whatever can be where one is over 12."""
    month, day = (second, first) if numbers.british else (first, second)
    return whole(year, month, day, numbers) or whole(year, day, month, numbers)


def _slashed(found: re.Match[str], numbers: Numbers) -> str | None:
    return in_order(int(found[1]), int(found[2]), found[3], numbers)


def _dotted(found: re.Match[str], numbers: Numbers) -> str | None:
    return whole(found[3], int(found[2]), int(found[1]), numbers)


def _short(found: re.Match[str], numbers: Numbers) -> str | None:
    if found[0] in _FIXED:
        return _FIXED[found[0]]
    return in_order(int(found[1]), int(found[2]), "", numbers) if before(found, _DATED) else None


def _month_year(found: re.Match[str], numbers: Numbers) -> str:
    return f"{_month(found['month'])} | {numbers.year(found['year'])}"


def _years(found: re.Match[str], numbers: Numbers) -> str | None:
    """The 2008-09 season; a range that falls is none of years."""
    last = found[2]
    if int(last) <= int(found[1][2:]):
        return None
    return f"{numbers.year(found[1])} to {'oh ' * (last[0] == '0')}{numbers.cardinal(last)}"


def _decade(found: re.Match[str], numbers: Numbers) -> str | None:
    digits = found["digits"]
    told = found["apostrophe"] or before(found, _OF_LIFE) or re.search(r"0s\b", found.string[: found.start()])
    if len(digits) == 2 and not told:
        return None
    tens = numbers.cardinal(digits[-2:])
    century = numbers.cardinal(digits[:2]) if len(digits) == 4 else ""
    if digits[-2:] == "00":
        return f"{century} hundreds" if digits[1:2] != "0" else f"{numbers.cardinal(digits)}s"
    return f"{century} {tens[:-1]}ies".strip()


def _era(found: re.Match[str], numbers: Numbers) -> str:
    letters = ".".join(c for c in found["era"] if c.isalpha()) + "."
    return f"{numbers.plain(found['year'])} | {letters}"


RULES = (
    Rule(re.compile(rf"\b({'|'.join(_DAYS)})\.(?=,? (?:\d|{_WRITTEN}))"), lambda m, _: _DAYS[m[1]]),
    Rule(re.compile(r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])"), _iso),
    Rule(re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?![\w/])"), _slashed),
    Rule(re.compile(r"(?<![\w.])(\d{1,2})\.(\d{1,2})\.(\d{4})(?![\w.]\w)"), _dotted),
    Rule(re.compile(r"(?<![\w/.])(\d{1,2})/(\d{1,2})(?![\w/]|\.\d)"), _short),
    Rule(
        re.compile(
            rf"\b{_MONTH} (?P<day>\d{{1,2}}){_TH}(?:[-–](?P<last>\d{{1,2}}){_TH})?(?![\w:%/]|\.\d|,\d)"
            r"(?:(?P<comma>,?) (?P<year>\d{4})(?![\w:]))?"
        ),
        _month_day,
    ),
    Rule(
        re.compile(
            rf"(?<![\w.:,-])(?P<day>\d{{1,2}}){_TH}(?:[-–](?P<last>\d{{1,2}}){_TH})? (?P<of>of )?{_MONTH}"
            r"(?:,? (?P<year>\d{4})\b)?"
        ),
        _day_month,
    ),
    Rule(re.compile(r"(?<![\w.,/-])((?:1[6-9]|20)\d\d)[-–](\d\d)(?![\w-]|[.,]\d)"), _years),
    Rule(re.compile(rf"\b{_MONTH},? (?P<year>[12]\d{{3}})\b"), _month_year),
    Rule(re.compile(r"(?<![\w.,])(?P<apostrophe>['’‘])?(?P<digits>\d{2}|[12]\d{2})(?<=0)['’]?s\b"), _decade),
    Rule(re.compile(r"(?<![\w.,'’])(?P<apostrophe>)(?P<digits>[12]\d\d0)['’]?s\b"), _decade),
    Rule(re.compile(r"(?<![\w.,])(?P<year>\d{1,4}) (?P<era>(?:BC|AD|BCE|CE|B\.C\.|A\.D\.)(?!\w))"), _era),
)

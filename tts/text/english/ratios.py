"""Fractions, ranges, scores and ratios: 1/2, 2 3/4, 10-20, 3-1, 8/10, 16:9, 4x4, 10x."""

from __future__ import annotations

import re
import unicodedata

from tts.text.english.context import before
from tts.text.english.numbers import NUMBER, Numbers
from tts.text.english.rewriting import Rule

_DENOMINATORS = {2: "half", 4: "quarter"}
# Others are rather dates, scores or places ("apartment 5/23").
_COMMON = {*range(2, 11), 12, 16, 20, 32, 50, 64, 100, 1000}
_JUDGED = r"give|gave|given|rate|rated|score|scored|got|solid|rating"
_PLAYED = r"won|win|wins|lost|lose|beat|beats|drew|score|lead|led|leading|leads|down|up|defeated|victory|draw"
_VULGAR = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"


def said(over: int, under: int, numbers: Numbers, *, after_whole: bool = False) -> str:
    """3/4 -> three quarters; after_whole: as in "two and a half"."""
    name = _DENOMINATORS.get(under) or numbers.ordinal(str(under))
    if over == 1:
        return f"a {name}" if after_whole and under in _DENOMINATORS else f"one {name}"
    return f"{numbers.cardinal(str(over))} {'halves' if under == 2 else name + 's'}"


def _fraction(found: re.Match[str], numbers: Numbers) -> str | None:
    whole, over, under = found["whole"], int(found["over"]), int(found["under"])
    if under not in _COMMON or over >= under * 2 or (whole and over >= under):
        return None
    if whole:
        return f"{numbers.cardinal(whole)} | and {said(over, under, numbers, after_whole=True)}"
    if under in (5, 10, 100) and before(found, _JUDGED, 3):
        return f"{numbers.cardinal(str(over))} out of {numbers.cardinal(str(under))}"
    return said(over, under, numbers)


def _vulgar(found: re.Match[str], numbers: Numbers) -> str:
    over, _, under = unicodedata.normalize("NFKC", found["part"]).partition("⁄")
    if not found["whole"]:
        return said(int(over), int(under), numbers)
    apart = " | " if found["gap"] else " "
    return f"{numbers.cardinal(found['whole'])}{apart}and {said(int(over), int(under), numbers, after_whole=True)}"


def _slash(found: re.Match[str], numbers: Numbers) -> str:
    return f"{numbers.plain(found[1])} slash {numbers.plain(found[2])}"


def _score(found: re.Match[str], numbers: Numbers) -> str | None:
    if not before(found, _PLAYED, 3):
        return None
    to = "" if numbers.british else "to "
    return f"{numbers.cardinal(found[1])} {to}{numbers.cardinal(found[2]).replace('zero', 'nil')}"


def _ratio(found: re.Match[str], numbers: Numbers) -> str:
    return f"{numbers.number(found[1])} to {numbers.number(found[2])}"


def _by(found: re.Match[str], numbers: Numbers) -> str:
    return f"{numbers.number(found[1])} by {numbers.number(found[2])}"


def _range(found: re.Match[str], numbers: Numbers) -> str:
    return f"{numbers.plain(found['from'])} to "


RULES = (
    Rule(re.compile(rf"(?<![\w.,/])(?:(?P<whole>\d+)(?P<gap>\s?))?(?P<part>[{_VULGAR}])"), _vulgar),
    Rule(
        re.compile(r"(?<![\w./-])(?:(?P<whole>\d+)[ -])?(?P<over>\d{1,3})/(?P<under>\d{1,4})(?![\w/]|\.\d)"), _fraction
    ),
    Rule(re.compile(r"(?<![\w./])(\d{1,4})/(\d{1,4})(?![\w/]|\.\d)"), _slash),
    Rule(re.compile(r"(?<![\w.,/–-])(\d{1,3})\s?[-–]\s?(\d{1,3})(?![\w%/–-]|[.,]\d)"), _score),
    Rule(re.compile(r"(?<![\w.:])(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)(?![\w:])"), _ratio),
    Rule(re.compile(rf"(?<![\w.,])({NUMBER})[x×]({NUMBER})(?![\w])"), _by),
    Rule(re.compile(rf"(?<![\w.,])({NUMBER})[x×](?=\s+[a-z]|[.,;!?)]|$)"), lambda m, n: f"{n.number(m[1])} times"),
    # Only the dash, and what follows it read by its own rule: 10-15%, 9am-5pm, 2019–2023.
    Rule(
        re.compile(r"(?<=[\dm%])\s?[-–](?=[$£€]?\d)|(?<=°[CF])\s?[-–](?=\d)|(?<=\d)\s[–](?=\s\d)"), lambda m, n: " to "
    ),
)

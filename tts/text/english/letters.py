"""Capitals: acronyms that are spelled or spoken, initials, shouted words, and letters mixed with digits."""

from __future__ import annotations

import re
from collections.abc import Callable

from tts.text.english import tables
from tts.text.english.context import before
from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rule

_ACRONYMS = {row["written"]: row for row in tables.rows("acronyms")}
_VOWEL = re.compile(r"[AEIOUY]")
# Longer ones are words somebody shouts.
_LONGEST_SPELLED = 5
_ARTICLE = r"the|an?|our|your|my|his|their|in|its"

Known = Callable[[str], bool]


def spelled(letters: str) -> str:
    """FBI -> F.B.I., the form that is read letter by letter."""
    return "".join(f"{c.upper()}." for c in letters if c.isalpha())


def rules(is_word: Known, is_acronym_word: Known) -> tuple[Rule, ...]:
    """is_word: whether the lexicon has a word in small letters; is_acronym_word: one in capitals (NASA)."""

    def capitals(found: re.Match[str], numbers: Numbers) -> str | None:
        word, tail = found["word"], "'s" if found["tail"] else ""
        row = _ACRONYMS.get(word)
        if row is None or (row["when"] == "cued" and not (before(found, _ARTICLE) or _followed(found, row["before"]))):
            return _unlisted(word, tail, found, is_word, is_acronym_word)
        if row["when"] == "calm" and _is_shouted(found):
            return word.lower() + tail
        return (row["said"] or spelled(word)) + tail

    def mixed(found: re.Match[str], numbers: Numbers) -> str:
        return " ".join(_part(p, numbers, is_word, is_acronym_word) for p in re.findall(r"[A-Za-z]+|\d+", found[0]))

    def joined(found: re.Match[str], numbers: Numbers) -> str:
        return " and ".join(map(spelled, found[0].split("&")))

    return (
        Rule(re.compile(r"(?<![\w&])[A-Z]{1,3}(?:&[A-Z]{1,3})+(?![\w&])"), joined),
        Rule(re.compile(r"(?<![\w.'’])(?=\w*[A-Z])(?:[A-Za-z]+-?\d+|\d+[A-Za-z]+)(?:[A-Za-z]+\d*)*(?![\w'’])"), mixed),
        Rule(re.compile(r"(?<![\w.'’])\d{3,4}[a-z](?![\w'’])"), mixed),
        Rule(re.compile(r"(?<![\w.'’])(?P<word>[A-Z]{2,})(?P<tail>['’]?s)?(?![\w]|['’]\w)"), capitals),
    )


def _unlisted(word: str, tail: str, found: re.Match[str], is_word: Known, is_acronym_word: Known) -> str | None:
    if is_word(word.lower()):
        return word.lower() + tail
    if is_acronym_word(word):
        return word + tail if tail else None
    shouted = _is_shouted(found) or len(word) > _LONGEST_SPELLED
    if shouted and _VOWEL.search(word) and len(word) > 3:
        return word.lower() + tail
    return spelled(word) + tail


def _part(part: str, numbers: Numbers, is_word: Known, is_acronym_word: Known) -> str:
    if part.isdigit():
        return numbers.in_pairs(part)
    if part.isupper() and is_acronym_word(part) and len(part) > 3:
        return part
    if len(part) > 1 and not part.isupper() and is_word(part.lower()):
        return part
    return spelled(part) if len(part) <= _LONGEST_SPELLED else part


def _is_shouted(found: re.Match[str]) -> bool:
    """Whether a word beside it is in capitals too, and isn't an acronym itself."""
    text = found.string
    beside = (
        re.findall(r"[A-Za-z'’]+", text[: found.start()])[-1:] + re.findall(r"[A-Za-z'’]+", text[found.end() :])[:1]
    )
    return any(len(w) > 1 and w.isupper() and w not in _ACRONYMS for w in beside)


def _followed(found: re.Match[str], words: str) -> bool:
    return bool(words) and re.match(rf"\s(?:{words})\b", found.string[found.end() :]) is not None

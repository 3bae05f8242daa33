"""How a stretch of text is read when the writer says what it is (SSML's ``say-as``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tts.text.english import dates, measures, money, plain, ratios, roman, telephone, times
from tts.text.english.letters import spelled
from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import NEXT_WORD, Rewriting, Rule

_SIGNS = {
    **{".": "dot", ",": "comma", "-": "dash", "_": "underscore", "/": "slash", "@": "at", "#": "hash", "&": "and"},
    **{":": "colon", ";": "semicolon", "!": "exclamation mark", "?": "question mark", "+": "plus", "*": "star"},
    **{"=": "equals", "%": "percent", "$": "dollar", "'": "apostrophe"},
}


def _characters(text: str, numbers: Numbers) -> str:
    said = []
    for c in text:
        said.append(numbers.digits(c) if c.isdecimal() else spelled(c) if c.isalpha() else _SIGNS.get(c, ""))
    return " ".join(filter(None, said))


def _value(text: str) -> str | None:
    """The digits of a number, Roman ones too; None for none."""
    bare = text.strip(".").removesuffix("th").removesuffix("st").removesuffix("nd").removesuffix("rd")
    if re.fullmatch(roman.NUMERAL, bare) and bare:
        return str(roman.value(bare))
    return bare if re.fullmatch(r"[-−+]?[\d,]+(?:\.\d+)?", bare) else None


def _cardinal(text: str, numbers: Numbers) -> str | None:
    digits = _value(text)
    return numbers.number(digits) if digits else None


def _ordinal(text: str, numbers: Numbers) -> str | None:
    digits = _value(text)
    return numbers.ordinal(digits) if digits and digits.replace(",", "").isdigit() else None


def _date(text: str, numbers: Numbers) -> str | None:
    parts = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d\d))?", text)
    if parts:
        return dates.in_order(int(parts[1]), int(parts[2]), parts[3] or "", numbers)
    return numbers.year(text) if re.fullmatch(r"\d{4}", text) else _by(dates.RULES)(text, numbers)


def _fraction(text: str, numbers: Numbers) -> str | None:
    parts = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
    return ratios.said(int(parts[1]), int(parts[2]), numbers) if parts else _by(ratios.RULES)(text, numbers)


def _by(rules: Sequence[Rule]) -> Callable[[str, Numbers], str]:
    def say(text: str, numbers: Numbers) -> str:
        rewriting = Rewriting(text)
        rewriting.apply((*rules, *plain.RULES), numbers)
        words: dict[int, list[str]] = {i: [] for i in range(len(text.split()))}
        for word, owner in rewriting.spoken():
            words[owner].append(word)
        return f" {NEXT_WORD} ".join(" ".join(w) for w in words.values())

    return say


_KINDS: dict[str, Callable[[str, Numbers], str | None]] = {
    **dict.fromkeys(("characters", "spell-out", "verbatim", "letters"), _characters),
    **dict.fromkeys(("cardinal", "number"), _cardinal),
    "ordinal": _ordinal,
    "digits": lambda text, numbers: numbers.digits(text) or None,
    "telephone": lambda text, numbers: telephone.said(text, numbers) or None,
    "date": _date,
    "time": _by((*times.RULES, *measures.RULES)),
    "duration": _by((*measures.RULES, *times.RULES)),
    "fraction": _fraction,
    "unit": _by(measures.RULES),
    "currency": _by(money.RULES),
}
KINDS = tuple(_KINDS)


def said(how: str, text: str, numbers: Numbers) -> str | None:
    """The words of `text` read as `how` (one of KINDS); None for another kind, or where it is none of that kind."""
    say = _KINDS.get(how.strip().lower())
    return say(text, numbers) if say else None

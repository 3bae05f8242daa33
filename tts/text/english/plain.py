"""What no other family claimed: bare numbers, signs, quotation marks, drawn-out words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from tts.text.english.numbers import NUMBER, Numbers
from tts.text.english.rewriting import Rule

_SIGNS = {
    **{
        "&": "and",
        "%": "percent",
        "@": "at",
        "#": "hash",
        "~": "about",
        "§": "section",
        "¶": "paragraph",
        "°": "degrees",
    },
    **{"©": "copyright", "£": "pounds", "$": "dollars", "€": "euros", "¥": "yen", "^": "", "*": "", "_": "", "\\": ""},
    **{"™": "", "®": "", "•": "", "|": ",", "←": "", "♯": "sharp", "♭": "flat", "№": "number", "¢": "cents", "`": ""},
    **{"{": "", "}": "", "[": "", "]": "", "¬": "not", "∴": "therefore", "†": "", "‡": "", "′": "", "″": ""},
}
_WHOLE = rf"(?:(?<![\w.,)])[-−+])?(?:{NUMBER})"


def _numeral(found: re.Match[str], numbers: Numbers) -> str:
    """Digits in circles and the like: ② is two."""
    value = unicodedata.numeric(found[0])
    return numbers.number(f"{value:g}") if value < 1e6 else ""


RULES = (
    Rule(re.compile(r"(?<![\w.])(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)\b"), lambda m, n: n.ordinal(m[1])),
    Rule(re.compile(rf"(?<![\d.]){_WHOLE}"), lambda m, n: n.plain(m[0])),
    Rule(re.compile(r"(?<![\w])([-−]?)\.(\d+)"), lambda m, n: f"{'minus ' * bool(m[1])}point {n.digits(m[2])}"),
    Rule(re.compile(r"\d+"), lambda m, n: n.plain(m[0])),
    Rule(re.compile(r"[^\W\da-zA-Z_]"), lambda m, n: _numeral(m, n) if m[0].isnumeric() else None),
    Rule(re.compile(rf"[{re.escape(''.join(_SIGNS))}]"), lambda m, n: f" {_SIGNS[m[0]]} "),
    Rule(re.compile(r"(?<=[\d$£€])/(?=[a-z]{2})"), lambda m, n: " per "),
    Rule(re.compile(r"(?<=[A-Za-z])/(?=[A-Za-z])"), lambda m, n: " "),
    Rule(re.compile(r"/"), lambda m, n: " slash " if m.string[m.end() :].strip() else ""),
    Rule(re.compile(r"(?<!\w)['‘’]n['’](?!\w)", re.IGNORECASE), lambda m, n: "n"),
    # Quotation marks of single strokes. An apostrophe is one inside a word or after an s.
    Rule(re.compile(r"(?<!\w)['‘’](?=\w)|(?<=[^\w\s])['‘’](?!\w)|(?<=[^\W\dsSnN])['‘’](?!\w)"), lambda m, n: ""),
)


def drawn_out(is_word: Callable[[str], bool]) -> Rule:
    """ "sooo" -> "so": letters written three times or more, as often as the lexicon has them."""

    def say(found: re.Match[str], numbers: Numbers) -> str | None:
        word = found[0].lower()
        if is_word(word):
            return None
        for kept in (r"\1\1", r"\1"):
            shorter = re.sub(r"(.)\1{2,}", kept, word)
            if is_word(shorter):
                return shorter
        return None

    return Rule(re.compile(r"\b(?=[A-Za-z]*?([A-Za-z])\1\1)[A-Za-z]{3,}\b"), say)

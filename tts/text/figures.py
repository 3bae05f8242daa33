"""Money, dates and times as other languages say them; eSpeak reads the numbers in what comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class _Figures:
    """currencies: by sign; and_: between units and cents; of: between day, month and year; hour: after the hour."""

    currencies: dict[str, str]
    and_: str
    of: str
    months: tuple[str, ...]
    hour: str
    point: str


def _months(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_LANGUAGES = {
    "es": _Figures(
        {"€": "euros", "$": "dólares", "£": "libras", "US$": "dólares", "R$": "reales"},
        " con ",
        " de ",
        _months("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
        " ",
        " coma ",
    ),
    "fr": _Figures(
        {"€": "euros", "$": "dollars", "£": "livres", "US$": "dollars", "R$": "reals"},
        " ",
        " ",
        _months("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        " heures ",
        " virgule ",
    ),
    "it": _Figures(
        {"€": "euro", "$": "dollari", "£": "sterline", "US$": "dollari", "R$": "real"},
        " e ",
        " ",
        _months("gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"),
        " e ",
        " virgola ",
    ),
    "pt": _Figures(
        {"€": "euros", "$": "dólares", "£": "libras", "US$": "dólares", "R$": "reais"},
        " e ",
        " de ",
        _months("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"),
        " e ",
        " vírgula ",
    ),
    "hi": _Figures(
        {"₹": "रुपये", "€": "यूरो", "$": "डॉलर", "£": "पाउंड", "US$": "डॉलर"},
        " ",
        " ",
        _months("जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर"),
        " बजकर ",
        " दशमलव ",
    ),
}
_DATE = re.compile(r"(?<![\w/.])(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?![\w/])")
_ISO = re.compile(r"(?<![\w-])(\d{4})-(\d\d)-(\d\d)(?![\w-])")
_CLOCK = re.compile(r"(?<![\w:])(\d{1,2})(?::|h)([0-5]\d)?(?![\w:])")
_SUM = r"(\d{1,3}(?:[.,   ]\d{3})*|\d+)(?:[.,](\d\d))?"


def in_words(words: list[str], language: str) -> list[str]:
    """The words of a sentence, one string for each: sums of money, dates and times made ready to be read."""
    table = _LANGUAGES[language.partition("-")[0]]
    joined = _joined(words, table)
    return [_one(w, table) for w in joined]


def _joined(words: list[str], table: _Figures) -> list[str]:
    """A sign of money that stands apart goes to its number: "25 €", "R$ 3,50"."""
    out = list(words)
    for i, word in enumerate(words):
        sign = word.rstrip(".,;:!?)")
        if sign in table.currencies:
            if i and words[i - 1][-1:].isdigit():
                out[i - 1], out[i] = out[i - 1] + sign, word[len(sign) :]
            elif i + 1 < len(words) and words[i + 1][:1].isdigit():
                out[i], out[i + 1] = "", sign + out[i + 1]
    return out


def _one(word: str, table: _Figures) -> str:
    word = re.sub(r"(?<=\d)[   ](?=\d{3}(?!\d))", "", word)
    word = _DATE.sub(lambda m: _date(m[1], m[2], m[3], table) or m[0], word)
    word = _ISO.sub(lambda m: _date(m[3], m[2], m[1], table) or m[0], word)
    word = _CLOCK.sub(lambda m: _time(m, table), word)
    signs = "|".join(re.escape(s) for s in sorted(table.currencies, key=len, reverse=True))
    word = re.sub(rf"({signs}){_SUM}(?!\d)", lambda m: _money(m[2], m[3], m[1], table), word)
    word = re.sub(rf"{_SUM}({signs})", lambda m: _money(m[1], m[2], m[3], table), word)
    return re.sub(r"(?<![\d.,])(\d+),(\d+)(?![\d.,])", lambda m: m[1] + table.point + _by_digit(m[2]), word)


def _date(day: str, month: str, year: str, table: _Figures) -> str | None:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return f"{int(day)}{table.of}{table.months[int(month) - 1]}{table.of}{year}"


def _time(found: re.Match[str], table: _Figures) -> str:
    hour, minute = str(int(found[1])), found[2]
    return f"{hour}{table.hour}{int(minute)}" if minute and int(minute) else f"{hour}{table.hour}".removesuffix(" e ")


def _money(whole: str, cents: str | None, sign: str, table: _Figures) -> str:
    units = f"{re.sub(r'[.,   ]', '', whole)} {table.currencies[sign]}"
    return f"{units}{table.and_}{int(cents)}" if cents and int(cents) else units


def _by_digit(digits: str) -> str:
    # Two digits are said as a number, "3,14 tres coma catorce"; more by one.
    return digits if len(digits) < 3 and digits[0] != "0" else " ".join(digits)

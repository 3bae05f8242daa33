"""Number words: hibari's (as num2words has them), said the American way without "and" or the British with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hibari.g2p import numbers as words

# A number with or without thousands and decimals, as a regular expression without groups.
NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?"
# hibari knows scales up to decillions; numbers this long without commas are keys and accounts anyway.
_LONGEST = 15
# Said in pairs like years: 1984, 2024; but 1005 and 2005 are "two thousand five".
_PAIRED = re.compile(r"1[1-9]\d\d|20[1-9]\d")


@dataclass(frozen=True)
class Numbers:
    """How a dialect says numbers. Digits are given as text, commas and decimals included."""

    british: bool

    def cardinal(self, digits: str) -> str:
        """1,234 -> one thousand two hundred (and) thirty-four."""
        whole = digits.replace(",", "")
        return self._said(words.cardinal, whole) if len(whole) <= _LONGEST else self.digits(whole)

    def ordinal(self, digits: str) -> str:
        """22 -> twenty-second."""
        return self._said(words.ordinal, digits.replace(",", "")[-_LONGEST:])

    def year(self, digits: str) -> str:
        """1984 -> nineteen eighty-four; 2005 -> two thousand five."""
        return self._said(words.year, digits)

    def number(self, digits: str) -> str:
        """Whole or decimal, with or without a sign: -3.14 -> minus three point one four."""
        if digits[:1] in "-−+":
            return ("plus " if digits[0] == "+" else "minus ") + self.number(digits[1:])
        whole, point, rest = digits.partition(".")
        said = self.cardinal(whole or "0")
        return f"{said} point {self.digits(rest)}" if point else said

    def plain(self, digits: str) -> str:
        """A number about which nothing is known: four digits as a year, leading zeros digit by digit."""
        if _PAIRED.fullmatch(digits):
            return self.year(digits)
        if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
            return self.digits(digits)
        return self.number(digits)

    def digits(self, text: str) -> str:
        """555 -> five five five."""
        return " ".join(words.ONES[int(c)] for c in text if c.isdecimal())

    def in_pairs(self, digits: str) -> str:
        """As people say numbers of rooms, flights and roads: 404 four oh four, 747 seven forty-seven."""
        if len(digits) == 4:
            return self.cardinal(digits) if digits.endswith("000") else self.year(digits)
        if len(digits) != 3 or digits.endswith("00"):
            return self.plain(digits)
        first, rest = self.digits(digits[0]), digits[1:]
        return f"{first} oh {self.digits(rest[1])}" if rest[0] == "0" else f"{first} {self.cardinal(rest)}"

    def _said(self, say: Callable[[int], str], digits: str) -> str:
        said = str(say(int(digits))).replace(",", "").replace("-", " ")
        return said if self.british else said.replace(" and ", " ")


def is_one(digits: str) -> bool:
    """Whether what is counted stands in the singular."""
    return digits.lstrip("+-−") in ("1", "1.0")

"""Abbreviations and titles, by ``abbreviations.csv``."""

from __future__ import annotations

import re

from tts.text.english import tables
from tts.text.english.context import ends_sentence
from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rule

# `when`: "name" before a capitalised word, "number" before a number, "" anywhere.
_AHEAD = {"name": r"(?=\s+[A-Z])", "number": r"(?=\s?(?:\d|[IVX]+\b))", "": r"(?!\w)"}


def _rule(row: dict[str, str]) -> Rule:
    # A stop may be left out of a title: "Mr Lee", "Dr Smith".
    written = re.escape(row["written"]) + ("?" if row["when"] == "name" and row["written"].endswith(".") else "")
    pattern = re.compile(rf"(?<![\w.]){written}{_AHEAD[row['when']]}")

    def say(found: re.Match[str], numbers: Numbers) -> str:
        # The stop ends the sentence too.
        return row["said"] + ("." if found[0].endswith(".") and ends_sentence(found) else "")

    return Rule(pattern, say)


RULES = tuple(_rule(row) for row in tables.rows("abbreviations"))

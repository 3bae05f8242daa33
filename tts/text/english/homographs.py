"""Words that sound by their sense where the lexicon, which goes by the part of speech, can't tell.

``homographs.csv``: the word in small letters, its phonemes, and what tells, all together: `before` and `after` are
alternatives for one of the two words before and of the three after, `tag` is the part of speech, `case` the spelling.
"""

from __future__ import annotations

import re
from functools import cache

from hibari.g2p.token import Tok

from tts.text.english import tables


def mark(tokens: list[Tok], british: bool) -> None:
    """Give the tokens that a row tells apart their phonemes, in place."""
    table = _table()
    spoken = [t for t in tokens if any(c.isalpha() for c in t.text)]
    for i, token in enumerate(spoken):
        for row in table.get(token.text.lower(), ()):
            if token.phonemes is None and _fits(row, spoken, i):
                token.phonemes = row["british"] or row["phonemes"] if british else row["phonemes"]


def _fits(row: dict[str, str], spoken: list[Tok], i: int) -> bool:
    if row["tag"] and not re.fullmatch(row["tag"], spoken[i].tag):
        return False
    if row["case"] and spoken[i].text != row["case"]:
        return False
    cues = (row["before"], spoken[max(i - 2, 0) : i]), (row["after"], spoken[i + 1 : i + 4])
    return all(not cue or any(re.fullmatch(cue, t.text, re.IGNORECASE) for t in near) for cue, near in cues)


@cache
def _table() -> dict[str, list[dict[str, str]]]:
    out: dict[str, list[dict[str, str]]] = {}
    for row in tables.rows("homographs"):
        out.setdefault(row["word"], []).append(row)
    return out

"""A sentence whose parts are claimed, one after another, by what they are read as."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tts.text.english.numbers import Numbers

# Parts of a reading that belong to successive written words: "$5 million" -> "five | million dollars".
NEXT_WORD = "|"


@dataclass(frozen=True)
class Rule:
    """Where `pattern` is found, `say` gives the words, or None to leave it to a later rule.

    The words may be parted by NEXT_WORD where they belong to the next written word. A dotted run of letters ("F.B.I.")
    is spelled.
    """

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str], Numbers], str | None]


class Rewriting:
    """What is claimed first stays. Rules look at the sentence as written, so that they don't see each other's words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._claims: list[tuple[int, int, str]] = []
        self._starts = [m.start() for m in re.finditer(r"\S+", text)]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """From where to where the written words `first` to `last` lie."""
        end = re.compile(r"\S+").match(self.text, self._starts[last])
        assert end is not None
        return self._starts[first], end.end()

    def claim(self, start: int, end: int, words: str) -> None:
        """Read the characters from `start` to `end` as `words`, unless something of them is claimed already."""
        if not self._taken(start, end):
            self._claims.append((start, end, words))
            self._claims.sort()

    def apply(self, rules: Sequence[Rule], numbers: Numbers) -> None:
        """Let each of the rules, in their order, claim what it knows."""
        for rule in rules:
            at = 0
            while at <= len(self.text) and (found := rule.pattern.search(self.text, at)):
                start, end = found.span()
                words = None if start == end or self._taken(start, end) else rule.say(found, numbers)
                if words is None:
                    at = start + 1
                else:
                    self.claim(start, end, words)
                    at = end

    def spoken(self) -> list[tuple[str, int]]:
        """Each word to be spoken, with the marks around it, and which written word it belongs to."""
        marked: list[tuple[str, int]] = []
        at = 0
        for start, end, words in [*self._claims, (len(self.text), len(self.text), "")]:
            marked += [(c, self._word(i)) for i, c in enumerate(self.text[at:start], at)]
            if words:
                first, last = self._word(start), self._word(end - 1)
                parts = words.split(NEXT_WORD)
                # Stuck together, "250ml" would be read as one word.
                glued = bool(marked) and (marked[-1][0].isalnum() or marked[-1][0] in ".'")
                marked += [(" ", first)] if glued and words[0] != "-" else []
                for i, part in enumerate(parts):
                    word = first + i * (last - first + 1) // len(parts)
                    marked += [(c, word) for c in (part if i == 0 else f" {part}")]
                marked += [(" ", last)] if self.text[end : end + 1].isalnum() else []
            # One stop is enough after what is spelled.
            at = end + (words.endswith(".") and self.text[end : end + 1] == ".")
        return _words(marked)

    def _taken(self, start: int, end: int) -> bool:
        return any(s < end and start < e for s, e, _ in self._claims)

    def _word(self, at: int) -> int:
        return max(bisect_right(self._starts, at) - 1, 0)


def _words(marked: list[tuple[str, int]]) -> list[tuple[str, int]]:
    out: list[tuple[str, int]] = []
    open_ = False
    for character, word in marked:
        if character.isspace():
            open_ = False
        elif open_:
            out[-1] = (out[-1][0] + character, out[-1][1])
        else:
            out.append((character, word))
            open_ = True
    return out

"""A cue as a format has it, before anybody asks who speaks and what is said; and the styling that all formats share."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

# Italics, bold and underlining mean the same everywhere, and are kept; other tags are about looks only.
_KEPT = re.compile(r"<\s*(/?)\s*([ibu])\s*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<\d[\d:.]*>")
_BRACES = re.compile(r"\{\s*(?:\\[^{}]*|[a-zA-Z]:[^{}]*)\}")
_EMPTY = re.compile(r"<([ibu])>(\s*)</\1>")
_STYLING = re.compile(r"</?[ibu]>")


@dataclass
class Raw:
    """A cue of a file. line: of its times; below: of its first line of text. text: with `<i>`, `<b>`, `<u>` at most."""

    line: int
    below: int
    start: float
    end: float
    text: str
    speaker: str | None = None
    emotion: str | None = None
    style: str = ""
    settings: str = ""
    voice: str | None = None
    seed: int | None = None


def styled(text: str, entities: bool = False) -> str:
    """Text with italics, bold and underlining as `<i>`, `<b>`, `<u>` and no other tags; entities: `&amp;` is read."""
    if "<" in text:
        text = _KEPT.sub(lambda m: f"\0{m[1]}{m[2].lower()}\0", text)
        text = _TAG.sub("", text)
        text = re.sub(r"\0(/?)([ibu])\0", r"<\1\2>", text)
    if "{" in text:
        text = _BRACES.sub("", text)
    if entities and "&" in text:
        text = html.unescape(text)
    return "\n".join(line.strip() for line in text.replace("\xa0", " ").split("\n")).strip()


def plain(text: str) -> str:
    """Without styling."""
    return _STYLING.sub("", text) if "<" in text else text


def without_empty(text: str) -> str:
    """Styled text without what styles nothing, and without empty lines."""
    while (less := _EMPTY.sub(r"\2", text)) != text:
        text = less
    return "\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())


def shared(start: float, end: float, texts: Sequence[str]) -> list[tuple[float, float]]:
    """A time shared out among texts that follow each other, by their letters."""
    sizes = [max(1, sum(c.isalnum() for c in text)) for text in texts]
    edges = [start + (end - start) * done / sum(sizes) for done in accumulate(sizes, initial=0)]
    return list(pairwise([*edges[:-1], end]))

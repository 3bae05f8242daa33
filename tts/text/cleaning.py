"""What is spoken of a text: its paragraphs and sentences, without what has no reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hibari import Hibari

from studio.emotion.track import words_of

_PARAGRAPH = re.compile(r"\n\s*\n")
# A stop after these ends no sentence where a number or a small letter follows; hibari knows titles and initials.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:nos?|pp?|figs?|vols?|chs?|secs?|eqs?|refs?|ca|approx|est|ext|ste|apt|jan|feb|mar|apr|jun|jul|aug|"
    r"sept?|oct|nov|dec|mon|tues?|wed|thu|thurs|fri|sat|sun|e\.g|i\.e|vs|cf|al|art|nr)\.[,;]?$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"[\d(]|[a-z]")


@dataclass(frozen=True)
class Written:
    """A sentence as it stands in the text; places: which of `words_of` the text each of its words is, or None."""

    text: str
    places: tuple[int | None, ...]


def paragraphs(text: str, scripts: Sequence[str]) -> Iterator[list[Written]]:
    """The sentences of each paragraph. scripts: of the letters that can be read, by their Unicode names ("LATIN")."""
    places = iter(_places(text, scripts))
    for paragraph in _PARAGRAPH.split(_clean(text, scripts)):
        yield [Written(s, tuple(next(places) for _ in s.split())) for s in _sentences(paragraph)]


def _places(text: str, scripts: Sequence[str]) -> Iterator[int | None]:
    counted = 0
    for word in text.split():
        place = counted if words_of(word) else None
        counted += place is not None
        yield from (place for _ in _clean(word, scripts).split())


def _sentences(paragraph: str) -> list[str]:
    out: list[str] = []
    for sentence in Hibari.split_sentences(paragraph):
        if out and _ABBREVIATED.search(out[-1]) and _GOES_ON.match(sentence):
            out[-1] += f" {sentence}"
        else:
            out.append(sentence)
    return out


def _clean(text: str, scripts: Sequence[str]) -> str:
    """The text in composed Unicode, without what has no reading, dashes set off as the pauses they are."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    text = "".join(_readable(c, scripts) for c in text)
    text = text.replace("...", "…").replace("](", "] (")  # the latter is hibari's notation for given phonemes
    text = re.sub(r"(?<=\w)[’ʼ](?=\w)", "'", text)
    return re.sub(r"\s*(?:—|(?<!-)--(?!-))[ \t]*", " — ", text)


def _readable(character: str, scripts: Sequence[str]) -> str:
    """The character, a space for one that parts words, or nothing: signs without a reading, controls, emoji."""
    if character == "\n" or (character.isascii() and character.isprintable()):
        return character
    if character.isspace():
        return " "
    if character.isalpha():
        return character if unicodedata.name(character, "").startswith(tuple(scripts)) else " "
    return "" if unicodedata.category(character)[0] == "C" else character

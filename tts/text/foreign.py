"""Spanish, French, Italian, Portuguese and Hindi to sentences of phonemes, by eSpeak NG."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from studio.emotion.track import Mark
from studio.errors import InputError
from tts.text import cutting, espeak, figures, words
from tts.text.cleaning import Written, paragraphs
from tts.text.lexicon import Lexicon
from tts.text.sentence import Sentence

_LOG = logging.getLogger("affetto")
_NO_WORDS = Lexicon()
# Where a voice pauses, in the symbols that Kokoro has for it.
_PAUSES = {
    **{c: c for c in ";:,.!?—…()“”"},
    **{'"': "”", "«": "“", "»": "”", "–": "—", "।": ".", "॥": ".", "¡": "", "¿": "", "[": "(", "]": ")"},
}
# A mark between digits is the number's.
_PAUSE = re.compile(rf"(?<=\d)[.,:](?!\d)|(?<!\d)[.,:]|[{re.escape(''.join(set(_PAUSES) - set('.,:')))}]")
_OPENING = "(“"
_SPELLING = ("characters", "spell-out", "verbatim", "letters", "digits", "telephone")


@dataclass(frozen=True)
class Language:
    """name: as a person calls it; voice: eSpeak's name for it; scripts: of its letters, by their Unicode names."""

    tag: str
    name: str
    voice: str
    scripts: tuple[str, ...] = ("LATIN",)


class ForeignReader:
    """Reads a language other than English. Needs the extra ``affetto[languages]``."""

    def __init__(self, language: Language) -> None:
        self.language = language.tag
        self._language = language

    def read(self, text: str, *, lexicon: Lexicon = _NO_WORDS, marks: Sequence[Mark] = ()) -> list[Sentence]:
        """The sentences of `text`, as `Reader.read` gives them; of "say-as", what is spelled is followed.

        Raises InputError when nothing is left to speak, and when eSpeak NG isn't installed.
        """
        sentences: list[Sentence] = []
        if any(c.isalnum() for c in text):
            # eSpeak would name them amid the words.
            text = "".join(" " if unicodedata.category(c) == "So" and c != "°" else c for c in text)
        for paragraph in paragraphs(text.replace("।", ". "), self._language.scripts):
            start = len(sentences)
            for written in paragraph:
                marked = self._marked(written, lexicon, marks)
                sentences += cutting.pieces(cutting.tidy(marked, written.text.split()))
            if len(sentences) > start:
                sentences.append(cutting.ends_paragraph(sentences.pop()))
        if not sentences:
            shown, name = text.strip()[:40], self._language.name
            raise InputError(f"There is no {name} word to speak in {shown!r}: write at least one word or number.")
        return sentences

    def _marked(self, written: Written, lexicon: Lexicon, marks: Sequence[Mark]) -> list[tuple[str, int | None]]:
        """The symbols of a sentence, each with the word it belongs to."""
        known = self._known(written.text, lexicon)
        said = [self._as_said(w, p, marks) for w, p in zip(written.text.split(), written.places, strict=True)]
        marked: list[tuple[str, int | None]] = []
        for piece in _pieces(figures.in_words(said, self.language)):
            if not isinstance(piece, str):
                marked += [*self._clause(piece, known), (" ", None)]
            elif piece in _OPENING:
                marked.append((piece, None))
            else:
                while marked and marked[-1][0] == " ":
                    marked.pop()
                marked += [(piece, None), (" ", None)]
        return marked

    def _clause(self, clause: list[tuple[str, int]], known: dict[int, str]) -> Iterator[tuple[str, int | None]]:
        sounds = espeak.phonemes(" ".join(w for w, _ in clause), self._language.voice)
        owners = self._owners(sounds, clause)
        given: set[int] = set()
        for i, (symbol, owner) in enumerate(zip(sounds, owners, strict=True)):
            if symbol == " ":
                # Inside a reading it belongs to the word.
                inside = owners[i - 1] == owners[i + 1]
                if not inside or owner not in known:
                    yield " ", owner if inside else None
            elif owner not in known:
                yield symbol, owner
            elif owner not in given:
                given.add(owner)
                yield from ((c, owner) for c in known[owner])

    def _owners(self, sounds: str, clause: list[tuple[str, int]]) -> list[int]:
        """For each symbol of a clause which written word it belongs to.

        eSpeak runs small words together and reads a number as several. So where the counts differ, each word is read
        by itself, and what it sounds like then tells its part of the whole.
        """
        spoken = sounds.split(" ")
        if len(spoken) == len(clause):
            return [o for s, (_, o) in zip(spoken, clause, strict=True) for o in [o] * (len(s) + 1)][:-1]
        alone = [(c, owner) for word, owner in clause for c in espeak.phonemes(word, self._language.voice)]
        return words.matched(sounds, alone)

    def _known(self, text: str, lexicon: Lexicon) -> dict[int, str]:
        """The phonemes that the lexicon gives for words of a sentence."""
        starts = [m.start() for m in re.finditer(r"\S+", text)]
        known: dict[int, str] = {}
        for found in lexicon.find(text, self.language):
            own = [i for i, s in enumerate(starts) if found.start <= s < found.end]
            own = own or [max(i for i, s in enumerate(starts) if s <= found.start)]
            for i, part in zip(own, _shared(found.phonemes, len(own)), strict=True):
                known[i] = part
        return known

    def _as_said(self, word: str, place: int | None, marks: Sequence[Mark]) -> str:
        asked = [m for m in marks if m.kind == "say-as" and place is not None and m.start <= place < m.end]
        if asked and str(asked[-1].value).lower() in _SPELLING:
            return " ".join(c for c in word if c.isalnum())
        if asked:
            how, name = asked[-1].value, self._language.name
            _LOG.warning("%r is read as written: in %s nothing is read as %s.", word, name, how)
        return word


def _pieces(said: list[str]) -> Iterator[list[tuple[str, int]] | str]:
    """Runs of words with their places, and between them the pauses' symbols."""
    pieces: list[tuple[str, int, bool]] = []
    for place, word in enumerate(said):
        at = 0
        for mark in _PAUSE.finditer(word):
            pieces += [(word[at : mark.start()], place, False), (_PAUSES[mark[0]], place, True)]
            at = mark.end()
        pieces.append((word[at:], place, False))
    for is_pause, run in groupby([p for p in pieces if p[0]], key=lambda p: p[2]):
        if is_pause:
            yield from (mark for mark, _, _ in run)
        else:
            yield [(word, place) for word, place, _ in run]


def _shared(parts: tuple[str, ...], count: int) -> list[str]:
    out = [""] * count
    for i, part in enumerate(parts):
        at = i * count // len(parts)
        out[at] = f"{out[at]} {part}".strip()
    return out

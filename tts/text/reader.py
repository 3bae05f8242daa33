"""English text to sentences of phonemes: hibari's lexicon, tagger and net for unknown words (Apache-2.0).

What is written becomes words first (`tts.text.english`), so that there is one place for each way of writing.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from hibari.g2p import G2P
from hibari.g2p.token import Tok

from studio.emotion.track import Mark
from studio.errors import InputError
from tts.text import cutting, emoji, symbols
from tts.text.cleaning import Written, paragraphs
from tts.text.english import (
    abbreviations,
    addresses,
    dates,
    formulas,
    homographs,
    letters,
    measures,
    money,
    plain,
    ratios,
    roman,
    say_as,
    telephone,
    times,
)
from tts.text.english.numbers import Numbers
from tts.text.english.rewriting import Rewriting, Rule
from tts.text.lexicon import Lexicon, possessive
from tts.text.sentence import Sentence

_LOG = logging.getLogger("affetto")
# What hibari raises on odd words.
_STUMBLES = (ValueError, LookupError, AttributeError, OverflowError)
_SPELLED = re.compile(r"(?:[A-Za-z]\.)+")
_NO_WORDS = Lexicon()
# hibari reads "[x](/phonemes/)" as given; between "]" and "(" nobody else writes nothing (see cleaning).
_GIVEN = "[x](/{}/)"


@dataclass(frozen=True)
class _Asked:
    lexicon: Lexicon
    marks: Sequence[Mark]
    nothing_but_emoji: bool


class Reader:
    """Reads English, American or British."""

    def __init__(self, british: bool) -> None:
        self.language = "en-GB" if british else "en-US"
        self._numbers = Numbers(british)

    @cached_property
    def _g2p(self) -> G2P:
        return G2P(british=self._numbers.british)

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        golds, silvers = self._g2p.lexicon.golds, self._g2p.lexicon.silvers
        families = (addresses, telephone, dates, times, money, measures, ratios, formulas, abbreviations, roman)
        own_letters = letters.rules(lambda w: w in golds or w in silvers, lambda w: golds.d.get(w) is not None)
        return (
            *(rule for family in families for rule in family.RULES),
            *own_letters,
            *plain.RULES,
            plain.drawn_out(lambda w: w in golds),
        )

    def read(self, text: str, *, lexicon: Lexicon = _NO_WORDS, marks: Sequence[Mark] = ()) -> list[Sentence]:
        """The sentences of `text`; what can't be spoken (other scripts, emoji beside words) is left out.

        lexicon: pronunciations that go before the reader's.  marks: of an emotion track counted in words; those of
        kind "say-as" are followed.
        Raises InputError when nothing is left.
        """
        asked = _Asked(lexicon, marks, _is_wordless(text))
        sentences: list[Sentence] = []
        for paragraph in paragraphs(text, ("LATIN",)):
            start = len(sentences)
            for written in paragraph:
                sentences += cutting.pieces(self._sentence(written, asked))
            if len(sentences) > start:
                sentences.append(cutting.ends_paragraph(sentences.pop()))
        if not sentences:
            shown = text.strip()[:40]
            raise InputError(f"There is no English word to speak in {shown!r}: write at least one word or number.")
        return sentences

    def spoken(self, text: str, *, marks: Sequence[Mark] = ()) -> str:
        """The words that are heard: "$3.50" as "three dollars and fifty cents", "FBI" as "F.B.I."."""
        asked = _Asked(_NO_WORDS, marks, _is_wordless(text))
        sentences = [s for p in paragraphs(text, ("LATIN",)) for s in p]
        return " ".join(word for s in sentences for word, _ in self._rewritten(s, asked).spoken())

    def _rewritten(self, written: Written, asked: _Asked) -> Rewriting:
        rewriting = Rewriting("".join(_digit(c) for c in written.text))
        for found in asked.lexicon.find(written.text, self.language):
            rewriting.claim(found.start, found.end, "|".join(_GIVEN.format(p) for p in found.phonemes))
        self._say_as(rewriting, written, asked.marks)
        if asked.nothing_but_emoji:
            rewriting.apply((emoji.RULE,), self._numbers)
        rewriting.apply(self._rules, self._numbers)
        return rewriting

    def _say_as(self, rewriting: Rewriting, written: Written, marks: Sequence[Mark]) -> None:
        def asked(place: int | None) -> Mark | None:
            covering = [m for m in marks if m.kind == "say-as" and place is not None and m.start <= place < m.end]
            return covering[-1] if covering else None

        for mark, run in groupby(range(len(written.places)), key=lambda i: asked(written.places[i])):
            if mark is None:
                continue
            words = list(run)
            start, end = rewriting.span(words[0], words[-1])
            # The punctuation around it is the sentence's.
            start += len(written.text[start:end]) - len(written.text[start:end].lstrip("\"'“‘("))
            end = start + len(written.text[start:end].rstrip("\"'”’),;:!?."))
            said = say_as.said(str(mark.value), written.text[start:end], self._numbers)
            if said is None:
                _LOG.warning("%r can't be read as %s; it is read as written.", written.text[start:end], mark.value)
            elif said:
                rewriting.claim(start, end, said)

    def _sentence(self, written: Written, asked: _Asked) -> Sentence:
        spoken = self._rewritten(written, asked).spoken()
        # hibari joins tokens, so they are counted into words by the whitespace that follows them.
        marked: list[tuple[str, int | None]] = []
        at = 0
        for token in self._tokens(" ".join(w for w, _ in spoken)):
            owner = spoken[min(at, len(spoken) - 1)][1]
            marked += [(c, owner) for c in token.phonemes or "" if c in symbols.ID]
            if token.whitespace:
                at += 1
                following = spoken[min(at, len(spoken) - 1)][1]
                # A space inside a reading belongs to its word.
                marked.append((" ", owner if following == owner else None))
        return cutting.tidy(marked, written.text.split())

    def _tokens(self, text: str) -> list[Tok]:
        """hibari's tokens of a sentence in words. What makes it stumble is left out, word by word."""
        try:
            tokens = self._g2p.tokenize(text)
            self._give(tokens)
            return self._g2p.phonemize_tokens(tokens)
        except _STUMBLES:
            alone = text.split()
            # The space stays with its word: tokens are counted into words by it.
            return [t for word in alone for t in self._tokens(f"{word} ")] if len(alone) > 1 else []

    def _give(self, tokens: list[Tok]) -> None:
        """What hibari can't know: letters to spell, homographs told by their neighbours, opening quotation marks."""
        homographs.mark(tokens, self._numbers.british)
        for token, following in zip(tokens, [*tokens[1:], None], strict=True):
            if token.text in ("“", "”", '"'):
                # Else it is read as a part of the word it stands at: “I'll as "ill".
                token.tag = "``" if not token.whitespace and following is not None and token.text != "”" else "''"
            elif _SPELLED.fullmatch(token.text) and len(token.text) > 2:
                token.phonemes = self._g2p.lexicon.get_NNP(token.text)[0]
                if token.phonemes and following is not None and following.text == "'s" and not token.whitespace:
                    token.phonemes += possessive(token.phonemes)
                    following.phonemes = ""


def _is_wordless(text: str) -> bool:
    return not any(c.isalnum() for c in text)


def _digit(character: str) -> str:
    """Digits of all scripts as ASCII."""
    return str(unicodedata.decimal(character)) if character.isdecimal() else character

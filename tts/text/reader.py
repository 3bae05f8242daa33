"""Text to sentences of phonemes: hibari's normaliser, lexicon, tagger and net for unknown words (Apache-2.0)."""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from hibari import Hibari
from hibari.g2p import G2P
from hibari.g2p.normalize import normalize
from hibari.g2p.token import Tok

from studio.errors import InputError
from tts.text import symbols, words
from tts.text.sentence import Sentence

# The acoustic model takes 510 tokens at once; beyond about 400 it hurries (its makers' advice), and time and memory
# grow with the sentence, so a long one is cut earlier, at a clause or else at a word.
MAX_SYMBOLS = 300
# hibari reads any "no." as "number"; it is that only before a digit.
_NO = re.compile(r"\b(no)\.(?!\s*\d)", re.IGNORECASE)
# What hibari raises on odd numerals.
_STUMBLES = (ValueError, LookupError, AttributeError, OverflowError)
_PARAGRAPH = re.compile(r"\n\s*\n")


class Reader:
    """Reads English, American or British."""

    def __init__(self, british: bool) -> None:
        self._british = british

    @cached_property
    def _g2p(self) -> G2P:
        return G2P(british=self._british)

    def read(self, text: str) -> list[Sentence]:
        """The sentences of `text`; what can't be spoken (emoji, other scripts) is left out.

        Raises InputError when nothing is left.
        """
        sentences: list[Sentence] = []
        for paragraph in _PARAGRAPH.split(_clean(text)):
            start = len(sentences)
            for sentence in _split(paragraph):
                sentences += _pieces(self._sentence(sentence))
            if len(sentences) > start:
                last = sentences.pop()
                sentences.append(Sentence(last.symbols, last.word_of, last.words, ends_paragraph=True))
        if not sentences:
            shown = text.strip()[:40]
            raise InputError(f"There is no English word to speak in {shown!r}: write at least one word or number.")
        return sentences

    def _sentence(self, text: str) -> Sentence:
        written = text.split()
        normal = _normal(_NO.sub(r"\1 .", _with_plain_digits(text)))
        # `phonemize_tokens` joins tokens, so tokens are counted into words by the whitespace that follows them.
        pieces: list[tuple[str, int]] = []
        spoken = [""]
        for token in self._tokens(normal):
            phonemes = "".join(c for c in token.phonemes or "" if c in symbols.ID)
            pieces.append((phonemes, len(spoken) - 1))
            spoken[-1] += token.text
            if token.whitespace:
                pieces.append((" ", -1))
                spoken.append("")
        owner = words.align(written, spoken, _normal)
        return _tidy([(s, owner[w] if w >= 0 else None) for text, w in pieces for s in text], written)

    def _tokens(self, text: str) -> list[Tok]:
        """hibari's tokens of a normalised sentence. What makes it stumble is left out, word by word."""
        try:
            return self._g2p.phonemize_tokens(self._g2p.tokenize(text))
        except _STUMBLES:
            alone = text.split()
            # The space stays with its word: tokens are counted into words by it.
            return [t for word in alone for t in self._tokens(f"{word} ")] if len(alone) > 1 else []


def _normal(text: str) -> str:
    """Numbers, dates and abbreviations as words. What makes hibari stumble (37 digits in a row) is left out."""
    try:
        return str(normalize(text))
    except _STUMBLES:
        alone = text.split(" ")
        return " ".join(map(_normal, alone)) if len(alone) > 1 else ""


def _split(paragraph: str) -> list[str]:
    """A paragraph's sentences: hibari's, but for "no. 5", which it takes apart."""
    out: list[str] = []
    for sentence in Hibari.split_sentences(paragraph):
        if out and re.search(r"\bno\.$", out[-1], re.IGNORECASE) and sentence[:1].isdigit():
            out[-1] += f" {sentence}"
        else:
            out.append(sentence)
    return out


def _with_plain_digits(text: str) -> str:
    """Digits of all scripts, superscripts and fractions as ASCII; numerals that have none of these are left out."""

    def plain(character: str) -> str:
        if character.isascii() or not character.isnumeric():
            return character
        if character.isdecimal():
            return str(unicodedata.decimal(character))
        composed = unicodedata.normalize("NFKC", character).replace("⁄", "/")
        return composed if composed.isascii() else " "

    return "".join(plain(c) for c in text)


def _clean(text: str) -> str:
    """The text in composed Unicode, without what has no English reading, dashes set off as the pauses they are."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    text = "".join(c if _is_readable(c) else " " * (c == "\t" or c.isalpha()) for c in text)
    text = text.replace("...", "…").replace("](", "] (")  # the latter is hibari's notation for given phonemes
    return re.sub(r"\s*(?:—|(?<!-)--(?!-))[ \t]*", " — ", text)


def _is_readable(character: str) -> bool:
    """Not a letter of another script (hibari's net would read it as noise), nor a control or invisible character."""
    if character.isalpha():
        return "LATIN" in unicodedata.name(character, "")
    return character == "\n" or unicodedata.category(character)[0] != "C"


def _tidy(marked: list[tuple[str, int | None]], written: list[str], ending: str = ".") -> Sentence:
    """Keep single spaces, no space or mark at the start, and only words that have a sound.

    ending: the mark a sentence without one gets; without any, the model breaks off its last sound.
    """
    kept: list[tuple[str, int | None]] = []
    for symbol, word in marked:
        silent = symbols.kind(symbol) is symbols.Kind.GAP
        if silent and not kept:
            continue
        if symbol == " " and kept[-1][0] == " ":
            # Two words' space wins over one inside a reading ("twenty four").
            kept[-1] = (" ", kept[-1][1] if word is not None else None)
            continue
        kept.append((symbol, None if symbol in symbols.PUNCTUATION else word))
    while kept and kept[-1][0] == " ":
        kept.pop()
    if kept and not any(s in symbols.PUNCTUATION for s, _ in kept[-2:]):
        kept.append((ending, None))
    heard = sorted({w for s, w in kept if w is not None and symbols.is_spoken(s)})
    index = {w: i for i, w in enumerate(heard)}
    return Sentence(
        "".join(s for s, _ in kept),
        tuple(None if w is None else index.get(w) for _, w in kept),
        tuple(words.bare(written[w]) or written[w] for w in heard),
    )


def _pieces(sentence: Sentence) -> list[Sentence]:
    """The sentence in pieces of at most MAX_SYMBOLS, none without a sound."""
    pieces = []
    start, text = 0, sentence.symbols
    while len(text) - start > MAX_SYMBOLS:
        window = text[start : start + MAX_SYMBOLS]
        # From the middle on, the last clause mark, else the last space; a word of 300 sounds is cut where it stands.
        half = MAX_SYMBOLS // 2
        at = max((i + 1 for i in range(half, MAX_SYMBOLS) if window[i] in symbols.CLAUSE_END), default=0)
        at = at or window.rfind(" ", half) + 1 or MAX_SYMBOLS
        pieces.append(_slice(sentence, start, start + at))
        start += at
    pieces.append(_slice(sentence, start, len(text)))
    return [p for p in pieces if p.words]


def _slice(sentence: Sentence, start: int, end: int) -> Sentence:
    marked = list(zip(sentence.symbols[start:end], sentence.word_of[start:end], strict=True))
    return _tidy(marked, list(sentence.words), "," if end < len(sentence.symbols) else ".")

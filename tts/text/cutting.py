"""Symbols that know their words, made tidy sentences of a length that the acoustic model can take."""

from __future__ import annotations

from collections.abc import Sequence

from tts.text import symbols, words
from tts.text.sentence import Sentence

# The acoustic model takes 510 tokens at once; beyond about 400 it hurries (its makers' advice), and time and memory
# grow with the sentence, so a long one is cut earlier, at a clause or else at a word.
MAX_SYMBOLS = 300


def tidy(marked: Sequence[tuple[str, int | None]], written: Sequence[str], ending: str = ".") -> Sentence:
    """Keep single spaces, no space or mark at the start, and only words that have a sound.

    marked: symbols, each with the index into `written` of the word it belongs to, or None between words.
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


def pieces(sentence: Sentence) -> list[Sentence]:
    """The sentence in pieces of at most MAX_SYMBOLS, none without a sound."""
    out = []
    start, text = 0, sentence.symbols
    while len(text) - start > MAX_SYMBOLS:
        window = text[start : start + MAX_SYMBOLS]
        # From the middle on, the last clause mark, else the last space; a word of 300 sounds is cut where it stands.
        half = MAX_SYMBOLS // 2
        at = max((i + 1 for i in range(half, MAX_SYMBOLS) if window[i] in symbols.CLAUSE_END), default=0)
        at = at or window.rfind(" ", half) + 1 or MAX_SYMBOLS
        out.append(_slice(sentence, start, start + at))
        start += at
    out.append(_slice(sentence, start, len(text)))
    return [p for p in out if p.words]


def ends_paragraph(sentence: Sentence) -> Sentence:
    """The same, followed by a longer pause."""
    return Sentence(sentence.symbols, sentence.word_of, sentence.words, ends_paragraph=True)


def _slice(sentence: Sentence, start: int, end: int) -> Sentence:
    marked = list(zip(sentence.symbols[start:end], sentence.word_of[start:end], strict=True))
    return tidy(marked, list(sentence.words), "," if end < len(sentence.symbols) else ".")

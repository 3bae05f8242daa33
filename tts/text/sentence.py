"""A sentence as the acoustic model reads it."""

from __future__ import annotations

from dataclasses import dataclass

from tts.text import symbols


@dataclass(frozen=True)
class Sentence:
    """Phoneme symbols, and the written word each belongs to.

    symbols: one character a token, of Kokoro's alphabet (`tts.text.symbols`), without the pads at both ends.
    word_of: for each symbol the index into `words`, or None between words.
    words: as written, without the punctuation around them.
    ends_paragraph: a longer pause follows.
    """

    symbols: str
    word_of: tuple[int | None, ...]
    words: tuple[str, ...]
    ends_paragraph: bool = False

    @property
    def ids(self) -> list[int]:
        """Token ids with a pad at both ends, [len(symbols) + 2]."""
        return [symbols.PAD, *(symbols.ID[s] for s in self.symbols), symbols.PAD]

"""Which written word each phoneme belongs to, across the normaliser's rewriting ("$3.50", "Dr.", "7:30 pm")."""

from __future__ import annotations

from collections.abc import Callable
from difflib import SequenceMatcher

# Around a word these are not part of it. "$", "%", "&" are spoken, so they stay.
_OUTSIDE = "\"'“”‘’«»„‚()[]{}<>,;:.!?…—–-_*~`¡¿|/\\"


def bare(written: str) -> str:
    """A written word without the punctuation around it; abbreviations keep their stop ("Dr.", "U.S.")."""
    word = written.strip(_OUTSIDE)
    short = len(word) <= 4 and word[:1].isupper() and not _is_plain_word(word)
    return word + "." if word and (short or "." in word) and f"{word}." in written else word


def align(written: list[str], spoken: list[str], normalise: Callable[[str], str]) -> list[int | None]:
    """For each spoken word (of the normalised sentence) the index of the written word it reads; None for none.

    Equal words anchor each other. Between anchors, each written word normalised by itself tells how many words it
    reads as ("$3.50" three, "twenty-one" one); where that doesn't add up (readings across words, "May 3" as "May
    third"), the words are shared out in order.
    """
    owner: list[int | None] = [None] * len(spoken)
    key = [w.strip(_OUTSIDE).lower() for w in written], [w.strip(_OUTSIDE).lower() for w in spoken]
    for op, a0, a1, b0, b1 in SequenceMatcher(None, *key, autojunk=False).get_opcodes():
        if op == "equal":
            owner[b0:b1] = range(a0, a1)
        elif op == "replace":
            owner[b0:b1] = _share(range(a0, a1), [len(normalise(w).split()) for w in written[a0:a1]], b1 - b0)
        elif op == "insert" and written:
            owner[b0:b1] = [max(a0 - 1, 0)] * (b1 - b0)
    return owner


def _share(words: range, counts: list[int], total: int) -> list[int | None]:
    if sum(counts) == total:
        return [w for w, n in zip(words, counts, strict=True) for _ in range(n)]
    return [words[i * len(words) // total] for i in range(total)]


def _is_plain_word(word: str) -> bool:
    # A vowel inside makes it a word that just ends the sentence ("Yes."), rather than "Dr." or "Mr.".
    return any(c in "aeiouyAEIOUY" for c in word[1:]) or len(word) == 1

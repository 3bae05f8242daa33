"""Written words without the marks around them, and which of them sounds belong to."""

from __future__ import annotations

# Around a word these are not part of it. "$", "%", "&" are spoken, so they stay.
_OUTSIDE = "\"'“”‘’«»„‚()[]{}<>,;:.!?…—–-_*~`¡¿|/\\"


def bare(written: str) -> str:
    """A written word without the punctuation around it; abbreviations keep their stop ("Dr.", "U.S.")."""
    word = written.strip(_OUTSIDE)
    short = len(word) <= 4 and word[:1].isupper() and not _is_plain_word(word)
    return word + "." if word and (short or "." in word) and f"{word}." in written else word


def _is_plain_word(word: str) -> bool:
    # A vowel inside makes it a word that just ends the sentence ("Yes."), rather than "Dr." or "Mr.".
    return any(c in "aeiouyAEIOUY" for c in word[1:]) or len(word) == 1


def matched(sounds: str, alone: list[tuple[str, int]]) -> list[int]:
    """For each symbol of `sounds` the word of the symbol of `alone` that it matches, by the least edits.

    alone: the symbols of each word read by itself, with the word.  A symbol that matches none goes with the one before.
    """
    if not alone:
        return [0] * len(sounds)
    rows, columns = len(sounds) + 1, len(alone) + 1
    cost = [[i + j if not i or not j else 0 for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            same = sounds[i - 1] == alone[j - 1][0]
            cost[i][j] = min(cost[i - 1][j - 1] + (not same), cost[i - 1][j] + 1, cost[i][j - 1] + 1)
    owners, i, j = [0] * len(sounds), rows - 1, columns - 1
    while i > 0:
        if j > 0 and cost[i][j] == cost[i - 1][j - 1] + (sounds[i - 1] != alone[j - 1][0]):
            i, j = i - 1, j - 1
            owners[i] = alone[j][1]
        elif cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            owners[i] = alone[max(j - 1, 0)][1]
        else:
            j -= 1
    return owners

"""Words in lines as subtitles have them."""

from __future__ import annotations

from itertools import pairwise

# What broadcasters agree on: two lines of 42 characters (Netflix Timed Text Style Guide; BBC has 37).
LINE, LINES = 42, 2
_BREAKS = ",;:.!?…—"


def wrapped(text: str) -> str:
    """Text in the fewest lines of at most `LINE` characters, as even as can be, rather after punctuation."""
    words = text.split()
    if len(text) <= LINE or len(words) < 2:
        return " ".join(words)
    # Least squares of what lines lack, from the last word back (Knuth & Plass 1981, for so few lines).
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)] * (len(words) + 1)
    half = len(text) / -(-len(text) // LINE)
    for i in range(len(words) - 1, -1, -1):
        choices = []
        length = -1
        for j in range(i + 1, len(words) + 1):
            length += 1 + len(words[j - 1])
            if length > LINE and j > i + 1:
                break
            lines, cost, _ = best[j]
            clean = 0.0 if j == len(words) or words[j - 1][-1] in _BREAKS else 20.0
            choices.append((lines + 1, cost + (length - half) ** 2 + clean, j))
        best[i] = min(choices)
    edges = [0]
    while edges[-1] < len(words):
        edges.append(best[edges[-1]][2])
    return "\n".join(" ".join(words[a:b]) for a, b in pairwise(edges))

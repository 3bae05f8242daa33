"""Timed words cut into cues: at pauses and sentences, never longer than two lines can hold or eyes can follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.dubbing.script.cue import Cue
from studio.dubbing.script.wrapping import LINE, LINES, wrapped

# Seconds of a cue: what the guides of broadcasters have (Netflix: 5/6 s to 7 s).
SHORTEST, LONGEST = 1.0, 7.0
# A pause this long parts what is said; a shorter one parts rather than none.
_PAUSE = 0.6
_SENTENCE, _CLAUSE = ".!?…。！？", ",;:—、，；："


@dataclass(frozen=True)
class Heard:
    """A word as it was recognised: its text with the blank before it, if it has one; when, in seconds; how surely."""

    text: str
    start: float
    end: float
    probability: float = 1.0


def cues_of(words: Sequence[Heard]) -> list[Cue]:
    """The words as cues without speakers.

    Each lasts 7 s at most and fits two lines of 42 characters, unless a single word is longer; and 1 s at least, where
    the next one leaves it the time.
    """
    spans = [part for whole in _by_pauses(words) for part in _fitting(whole)]
    cues = [_cue(i, span) for i, span in enumerate(_joined(spans), 1)]
    following = [*(c.start for c in cues[1:]), float("inf")]
    return [
        replace(c, end=max(c.end, min(c.start + SHORTEST, after))) for c, after in zip(cues, following, strict=True)
    ]


def _by_pauses(words: Sequence[Heard]) -> list[list[Heard]]:
    out: list[list[Heard]] = []
    for word in words:
        if not word.text.strip():
            continue
        if out and word.start - out[-1][-1].end < _PAUSE:
            out[-1].append(word)
        else:
            out.append([word])
    return out


def _fitting(words: list[Heard]) -> list[list[Heard]]:
    """Words in sentences, and these in parts that a cue can hold."""
    sentences: list[list[Heard]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if word.text.rstrip()[-1] in _SENTENCE:
            sentences.append([])
    return [part for sentence in sentences if sentence for part in _halved(sentence)]


def _halved(words: list[Heard]) -> list[list[Heard]]:
    """Parts of a sentence that are short enough, cut where it breathes and near its middle."""
    if len(words) == 1 or _fits(words):
        return [words]
    middle = (words[0].start + words[-1].end) / 2
    half = max((words[-1].end - words[0].start) / 2, 1e-3)

    def worth(i: int) -> float:
        before, after = words[i - 1], words[i]
        clause = before.text.rstrip()[-1] in _CLAUSE
        # A pause of .3 s or a comma is worth a cut halfway off the middle.
        return min((after.start - before.end) / _PAUSE, 1.0) + 0.5 * clause - abs(after.start - middle) / half

    cut = max(range(1, len(words)), key=worth)
    return _halved(words[:cut]) + _halved(words[cut:])


def _joined(spans: Sequence[list[Heard]]) -> list[list[Heard]]:
    """With what is too short to read put to its neighbour, where both fit one cue."""
    out: list[list[Heard]] = []
    for span in spans:
        if out and span[0].start - out[-1][-1].end < _PAUSE:
            short = min(_seconds(out[-1]), _seconds(span)) < SHORTEST
            if short and _fits([*out[-1], *span]):
                out[-1] = [*out[-1], *span]
                continue
        out.append(span)
    return out


def _seconds(words: Sequence[Heard]) -> float:
    return words[-1].end - words[0].start


def _fits(words: Sequence[Heard]) -> bool:
    lines = wrapped(_text(words)).split("\n")
    return _seconds(words) <= LONGEST and len(lines) <= LINES and all(len(line) <= LINE for line in lines)


def _text(words: Sequence[Heard]) -> str:
    return " ".join("".join(w.text for w in words).split())


def _cue(number: int, words: Sequence[Heard]) -> Cue:
    # A bracket or a star that is heard would read as a mark.
    text = "".join(c for c in _text(words) if c not in "[]*")
    return Cue(number, 0, words[0].start, words[-1].end, text, wrapped(text))

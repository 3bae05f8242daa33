"""Cues put in order: what is wrong with their times, mended and told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from studio.dubbing.script.cue import Cue, Repair, Script

# A cue without a length gets what its words take to say: letters a second of English speech, with a breath.
_LETTERS_A_SECOND, _SHORTEST = 14.0, 0.8


def mended(cues: Sequence[Cue], repairs: Sequence[Repair], head: tuple[str, ...] = ()) -> Script:
    """The script of cues as the file has them. No cue is left without a length or with nothing in it, and those of one
    speaker do not overlap."""
    told = list(repairs)
    timed = [_positive(cue, told) for cue in cues]
    empty = [c for c in timed if not c.written.strip()]
    told += [Repair(c.line, "is empty: left out.") for c in empty]
    kept = [c for c in timed if c.written.strip()]
    if late := next((b for a, b in pairwise(kept) if b.start < a.start), None):
        told.append(Repair(late.line, "starts before the cue above it: cues were put in order of their times."))
    kept.sort(key=lambda c: (c.start, c.line))
    spoken = _apart(_lengthened([c for c in kept if c.text], told), told)
    unspoken = _lengthened([c for c in kept if not c.text], told)
    return Script(
        cues=tuple(replace(c, number=i) for i, c in enumerate(spoken, 1)),
        unspoken=tuple(replace(c, number=i) for i, c in enumerate(unspoken, 1)),
        repairs=tuple(sorted(told, key=lambda r: r.line)),
        head=head,
    )


def _positive(cue: Cue, told: list[Repair]) -> Cue:
    """With its end after its start, and neither before the film."""
    start, end = cue.start, cue.end
    if end < start:
        start, end = end, start
        told.append(Repair(cue.line, "ends before it starts: its times were exchanged."))
    if start < 0.0:
        told.append(Repair(cue.line, f"starts at {start:g} s, before the film: it starts at 0."))
    return cue.at(max(start, 0.0), max(end, 0.0))


def _lengthened(cues: list[Cue], told: list[Repair]) -> list[Cue]:
    """With a length for those that have none, as far as the next cue."""
    out = []
    following = _next_starts(cues)
    for cue, after in zip(cues, following, strict=True):
        if cue.end - cue.start < 1e-3:
            wanted = cue.start + max(_SHORTEST, sum(c.isalnum() for c in cue.text) / _LETTERS_A_SECOND)
            cue = cue.at(cue.start, min(wanted, after))
            told.append(Repair(cue.line, f"has no length: it was given {cue.end - cue.start:.2f} s."))
        out.append(cue)
    return out


def _next_starts(cues: Sequence[Cue]) -> list[float]:
    """When something starts after each cue's start, whoever says it."""
    starts, after = [float("inf")] * len(cues), float("inf")
    for i in range(len(cues) - 1, 0, -1):
        if cues[i].start > cues[i - 1].start + 1e-3:
            after = cues[i].start
        starts[i - 1] = after
    return starts


def _apart(cues: list[Cue], told: list[Repair]) -> list[Cue]:
    """With those of one speaker apart: an earlier one ends where the next starts; of two at once, alike ones are one,
    others follow each other."""
    out: list[Cue] = []
    last: dict[str | None, int] = {}
    for cue in cues:
        at = last.get(cue.speaker)
        before = out[at] if at is not None else None
        if at is not None and before is not None and cue.start < before.end - 1e-6:
            if cue.start - before.start < 1e-3:
                if cue.text == before.text:
                    told.append(Repair(cue.line, f"says what line {before.line} says at the same time: left out."))
                    continue
                out[at], cue = _in_turn(before, cue)
                told.append(Repair(cue.line, f"starts with line {before.line}: they share the time by letters."))
            else:
                told.append(Repair(before.line, f"overlaps line {cue.line}: it ends where that starts."))
                out[at] = before.at(before.start, cue.start)
        last[cue.speaker] = len(out)
        out.append(cue)
    return sorted(out, key=lambda c: (c.start, c.line))


def _in_turn(first: Cue, second: Cue) -> tuple[Cue, Cue]:
    """Two cues that start together, one after the other."""
    sizes = [max(1, sum(c.isalnum() for c in cue.text)) for cue in (first, second)]
    end = max(first.end, second.end)
    middle = first.start + (end - first.start) * sizes[0] / sum(sizes)
    return first.at(first.start, middle), second.at(middle, end)

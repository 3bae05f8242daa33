"""SubRip (.srt), as strictly as it is written and as loosely as it is found."""

from __future__ import annotations

import re

from studio.dubbing.script.cue import Repair
from studio.dubbing.script.raw import Raw, styled
from studio.dubbing.script.times import ARROW, seconds_of
from studio.errors import InputError

# What times may be written with; positions may follow ("X1:40 X2:600").
_FIRST = re.compile(r"\s*([-−]?\s*\d[\d:.,;\s]*)")
_EXAMPLE = "write 00:01:02,500 --> 00:01:04,000"


def read_srt(text: str, name: str) -> tuple[list[Raw], list[Repair]]:
    """The cues of a file. name: of the file, for errors. Raises InputError with the line of a time that is none."""
    lines = text.split("\n")
    found = [(i, times) for i, line in enumerate(lines) if (times := timing(line, i + 1, name)) is not None]
    if not found:
        raise InputError(f"{name} has no cue: it has no line of times such as 00:01:02,500 --> 00:01:04,000.")
    repairs: list[Repair] = []
    starts = [_number_line(lines, at, n) for n, (at, _) in enumerate(found)]
    if any(line.strip() for line in lines[: starts[0]]):
        repairs.append(Repair(1, "what stands before the first cue is left out."))
    unnumbered = [at + 1 for (at, _), first in zip(found, starts, strict=True) if first == at]
    if unnumbered:
        count = "A cue has" if len(unnumbered) == 1 else f"{len(unnumbered)} cues have"
        repairs.append(Repair(unnumbered[0], f"{count} no number: all are counted anew."))
    raws = []
    ends = [*starts[1:], len(lines)]
    for (at, (start, end, _)), stop in zip(found, ends, strict=True):
        raws.append(Raw(at + 1, at + 2, start, end, styled("\n".join(lines[at + 1 : stop]).strip("\n"))))
    return raws, repairs


def timing(line: str, number: int, name: str) -> tuple[float, float, str] | None:
    """Start, end and what follows them, of a line of times; None for another line.

    Raises InputError for one that is meant as times and can't be read.
    """
    if ">" not in line and "→" not in line:
        return None
    arrow = ARROW.search(line)
    if arrow is None:
        return None
    left, right = line[: arrow.start()], line[arrow.end() :]
    after = _FIRST.match(right)
    start, end = seconds_of(left), seconds_of(after[1]) if after else None
    if start is not None and end is not None and after is not None:
        return start, end, right[after.end() :].strip()
    meant = arrow[0].strip() == "-->" and (re.match(r"\s*[-−]?\d+\s*:", left) or re.match(r"[-−]?\d+\s*:", right))
    if not meant:
        return None
    wrong = left.strip() if start is None else right.strip()
    raise InputError(f"{name}, line {number}: {wrong[:40]!r} is no time: {_EXAMPLE}.")


def _number_line(lines: list[str], at: int, before: int) -> int:
    """The line where a cue begins whose times are on line `at`: that of its number, if it has one."""
    if at == 0 or not re.fullmatch(r"\s*\d+\s*", lines[at - 1]):
        return at
    # Right under another cue's text a number may be what is said: only the next one in turn is the cue's own.
    parted = at == 1 or not lines[at - 2].strip()
    return at - 1 if parted or int(lines[at - 1]) == before + 1 else at

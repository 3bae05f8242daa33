"""The timing of a dub: pure arithmetic on the film's clock, so that nothing can drift.

A line goes through these steps, and stops at the first that makes it fit:

1. at an easy tempo within its cue, which it fills as far as an easy tempo reaches;
2. at the fast end of easy, into the silence after its cue, but for a pause before who speaks next;
3. as fast as allowed, with all of that silence;
4. into that pause;
5. the line after it starts late, if that one stays in its own limits;
6. it starts early itself, in silence or in what the line before can spare;
7. it does not fit: so many words are too many, and the plan says so.

Silence is where no cue is. Into the cue of somebody else no line is stretched: speakers overlap as their cues do. Steps
5 and 6 are settled between neighbours: who has to borrow never lends, and who lends keeps what it needs at its fastest,
so that a change of one line moves nothing beyond the second line after and before it.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from studio.dubbing.timing.slots import NOTHING, Limits, Slot, Wanted
from studio.errors import InputError


def plan(lines: Sequence[Wanted], film_seconds: float, limits: Limits | None = None) -> list[Slot]:
    """A slot for each of `lines`, which may come in any order.

    No slot overlaps the next one of its own speaker, none ends after the film. The same lines get the same slots.
    Raises InputError for a film without a length, and for a line whose cue starts after its end.
    """
    if not (math.isfinite(film_seconds) and film_seconds > 0.0):
        raise InputError(f"A film lasts some seconds, not {film_seconds!r}.")
    for line in lines:
        if line.start >= film_seconds:
            raise InputError(f"A line starts at {line.start:g} s, and the film ends at {film_seconds:g} s.")
    limits = limits or Limits()
    film = _Film.of(lines, film_seconds, limits)
    _start_late(film, limits)
    _start_early(film, limits)
    return [_slot(film, i, limits) for i in range(len(lines))]


@dataclass
class _Film:
    """Lines between their bounds.

    least: seconds each line needs at its fastest.  bound: of each line, the moment by which it must have ended.
    bound_by: which of `starts` that is; None where no line that could move starts there.  last: the moment that no
    borrowing takes its end past.
    starts: the moments at which lines start, rising.  starting: the lines that start there.  bounded: the lines that
    must have ended there.  ends_before: the last end of any cue that starts before.  overlapped: where lines end amid
    somebody else's cue, rising.
    late, early: seconds by which all lines of a moment start later, and by which a line starts earlier.
    """

    lines: Sequence[Wanted]
    least: list[float]
    bound: list[float]
    bound_by: list[int | None]
    last: list[float]
    starts: list[float]
    starting: list[list[int]]
    bounded: list[list[int]]
    ends_before: list[float]
    overlapped: list[float]
    late: list[float]
    early: list[float]

    @classmethod
    def of(cls, lines: Sequence[Wanted], film_seconds: float, limits: Limits) -> _Film:
        starts = sorted({w.start for w in lines})
        moment = {at: i for i, at in enumerate(starts)}
        starting: list[list[int]] = [[] for _ in starts]
        latest = [0.0] * len(starts)
        for i, line in enumerate(lines):
            starting[moment[line.start]].append(i)
            latest[moment[line.start]] = max(latest[moment[line.start]], line.end)
        ends_before = list(accumulate([0.0, *latest], max))
        own = _own_next(lines, starting)
        bounded: list[list[int]] = [[] for _ in starts]
        bound: list[float] = []
        bound_by: list[int | None] = []
        last: list[float] = []
        for i, line in enumerate(lines):
            after = bisect_left(starts, line.end)
            overlapped = ends_before[after] > line.end
            silent_until = starts[after] if after < len(starts) else math.inf
            last.append(min(line.end if overlapped else math.inf, film_seconds))
            bound.append(min(own[i], silent_until, last[i]))
            by = moment[bound[i]] if bound[i] < last[i] else None
            bound_by.append(by)
            if by is not None:
                bounded[by].append(i)
        return cls(
            lines=lines,
            least=[max(w.shortest, w.natural / limits.speed[1]) for w in lines],
            bound=bound,
            bound_by=bound_by,
            last=last,
            starts=starts,
            starting=starting,
            bounded=bounded,
            ends_before=ends_before[:-1],
            overlapped=sorted(end for end, line in zip(last, lines, strict=True) if end == line.end),
            late=[0.0] * len(starts),
            early=[0.0] * len(lines),
        )

    def spare(self, i: int) -> float:
        """Seconds a line can do without, between its bounds; what it lacks if negative."""
        return self.bound[i] - self.lines[i].start - self.least[i]

    def given(self, i: int) -> float:
        """Seconds that a line has after its bound, since who starts there starts late."""
        by = self.bound_by[i]
        return 0.0 if by is None else min(self.late[by], self.last[i] - self.bound[i])


def _own_next(lines: Sequence[Wanted], starting: Sequence[Sequence[int]]) -> list[float]:
    """When the next line of the same speaker starts, by line."""
    following: dict[str | None, float] = {}
    own = [math.inf] * len(lines)
    for group in reversed(starting):
        for i in reversed(group):
            own[i] = following.get(lines[i].speaker, math.inf)
            following[lines[i].speaker] = lines[i].start
    return own


def _start_late(film: _Film, limits: Limits) -> None:
    """Where lines before a moment lack time, and those that start there can all spare some, they start later."""
    for moment, at in enumerate(film.starts):
        lacking = max((-film.spare(i) for i in film.bounded[moment]), default=0.0)
        spare = min(film.spare(k) for k in film.starting[moment])
        following = film.starts[moment + 1] - at if moment + 1 < len(film.starts) else math.inf
        film.late[moment] = max(0.0, min(lacking, spare, limits.late, following))


def _start_early(film: _Film, limits: Limits) -> None:
    """Lines that still lack time start earlier, where nobody speaks or who speaks before can spare it."""
    for moment, at in enumerate(film.starts):
        for i in film.starting[moment]:
            lacking = -film.spare(i) - film.given(i)
            if lacking > NOTHING and film.ends_before[moment] <= at:
                film.early[i] = max(0.0, min(lacking, limits.early, at - _free_from(film, moment)))


def _free_from(film: _Film, moment: int) -> float:
    """The earliest that a line of a moment could start without anybody before it losing what it needs."""
    at = film.starts[moment]
    free = [0.0]
    if ended := bisect_right(film.overlapped, at):
        free.append(film.overlapped[ended - 1])
    for i in film.bounded[moment]:
        own = bisect_left(film.starts, film.lines[i].start)
        free.append(film.lines[i].start + film.late[own] + film.least[i])
    return min(at, max(free))


def _slot(film: _Film, i: int, limits: Limits) -> Slot:
    line, least, by = film.lines[i], film.least[i], film.bound_by[i]
    own = bisect_left(film.starts, line.start)
    start = line.start + film.late[own] - film.early[i]
    until = film.bound[i] + film.given(i)
    if by is not None:
        until -= max(film.early[k] for k in film.starting[by])
    room = max(0.0, until - start)
    cue = min(line.end - start, room)
    paused = room if by is None else min(room, max(cue, room - limits.pause))
    spoken = _tempo(line, least, cue, paused, limits)
    seconds = min(spoken, room)
    over = spoken - seconds
    words = min(line.words, max(1, math.ceil(line.words * over / spoken - NOTHING))) if over > NOTHING else 0
    slot = Slot(
        start=start,
        seconds=seconds,
        spoken=spoken,
        speed=line.natural / spoken,
        shift=start - line.start,
        after=max(0.0, start + seconds - line.end),
        overflow_words=words,
    )
    return _told(slot, limits)


def _tempo(line: Wanted, least: float, cue: float, paused: float, limits: Limits) -> float:
    """Seconds a line is spoken in. cue, paused: seconds it has in its cue, and up to the pause after it."""
    slow = min(line.longest, line.natural / max(limits.easy[0], limits.speed[0]))
    brisk = max(least, line.natural / limits.easy[1])
    if brisk <= cue:
        return min(cue, slow)
    return max(least, min(brisk, paused))


def _told(slot: Slot, limits: Limits) -> Slot:
    """The slot with what was done, in words."""
    done = []
    if slot.after > NOTHING:
        done.append(f"Uses {slot.after:.2f} s of the silence after its cue.")
    if slot.shift > NOTHING:
        done.append(f"Starts {slot.shift:.2f} s after its cue, for the line before it.")
    if slot.shift < -NOTHING:
        done.append(f"Starts {-slot.shift:.2f} s before its cue.")
    if not limits.easy[0] - NOTHING <= slot.speed <= limits.easy[1] + NOTHING:
        done.append(f"Is said at {slot.speed:.2f} times its natural tempo.")
    if not slot.fits:
        count = f"{slot.overflow_words} word{'s' * (slot.overflow_words != 1)}"
        done.append(
            f"Has {count} too many: at {slot.speed:.2f} times its natural tempo it takes {slot.spoken:.2f} s, "
            f"and there are {slot.seconds:.2f} s."
        )
    return replace(slot, done=tuple(done))

"""What the planner is told of a line, within which limits it plans, and what it decides."""

from __future__ import annotations

import math
from dataclasses import dataclass

from studio.errors import InputError

# A line that starts this near its cue starts on it: half a frame of film at 25 a second.
ON_CUE = 0.02
# Below a tenth of a millisecond nothing is there but rounding.
NOTHING = 1e-4


@dataclass(frozen=True)
class Wanted:
    """A line as the planner needs it; all times in seconds.

    start, end: of its cue, on the film's clock.
    natural: how long it lasts at its natural tempo (`Lengths.spoken`).
    shortest, longest: what the engine can make of it at most.
    speaker: whose lines never overlap; None is the one voice of those who have no name.
    words: how many it has, to say how many are too many.
    Raises InputError for what is no line: an end before the start, a length that is none.
    """

    start: float
    end: float
    natural: float
    shortest: float
    longest: float
    speaker: str | None = None
    words: int = 0

    def __post_init__(self) -> None:
        times = (self.start, self.end, self.natural, self.shortest, self.longest)
        if not all(math.isfinite(t) for t in times):
            raise InputError(f"The times of a line are numbers of seconds, not {times}.")
        if not 0.0 <= self.start < self.end:
            raise InputError(f"A cue starts at 0 s or later and ends after that, not {self.start:g} to {self.end:g} s.")
        if not 0.0 < self.shortest <= self.natural <= self.longest:
            raise InputError(
                f"A line's natural length lies between the shortest and the longest, not {self.natural:g} s between "
                f"{self.shortest:g} and {self.longest:g} s."
            )
        if self.words < 0:
            raise InputError(f"A line has no fewer than 0 words, not {self.words}.")


@dataclass(frozen=True)
class Limits:
    """What may be done to make lines fit.

    speed: as a factor of the natural tempo, (slowest, fastest).
    easy: the tempo that nobody minds: within it a line fills its cue, and it is left only where silence does not help.
    early, late: seconds a line may start before or after its cue, for its own sake and for the line before it. By
        default what ITU-R BT.1359-1 found acceptable of sound beside its picture: 90 ms early, 185 ms late.
    pause: seconds of the silence after a line that it leaves, while it can.
    Raises InputError for a range that natural tempo is not in.
    """

    speed: tuple[float, float] = (0.8, 1.25)
    easy: tuple[float, float] = (0.9, 1.1)
    early: float = 0.09
    late: float = 0.185
    pause: float = 0.15

    def __post_init__(self) -> None:
        slowest, slow, fast, fastest = self.speed[0], self.easy[0], self.easy[1], self.speed[1]
        if not 0.0 < slowest <= 1.0 <= fastest < math.inf:
            raise InputError(f"A range of speed is around 1, such as 0.8 to 1.25, not {slowest:g} to {fastest:g}.")
        if not (slow <= 1.0 <= fast):
            raise InputError(f"The easy range of speed is around 1, such as 0.9 to 1.1, not {slow:g} to {fast:g}.")
        for name in ("early", "late", "pause"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise InputError(f"{name!r} is 0 s or more, not {getattr(self, name)!r}.")

    @classmethod
    def on_cue(cls, speed: tuple[float, float] = (0.8, 1.25)) -> Limits:
        """Limits that let no line leave its cue's start."""
        return cls(speed=speed, early=0.0, late=0.0)


@dataclass(frozen=True)
class Slot:
    """When a line is said.

    start: seconds on the film's clock at which its first sound is heard.
    seconds: of the film it has. Where it fits, what it is spoken in too.
    spoken: seconds to speak it in. More than `seconds` only where words are too many: then these must go.
    speed: times the natural tempo, always within the limits.
    shift: seconds its start is after its cue's (before: negative).
    after: seconds of what follows its cue that it uses.
    overflow_words: how many words are too many, at the fastest allowed.
    done: what was done to make it fit, sentences for the report.
    """

    start: float
    seconds: float
    spoken: float
    speed: float
    shift: float = 0.0
    after: float = 0.0
    overflow_words: int = 0
    done: tuple[str, ...] = ()

    @property
    def end(self) -> float:
        return self.start + self.seconds

    @property
    def fits(self) -> bool:
        """Whether all of it is said."""
        return self.spoken <= self.seconds + NOTHING

    @property
    def is_on_cue(self) -> bool:
        return abs(self.shift) <= ON_CUE

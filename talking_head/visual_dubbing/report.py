"""What was done to a film and what was left, told so that a person can look there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Person:
    """Someone who is seen in a film. number: counted from 1 in the order in which they come, the same in every shot.

    start, end: first and last seen, seconds; seconds: seen in all; size: of the face, px.
    activity: how much the lips move with the film's own sound, about 0 at rest and above 0.02 in speech.
    seen_at: a time, seconds, at which the face is seen well, and box: where it is then, (left, top, right, bottom) px.
    """

    number: int
    start: float
    end: float
    seconds: float
    size: float
    activity: float
    seen_at: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Span:
    """start, end: seconds. line: counted from 0, None for a rest. person: whose face, None where nobody is seen.

    reason: why the film was left as it is there; None where the new line, or lips at rest, were drawn.
    """

    start: float
    end: float
    line: int | None
    person: int | None
    reason: str | None


@dataclass(frozen=True)
class Report:
    """people: everybody seen while lines run; spans: all of the lines' time, drawn or left, in order, and of rests
    what was drawn.
    """

    people: tuple[Person, ...]
    spans: tuple[Span, ...]

    @property
    def drawn(self) -> tuple[Span, ...]:
        return tuple(s for s in self.spans if s.reason is None)

    @property
    def left(self) -> tuple[Span, ...]:
        return tuple(s for s in self.spans if s.reason is not None)

    def describe(self) -> dict[str, Any]:
        """For JSON: `people` and `spans`, each a list of dicts with the fields of `Person` and `Span`."""
        return {"people": [asdict(p) for p in self.people], "spans": [asdict(s) for s in self.spans]}

    def __str__(self) -> str:
        drawn = sum(s.end - s.start for s in self.drawn if s.line is not None)
        whole = sum(s.end - s.start for s in self.spans if s.line is not None)
        said = [f"{drawn:.1f} of {whole:.1f} s of new lines are drawn."]
        said += [f"{s.start:.2f} to {s.end:.2f} s: left as it is, {s.reason}." for s in self.left]
        return "\n".join(said)

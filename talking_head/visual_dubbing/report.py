"""What was done to a film and what was left, told so that a person can look there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Person:
    """Someone seen while lines run. number: counted over the film; start, end: seconds; size: of the face, px;
    activity: how much the lips move with the film's own sound, about 0 at rest and above 0.02 in speech.
    """

    number: int
    start: float
    end: float
    size: float
    activity: float


@dataclass(frozen=True)
class Span:
    """start, end: seconds. line: counted from 0. person: whose face, None where nobody is seen.

    reason: why the film was left as it is there; None where the new line was drawn.
    """

    start: float
    end: float
    line: int
    person: int | None
    reason: str | None


@dataclass(frozen=True)
class Report:
    """people: everybody seen while lines run; spans: all of the lines' time, drawn or left, in order."""

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
        drawn = sum(s.end - s.start for s in self.drawn)
        whole = sum(s.end - s.start for s in self.spans)
        said = [f"{drawn:.1f} of {whole:.1f} s of new lines are drawn."]
        said += [f"{s.start:.2f} to {s.end:.2f} s: left as it is, {s.reason}." for s in self.left]
        return "\n".join(said)

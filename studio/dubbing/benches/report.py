"""What the bench of the dub says in the end."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from studio.evaluation.bench import Measurement, machine


@dataclass(frozen=True)
class Part:
    """Figures that belong together, and how they were come by."""

    title: str
    how: str
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True)
class Report:
    """The whole bench."""

    parts: tuple[Part, ...]

    def measurements(self) -> list[Measurement]:
        """All figures."""
        return [m for part in self.parts for m in part.measurements]

    def text(self) -> str:
        """As Markdown."""
        told = "; ".join(f"{k} {v}" for k, v in machine().items())
        missed = [
            f"Missed: {m.what}: {_figure(m)}, {_aim(m)} wanted." for m in self.measurements() if m.reached is False
        ]
        parts = [
            "# The dub, measured",
            f"`python -m studio.dubbing.benches`, {datetime.date.today():%-d %B %Y}. {told}.",
            "The films are made by `studio.dubbing.benches.film`: two people and a narrator in Spanish, close, both in"
            " one picture and unseen, with cuts and music; 12 cues of 72 seconds are English, of them two overlap, two"
            " follow without a pause and one has three times its words. Speed is by the clock, beside whatever else"
            " the machine did: each part tells the load (1 minute's mean) at its end.",
            *missed,
        ]
        for part in self.parts:
            rows = [f"| {m.what} | {_figure(m)} | {_aim(m)} | {_verdict(m)} |" for m in part.measurements]
            parts += [f"## {part.title}", part.how]
            parts.append("\n".join(["| what | figure | aim |  |", "| --- | --- | --- | --- |", *rows]))
        return "\n\n".join(parts) + "\n"


def _figure(m: Measurement) -> str:
    value = f"{m.value:.0f}" if float(m.value).is_integer() else f"{m.value:.2f}"
    return f"{value} {m.unit}".strip()


def _aim(m: Measurement) -> str:
    if m.at_most is not None:
        return f"at most {m.at_most:g}"
    return "" if m.at_least is None else f"at least {m.at_least:g}"


def _verdict(m: Measurement) -> str:
    return "" if m.reached is None else "reached" if m.reached else "**missed**"

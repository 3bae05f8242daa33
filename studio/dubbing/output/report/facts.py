"""What a dub came to, line by line: what the page shows, what report.json holds, what --strict judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from studio.errors import InputError

# Times are compared to a tenth of a millisecond: below is rounding.
_NOTHING = 1e-4


@dataclass(frozen=True)
class Limits:
    """What a line and a dub may come to.

    start_error: s between a cue and its line; slowest, fastest: of the natural tempo; wer: the share of words the
    recogniser hears wrong; loudness: LU off the target; true_peak: dBTP. By default what issue and standards ask.
    """

    start_error: float = 0.02
    slowest: float = 0.8
    fastest: float = 1.25
    wer: float = 0.2
    loudness: float = 0.5
    true_peak: float = -1.0


@dataclass(frozen=True)
class LineReport:
    """One line of a dub. Times in seconds on the film's clock.

    start, end: of its cue; room: until when it may last, with the silence after the cue. said_start, said_end: of its
    sound. speed: of its natural tempo. words_too_many: that no place was found for. wer, heard: of the recogniser, None
    where it did not listen. asked, read: emotions in this project's notation; asked_by: what told the first ("marked",
    "its words", "the voice in the film"). loudness: LUFS of the line alone. clip: a sound file beside the page, of
    the dub at this place. done: what was done about a misfit, a sentence each.
    """

    number: int
    speaker: str
    text: str
    start: float
    end: float
    said_start: float
    said_end: float
    room: float | None = None
    speed: float = 1.0
    words_too_many: int = 0
    wer: float | None = None
    heard: str | None = None
    asked: str = "neutral"
    asked_by: str = "marked"
    read: str | None = None
    loudness: float | None = None
    clip: str | None = None
    done: tuple[str, ...] = ()

    @property
    def slot(self) -> float:
        """Seconds it may last, with the silence it may use."""
        return max(self.end, self.room or self.end) - self.start

    @property
    def seconds(self) -> float:
        """Seconds it lasts."""
        return self.said_end - self.said_start

    @property
    def start_error(self) -> float:
        """Seconds it starts after its cue; negative before."""
        return self.said_start - self.start

    def problems(self, limits: Limits) -> list[str]:
        """What of it is outside the limits, in a few words each."""
        found = []
        if abs(self.start_error) > limits.start_error + _NOTHING:
            late = "after" if self.start_error > 0 else "before"
            found.append(f"starts {abs(self.start_error) * 1000:.0f} ms {late} its cue")
        over = self.said_end - max(self.end, self.room or self.end)
        if over > limits.start_error + _NOTHING:
            found.append(f"ends {over:.2f} s past its slot")
        if not limits.slowest - _NOTHING <= self.speed <= limits.fastest + _NOTHING:
            found.append(f"is said at {self.speed:.2f} times its natural tempo")
        if self.words_too_many:
            found.append(f"has {self.words_too_many} word{'s' if self.words_too_many > 1 else ''} too many")
        if self.wer is not None and self.wer > limits.wer + _NOTHING:
            found.append(f"is understood with {100 * self.wer:.0f} % of its words wrong")
        return found


@dataclass(frozen=True)
class DubReport:
    """A whole dub.

    film, out: names of files; language: a BCP-47 tag. voices: of each speaker. seconds: of the picture, in `frames`
    at `fps`; mix_seconds: of the dub. loudness, target: LUFS; true_peak: dBTP. settings: what was asked for, by name.
    past_the_end: lines of the script that the film is too short for.
    notes: what was repaired in the script and film, a sentence each.
    """

    film: str
    out: str
    seconds: float
    mix_seconds: float
    fps: float
    lines: tuple[LineReport, ...]
    language: str | None = None
    voices: dict[str, str] = field(default_factory=dict)
    loudness: float | None = None
    target: float = -23.0
    true_peak: float | None = None
    layout: str | None = None
    settings: dict[str, str] = field(default_factory=dict)
    past_the_end: int = 0
    notes: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def frames_off(self) -> float:
        """Frames by which the dub is longer than the picture; negative where shorter."""
        return (self.mix_seconds - self.seconds) * self.fps

    @cached_property
    def problems(self) -> dict[int, list[str]]:
        """What is wrong with lines, by their numbers; those with nothing wrong are not in it."""
        found = {line.number: line.problems(self.limits) for line in self.lines}
        last: dict[str, LineReport] = {}
        for line in sorted(self.lines, key=lambda a: a.said_start):
            before = last.get(line.speaker)
            if before and before.said_end > line.said_start + _NOTHING:
                found[before.number].append(f"goes on while line {line.number} of its own speaker has begun")
            last[line.speaker] = line
        return {number: what for number, what in found.items() if what}

    @property
    def speakers(self) -> tuple[str, ...]:
        """In the order of their first lines."""
        return tuple(dict.fromkeys(line.speaker for line in self.lines))

    def to_json(self) -> str:
        """All of it, to be read by `from_json` and by other programs."""
        return _JSON.dump_json(self, indent=2).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> DubReport:
        """Raises InputError for what `to_json` did not write."""
        try:
            return _JSON.validate_json(text)
        except ValidationError as e:
            first = e.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the file"
            raise InputError(f"This is no report of a dub: {where}: {first['msg'].lower()}.") from e

    @classmethod
    def load(cls, path: str | Path) -> DubReport:
        """Read a report.json. Raises InputError when there is none, or it is none."""
        try:
            return cls.from_json(Path(path).read_bytes())
        except OSError as e:
            raise InputError(f"{path} can't be read: {(e.strerror or str(e)).lower()}.") from e


_JSON: TypeAdapter[DubReport] = TypeAdapter(DubReport)


def strict_failures(report: DubReport, limits: Limits | None = None) -> Sequence[str]:
    """A sentence for every line, and for the whole, that is outside the limits (by default the report's own)."""
    judged = replace(report, limits=limits) if limits else report
    by_number = {line.number: line for line in judged.lines}
    lines = [f"Line {n} ({by_number[n].speaker}) {_and(what)}." for n, what in judged.problems.items()]
    return [*lines, *whole_failures(judged)]


def whole_failures(report: DubReport) -> list[str]:
    """A sentence for each limit that the dub as a whole is outside of."""
    failures, allowed = [], report.limits
    if report.past_the_end:
        lie = "line lies" if report.past_the_end == 1 else "lines lie"
        failures.append(f"{report.past_the_end} {lie} past the film's end, and can't be said.")
    if abs(report.frames_off) > 1:
        longer = "longer" if report.frames_off > 0 else "shorter"
        failures.append(f"The dub is {abs(report.frames_off):.1f} frames {longer} than the picture.")
    if report.loudness is not None and abs(report.loudness - report.target) > allowed.loudness:
        failures.append(f"The dub is at {report.loudness:.1f} LUFS, not {report.target:.1f}.")
    if report.true_peak is not None and report.true_peak > allowed.true_peak + 0.05:
        failures.append(f"The dub peaks at {report.true_peak:.1f} dBTP, over {allowed.true_peak:.1f}.")
    return failures


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

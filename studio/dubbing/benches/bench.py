"""The bench of the dub as `affetto bench dub` runs it: how fast, how exact, how much memory, what a kill does."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from studio.dubbing.benches import measuring
from studio.dubbing.benches.film import Made, make
from studio.dubbing.benches.report import Part, Report
from studio.dubbing.benches.running import Run, killed, run
from studio.engines import Progress
from studio.evaluation.bench import Measurement

# The film that is measured, those of which only the memory is told, and the short one of comparisons: minutes.
MINUTES, LENGTHS, SHORT = 10.0, (1.0, 5.0, 10.0), 1.2
DRAWN = 2.4
KILLS = 20


def measure(portrait: Path) -> list[Measurement]:
    """The figures of the whole bench, Ana with this face, Luis with the built-in head; an hour on two cores."""
    return bench(Cast((portrait,))).measurements()


@dataclass(frozen=True)
class Cast:
    """The photographs of a film; see `studio.dubbing.benches.film.make`."""

    faces: tuple[Path, ...] = ()
    group: Path | None = None
    pair: tuple[int, int] = (1, 2)


def bench(
    cast: Cast,
    minutes: float = MINUTES,
    kills: int = KILLS,
    scratch: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Make films and dub them. scratch: a folder that keeps films and figures; a run that was stopped goes on there.

    Raises InputError for photographs that can't be used, AffettoError when a dub fails.
    """
    with tempfile.TemporaryDirectory() as temporary:
        return _Bench(cast, minutes, kills, scratch or Path(temporary), progress).report()


class _Bench:
    def __init__(self, cast: Cast, minutes: float, kills: int, folder: Path, progress: Progress | None) -> None:
        self._cast, self._minutes, self._kills, self._folder = cast, minutes, kills, folder
        self._progress = progress

    def report(self) -> Report:
        parts: Sequence[tuple[str, Callable[[], Part]]] = (
            ("long", self._long),
            ("workers", self._workers),
            ("faces", self._faces),
            ("memory", self._memory),
            ("kills", self._killed),
            ("scheduler", _scheduler),
        )
        made = []
        for i, (name, part) in enumerate(parts):
            if self._progress:
                self._progress(f"bench: {name}", i, len(parts))
            made.append(self._kept(name, part))
        return Report(tuple(made))

    def _kept(self, name: str, part: Callable[[], Part]) -> Part:
        place = self._folder / f"{name}.json"
        if place.exists():
            told = json.loads(place.read_text(encoding="utf-8"))
            return Part(told["title"], told["how"], tuple(Measurement(**m) for m in told["measurements"]))
        made = part()
        place.write_text(json.dumps(asdict(made)), encoding="utf-8")
        return made

    def _film(self, minutes: float) -> Made:
        out = self._folder / f"film-{minutes:g}.mp4"
        made = Made.at(out)
        return made if made.truth.exists() else make(out, minutes, self._cast.faces, self._cast.group, self._cast.pair)

    def _run(self, minutes: float, name: str, workers: int, **settings: Any) -> Run:
        return run(
            self._film(minutes), self._folder / f"{name}.mp4", self._folder / f"jobs-{name}", workers, **settings
        )

    def _long(self) -> Part:
        stems = self._folder / "stems"
        film = self._film(self._minutes)
        done = run(film, self._folder / "long.mp4", self._folder / "jobs-long", 2, stems=str(stems))
        lines = done.report.lines
        errors = 1000 * np.abs(measuring.start_errors(done.report, stems))
        integrated, peak = measuring.loudness_of(done.out)
        rates = measuring.word_errors(done.report, stems)
        tempi = [line.speed for line in lines]
        figures = [
            Measurement("film a minute", done.speed, "min"),
            Measurement("processor time for a minute of film", 60 * done.processor / done.report.seconds, "s"),
            Measurement("lines", len(lines), ""),
            Measurement("a line starts off its cue, heard in its stem, most", float(errors.max()), "ms", at_most=20),
            Measurement("a line starts off its cue, median", float(np.median(errors)), "ms"),
            Measurement("a speaker over his own next line", 1000 * measuring.own_overlap(lines), "ms", at_most=0),
            Measurement("slowest line, times its natural tempo", min(tempi), "", at_least=0.8),
            Measurement("fastest line", max(tempi), "", at_most=1.25),
            Measurement("frames longer or shorter than the film", measuring.frames_off(film.film, done.out), "", 0.5),
            Measurement("loudness off -23 LUFS, by ebur128", abs(integrated + 23), "LU", at_most=0.5),
            Measurement("true peak", peak, "dBTP"),
            Measurement("lines with words left out", sum(line.words_too_many > 0 for line in lines), ""),
            Measurement("lines outside their limits", len(done.report.problems), ""),
            Measurement("peak memory, all processes", done.memory, "GiB"),
        ]
        figures += (
            [Measurement("word errors of lines that fit, by Moonshine tiny, mean", 100 * float(np.mean(rates)), "%")]
            if rates
            else []
        )
        heard = "" if rates else " No recogniser of words is installed."
        how = f"{self._minutes:g} minutes, {len(lines)} cues, two workers, lips as filmed; load {done.load:.1f}.{heard}"
        return Part("A long film", how, tuple(figures))

    def _workers(self) -> Part:
        one, two = (self._run(SHORT, f"workers-{n}", n) for n in (1, 2))
        figures = (
            Measurement("film a minute, one worker", one.speed, "min"),
            Measurement("film a minute, two workers", two.speed, "min"),
            Measurement("processor time for a minute of film, one worker", one.processor / SHORT, "s"),
            Measurement("processor time for a minute of film, two workers", two.processor / SHORT, "s"),
            Measurement("two workers against one", two.speed / one.speed, "times"),
            Measurement("peak memory, one worker", one.memory, "GiB"),
            Measurement("peak memory, two workers", two.memory, "GiB"),
        )
        how = f"{SHORT:g} minutes, their start and models' loading with them; load {one.load:.1f} and {two.load:.1f}."
        return Part("Two workers and one", how, figures)

    def _faces(self) -> Part:
        done = self._run(DRAWN, "faces", 2, lips="render")
        figures = (
            Measurement("film a minute, lips drawn", done.speed, "min"),
            Measurement("processor time for a minute of film, lips drawn", done.processor / DRAWN, "s"),
            Measurement("peak memory, lips drawn", done.memory, "GiB"),
        )
        return Part("With faces", f"{DRAWN:g} minutes, two workers, lips render; load {done.load:.1f}.", figures)

    def _memory(self) -> Part:
        figures = []
        for minutes in LENGTHS:
            out = self._folder / f"memory-{minutes:g}.mp4"
            done = run(self._film(minutes), out, self._folder / "jobs-long", 1)
            figures.append(Measurement(f"peak memory, {minutes:g} min", done.memory, "GiB"))
        grown = figures[-1].value / figures[0].value
        figures.append(Measurement(f"{LENGTHS[-1]:g} min against {LENGTHS[0]:g}", grown, "times", at_most=1.2))
        how = "One worker; the lines were spoken before, so that what grows with the film stands out: mix and writing."
        return Part("Memory by length", how, tuple(figures))

    def _killed(self) -> Part:
        whole = self._run(SHORT, "whole", 2)
        again = killed(
            self._film(SHORT), self._folder / "killed.mp4", self._folder / "jobs-killed", self._kills, whole.seconds
        )
        alike = measuring.sound_digest(whole.out) == measuring.sound_digest(again.run.out)
        figures = (
            Measurement("SIGKILLs before it was done", again.kills, ""),
            Measurement("finished files made again", again.remade, "", at_most=0),
            Measurement("the sound is that of an undisturbed run", float(alike), "", at_least=1),
        )
        how = f"{SHORT:g} minutes, two workers, the whole process group killed at seeded moments."
        return Part("Killed", how, figures)


def _scheduler() -> Part:
    from studio.scheduler.bench import measure as measure_scheduler

    figures = tuple(m for m in measure_scheduler(Path()) if m.unit == "ms")
    return Part("What the scheduler costs", "Tasks that write a few bytes (`affetto bench scheduler`).", figures)

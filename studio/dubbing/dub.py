"""A film dubbed: the job submitted, worked on here and followed to its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio import checkpoints
from studio.dubbing import places
from studio.dubbing.output import check_film_out
from studio.dubbing.output.containers import AUDIO_SUFFIXES, FILM_SUFFIXES
from studio.dubbing.output.report import DubReport
from studio.dubbing.script import read_script
from studio.dubbing.script.cast import read_cast
from studio.dubbing.settings import DubSettings
from studio.engines import Progress
from studio.errors import AffettoError, InputError
from studio.media.files import check_place
from studio.media.probe import probe
from studio.scheduler import Scheduler
from studio.studio import Studio

# Knows the people of a film apart.
PEOPLE = "sface"


@dataclass(frozen=True)
class Dubbed:
    """What came of a dub. path: the film.  subtitles: the lines as they are said.  page: of the report, for a browser.

    job: its number, for `affetto jobs`.
    """

    path: Path
    subtitles: Path
    page: Path
    report: DubReport
    job: str


def dub(
    film: str | Path,
    script: str | Path,
    out: str | Path | None = None,
    settings: DubSettings | None = None,
    *,
    workers: int | None = None,
    device: str = "auto",
    priority: int = 0,
    progress: Progress | None = None,
) -> Dubbed:
    """Say the lines of a script in a film: MP4, MKV, WebM, or its sound alone (.wav, .mp3 ...), by the name of `out`.

    script: SRT, WebVTT, ASS or JSON Lines; `studio.dubbing.script` says how speakers and emotions are written in it.
    out: film.dub.mp4 if left out. Beside it lie the lines as they are said (.srt) and the report (.report.html).
    workers: processes that work on it here; one for each GPU and one for the processor if left out.
    device: "auto", or the one to work on: "cpu", "cuda:N".  priority: of the job, -1000 to 1000.

    Whatever happens meanwhile (Ctrl-C, a crash, a power cut), the same call goes on with it, and after a line was
    edited makes only that one anew.
    Raises InputError for a film, script, cast or place that can't be used; AffettoError when the job fails.
    """
    settings = settings or DubSettings()
    film, script = Path(film), Path(script)
    out = places.usual_out(film, settings.language) if out is None else Path(out)
    check(film, script, out, settings)
    _fetch(settings, progress)
    inputs = {"film": film, "script": script, "out": out, "settings": settings.inputs()}
    with Scheduler.open() as scheduler:
        job = scheduler.submit("dub", inputs, priority=priority, label=out.name)
        with scheduler.working(workers, () if device == "auto" else (device,)):
            for told in scheduler.follow(job):
                for stage in told.stages:
                    if progress:
                        progress(stage.name, stage.done, stage.total)
    if told.state != "done" or told.result is None:
        raise AffettoError(told.error or f"The dub {job} was {told.state}.")
    page = Path(told.result["report"])
    made = Path(told.result["out"]), Path(told.result["subtitles"]), page, DubReport.load(page.with_suffix(".json"))
    return Dubbed(*made, job)


def check(film: Path, script: Path, out: Path, settings: DubSettings) -> None:
    """Raise InputError for what a dub would fail for, before any work."""
    if out.suffix.lower() not in (*FILM_SUFFIXES, *AUDIO_SUFFIXES):
        endings = ", ".join((*FILM_SUFFIXES, *AUDIO_SUFFIXES))
        raise InputError(f"{out.name} should end in one of {endings}, since that is what is written.")
    seen = probe(film)
    if out.suffix.lower() in FILM_SUFFIXES:
        check_film_out(film, out)
    else:
        check_place(out, *AUDIO_SUFFIXES)
    check_place(places.subtitles_of(out), ".srt")
    if places.subtitles_of(out).resolve() == script.resolve():
        raise InputError(f"{script.name} would be written over by the lines as they are said: give another --out.")
    speakers = () if settings.cast is None else read_cast(settings.cast).speakers
    if not read_script(script, speakers=speakers).within(seen.seconds).cues:
        raise InputError(f"There is nothing to say in {script.name} before the film ends.")


def _fetch(settings: DubSettings, progress: Progress | None) -> None:
    """The models, once, before workers that would each wait for them."""
    studio = Studio()
    engines = [studio.speaker.checkpoints]
    if settings.lips != "off" or settings.emotion == "face":
        engines += [studio.animator.checkpoints, studio.tracker.checkpoints, (PEOPLE,)]
    for needed in engines:
        checkpoints.fetch(needed, progress)

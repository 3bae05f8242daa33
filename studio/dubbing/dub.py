"""A film dubbed: the job submitted, worked on here and followed to its end."""

from __future__ import annotations

import hashlib
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
from studio.dubbing.sound.separation import check_separator
from studio.dubbing.sound.stems import BACKGROUND
from studio.engines import Progress
from studio.errors import AffettoError, InputError
from studio.media.files import check_place, is_file
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
    studio = _fetched(settings, progress)
    if settings.cast is not None:
        _check_voices(settings.cast, studio)
    inputs = {"film": film, "script": script, "out": out, "settings": settings.inputs()}
    # An edited script or cast is another job; the same path alone would be the one that is unfinished.
    inputs["read"] = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (script, settings.cast) if path]
    with Scheduler.open() as scheduler:
        job = scheduler.submit("dub", inputs, priority=priority, label=out.name)
        # Two that write one film would race: what was asked for last counts.
        for other in scheduler.jobs(unfinished=True):
            if other.id != job and other.name == "dub" and other.inputs.get("out") == scheduler.job(job).inputs["out"]:
                scheduler.cancel(other.id)
        with scheduler.working(workers, () if device == "auto" else (device,)):
            for told in scheduler.follow(job):
                for stage in told.stages:
                    if progress:
                        progress(stage.name, stage.done, stage.total)
    if told.state != "done" or told.result is None:
        raise AffettoError(told.error or f"The dub {job} was {told.state}.")
    page = Path(told.result["report"])
    if not page.is_file():
        raise AffettoError(f"The dub was made by another machine, which wrote {out} on its own disk.")
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
        if settings.lips == "render" or settings.burn:
            raise InputError(f"{out.name} is sound alone: lips and subtitles are drawn into a film.")
    check_place(places.subtitles_of(out), ".srt")
    check_place(places.report_of(out), ".html")
    if is_file(places.subtitles_of(out)) and not is_file(places.report_of(out)):
        raise InputError(
            f"{places.subtitles_of(out)} is there already and is of no dub: move it, or give the dub another name."
        )
    if settings.separator:
        check_separator(settings.separator)
    if settings.stems is not None:
        check_place(settings.stems / f"{BACKGROUND}.wav", ".wav")
        if settings.stems.is_dir() and any(settings.stems.glob("*.wav")) and not is_file(places.report_of(out)):
            raise InputError(f"There are recordings in {settings.stems} already: name another folder for the stems.")
    speakers = () if settings.cast is None else read_cast(settings.cast).speakers
    if not read_script(script, speakers=speakers).within(seen.seconds).cues:
        raise InputError(f"There is nothing to say in {script.name} before the film ends.")


def _check_voices(cast: Path, studio: Studio) -> None:
    """Raise InputError for a voice that there is not, with who was to have it."""
    for name, role in read_cast(cast).roles.items():
        if role.voice is not None:
            beside = cast.parent / role.voice
            try:
                studio.lengths("Yes.", beside if is_file(beside) else role.voice)
            except InputError as e:
                raise InputError(f"{cast.name}, [{name}]: {e}") from e


def _fetched(settings: DubSettings, progress: Progress | None) -> Studio:
    """A Studio whose models are here, before workers that would each wait for them."""
    studio = Studio()
    engines = [studio.speaker.checkpoints]
    if settings.lips != "off" or settings.emotion == "face":
        engines += [studio.animator.checkpoints, studio.tracker.checkpoints, (PEOPLE,)]
    for needed in engines:
        checkpoints.fetch(needed, progress)
    return studio

"""The facts of a dub gathered for its report, and the sound of each line cut out of the mix for its page."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import soundfile

from studio.dubbing import places
from studio.dubbing.lines import Line
from studio.dubbing.output.report import DubReport, Limits, LineReport, write_report
from studio.dubbing.script import Script
from studio.dubbing.settings import DubSettings
from studio.emotion.written import emotion_from_json
from studio.media.files import written_whole
from studio.media.probe import FilmFacts

# Who speaks a line of which the script does not say.
UNNAMED = "(unnamed)"
# A clip has this much of the film around its line, seconds.
_AROUND = 0.25


def facts_of(
    film: Path,
    out: Path,
    seen: FilmFacts,
    script: Script,
    lines: Sequence[Line],
    mixed: Mapping[str, Any],
    notes: Sequence[str],
    settings: DubSettings,
    past: int,
) -> DubReport:
    """mixed: the facts of the mix.  notes: what was chosen for people, a sentence each.  past: cues after the film."""
    gains = mixed["line_gains_db"]
    slowest, fastest = settings.speed
    return DubReport(
        film=film.name,
        out=out.name,
        seconds=seen.seconds,
        mix_seconds=mixed["seconds"],
        fps=float(seen.fps),
        lines=tuple(_line(line, gain, out) for line, gain in zip(lines, gains, strict=True)),
        language=settings.language,
        voices={line.cue.speaker or UNNAMED: line.voice for line in lines},
        loudness=mixed["loudness"],
        true_peak=mixed.get("true_peak"),
        layout=mixed["layout"],
        settings=settings.told(),
        past_the_end=past,
        notes=(
            *(f"Script, {str(repair)[:1].lower()}{str(repair)[1:]}" for repair in script.repairs),
            *notes,
            *mixed.get("notes", ()),
            *_broken(seen),
        ),
        limits=Limits(slowest=slowest, fastest=fastest, start_error=0.02 if settings.lips != "follow" else 0.5),
    )


def write_all(report: DubReport, mix: Path, out: Path) -> Path:
    """Write the page and its clips. Raises InputError when the place can't be written."""
    with soundfile.SoundFile(mix) as sound:
        for line in report.lines:
            first = max(0, round((line.said_start - _AROUND) * sound.samplerate))
            sound.seek(min(first, sound.frames))
            heard = sound.read(round((line.said_end + _AROUND) * sound.samplerate) - first, dtype="float32")
            # MP3 holds two channels at most.
            with written_whole(_clip(out, line.number)) as part:
                soundfile.write(part, heard[:, :2] if heard.ndim > 1 else heard, sound.samplerate, format="MP3")
    return write_report(report, places.report_of(out))


def _broken(seen: FilmFacts) -> tuple[str, ...]:
    if not seen.breaks_off:
        return ()
    told = f"its header tells {seen.told_seconds:.1f} s"
    return (f"The film breaks off after {seen.seconds:.1f} s, though {told}: it is dubbed as far as it goes.",)


def _line(line: Line, gain_db: float, out: Path) -> LineReport:
    start, end = line.said
    left_out, loudness, read = line.sound["left out"], line.heard["loudness"], line.heard["read"]
    done = (*line.slot.done, *([f"Left out: {' '.join(left_out)}."] if left_out else []))
    return LineReport(
        number=line.cue.number,
        speaker=line.cue.speaker or UNNAMED,
        text=line.cue.words,
        start=line.cue.start,
        end=line.cue.end,
        said_start=start,
        said_end=end,
        room=line.slot.end,
        speed=line.slot.speed,
        words_too_many=max(line.slot.overflow_words, len(left_out)),
        wer=line.heard.get("wer"),
        heard=line.heard.get("heard"),
        asked=_shown(line.read["emotion"]),
        asked_by=line.read["why"],
        read=None if read is None else _shown(read),
        loudness=None if loudness is None else loudness + gain_db,
        clip=os.path.relpath(_clip(out, line.cue.number), out.parent),
        done=done,
    )


def _shown(emotion: Any) -> str:
    """In this project's notation, to a hundredth: what is read off a voice has seven digits."""
    return re.sub(r"\d\.\d{3,}", lambda number: f"{float(number[0]):.2g}", str(emotion_from_json(emotion)))


def _clip(out: Path, number: int) -> Path:
    return places.clips_of(out) / f"{number:04d}.mp3"

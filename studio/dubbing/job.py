"""The job of a dub: film and script in, the same film with the lines said in it out."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from studio.dubbing import places
from studio.dubbing.lines import Line, on_the_lips, placed, uncovered
from studio.dubbing.output import FilmOptions, write_audio, write_film
from studio.dubbing.output.containers import AUDIO_SUFFIXES
from studio.dubbing.reporting import UNNAMED, facts_of, write_all
from studio.dubbing.script import Cue, Script, read_script, write_srt
from studio.dubbing.script.cast import NO_CAST, Role, read_cast
from studio.dubbing.settings import DubSettings
from studio.dubbing.tasks import FACES, HEARD, LINE, MIX, MIX_FACTS, MOUTHS, PICTURE, SOUND, made_by
from studio.dubbing.timing import Mouth
from studio.emotion.written import emotion_to_json
from studio.errors import InputError
from studio.evaluation import recognition
from studio.media.files import is_file, written_whole
from studio.media.probe import FilmFacts, probe
from studio.scheduler import Artifact, Call, Inputs, JobWork, job
from studio.studio import Studio

# How many lines before a line are looked at for what its words imply.
_CONTEXT = 3


@job("dub")
def dub(inputs: Inputs, work: JobWork) -> dict[str, Any]:
    """film, script, out: paths.  settings: of a DubSettings."""
    settings = DubSettings.of(inputs["settings"])
    return _Dub(inputs["film"], inputs["script"], inputs["out"], settings, work).run()


class _Dub:
    def __init__(self, film: Path, script: Path, out: Path, settings: DubSettings, work: JobWork) -> None:
        self._film, self._out, self._settings, self._work = film, out, settings, work
        self._seen: FilmFacts = probe(film)
        self._cast = NO_CAST if settings.cast is None else read_cast(settings.cast)
        written = read_script(script, speakers=self._cast.speakers)
        self._script: Script = written.within(self._seen.seconds)
        self._past = len(written.cues) - len(self._script.cues)
        if not self._script.cues:
            raise InputError(f"There is nothing to say in {script.name} before the film ends.")

    def run(self) -> dict[str, Any]:
        speakers = [cue.speaker for cue in self._script.cues]
        roles, chosen = self._cast.assigned(speakers, self._studio.voices(), self._language)
        lines = placed(self._read(roles), self._seen.seconds, self._settings.speed)
        if self._settings.lips == "follow":
            lines = self._followed(lines)
        lines = self._spoken(lines)
        draws = self._settings.lips == "render" and self._out.suffix.lower() not in AUDIO_SUFFIXES
        picture = self._drawn(lines) if draws else None
        notes = [*chosen, *(picture.json(FACES)["told"] if picture else [])]
        if not self._recognises:
            notes.append("What is understood of the lines was not measured: affetto[dub] does it, in English.")
        mixed = self._mixed(lines)
        facts = mixed.json(MIX_FACTS)
        report = facts_of(
            self._film, self._out, self._seen, self._script, lines, facts, notes, self._settings, self._past
        )
        # The report is first: a file beside it is then known as this dub's, whenever the work is killed.
        page = write_all(report, mixed.file(MIX), self._out)
        made = self._written(lines, mixed, picture)
        return made | {"report": str(page), "lines": len(lines), "problems": len(report.problems)}

    @cached_property
    def _studio(self) -> Studio:
        return Studio()

    @property
    def _recognises(self) -> bool:
        return self._language.startswith("en") and recognition.is_installed()

    @property
    def _language(self) -> str:
        return self._settings.language or "en"

    def _read(self, roles: Mapping[str | None, Role]) -> list[tuple[Cue, Role, Mapping[str, Any]]]:
        """What each line feels and how long it takes."""
        cues = self._script.cues
        calls = [self._reading(cue, roles[cue.speaker], cues[max(0, i - _CONTEXT) : i]) for i, cue in enumerate(cues)]
        made = self._work.gather(calls, stage="reading the lines")
        return [(cue, roles[cue.speaker], artifact.json(LINE)) for cue, artifact in zip(cues, made, strict=True)]

    def _reading(self, cue: Cue, role: Role, before: Sequence[Cue]) -> Call:
        by = "none" if cue.emotion else self._settings.emotion
        inputs: dict[str, Any] = {
            "text": role.saying(cue.text),
            "voice": cue.voice or role.voice,
            "emotion": cue.emotion,
            "base": emotion_to_json(role.emotion),
            "by": by,
            "context": [] if by == "none" else [c.words for c in before],
            "seed": self._seed(cue),
            **_kept_by(cue.voice or role.voice),
        }
        if by in ("source", "face"):
            inputs |= {"film": self._film, "start": cue.start, "end": cue.end}
        return Call("dub.line", inputs)

    def _followed(self, lines: Sequence[Line]) -> list[Line]:
        """The words where the filmed lips move."""
        seen = self._work.call(
            Call("dub.mouths", {"film": self._film, "made by": made_by()}), stage="watching the lips"
        ).json(MOUTHS)
        mouths = {int(n): Mouth(m["times"], m["aperture"], m["spans"]) for n, m in seen.items() if len(m["times"]) > 1}
        return [on_the_lips(line, mouths, self._settings.speed) for line in lines]

    def _spoken(self, lines: Sequence[Line]) -> list[Line]:
        speech = self._work.gather([self._speaking(line) for line in lines], stage="speaking")
        hearing = [
            Call(
                "dub.hear",
                {"speech": made, "text": line.cue.words, "recognise": self._recognises, "made by": made_by()},
            )
            for line, made in zip(lines, speech, strict=True)
        ]
        heard = self._work.gather(hearing, stage="listening to the lines")
        return [
            replace(line, speech=made, sound=made.json(SOUND), heard=told.json(HEARD))
            for line, made, told in zip(lines, speech, heard, strict=True)
        ]

    def _speaking(self, line: Line) -> Call:
        inputs = {
            "text": line.text,
            "voice": line.voice,
            "track": line.read["track"],
            # To a tenth of a millisecond, so that what rounds otherwise is not spoken anew.
            "seconds": round(line.slot.spoken, 4),
            "room": None if line.slot.fits else round(line.slot.seconds, 4),
            "pins": [list(pin) for pin in line.pins],
            "seed": self._seed(line.cue),
            **_kept_by(line.voice),
        }
        return Call("dub.speak", inputs)

    def _drawn(self, lines: Sequence[Line]) -> Artifact:
        """The film, its people's lips drawn to the lines; at rest where they spoke and nobody does now."""
        said = [
            {
                "speech": line.speech,
                "start": line.sample_start,
                "person": line.role.face,
            }
            for line in lines
        ]
        silences = uncovered([(line.cue.start, line.cue.end) for line in lines], [line.said for line in lines])
        inputs = {"film": self._film, "lines": said, "silences": [list(s) for s in silences], "made by": made_by()}
        return self._work.call(Call("dub.faces", inputs), stage="drawing the lips")

    def _mixed(self, lines: Sequence[Line]) -> Artifact:
        settings = self._settings
        said = [
            {"speech": line.speech, "start": line.sample_start, "speaker": line.cue.speaker or UNNAMED}
            for line in lines
        ]
        inputs = {
            "film": self._film,
            "lines": said,
            "replaced": [[line.cue.start, line.cue.end] for line in lines],
            "under": settings.under,
            "duck_db": settings.duck_db,
            "separator": list(settings.separator),
            "stems": settings.stems is not None,
            "seed": settings.seed,
            "made by": made_by(),
        }
        return self._work.call(Call("dub.mix", inputs), stage="mixing")

    def _written(self, lines: Sequence[Line], mixed: Artifact, picture: Artifact | None) -> dict[str, Any]:
        """The files that were asked for; returns where they are."""
        settings, out, mix = self._settings, self._out, mixed.file(MIX)
        if settings.stems is not None:
            for stem in sorted((mixed.folder / "stems").iterdir()):
                with written_whole(settings.stems / stem.name) as part:
                    shutil.copyfile(stem, part)
        shown_cues = [*(line.shown for line in lines), *self._script.unspoken]
        srt = write_srt(places.subtitles_of(out), shown_cues, marks=False)
        if out.suffix.lower() in AUDIO_SUFFIXES:
            write_audio(mix, out, settings.language)
        else:
            shown = srt if settings.subtitles or settings.burn else None
            options = FilmOptions(
                settings.language, settings.original_language, shown, settings.burn, settings.keep_original
            )
            drawn = picture.file(PICTURE) if picture else None
            write_film(self._film, mix, out, options, picture=drawn, progress=self._work.progress)
        return {"out": str(out), "subtitles": str(srt)}

    def _seed(self, cue: Cue) -> int:
        return self._settings.seed if cue.seed is None else cue.seed


def _kept_by(voice: str) -> dict[str, Any]:
    """What shapes a spoken line besides its words: the version, the models, and the file of a fitted voice."""
    path = Path(voice)
    return {"made by": made_by(), **({"voice file": path} if is_file(path) else {})}

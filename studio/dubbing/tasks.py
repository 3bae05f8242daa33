"""The tasks of a dub: each makes one piece of it, which is kept and made again only when what shapes it changes.

What shapes a piece is in its inputs: of a line text, emotion, voice, seconds, seed; of all, this version and its
models.
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Any

from studio import checkpoints
from studio.delivery import Pin
from studio.dubbing.cutting import cut, onset
from studio.dubbing.script.cue import Cue
from studio.dubbing.script.feelings import felt
from studio.dubbing.sound import MixOptions, PlacedLine, mix
from studio.emotion import Emotion
from studio.emotion.written import emotion_from_json, emotion_to_json, track_from_json, track_to_json
from studio.errors import InputError
from studio.evaluation.recognition import transcribe_by_whisper
from studio.evaluation.speech import word_error_rate
from studio.feeling import Sense, voice_track
from studio.media.loudness import loudness
from studio.performance import Speech
from studio.scheduler import Inputs, Needs, TaskWork, task

# The acoustic model, the transformer and the readers of emotion together; a performance with a face peaks at 1.6 GB.
_SPEAKING = Needs(model="speaker", memory=1.2e9)
_FACES = Needs(model="faces", memory=1.0e9)

# The names of what they make.
LINE, SPEECH, SOUND, HEARD = "line.json", "speech.wav", "sound.json", "heard.json"
MIX, MIX_FACTS, MOUTHS, PICTURE, FACES = "mix.wav", "mix.json", "mouths.json", "picture.mp4", "faces.json"


@cache
def made_by() -> dict[str, Any]:
    """What, besides its inputs, shapes what a task makes: this version, and every model, fetched or derived here."""
    fetched = {name: [f.sha256 for f in entry.files] for name, entry in sorted(checkpoints.manifest().items())}
    derived = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(resources.files("checkpoints").iterdir(), key=lambda path: path.name)
        if path.name.endswith((".safetensors", ".onnx"))
    }
    told = json.dumps([fetched, derived], sort_keys=True)
    return {"affetto": version("affetto"), "models": hashlib.sha256(told.encode()).hexdigest()}


@task("dub.line", needs=_SPEAKING)
def read_line(inputs: Inputs, work: TaskWork) -> None:
    """How a line is felt, and how long it takes to say.

    text, emotion (as the script has it), voice, base (the speaker's own), by, context (lines before), seed; for what is
    read off the film: film, start, end. Of faces the largest there is read.
    """
    cue = Cue(0, 0, inputs.get("start", 0.0), inputs.get("end", 0.0), inputs["text"], "", emotion=inputs["emotion"])

    def look(cue: Cue) -> Emotion:
        sense: Sense = "face" if inputs["by"] == "face" else "voice"
        return work.studio.feel(inputs["film"], overall=True, by=sense, start=cue.start, end=cue.end).emotion

    base = emotion_from_json(inputs["base"])
    told = felt(cue, base, inputs["by"], inputs["context"], look if "film" in inputs else None)
    lengths = work.studio.lengths(inputs["text"], inputs["voice"], told.track, seed=inputs["seed"])
    found = {
        "track": track_to_json(told.track),
        "emotion": emotion_to_json(told.emotion),
        "why": told.why,
        "lengths": asdict(lengths),
    }
    (work.folder / LINE).write_text(json.dumps(found), encoding="utf-8")


@contextmanager
def _without_warnings() -> Iterator[None]:
    """What is hurried or can't be pinned is told in the report, of the line as it is said in the end."""
    log = logging.getLogger("affetto")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


@task("dub.speak", needs=_SPEAKING)
def speak(inputs: Inputs, work: TaskWork) -> None:
    """Say a line: text, voice, track, seconds, pins ((word, start)), seed.

    room: of a line that has too many words, seconds it may take: it ends behind the last word that is whole.
    """
    pins = [Pin(word, start) for word, start in inputs["pins"]] or None
    with _without_warnings():
        said = work.studio.speak(
            inputs["text"],
            inputs["voice"],
            track_from_json(inputs["track"]),
            inputs["seconds"],
            seed=inputs["seed"],
            pins=pins,
            nearest=True,
            progress=work.progress,
        )
    left_out: tuple[str, ...] = ()
    if inputs["room"] is not None:
        said, left_out = cut(said, inputs["room"])
    said.save(work.folder / SPEECH)
    found = {"onset": onset(said), "seconds": said.seconds, "left out": left_out}
    (work.folder / SOUND).write_text(json.dumps(found), encoding="utf-8")


@task("dub.hear", needs=Needs(model="hearing", memory=1.0e9))
def hear(inputs: Inputs, work: TaskWork) -> None:
    """What is heard of a line: speech, text; recognise: its words as well.

    Nothing is read of one that is too short, or silent.
    """
    said = Speech.load(inputs["speech"].file(SPEECH))
    lufs = loudness(said.samples, said.sample_rate)
    found: dict[str, Any] = {"read": None, "loudness": lufs if math.isfinite(lufs) else None}
    with suppress(InputError):
        found["read"] = emotion_to_json(voice_track((said.samples, said.sample_rate)).emotion)
    if inputs["recognise"]:
        found["heard"] = transcribe_by_whisper(said.samples, said.sample_rate)
        found["wer"] = word_error_rate(inputs["text"], found["heard"])
    (work.folder / HEARD).write_text(json.dumps(found), encoding="utf-8")


@task("dub.mouths", needs=_FACES)
def watch_mouths(inputs: Inputs, work: TaskWork) -> None:
    """How the mouths of a film's people move: film."""
    seen = work.studio.look_at_film(inputs["film"], work.progress)
    mouths = {
        person.number: {
            "times": [round(float(t), 4) for t in activity.times],
            "aperture": [round(float(a), 4) for a in activity.aperture],
            "spans": [list(span) for span in activity.spans],
        }
        for person in seen.people
        for activity in [seen.mouth_activity(person.number)]
    }
    (work.folder / MOUTHS).write_text(json.dumps(mouths), encoding="utf-8")


@task("dub.faces", needs=_FACES)
def draw_faces(inputs: Inputs, work: TaskWork) -> None:
    """Let the film's people say the lines: film, lines ({speech, start, person}), silences ((start, end))."""
    lines = [(Speech.load(one["speech"].file(SPEECH)), one["start"], one["person"]) for one in inputs["lines"]]
    made = work.studio.dub_film(inputs["film"], lines, [tuple(s) for s in inputs["silences"]], work.progress)
    made.save(work.folder / PICTURE, progress=work.progress)
    told = {"told": str(made.report).splitlines(), **made.report.describe()}
    (work.folder / FACES).write_text(json.dumps(told), encoding="utf-8")


@task("dub.mix")
def mix_sound(inputs: Inputs, work: TaskWork) -> None:
    """The film's sound with the lines in it: film, lines ({speech, start, speaker}), replaced (spans); MixOptions."""
    options = MixOptions(
        under=inputs["under"],
        duck_db=inputs["duck_db"],
        separator=tuple(inputs["separator"]),
        seed=inputs["seed"],
        stems=work.folder / "stems" if inputs["stems"] else None,
    )
    lines = [PlacedLine(one["start"], one["speaker"], one["speech"].file(SPEECH)) for one in inputs["lines"]]
    facts = mix(
        inputs["film"], lines, [tuple(s) for s in inputs["replaced"]], work.folder / MIX, options, work.progress
    )
    told = {name: value for name, value in asdict(facts).items() if name not in ("path", "stems")}
    (work.folder / MIX_FACTS).write_text(json.dumps(told), encoding="utf-8")

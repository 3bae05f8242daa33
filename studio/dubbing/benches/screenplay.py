"""What is said and seen in the bench's film, and its script in another language, with misfits put in on purpose."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from studio.dubbing.script.times import srt_time
from studio.errors import InputError

# What can be wrong with a cue: more words than its time, no pause before the next, another speaker in between.
Misfit = Literal["", "too long", "back to back", "overlapping"]
Kind = Literal["ana", "luis", "both", "scenery"]

# A film is made of beats: one line, or two. 83 of them are ten minutes with 100 cues.
BEAT = 7.2
# A line starts this long after its beat: seconds.
LEAD = 0.6

SPEAKERS = {"ANA": "ef_dora", "LUIS": "em_alex", "NARRATOR": "em_santa"}
"""Who speaks in the film, in which Spanish voice."""
CAST = {"ANA": "af_heart", "LUIS": "bm_george", "NARRATOR": "bf_emma"}
"""Who says their lines in the dub."""

SPANISH = {
    "ANA": "Te dije que no volvieras aquí nunca más.",
    "LUIS": "Lo sé, pero no tenía otro lugar adonde ir esta noche.",
    "NARRATOR": "La ciudad dormía, y nadie sabía lo que iba a pasar.",
}


@dataclass(frozen=True)
class Line:
    """Something said in the film. start: seconds into its beat."""

    speaker: str
    start: float


@dataclass(frozen=True)
class Beat:
    """shots: what is seen, each from so many seconds on.  lines: what is said.  misfit: of its cues."""

    shots: tuple[tuple[float, Kind], ...]
    lines: tuple[Line, ...]
    misfit: Misfit = ""


@dataclass(frozen=True)
class Cue:
    """A cue of the script, in seconds of the film."""

    start: float
    end: float
    speaker: str
    text: str
    misfit: Misfit


_ANA, _LUIS, _NARRATOR = (Line(name, LEAD) for name in SPEAKERS)
# Ten beats, which follow each other again and again.
_BEATS = (
    Beat(((0.0, "ana"),), (_ANA,)),
    Beat(((0.0, "both"),), (_ANA, Line("LUIS", 3.6)), "overlapping"),
    Beat(((0.0, "luis"), (4.4, "luis")), (_LUIS,)),
    Beat(((0.0, "scenery"),), (_NARRATOR,)),
    Beat(((0.0, "ana"),), (_ANA,), "too long"),
    Beat(((0.0, "luis"),), (_LUIS,), "back to back"),
    Beat(((0.0, "scenery"), (3.0, "scenery")), (_NARRATOR,)),
    Beat(((0.0, "both"),), (_LUIS,)),
    Beat(((0.0, "ana"), (1.9, "luis")), (_ANA,)),
    Beat(((0.0, "scenery"), (2.4, "luis")), (_LUIS,)),
)

# Every sentence of the script is another, so that none is found in the store: an opening and an end, combined.
_OPENINGS = (
    "I told you yesterday", "You know very well", "Listen to me", "Nobody here believes", "I was hoping",
    "They wrote to us", "It seems to me", "My brother says", "We both remember", "Do you think",
)  # fmt: skip
_ENDS = (
    "that the door was open", "that the train is late", "that she went home", "that we can trust him",
    "that the letter was lost", "that it will rain again", "that he sold the house", "that the children heard us",
    "that nothing has changed", "that you kept the key", "that the doctor called",
)  # fmt: skip
_MARKS = ("", ", angry:0.6", "", ", sad:0.5", "", "", ", happy:0.5", "")
_TOO_MANY = (
    ", and then everybody in the village came running to the station with lamps and blankets, because somebody had said"
    " that the bridge was gone and that nobody would come home before the morning"
)


def beats_of(minutes: float) -> tuple[Beat, ...]:
    """The beats of a film. Raises InputError for one shorter than a beat, or longer than three hours."""
    if not BEAT / 60 <= minutes <= 180:
        raise InputError(f"A film for the bench lasts {BEAT / 60:g} to 180 minutes, not {minutes:g}.")
    return tuple(_BEATS[i % len(_BEATS)] for i in range(math.floor(minutes * 60 / BEAT + 1e-9)))


def cues_of(beats: tuple[Beat, ...]) -> list[Cue]:
    """The script of a film, in English."""
    cues: list[Cue] = []
    for number, beat in enumerate(beats):
        at, misfit = number * BEAT, beat.misfit
        first = beat.lines[0].speaker
        spans: tuple[tuple[float, float, str], ...] = ((LEAD, 3.6, first),)
        if misfit == "overlapping":
            spans = ((LEAD, 4.2, first), (3.6, 6.4, beat.lines[1].speaker))
        elif misfit == "back to back":
            spans = ((LEAD, 3.2, first), (3.2, 6.2, first))
        elif misfit == "too long":
            spans = ((LEAD, 2.6, first),)
        for start, end, speaker in spans:
            cues.append(Cue(at + start, at + end, speaker, _sentence(len(cues), misfit), misfit))
    return cues


def srt_of(cues: list[Cue]) -> str:
    """The script as SRT, with speakers and some emotions."""
    told = [
        f"{i}\n{srt_time(cue.start)} --> {srt_time(cue.end)}\n[{cue.speaker}{_MARKS[i % len(_MARKS)]}] {cue.text}\n"
        for i, cue in enumerate(cues, 1)
    ]
    return "\n".join(told)


def cast_toml() -> str:
    """The cast file."""
    return "\n".join(f'[{name}]\nvoice = "{voice}"' for name, voice in CAST.items()) + "\n"


def _sentence(number: int, misfit: Misfit) -> str:
    opening = _OPENINGS[number % len(_OPENINGS)]
    # Ten openings and eleven ends: a pair comes again after 110 lines, and is told apart by a number from then on.
    end = _ENDS[number % len(_ENDS)]
    again = number // (len(_OPENINGS) * len(_ENDS))
    more = _TOO_MANY if misfit == "too long" else ""
    return f"{opening} {end}{more}{f', {again + 1} times' if again else ''}."

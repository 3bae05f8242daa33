"""A script in another language: by a program of the user's, or a language model behind an endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from studio.dubbing.script.cue import Cue, Repair, Script
from studio.dubbing.script.notation import emotion_of
from studio.dubbing.script.wrapping import wrapped
from studio.emotion.script import read_script as read_marks
from studio.engines import Progress
from studio.errors import InputError

# Characters, blanks among them, that are said in a second at a natural tempo: Kokoro's af_heart, am_michael and
# bf_emma say 20, 18 and 20 on ten lines of tts/benches/lines.txt; the slowest leaves room. Chinese and Japanese: 5.2
# and 7.8 syllables a second (Pellegrino, Coupé & Marsico 2011), written with one character each and with about 0.7.
# Korean writes syllables too: as Chinese, a judgement.
_CHARACTERS = {"zh": 5.2, "ja": 5.5, "ko": 5.2}
_OTHER_CHARACTERS = 18.0
_BATCH = 20


@dataclass(frozen=True)
class Request:
    """A line to translate. characters: what can be said in its `seconds` at a natural tempo."""

    number: int
    speaker: str | None
    text: str
    seconds: float
    characters: int


class Translator(Protocol):
    """Translates lines, some at a time."""

    def translate(self, lines: Sequence[Request], source: str | None, target: str) -> dict[int, str]:
        """The text of each line by its number. Raises InputError when it can't be had."""
        ...


def budget(seconds: float, language: str) -> int:
    """How many characters of a language can be said in so many seconds, at least one."""
    rate = _CHARACTERS.get(language.split("-")[0].lower(), _OTHER_CHARACTERS)
    return max(1, int(seconds * rate))


def translated(
    script: Script,
    translator: Translator,
    target: str,
    source: str | None = None,
    batch: int = _BATCH,
    progress: Progress | None = None,
) -> Script:
    """The script with the words of another language; times, speakers and emotions stay.

    Marks within a line can't be: its emotion as a whole stays, and it is told. Raises InputError as the translator, and
    for lines that it leaves out.
    """
    requests = [
        Request(c.number, c.speaker, c.words, round(c.end - c.start, 3), budget(c.end - c.start, target))
        for c in script.cues
        if any(ch.isalpha() for ch in c.words)
    ]
    said: dict[int, str] = {}
    for at in range(0, len(requests), batch):
        lines = requests[at : at + batch]
        said |= _complete(lines, translator, source, target)
        if progress:
            progress("translating", at + len(lines), len(requests))
    repairs = list(script.repairs)
    cues = [_saying(c, said[c.number], repairs) if c.number in said else c for c in script.cues]
    return replace(script, cues=tuple(cues), repairs=tuple(sorted(repairs, key=lambda r: r.line)))


def _complete(lines: Sequence[Request], translator: Translator, source: str | None, target: str) -> dict[int, str]:
    """All of them; those that were left out are asked for once more."""
    said: dict[int, str] = {}
    for _ in range(2):
        left = [line for line in lines if not said.get(line.number, "").strip()]
        if not left:
            return said
        said |= translator.translate(left, source, target)
    missing = [line.number for line in lines if not said.get(line.number, "").strip()]
    if missing:
        numbers = ", ".join(map(str, missing[:5])) + (", ..." if len(missing) > 5 else "")
        raise InputError(
            f"The translation lacks line {numbers}: ask for fewer lines at once (batch), or another model."
        )
    return said


def _saying(cue: Cue, text: str, repairs: list[Repair]) -> Cue:
    # What comes back is words, not marks.
    text = " ".join("".join(c for c in text if c not in "[]*").split())
    emotion = cue.emotion
    if cue.text != cue.words:
        base = emotion_of(emotion) if emotion else None
        felt = (read_marks(cue.text, base) if base else read_marks(cue.text)).track.emotion
        emotion = str(felt) if emotion or str(felt) != "neutral" else None
        repairs.append(Repair(cue.line, "its marks are of other words: its emotion as a whole was kept."))
    return replace(cue, text=text, written=wrapped(text), emotion=emotion)

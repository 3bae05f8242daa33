"""A script as subtitles: for viewers, or with who speaks and how, so that it can be edited and read again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from studio.dubbing.script.cue import Cue, Script
from studio.dubbing.script.notation import emotion_of, is_emotion, is_mark
from studio.dubbing.script.times import srt_time, vtt_time
from studio.dubbing.script.wrapping import wrapped
from studio.media.files import check_place, written_whole

_MARKS = re.compile(r"\[([^][]*)\]")
_STARS = re.compile(r"(?<![\w*])(\*\*?)(?![\s*])([^*]+)(?<!\s)\1(?![\w*])")
# Where a mark stood before punctuation, a blank is left over.
_LOOSE = re.compile(r" +([.,;:!?…])(?!\w)")
_STYLING = re.compile(r"(</?[ibu]>)")


def write_srt(path: str | Path, script: Script | Iterable[Cue], *, marks: bool = True) -> Path:
    """Write SubRip in UTF-8. marks: with speakers, emotions and marks; `read_script` reads the same cues back.

    Without, it is what viewers read. Raises InputError when the place can't be written.
    """
    path = Path(path)
    check_place(path, ".srt")
    blocks = []
    for number, cue in enumerate(_all(script, marks), 1):
        text = f"{_head(cue)}{cue.written}" if marks else shown(cue)
        blocks.append(f"{number}\n{srt_time(cue.start)} --> {srt_time(cue.end)}\n{text}\n")
    return _write(path, "\n".join(blocks))


def write_vtt(path: str | Path, script: Script | Iterable[Cue], *, marks: bool = True) -> Path:
    """Write WebVTT, speakers as voices; otherwise as `write_srt`. The head and the settings of cues are kept."""
    path = Path(path)
    check_place(path, ".vtt")
    head = script.head if isinstance(script, Script) else ()
    blocks = ["WEBVTT\n", *(f"{block}\n" for block in head)]
    for cue in _all(script, marks):
        text = cue.written if marks else shown(cue)
        felt = f"[{_notation(cue.emotion)}] " if marks and cue.emotion else ""
        voice = f"<v {_vtt_text(cue.speaker)}>" if cue.speaker else ""
        if cue.style and cue.speaker and re.fullmatch(r"[\w.-]+", cue.style):
            voice = f"<v.{cue.style} {_vtt_text(cue.speaker)}>"
        times = f"{vtt_time(cue.start)} --> {vtt_time(cue.end)}"
        blocks.append(f"{f'{times} {cue.settings}'.rstrip()}\n{voice}{_vtt_text(felt + text)}\n")
    return _write(path, "\n".join(blocks))


def shown(cue: Cue) -> str:
    """What viewers read of a cue: no marks, and words on one long line in lines of a subtitle's length."""
    text = _STARS.sub(r"\2", _MARKS.sub(lambda m: "" if is_mark(m[1].strip()) else m[0], cue.written))
    lines = [_LOOSE.sub(r"\1", " ".join(line.split())) for line in text.split("\n")]
    return wrapped(lines[0]) if len(lines) == 1 else "\n".join(line for line in lines if line)


def _all(script: Script | Iterable[Cue], marks: bool) -> list[Cue]:
    cues = [*script.cues, *script.unspoken] if isinstance(script, Script) else list(script)
    return sorted(cues, key=lambda c: (c.start, c.line))


def _head(cue: Cue) -> str:
    """Who speaks and how, as `read_script` reads it."""
    felt = cue.emotion and _notation(cue.emotion)
    if cue.speaker is not None:
        # Behind a name, words for an emotion are read as such.
        felt = cue.emotion if cue.emotion and re.fullmatch(r"[^][\n{}]+", cue.emotion) else felt
        return f"[speaker: {cue.speaker}, {felt}] " if felt else f"[speaker: {cue.speaker}] "
    return f"[{felt}] " if felt else ""


def _notation(emotion: str) -> str:
    """An emotion as a bracket can hold it: JSON and free words as what they come to."""
    return emotion if is_emotion(emotion) else str(emotion_of(emotion))


def _vtt_text(text: str) -> str:
    """With what WebVTT would take for its own written so that it is text."""
    pieces = _STYLING.split(text)
    return "".join(
        p if _STYLING.fullmatch(p) else p.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for p in pieces
    )


def _write(path: Path, text: str) -> Path:
    with written_whole(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
    return path

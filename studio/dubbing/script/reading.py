"""A file of subtitles or lines as a Script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from studio.dubbing.script.ass import read_ass
from studio.dubbing.script.cue import Cue, Repair, Script
from studio.dubbing.script.encodings import read_text
from studio.dubbing.script.jsonl import read_jsonl
from studio.dubbing.script.mending import mended
from studio.dubbing.script.raw import Raw, shared
from studio.dubbing.script.srt import read_srt
from studio.dubbing.script.turns import Known, Turn, turns_of
from studio.dubbing.script.webvtt import read_vtt
from studio.errors import InputError

SUFFIXES = (".srt", ".vtt", ".ass", ".ssa", ".jsonl")


def read_script(path: str | Path, encoding: str | None = None, speakers: Sequence[str] = ()) -> Script:
    """Read SubRip, WebVTT, SubStation Alpha or JSON Lines; `studio.dubbing.script.turns` says who is taken to speak.

    encoding: where it is known; else it is found.  speakers: names that are known, from the cast, say.
    What is wrong but clear is mended and told in `repairs`. Raises InputError, with the line, for what is not: a time
    that is none, an emotion or a mark that can't be read, a file named where an emotion or a voice belongs.
    No path in a script is ever followed.
    """
    path = Path(path)
    text, repairs = read_text(path, encoding)
    raws, more, head = _parsed(text, path)
    repairs += more
    known = Known(raws, speakers)
    timed: list[Cue] = []
    for raw in raws:
        _check_voice(raw, path.name)
        told: list[str] = []
        try:
            turns = turns_of(raw, known, told.append)
        except InputError as e:
            raise InputError(f"{path.name}, line {raw.below}: {e}") from e
        repairs += [Repair(raw.line, what) for what in told]
        timed += _cues(raw, turns)
    return mended(timed, repairs, head)


def _parsed(text: str, path: Path) -> tuple[list[Raw], list[Repair], tuple[str, ...]]:
    """The cues by the format that the file is in, whatever its name says; the name decides where the file does not."""
    if not text.strip():
        raise InputError(f"{path} is empty.")
    suffix, start = path.suffix.lower(), text.lstrip()
    if start.startswith("WEBVTT") or suffix == ".vtt":
        return read_vtt(text, path.name)
    if re.match(r"\[Script Info\]", start, re.IGNORECASE) or suffix in (".ass", ".ssa"):
        return *read_ass(text, path.name), ()
    if suffix == ".jsonl" or re.match(r'\{\s*"', start):
        return read_jsonl(text, path.name), [], ()
    if suffix == ".srt" or re.search(r"\d\s*-->\s*\d", text):
        return *read_srt(text, path.name), ()
    raise InputError(f"{path.name} is no script: give {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}.")


def _check_voice(raw: Raw, name: str) -> None:
    """Raise InputError for a voice that would be looked for on the disk."""
    if raw.voice is not None and re.search(r"\.[A-Za-z][A-Za-z0-9]*\s*(?:$|[*+/])|\\|^[/~.]|\.\./", raw.voice):
        raise InputError(
            f"{name}, line {raw.line}: the voice {raw.voice[:60]!r} names a file, and files named in a script are not "
            "opened: name it in the cast file."
        )


def _cues(raw: Raw, turns: list[Turn]) -> list[Cue]:
    """The cues of a cue's turns; numbers come later."""
    return [
        Cue(
            number=0,
            line=raw.line,
            start=start,
            end=end,
            text=turn.text,
            written=turn.written,
            speaker=turn.speaker,
            emotion=turn.emotion,
            style=raw.style,
            settings=raw.settings,
            voice=raw.voice,
            seed=raw.seed,
        )
        for turn, (start, end) in zip(turns, shared(raw.start, raw.end, [t.text for t in turns]), strict=True)
    ]

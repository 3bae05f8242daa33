"""WebVTT (https://www.w3.org/TR/webvtt1/): cues with voices, notes, regions, style sheets."""

from __future__ import annotations

import re

from studio.dubbing.script.cue import Repair
from studio.dubbing.script.raw import Raw, plain, shared, styled
from studio.dubbing.script.srt import timing
from studio.errors import InputError

_VOICE = re.compile(r"<v((?:\.[^\s.<>]+)*)(?:[ \t\n]+([^<>]*))?>")


def read_vtt(text: str, name: str) -> tuple[list[Raw], list[Repair], tuple[str, ...]]:
    """The cues of a file, and its STYLE and REGION blocks as they stand.

    A cue with several voices is one for each, which share its time by letters. name: of the file, for errors.
    Raises InputError with the line of a time that is none.
    """
    lines = text.split("\n")
    repairs: list[Repair] = []
    if not lines[0].startswith("WEBVTT"):
        repairs.append(Repair(1, "does not say WEBVTT, as WebVTT begins; it was read all the same."))
    raws: list[Raw] = []
    head: list[str] = []
    at = 0
    while at < len(lines):
        stop = at
        while stop < len(lines) and lines[stop].strip():
            stop += 1
        block = lines[at:stop]
        if block and re.match(r"(STYLE|REGION)\s*$", block[0]):
            head.append("\n".join(block))
        elif block and not re.match(r"NOTE(\s|$)", block[0]):
            cues = _cues(block, at + 1, name)
            if not cues and not block[0].startswith("WEBVTT"):
                repairs.append(Repair(at + 1, "has no times: left out."))
            raws += cues
        at = stop + 1
    if not raws:
        raise InputError(f"{name} has no cue: it has no line of times such as 00:01:02.500 --> 00:01:04.000.")
    return raws, repairs, tuple(head)


def _cues(block: list[str], line: int, name: str) -> list[Raw]:
    """The cue of a block, once for each voice."""
    for i, first in enumerate(block[:2]):
        times = timing(first, line + i, name)
        if times is not None:
            start, end, settings = times
            below = line + i + 1
            voices = _voices("\n".join(block[i + 1 :]))
            times_of = shared(start, end, [plain(said) for _, _, said in voices])
            return [
                Raw(line + i, below, *own, said, speaker, style=style, settings=settings)
                for (speaker, style, said), own in zip(voices, times_of, strict=True)
            ]
    return []


def _voices(text: str) -> list[tuple[str | None, str, str]]:
    """Speaker, class and styled text of each part of a cue."""
    tags = list(_VOICE.finditer(text))
    if not tags:
        return [(None, "", styled(text, entities=True))]
    parts: list[tuple[str | None, str, str]] = []
    before = styled(text[: tags[0].start()], entities=True)
    if before:
        parts.append((None, "", before))
    ends = [*(t.start() for t in tags[1:]), len(text)]
    for tag, end in zip(tags, ends, strict=True):
        speaker = styled(tag[2] or "", entities=True) or None
        parts.append((speaker, tag[1].strip("."), styled(text[tag.end() : end], entities=True)))
    return parts

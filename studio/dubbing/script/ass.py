"""SubStation Alpha (.ass, .ssa): the lines of its events, by the columns that the file itself names."""

from __future__ import annotations

import re

from studio.dubbing.script.cue import Repair
from studio.dubbing.script.raw import Raw, styled
from studio.dubbing.script.times import seconds_of
from studio.errors import InputError

_COLUMNS = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
_OVERRIDES = re.compile(r"\{([^{}]*)\}")
_SWITCH = re.compile(r"\\([ibu])(\d*)(?![a-zA-Z])")
_DRAWING = re.compile(r"\\p(\d+)(?![a-zA-Z])")


def read_ass(text: str, name: str) -> tuple[list[Raw], list[Repair]]:
    """The cues of a file; comments and drawings are none. name: of the file, for errors.

    Raises InputError with the line of an event that can't be read.
    """
    columns: tuple[str, ...] = _COLUMNS
    raws: list[Raw] = []
    drawings: list[int] = []
    in_events = False
    for number, line in enumerate(text.split("\n"), 1):
        kind, _, rest = line.partition(":")
        kind = kind.strip().lower()
        if line.startswith("["):
            in_events = line.strip().lower() == "[events]"
        elif in_events and kind == "format":
            columns = _columns(rest, number, name)
        elif in_events and kind == "dialogue":
            raw, drawn = _event(rest, columns, number, name)
            raws += [raw] if raw.text or not drawn else []
            drawings += [number] if drawn and not raw.text else []
    if not raws:
        raise InputError(f"{name} has no cue: it has no Dialogue line under [Events].")
    repairs = [Repair(drawings[0], f"drawings ({len(drawings)} in all) say nothing: left out.")] if drawings else []
    return raws, repairs


def _columns(rest: str, number: int, name: str) -> tuple[str, ...]:
    columns = tuple(c.strip().lower() for c in rest.split(","))
    if missing := [c for c in ("start", "end", "text") if c not in columns]:
        raise InputError(f"{name}, line {number}: the events have no column {missing[0].title()!r}.")
    return columns


def _event(rest: str, columns: tuple[str, ...], number: int, name: str) -> tuple[Raw, bool]:
    """An event, and whether it draws."""
    fields = dict(zip(columns, rest.split(",", len(columns) - 1), strict=False))
    start, end = seconds_of(fields.get("start", "")), seconds_of(fields.get("end", ""))
    if start is None or end is None:
        wrong = fields.get("start" if start is None else "end", "").strip()
        raise InputError(f"{name}, line {number}: {wrong[:40]!r} is no time: write 0:01:02.50.")
    said, drawn = _text(fields.get("text", ""))
    speaker = fields.get("name", fields.get("actor", "")).strip() or None
    return Raw(number, number, start, end, said, speaker, style=fields.get("style", "").strip()), drawn


def _text(written: str) -> tuple[str, bool]:
    """Styled text, and whether there is a drawing, whose commands are no text."""
    parts, at, drawing, drawn = [], 0, False, False
    for override in _OVERRIDES.finditer(written):
        parts.append("" if drawing else written[at : override.start()])
        at = override.end()
        for scale in _DRAWING.findall(override[1]):
            drawing = int(scale) > 0
            drawn |= drawing
        for tag, on in _SWITCH.findall(override[1]):
            # "\b700" is a weight; what is 0 or nothing ends.
            parts.append(f"<{tag}>" if on.strip("0") else f"</{tag}>")
    parts.append("" if drawing else written[at:])
    text = "".join(parts).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    return styled(_closed(text)), drawn


def _closed(text: str) -> str:
    """With every tag closed, and none closed that is not open."""
    out, open_tags = [], list[str]()
    for piece in re.split(r"(</?[ibu]>)", text):
        tag = piece[-2:-1]
        if piece == f"<{tag}>":
            if tag not in open_tags:
                open_tags.append(tag)
                out.append(piece)
        elif piece == f"</{tag}>":
            if tag in open_tags:
                open_tags.remove(tag)
                out.append(piece)
        else:
            out.append(piece)
    return "".join(out) + "".join(f"</{tag}>" for tag in reversed(open_tags))

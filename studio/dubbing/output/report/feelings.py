"""Emotions on the report's page: in words, each in its colour."""

from __future__ import annotations

from html import escape

from studio.dubbing.output.report.facts import LineReport
from studio.emotion import Emotion
from studio.emotion.drawing.palette import color_at
from studio.errors import AffettoError

# Reasons that go without saying.
_PLAIN = ("marked", "neutral")


def felt(line: LineReport) -> str:
    """How a line was to be felt, what told so, and what was read off its sound."""
    rows = [_chip(line.asked)]
    if line.asked_by not in _PLAIN:
        rows.append(f'<span class="soft">from {escape(line.asked_by)}</span>')
    if line.read:
        rows.append(f'<span class="soft">sounds</span> {_chip(line.read)}')
    return "".join(f"<div>{row}</div>" for row in rows)


def in_words(notation: str) -> str:
    """ "angry:0.7+sad:0.2" as "angry 70 %, sad 20 %"; what this version can't read as it is."""
    try:
        emotion = Emotion.parse(notation)
    except AffettoError:
        return notation
    if emotion.channels or max(abs(x) for x in emotion.offset) > 0 or not emotion.labels:
        return emotion.nearest if emotion.nearest == "neutral" else f"near {emotion.nearest}"
    parts = sorted(emotion.labels.items(), key=lambda item: -abs(item[1]))
    return ", ".join(
        ("not " if w < 0 else "") + (f"{c} {100 * abs(w):.0f}\N{NO-BREAK SPACE}%" if abs(w) < 0.995 else c)
        for c, w in parts
    )


def _chip(notation: str) -> str:
    """Its words on its colour of the plane of valence and arousal; grey for what this version can't read."""
    try:
        valence, arousal, _ = Emotion.parse(notation).vad
    except AffettoError:
        valence, arousal = 0.0, 0.0
    red, green, blue = color_at(valence, arousal)
    color = f"#{red:02x}{green:02x}{blue:02x}"
    return (
        f'<span class="emotion" style="--felt:{color}" title="{escape(notation)}">{escape(in_words(notation))}</span>'
    )

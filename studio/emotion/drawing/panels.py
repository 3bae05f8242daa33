"""What stands beside the plane: the figures of a point, of several, or the course of a track."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from studio.emotion.drawing.page import FAINT, INK, SOFT, WHITE, Color, Page, shortened, width_of
from studio.emotion.drawing.palette import color_at
from studio.emotion.drawing.plane import brief
from studio.emotion.emotion import CHANNELS, Emotion
from studio.emotion.labels import CATEGORY_VAD
from studio.emotion.track import EmotionTrack

_LEFT, _RIGHT, _TOP, _BOTTOM = 884.0, 1164.0, 54.0, 822.0
_AXES = (
    ("valence", "unpleasant", "pleasant"),
    ("arousal", "passive", "active"),
    ("dominance", "yielding", "in control"),
)
_GROOVE = (226, 229, 235)
_SHORT, _FEW = 7, 4  # bars of a mixture that fit, and with the channels below


def draw_point_panel(page: Page, name: str, emotion: Emotion) -> None:
    """One point: its name, mixture, channels, and where it lies on each axis."""
    y = _TOP + 14
    for line in _wrapped(name, 27, 3):
        page.text(_LEFT, y, line, 27, INK)
        y += 33
    said = "" if emotion.nearest == name else f"nearest: {emotion.nearest}"
    if said:
        page.text(_LEFT, y, said, 16, SOFT)
        y += 24
    y = _mixture(page, emotion, y + 22)
    y = _row(page, "intensity", emotion.intensity, color_at(*emotion.vad[:2]), y + 12) + 16
    for (axis, low, high), value in zip(_AXES, emotion.vad, strict=True):
        y = _axis(page, axis, low, high, value, y)
    if emotion.channels:
        y = _heading(page, "by channel", y + 4)
        for channel in CHANNELS:
            page.text(_LEFT, y, channel, 15, SOFT)
            page.text(_LEFT + 64, y, shortened(brief(emotion.at(channel)), 15, _RIGHT - _LEFT - 64), 15, INK)
            y += 24


def draw_list_panel(page: Page, points: Sequence[tuple[str, Emotion]]) -> None:
    """Several points: each with its name, notation and a bar of dominance."""
    if not points:
        return
    height = min(118.0, (_BOTTOM - _TOP) / len(points))
    fit = len(points) if height >= 46 else 15
    height = max(height, 46.0)
    for i, (name, emotion) in enumerate(points[:fit]):
        y = _TOP + 14 + i * height
        page.disc(_LEFT + 8, y, 8, color_at(*emotion.vad[:2], 0.6, 0.17), WHITE, 1.5)
        page.text(_LEFT + 26, y, shortened(name, 19, _RIGHT - _LEFT - 26), 19, INK)
        written = brief(emotion)
        if written != name:
            page.text(_LEFT + 26, y + 22, shortened(written, 14, _RIGHT - _LEFT - 26), 14, SOFT)
        if height > 80:
            page.text(_LEFT + 26, y + 46, "dominance", 14, SOFT)
            _slider(page, _LEFT + 110, _RIGHT - 46, y + 46, emotion.vad[2], color_at(*emotion.vad[:2]))
            page.text(_RIGHT, y + 46, _signed(emotion.vad[2]), 14, INK, "rm")
    if fit < len(points):
        page.text(_LEFT + 26, _BOTTOM, f"and {len(points) - fit} more", 15, SOFT)


def draw_course_panel(page: Page, track: EmotionTrack) -> None:
    """A track: each axis over the line, and what it passes."""
    start, end = track.keys[0].at, track.keys[-1].at
    page.text(_LEFT, _TOP + 14, "the course", 27, INK)
    page.text(_LEFT, _TOP + 44, f"over {end - start:g} {track.unit}", 16, SOFT)
    y = _TOP + 78
    for i, (axis, _, _) in enumerate(_AXES):
        page.text(_LEFT, y, axis, 15, SOFT)
        _curve(page, track, i, y + 14, 84)
        y += 122
    page.text(_LEFT, y, f"{start:g}", 14, SOFT)
    page.text(_RIGHT, y, f"{end:g} {track.unit}", 14, SOFT, "rm")
    y += 42
    keys = [k for i, k in enumerate(track.keys) if i == 0 or k.emotion != track.keys[i - 1].emotion]
    for k in keys[:10]:
        page.text(_LEFT + 30, y, f"{k.at:g}" if track.unit == "words" else f"{k.at:.2f}", 15, SOFT, "rm")
        page.disc(_LEFT + 46, y, 6, color_at(*k.emotion.vad[:2], 0.6, 0.17))
        page.text(_LEFT + 62, y, shortened(brief(k.emotion), 16, _RIGHT - _LEFT - 62), 16, INK)
        y += 27
    if len(keys) > 10:
        page.text(_LEFT + 62, y, f"and {len(keys) - 10} more", 15, SOFT)


def _mixture(page: Page, emotion: Emotion, y: float) -> float:
    parts = sorted(emotion.labels.items(), key=lambda p: -abs(p[1]))
    most = _FEW if emotion.channels else _SHORT
    rest = any(abs(x) > 1e-9 for x in emotion.whole.offset)
    y = _heading(page, "mixture", y)
    if not parts and not rest:
        page.text(_LEFT, y, "nothing is felt", 16, SOFT)
        y += 30
    for category, weight in parts[:most]:
        name = category if weight > 0 else f"opposite of {category}"
        v, a, _ = CATEGORY_VAD[category]
        y = _row(page, name, abs(weight), color_at(v, a) if weight > 0 else color_at(-v, -a), y)
    if len(parts) > most:
        page.text(_LEFT, y, f"and {len(parts) - most} more", 15, SOFT)
        y += 26
    if rest:
        v, a, d = emotion.whole.offset
        page.text(_LEFT, y, f"{'and ' if parts else ''}vad {v:+.2f}, {a:+.2f}, {d:+.2f}", 15, INK)
        y += 30
    return y


def _heading(page: Page, text: str, y: float) -> float:
    page.text(_LEFT, y, text, 15, SOFT)
    page.line([(_LEFT + width_of(text, 15) + 10, y + 1), (_RIGHT, y + 1)], FAINT, 1)
    return y + 28


def _row(page: Page, name: str, share: float, color: Color, y: float) -> float:
    """A name, a bar of a share of 1 under it, and the figure."""
    page.text(_LEFT, y, shortened(name, 16, _RIGHT - _LEFT - 50), 16, INK)
    page.text(_RIGHT, y, f"{share:.2f}", 15, INK, "rm")
    page.box((_LEFT, y + 12, _RIGHT, y + 20), _GROOVE, 4)
    if share > 0:
        page.box((_LEFT, y + 12, _LEFT + max(8.0, min(share, 1.0) * (_RIGHT - _LEFT)), y + 20), color, 4)
    return y + 42


def _axis(page: Page, axis: str, low: str, high: str, value: float, y: float) -> float:
    page.text(_LEFT, y, axis, 16, INK)
    page.text(_RIGHT, y, _signed(value), 15, INK, "rm")
    color = {"valence": color_at(value, 0), "arousal": color_at(0, value)}.get(axis, (98, 106, 122))
    _slider(page, _LEFT, _RIGHT, y + 22, value, color)
    page.text(_LEFT, y + 40, low, 13, SOFT)
    page.text(_RIGHT, y + 40, high, 13, SOFT, "rm")
    return y + 74


def _signed(value: float) -> str:
    return f"{value:+.2f}" if abs(value) >= 0.005 else "0.00"


def _slider(page: Page, left: float, right: float, y: float, value: float, color: Color) -> None:
    """A bar from the middle to a value in [-1, 1]."""
    middle, half = (left + right) / 2, (right - left) / 2
    page.box((left, y - 4, right, y + 4), _GROOVE, 4)
    a, b = sorted((middle, middle + value * half))
    if b - a > 0.5:
        page.box((a, y - 4, b, y + 4), color)
    page.line([(middle, y - 7), (middle, y + 7)], SOFT, 1.2)
    page.disc(middle + value * half, y, 7, color, WHITE, 2)


def _curve(page: Page, track: EmotionTrack, axis: int, top: float, height: float) -> None:
    """One axis over the line, from -1 at the bottom to 1 at the top."""
    start, end = track.keys[0].at, track.keys[-1].at
    span = max(end - start, 1e-9)
    page.box((_LEFT, top, _RIGHT, top + height), WHITE, 6, FAINT, 1)
    middle = top + height / 2
    page.line([(_LEFT + 2, middle), (_RIGHT - 2, middle)], FAINT, 1)

    def spot(at: float, emotion: Emotion) -> tuple[float, float]:
        return _LEFT + 8 + (at - start) / span * (_RIGHT - _LEFT - 16), middle - emotion.vad[axis] * (height / 2 - 8)

    for a, b in pairwise(track.keys):
        n = 24 if b.at > a.at else 1
        places = [(a.at + (b.at - a.at) * t / n, a.emotion.toward(b.emotion, t / n)) for t in range(n + 1)]
        for (p, e), (q, f) in pairwise(places):
            page.line([spot(p, e), spot(q, f)], color_at(*e.vad[:2], 0.6) if n > 1 else FAINT, 2.6 if n > 1 else 1.6)
    for key in track.keys:
        page.disc(*spot(key.at, key.emotion), 3.4, color_at(*key.emotion.vad[:2], 0.6))


def _wrapped(text: str, size: float, most: int) -> list[str]:
    """Lines that fit the panel, the last one cut short if need be."""
    room, lines = _RIGHT - _LEFT, [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size) > room and lines[-1] and len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = longer
    return [shortened(line, size, room) for line in lines]

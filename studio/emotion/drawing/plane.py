"""The plane itself: its grid, the named categories, and what is drawn on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from PIL import Image

from studio.emotion.drawing.page import FAINT, INK, SOFT, WHITE, Color, Page, shortened, width_of
from studio.emotion.drawing.palette import color_at, colors
from studio.emotion.drawing.placement import place_labels
from studio.emotion.emotion import Emotion
from studio.emotion.labels import CATEGORIES, CATEGORY_VAD
from studio.emotion.track import EmotionTrack

# The plane's centre, half its side, and one of valence, in the drawing's units; a little more than [-1, 1] shows.
_CENTRE, _HALF, _UNIT = (462.0, 438.0), 384.0, 338.0
_FRAME = (_CENTRE[0] - _HALF, _CENTRE[1] - _HALF, _CENTRE[0] + _HALF, _CENTRE[1] + _HALF)
_RULE = (188, 194, 205)
_NAME, _CHIP = 15.0, 18.0
_ROOM = 200.0  # a point's name on the plane is cut to this width; beside the plane it has more

Place = tuple[float, float]


def draw_ground(page: Page) -> None:
    """Axes, grid and circles, on a wash of the directions' colours."""
    cx, cy = _CENTRE
    page.box(_FRAME, WHITE, 14)
    _wash(page)
    for ring in (0.25, 0.5, 0.75):
        page.disc(cx, cy, ring * _UNIT, None, FAINT, 1)
    page.disc(cx, cy, _UNIT, None, _RULE, 1.6)
    for tick in (-1.0, -0.5, 0.5, 1.0):
        for a, b in (((tick, -1.13), (tick, 1.13)), ((-1.13, tick), (1.13, tick))):
            page.line([_place(*a), _place(*b)], (232, 235, 240), 1)
    for ring, said in ((0.5, "0.5"), (1.0, "1")):
        page.text(cx + 7, cy + ring * _UNIT + 10, said, 12, SOFT)
    page.line([(_FRAME[0], cy), (_FRAME[2], cy)], _RULE, 1.3)
    page.line([(cx, _FRAME[1]), (cx, _FRAME[3])], _RULE, 1.3)
    page.box(_FRAME, None, 14, FAINT, 1.3)
    below, beside = _FRAME[3] + 24, _FRAME[0] - 26
    page.text(cx, below, "valence", 18, INK, "mm")
    page.text(_FRAME[0] + 4, below, "unpleasant", 15, SOFT, "lm")
    page.text(_FRAME[2] - 4, below, "pleasant", 15, SOFT, "rm")
    page.upright(beside, cy, "arousal", 18, INK)
    page.upright(beside, _FRAME[3] - 4 - width_of("passive", 15) / 2, "passive", 15, SOFT)
    page.upright(beside, _FRAME[1] + 4 + width_of("active", 15) / 2, "active", 15, SOFT)


def draw_points(page: Page, points: Sequence[tuple[str, Emotion]]) -> None:
    """Each point with its name, among the categories; those it mixes stand out."""
    places = [_place(*e.vad[:2]) for _, e in points]
    mixed = {c for _, e in points for c in e.labels}
    # A category's own dot is the point's: it is not named twice.
    same = {c for c in mixed if any(_at_dot(p, c) for p in places)}
    boxes = _labels(page, places, [name for name, _ in points], mixed, [], same)
    for (name, emotion), place, box in zip(points, places, boxes, strict=True):
        _marker(page, place, emotion)
        _chip(page, box, name, place)


def draw_course(page: Page, track: EmotionTrack) -> None:
    """The course as a line, its beginning a ring and its end a dot; a step is dashed."""
    pieces = [
        [track.at(a.at + (b.at - a.at) * t / 48) if t < 48 else b.emotion for t in range(49)]
        for a, b in pairwise(track.keys)
        if b.at > a.at
    ]
    steps = [(a.emotion, b.emotion) for a, b in pairwise(track.keys) if b.at == a.at and a.emotion != b.emotion]
    first, last = track.keys[0].emotion, track.keys[-1].emotion
    ends = [_place(*first.vad[:2]), _place(*last.vad[:2])]
    lines = [[_place(*e.vad[:2]) for e in piece] for piece in pieces]
    way = [p for line in lines for p in line[::3]]
    way += [p for a, b in steps for p in _between(_place(*a.vad[:2]), _place(*b.vad[:2]))]
    mixed = {c for k in track.keys for c in k.emotion.labels}
    names = [f"begins {brief(first)}", f"ends {brief(last)}"]
    same = {c for c in mixed if any(_at_dot(p, c) for p in ends)}
    boxes = _labels(page, ends, names, mixed, [(x - 5, y - 5, x + 5, y + 5) for x, y in way], same)
    for a, b in steps:
        page.dashes(_place(*a.vad[:2]), _place(*b.vad[:2]), SOFT, 2)
        _arrow(page, _place(*a.vad[:2]), _place(*b.vad[:2]), SOFT)
    for line in lines:
        page.line(line, WHITE, 8)
    for piece, line in zip(pieces, lines, strict=True):
        for (p, q), emotion in zip(pairwise(line), piece, strict=False):
            page.line([p, q], color_at(*emotion.vad[:2], 0.6), 4)
            page.disc(*q, 2, color_at(*emotion.vad[:2], 0.6))
        if math.dist(line[0], line[-1]) > 30:
            _arrow(page, line[23], line[25], color_at(*piece[24].vad[:2], 0.55))
    for k in track.keys[1:-1]:
        page.disc(*_place(*k.emotion.vad[:2]), 6, color_at(*k.emotion.vad[:2], 0.6), WHITE, 2)
    page.disc(*ends[0], 10, WHITE, color_at(*first.vad[:2], 0.55), 4)
    _marker(page, ends[1], last)
    for box, name, place in zip(boxes, names, ends, strict=True):
        _chip(page, box, name, place)


def brief(emotion: Emotion) -> str:
    """The notation to two digits, for people."""

    def rounded(e: Emotion) -> Emotion:
        v, a, d = (round(x, 2) + 0.0 for x in e.offset)
        return Emotion(tuple((c, round(w, 2)) for c, w in e.weights if abs(w) >= 0.005), (v, a, d))

    return str(replace(rounded(emotion), channels=tuple((c, rounded(e)) for c, e in emotion.channels)))


def _place(valence: float, arousal: float) -> Place:
    return _CENTRE[0] + valence * _UNIT, _CENTRE[1] - arousal * _UNIT


def _wash(page: Page) -> None:
    """The directions' colours, faint, growing with intensity."""
    n = 256
    along = (np.arange(n) + 0.5) / n * 2 - 1
    valence, arousal = np.meshgrid(along * _HALF / _UNIT, -along * _HALF / _UNIT)
    reach = np.clip(np.hypot(valence, arousal), 0, 1)
    wash = Image.fromarray(colors(valence, arousal, 0.975, 0.024 * reach))
    box = [round(v * page.scale) for v in _FRAME]
    mask = Image.new("L", page.image.size)
    Page.masked(mask, _FRAME, 14 * page.scale, page.scale)
    sheet = Image.new("RGB", page.image.size)
    sheet.paste(wash.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.BICUBIC), (box[0], box[1]))
    page.image.paste(sheet, (0, 0), mask)


def _labels(
    page: Page,
    places: Sequence[Place],
    names: Sequence[str],
    mixed: set[str],
    obstacles: list[tuple[float, float, float, float]],
    hidden: set[str],
) -> list[tuple[float, float, float, float]]:
    """Draw the categories' dots and names, apart from each other and from the points' names, whose boxes come back."""
    shown = [c for c in CATEGORIES if c not in hidden]
    dots = [_place(*CATEGORY_VAD[c][:2]) for c in shown]
    chips = [(width_of(shortened(n, _CHIP, _ROOM), _CHIP) + 22, _CHIP + 14) for n in names]
    sizes = [(width_of(c, _NAME) + 4, _NAME + 2) for c in shown]
    boxes = place_labels(
        np.array([*places, *dots]),
        np.array([17.0] * len(places) + [6.0] * len(shown)),
        np.array([*chips, *sizes]),
        obstacles,
        (_FRAME[0] + 6, _FRAME[1] + 6, _FRAME[2] - 6, _FRAME[3] - 6),
    )
    for category, (x, y), box in zip(shown, dots, boxes[len(places) :], strict=True):
        v, a = CATEGORY_VAD[category][:2]
        near = (min(max(x, box[0]), box[2]), min(max(y, box[1] + 3), box[3] - 3))
        if math.dist(near, (x, y)) > 14:
            page.line([(x, y), near], color_at(v, a, 0.8, 0.07), 1)
        page.disc(x, y, 6 if category in mixed else 5, color_at(v, a), WHITE, 1.2)
        color = INK if category in mixed else color_at(v, a, 0.5, 0.09)
        page.text((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, category, _NAME, color, "mm")
    return [(float(b[0]), float(b[1]), float(b[2]), float(b[3])) for b in boxes[: len(places)]]


def _at_dot(place: Place, category: str) -> bool:
    return math.dist(place, _place(*CATEGORY_VAD[category][:2])) < 6


def _marker(page: Page, place: Place, emotion: Emotion) -> None:
    v, a, _ = emotion.vad
    page.disc(*place, 14, WHITE)
    page.disc(*place, 11, color_at(v, a, 0.6, 0.17))
    page.disc(*place, 14, None, color_at(v, a, 0.45, 0.12), 1.5)


def _chip(page: Page, box: tuple[float, float, float, float], name: str, place: Place) -> None:
    """A point's name on a label, with a line to the point where it had to go far."""
    near = (min(max(place[0], box[0]), box[2]), min(max(place[1], box[1]), box[3]))
    away = math.dist(near, place)
    if away > 24:
        start = tuple(p + (n - p) * 16 / away for p, n in zip(place, near, strict=True))
        page.line([(start[0], start[1]), near], SOFT, 1.4)
    page.box(box, INK, (box[3] - box[1]) / 2)
    page.text((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, shortened(name, _CHIP, _ROOM), _CHIP, WHITE, "mm")


def _between(a: Place, b: Place) -> list[Place]:
    return [(a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t) for t in np.linspace(0, 1, 16)]


def _arrow(page: Page, a: Place, b: Place, color: Color) -> None:
    """An arrow head in the middle of the line from a to b."""
    length = math.dist(a, b)
    if length < 1:
        return
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    head = ((9, 0), (-6, 7), (-6, -7))
    page.shape([(x + p * ux - q * uy, y + p * uy + q * ux) for p, q in head], color)

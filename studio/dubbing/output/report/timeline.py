"""A dub's timeline as a picture: cues, lines by speaker, silences, what does not fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from studio.dubbing.output.report.facts import DubReport, LineReport

# Units of the drawing; the page scales it to its width.
_WIDTH, _LEFT, _RIGHT = 1120.0, 104.0, 12.0
_CUES, _LANE, _AXIS, _GAP = 18.0, 20.0, 16.0, 18.0
# What is labelled must have room for it; a silence shorter than this is a pause.
_ROOM_FOR_NUMBER, _SILENCE = 15.0, 2.0
_TICKS = (1, 2, 5, 10, 15, 30, 60, 120)


def timelines(report: DubReport) -> list[str]:
    """The timeline in rows, an SVG each, so that a page can break between them when printed."""
    seconds = row_seconds(report.seconds)
    rows = max(1, math.ceil(report.seconds / seconds - 1e-6))
    by_row: list[list[LineReport]] = [[] for _ in range(rows)]
    for line in report.lines:
        first, last = min(line.start, line.said_start), max(line.end, line.said_end)
        for row in range(max(0, int(first / seconds)), min(rows - 1, int(last / seconds)) + 1):
            by_row[row].append(line)
    silences = _silences(report)
    return [_row(report, by_row[row], silences, row * seconds, seconds) for row in range(rows)]


def row_seconds(film: float) -> float:
    """How much of a film a row shows: all of a short one, five minutes of a long one."""
    if film <= 90:
        return max(film, 1.0)
    return 60.0 if film <= 20 * 60 else 120.0 if film <= 60 * 60 else 300.0


def clock(seconds: float, tenths: bool = False) -> str:
    """1:02:03, 2:03 or 0:03, or with tenths of a second."""
    units = round(seconds * 10) if tenths else int(seconds + 1e-6) * 10
    minutes, rest = divmod(units, 600)
    hours, minutes = divmod(minutes, 60)
    shown = f"{rest // 10:02d}" + (f".{rest % 10}" if tenths else "")
    return f"{hours}:{minutes:02d}:{shown}" if hours else f"{minutes}:{shown}"


def _silences(report: DubReport) -> list[tuple[float, float]]:
    spans, at = [], 0.0
    for line in sorted(report.lines, key=lambda a: a.said_start):
        if line.said_start - at >= _SILENCE:
            spans.append((at, line.said_start))
        at = max(at, line.said_end)
    return [*spans, (at, report.seconds)] if report.seconds - at >= _SILENCE else spans


def _row(
    report: DubReport, lines: Sequence[LineReport], silences: Sequence[tuple[float, float]], first: float, span: float
) -> str:
    speakers = report.speakers
    lanes = _CUES + len(speakers) * _LANE
    height = _AXIS + lanes + _GAP
    last = min(first + span, report.seconds)
    scale = (_WIDTH - _LEFT - _RIGHT) / span

    def x(at: float) -> float:
        return _LEFT + (min(max(at, first), last) - first) * scale

    said = f"Timeline from {clock(first)} to {clock(last)}, {len(lines)} lines"
    parts = [f'<svg class="row" viewBox="0 0 {_WIDTH:g} {height:g}" role="img" aria-label="{said}">']
    for i, speaker in enumerate(speakers):
        y = _AXIS + _CUES + i * _LANE
        parts.append(
            f'<rect class="lane" x="{_LEFT:g}" y="{y:g}" width="{x(last) - _LEFT:.1f}" height="{_LANE - 3:g}"/>'
        )
        parts.append(f'<text class="name" x="{_LEFT - 10:g}" y="{y + 12.5:g}">{escape(_short(speaker))}</text>')
    parts.append(f'<text class="name soft" x="{_LEFT - 10:g}" y="{_AXIS + 11:g}">cues</text>')
    parts += _ticks(first, last, span, scale, height)
    for a, b in silences:
        if a < last and b > first and (x(b) - x(a)) > 26:
            middle, y = (x(a) + x(b)) / 2, _AXIS + _CUES + len(speakers) * _LANE / 2
            parts.append(
                f'<rect class="silence" x="{x(a):.1f}" y="{_AXIS + _CUES:g}" width="{x(b) - x(a):.1f}" '
                f'height="{lanes - _CUES - 3:g}"/><text class="quiet" x="{middle:.1f}" y="{y + 2:g}">'
                f"{b - a:.1f} s</text>"
            )
    for line in lines:
        parts += _line(line, report, x, _AXIS + _CUES + speakers.index(line.speaker) * _LANE)
    return "".join([*parts, "</svg>"])


def _ticks(first: float, last: float, span: float, scale: float, height: float) -> list[str]:
    step = next((t for t in _TICKS if span / t <= 13), _TICKS[-1])
    parts = []
    for n in range(math.ceil(first / step - 1e-6), int(last / step + 1e-6) + 1):
        at = _LEFT + (n * step - first) * scale
        parts.append(f'<line class="tick" x1="{at:.1f}" x2="{at:.1f}" y1="{_AXIS:g}" y2="{height - _GAP:g}"/>')
        parts.append(f'<text class="time" x="{at:.1f}" y="{_AXIS - 5:g}">{clock(n * step)}</text>')
    return parts


def _line(line: LineReport, report: DubReport, x: Callable[[float], float], y: float) -> list[str]:
    wrong = report.problems.get(line.number)
    state = "bad" if wrong else "done" if line.done else f"s{report.speakers.index(line.speaker) % 6}"
    tells = f"{line.number}. {line.speaker}: {line.text}" + (f" ({'; '.join(wrong)})" if wrong else "")
    left, right = x(line.said_start), x(line.said_end)
    width = max(right - left, 1.5)
    parts = [
        f'<a href="#line-{line.number}"><title>{escape(tells)}</title>',
        f'<rect class="cue" x="{x(line.start):.1f}" y="{_AXIS + 2:g}" '
        f'width="{max(x(line.end) - x(line.start), 1.5):.1f}" height="{_CUES - 7:g}" rx="2"/>',
        f'<rect class="said {state}" x="{left:.1f}" y="{y + 1:g}" width="{width:.1f}" height="{_LANE - 5:g}" rx="3"/>',
    ]
    if wrong:
        parts.append(
            f'<rect class="hatch" x="{left:.1f}" y="{y + 1:g}" width="{width:.1f}" height="{_LANE - 5:g}" rx="3"/>'
        )
    if width >= _ROOM_FOR_NUMBER + 3 * len(str(line.number)):
        parts.append(f'<text class="number" x="{left + width / 2:.1f}" y="{y + 12:g}">{line.number}</text>')
    return [*parts, "</a>"]


def _short(name: str) -> str:
    return name if len(name) <= 13 else f"{name[:12].rstrip()}…"

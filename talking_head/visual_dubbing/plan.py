"""Which face says a line in which frames, how much of its mouth is the line's, and why not where it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_edt

from talking_head.smoothstep import smoothstep
from talking_head.visual_dubbing.analysis import Analysis, Shot
from talking_head.visual_dubbing.line import EASE, Line
from talking_head.visual_dubbing.report import Person, Report, Span
from talking_head.visual_dubbing.speaker import activity, syllables
from talking_head.visual_dubbing.track import Track

Floats = npt.NDArray[np.float32]
Frames = npt.NDArray[np.int64]

# Past these, half of the mouth is out of sight; degrees.
MAX_YAW, MAX_PITCH = 38, 32
# A smaller face has a mouth of less than a dozen pixels.
MIN_FACE = 40
# A mouth drawn for less than this would flash up, seconds.
_BRIEFEST = 0.3
# Where somebody's lips go with the film's sound by this much, who moves theirs by so small a share of it listens.
_SPEAKS, _LISTENS = 0.006, 0.25
_FIGURE = re.compile(r"\d+")


@dataclass(frozen=True, eq=False)
class Part:
    """A line on one face of one shot. frames: [n] of the film; rows: [n] which sighting of the track; shares: [n]."""

    line: int
    track: Track
    frames: Frames
    rows: Frames
    shares: Floats


def plan(film: Path, lines: Sequence[Line], analysis: Analysis, fps: float) -> tuple[tuple[Part, ...], Report]:
    """Choose and judge."""
    parts: list[Part] = []
    spans: list[Span] = []
    people: dict[int, Person] = {}
    for number, line in enumerate(lines):
        shots = [s for s in analysis.shots if _frames(line, s, fps).size]
        scores, has_sound = _scores(film, line, shots, fps)
        for shot in shots:
            people |= {t.number: _person(t, scores[t.number], fps) for t in shot.tracks}
            tracks, reason = _chosen(line, shot, _frames(line, shot, fps), scores, has_sound)
            for frames, track in _turns(_frames(line, shot, fps), tracks):
                if track is None:
                    spans.append(Span(frames[0] / fps, (frames[-1] + 1) / fps, number, None, reason))
                    continue
                reasons = _briefly(_reasons(track, frames), fps)
                spans += _spans(frames, reasons, number, track.number, fps)
                part = _part(number, line, track, frames, reasons, fps)
                if len(part.frames):
                    parts.append(part)
        spans += _after_end(number, line, analysis, fps)
    spans.sort(key=lambda s: (s.start, s.line))
    return tuple(parts), Report(tuple(people[n] for n in sorted(people)), tuple(spans))


def _person(track: Track, score: float, fps: float) -> Person:
    start, end = float(track.frames[0]) / fps, float(track.frames[-1] + 1) / fps
    return Person(track.number, start, end, float(np.median(track.size)), score)


def _frames(line: Line, shot: Shot, fps: float) -> Frames:
    """The frames of a shot that a line has a share in."""
    frames = np.arange(shot.first, shot.last)
    return frames[line.share((frames + 0.5) / fps) > 0]


def _scores(film: Path, line: Line, shots: Sequence[Shot], fps: float) -> tuple[dict[int, float], bool]:
    """How much each person speaks in the film while the line runs, and whether there is sound to tell by."""
    scores: dict[int, float] = {}
    has_sound = False
    for shot in shots:
        frames = _frames(line, shot, fps)
        first, last = int(frames[0]), int(frames[-1]) + 1
        heard = syllables(film, first, last, fps)
        has_sound |= heard is not None
        for track in shot.tracks:
            scores[track.number] = activity(track, first, last, heard, fps)
    return scores, has_sound


def _chosen(
    line: Line, shot: Shot, frames: Frames, scores: dict[int, float], has_sound: bool
) -> tuple[list[Track], str]:
    """Whose mouth a line is in a shot, nobody's twice at a time; none, and why."""
    there = [t for t in shot.tracks if t.frames[0] <= frames[-1] and t.frames[-1] >= frames[0]]
    if not there:
        return [], "no face"
    # One who comes by for a moment is not the nearest.
    there.sort(key=lambda t: -float(np.median(t.size)) * len(t.frames) ** 0.5)
    if line.face is not None:
        return ([there[line.face - 1]], "") if line.face <= len(there) else ([], f"there is no face {line.face}")
    most = max(scores.values())
    if has_sound and most > _SPEAKS:
        there = [t for t in there if scores[t.number] >= _LISTENS * most]
    if not there:
        return [], "who is seen there listens"
    chosen: list[Track] = []
    # Where nobody's lips tell, the nearest person is meant.
    for track in sorted(there, key=lambda t: -scores[t.number]):
        # One who was lost and found again counts as another.
        if all(track.frames[0] > c.frames[-1] or track.frames[-1] < c.frames[0] for c in chosen):
            chosen.append(track)
    return chosen, ""


def _turns(frames: Frames, tracks: list[Track]) -> Iterator[tuple[Frames, Track | None]]:
    """The frames of a line in a shot, dealt out to the tracks, which follow one another."""
    if not tracks:
        yield frames, None
        return
    ordered = sorted(tracks, key=lambda t: int(t.frames[0]))
    starts = [int(t.frames[0]) for t in ordered[1:]]
    for track, part in zip(ordered, np.split(frames, np.searchsorted(frames, starts)), strict=True):
        if len(part):
            yield part, track


def _reasons(track: Track, frames: Frames) -> list[str]:
    """For each frame why the face can't be drawn there; empty where it can."""
    row = {f: i for i, f in enumerate(track.frames.tolist())}
    return [_reason(track, row[f]) if f in row else "no face" for f in frames.tolist()]


def _reason(track: Track, i: int) -> str:
    pitch, yaw = track.turned[i]
    if abs(yaw) > MAX_YAW:
        return f"turned by {abs(yaw):.0f} degrees"
    if abs(pitch) > MAX_PITCH:
        return f"{'raised' if pitch > 0 else 'bowed'} by {abs(pitch):.0f} degrees"
    if track.size[i] < MIN_FACE:
        return f"a face of {track.size[i]:.0f} pixels"
    if track.cut_off[i]:
        return "the mouth is cut off by the picture's edge"
    return "something before the mouth" if track.hidden[i] else ""


def _briefly(reasons: list[str], fps: float) -> list[str]:
    """Frames that can be drawn, but only for a moment between others that can't, left too."""
    out: list[str] = []
    for drawable, group in groupby(reasons, key=lambda r: not r):
        run = list(group)
        inner = bool(out) and len(out) + len(run) < len(reasons)
        out += ["seen too briefly"] * len(run) if drawable and inner and len(run) < _BRIEFEST * fps else run
    return out


def _spans(frames: Frames, reasons: list[str], line: int, person: int, fps: float) -> list[Span]:
    """Stretches of one reason each; of those that differ in a figure only, the one in the middle is told."""
    spans: list[Span] = []
    at = 0
    for _, group in groupby(reasons, key=lambda r: _FIGURE.sub("", r)):
        run = list(group)
        first, last = int(frames[at]), int(frames[at + len(run) - 1]) + 1
        at += len(run)
        reason = sorted(run, key=lambda r: [int(n) for n in _FIGURE.findall(r)])[len(run) // 2]
        nobody = reason == "no face"
        spans.append(Span(first / fps, last / fps, line, None if nobody else person, reason or None))
    return spans


def _after_end(number: int, line: Line, analysis: Analysis, fps: float) -> list[Span]:
    """What is said of a line after the film's last frame, in whole frames."""
    last = int(line.end * fps + 1e-6)
    if analysis.frames is None or last <= analysis.frames:
        return []
    return [Span(analysis.frames / fps, last / fps, number, None, "after the film's end")]


def _part(number: int, line: Line, track: Track, frames: Frames, reasons: list[str], fps: float) -> Part:
    drawable = np.array([not r for r in reasons])
    shares = line.share((frames + 0.5) / fps)
    if not drawable.all():
        # Over to the film and back before and after what can't be drawn; at a cut there is nothing to ease.
        shares = shares * smoothstep(0, EASE * fps, distance_transform_edt(drawable))
    used = drawable & (shares > 0)
    row = {f: i for i, f in enumerate(track.frames.tolist())}
    rows = np.array([row[f] for f in frames[used].tolist()], np.int64)
    return Part(number, track, frames[used], rows, shares[used].astype(np.float32))

"""Which face says a line in which frames, how much of its mouth is the line's, and why not where it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
from scipy.ndimage import distance_transform_edt

from talking_head.smoothstep import smoothstep
from talking_head.visual_dubbing.analysis import Analysis, Shot
from talking_head.visual_dubbing.cast import people
from talking_head.visual_dubbing.line import EASE, Line, Rest, Said
from talking_head.visual_dubbing.report import Report, Span
from talking_head.visual_dubbing.speaker import Heard, activity
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
SPEAKS, _LISTENS = 0.006, 0.25
_FIGURE = re.compile(r"\d+")


@dataclass(frozen=True, eq=False)
class Part:
    """A line or a rest on one face of one shot. frames: [n] of the film; rows: [n] which sighting; shares: [n]."""

    said: Said
    track: Track
    frames: Frames
    rows: Frames
    shares: Floats


def plan(
    lines: Sequence[Line], rests: Sequence[Rest], analysis: Analysis, numbers: dict[int, int], heard: Heard, fps: float
) -> tuple[tuple[Part, ...], Report]:
    """Choose and judge. numbers: of the person of each track. Parts come in the order in which they are laid on."""
    parts: list[Part] = []
    spans: list[Span] = []
    scores: dict[int, float] = {}
    everything: list[tuple[int | None, Said]] = [(None, rest) for rest in rests]
    everything += sorted(enumerate(lines), key=lambda numbered: numbered[1].start)
    for number, said in everything:
        shots = [s for s in analysis.shots if _frames(said, s, fps).size]
        there, has_sound = _scores(said, shots, numbers, heard, fps)
        scores = {n: max(scores.get(n, 0.0), there.get(n, 0.0)) for n in scores | there}
        for shot in shots:
            frames = _frames(said, shot, fps)
            tracks, reason = _chosen(said, shot, frames, numbers, there, has_sound)
            for some, track in _turns(frames, tracks):
                reasons = [reason] * len(some) if track is None else _briefly(_reasons(track, some), fps)
                spans += _spans(some, reasons, number, None if track is None else numbers[track.number], fps)
                part = None if track is None else _part(said, track, some, reasons, fps)
                if part is not None and len(part.frames):
                    parts.append(part)
        if isinstance(said, Line) and number is not None:
            spans += _after_end(number, said, analysis, fps)
    spans = sorted((s for s in spans if s.line is not None or s.reason is None), key=lambda s: (s.start, s.line or 0))
    shots = [s for s in analysis.shots if any(_frames(said, s, fps).size for said in lines)]
    return tuple(parts), Report(people(shots, numbers, scores, fps), tuple(spans))


def _frames(said: Said, shot: Shot, fps: float) -> Frames:
    """The frames of a shot that a line or a rest has a share in; none of a shot that it only reaches by its easing."""
    if not shot.first / fps < said.end or not said.start < shot.last / fps:
        return np.zeros(0, np.int64)
    first, last = said.span
    frames = np.arange(max(shot.first, int(first * fps) - 1), min(shot.last, int(last * fps) + 2))
    return frames[said.share((frames + 0.5) / fps) > 0]


def _scores(
    said: Said, shots: Sequence[Shot], numbers: dict[int, int], heard: Heard, fps: float
) -> tuple[dict[int, float], bool]:
    """How much each person speaks in the film during a line or a rest, and whether there is sound to tell by."""
    scores: dict[int, float] = {}
    has_sound = False
    for shot in shots:
        frames = _frames(said, shot, fps)
        first, last = int(frames[0]), int(frames[-1]) + 1
        sound = heard.syllables(first, last)
        has_sound |= sound is not None
        for track in shot.tracks:
            person = numbers[track.number]
            scores[person] = max(scores.get(person, 0.0), activity(track, first, last, sound, fps))
    return scores, has_sound


def _chosen(
    said: Said, shot: Shot, frames: Frames, numbers: dict[int, int], scores: dict[int, float], has_sound: bool
) -> tuple[list[Track], str]:
    """Whose mouth says something in a shot, nobody's twice at a time; none, and why."""
    there = [t for t in shot.tracks if t.frames[0] <= frames[-1] and t.frames[-1] >= frames[0]]
    if not there:
        return [], "no face"
    if said.person is not None:
        theirs = [t for t in there if numbers[t.number] == said.person]
        return theirs, "" if theirs else f"person {said.person} is not seen"
    # One who comes by for a moment is not the nearest.
    there.sort(key=lambda t: -float(np.median(t.size)) * len(t.frames) ** 0.5)
    if isinstance(said, Line) and said.face is not None:
        return ([there[said.face - 1]], "") if said.face <= len(there) else ([], f"there is no face {said.face}")
    most = max(scores.values())
    if isinstance(said, Rest) or said.dubbed:
        if most <= SPEAKS:
            return [], "nobody's lips move there"
        there = [t for t in there if scores[numbers[t.number]] >= _LISTENS * most]
    elif has_sound and most > SPEAKS:
        there = [t for t in there if scores[numbers[t.number]] >= _LISTENS * most]
    if not there:
        return [], "who is seen there listens"
    chosen: list[Track] = []
    # Where nobody's lips tell, the nearest person is meant.
    for track in sorted(there, key=lambda t: -scores[numbers[t.number]]):
        # One who was lost and found again counts as another.
        if all(track.frames[0] > c.frames[-1] or track.frames[-1] < c.frames[0] for c in chosen):
            chosen.append(track)
    return chosen, ""


def _first(track: Track) -> int:
    return int(track.frames[0])


def _turns(frames: Frames, tracks: list[Track]) -> Iterator[tuple[Frames, Track | None]]:
    """The frames of a line in a shot, dealt out to the tracks, which follow one another."""
    if not tracks:
        yield frames, None
        return
    ordered = sorted(tracks, key=_first)
    starts = [_first(t) for t in ordered[1:]]
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


def _spans(frames: Frames, reasons: list[str], line: int | None, person: int | None, fps: float) -> list[Span]:
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


def _part(said: Said, track: Track, frames: Frames, reasons: list[str], fps: float) -> Part:
    drawable = np.array([not r for r in reasons])
    shares = said.share((frames + 0.5) / fps)
    if not drawable.all():
        # Over to the film and back before and after what can't be drawn; at a cut there is nothing to ease.
        shares = shares * smoothstep(0, EASE * fps, distance_transform_edt(drawable))
    used = drawable & (shares > 0)
    row = {f: i for i, f in enumerate(track.frames.tolist())}
    rows = np.array([row[f] for f in frames[used].tolist()], np.int64)
    return Part(said, track, frames[used], rows, shares[used].astype(np.float32))

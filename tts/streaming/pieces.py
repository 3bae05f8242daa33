"""Pieces of a line's emotion and of its timeline, for the chunks that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from studio.emotion import Emotion, EmotionTrack
from studio.emotion.track import Key
from studio.performance import Word

_SAME_PLACE = 1e-9


def piece(track: EmotionTrack, start: float, end: float, last: bool) -> EmotionTrack:
    """The course from `start` to `end`, in the track's own unit, with keys at both.

    Marks are cut at `end` and go on at the next piece's start; the `last` piece has those after its end too.
    """
    inside = [k for k in track.keys if start < k.at < end]
    marks = [
        replace(m, start=max(m.start, start), end=max(m.end if last else min(m.end, end), m.start, start))
        for m in track.marks
        if start <= m.start < end or m.start < start < m.end or (last and m.start >= end)
    ]
    keys = (Key(start, track.at(start)), *inside, Key(end, _until(track, end)))
    return EmotionTrack(keys, track.unit, tuple(marks))


def in_seconds(piece: EmotionTrack, words: Sequence[Word], start: float, end: float) -> EmotionTrack:
    """A piece counted in words, in seconds: it lasts from `start` to `end`, and its words are said as `words` tell."""
    if not words:
        at = piece.keys[0].emotion
        marks = tuple(replace(m, start=start, end=start if m.end == m.start else end) for m in piece.marks)
        return EmotionTrack((Key(start, at), Key(end, at)), "seconds", marks)
    first, after = piece.keys[0].at, piece.keys[-1].at
    counted = EmotionTrack(
        tuple(Key(k.at - first, k.emotion) for k in piece.keys),
        "words",
        tuple(replace(m, start=m.start - first, end=m.end - first) for m in piece.marks),
    )
    timed = counted.in_seconds(words)
    keys = (replace(timed.keys[0], at=start), *timed.keys[1:-1], replace(timed.keys[-1], at=end))
    # A mark that runs from one piece into the next meets it at the border.
    marks = tuple(
        replace(
            there,
            start=start if m.start == first < m.end else there.start,
            end=end if m.start < m.end == after else there.end,
        )
        for m, there in zip(piece.marks, timed.marks, strict=True)
    )
    return EmotionTrack(keys, "seconds", marks)


def _until(track: EmotionTrack, place: float) -> Emotion:
    """The Emotion right before a place: at a step, the one that ends there."""
    return next((k.emotion for k in track.keys if abs(k.at - place) < _SAME_PLACE), track.at(place))

"""How each line is felt: as it is marked, else as its words, the film's own voice or a face says; with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from studio.dubbing.script.cue import Cue
from studio.dubbing.script.notation import emotion_of
from studio.emotion import NEUTRAL, Emotion, EmotionTrack
from studio.emotion.spoken import lines_of, script_of
from studio.errors import InputError

# What a line that is not marked is felt by: its own words, the voice or the face of the film there, or nothing.
By = Literal["auto", "source", "face", "none"]
_WHENCE = {"source": "the voice in the film", "face": "the face on the screen"}


@dataclass(frozen=True)
class Felt:
    """track: given to `Studio.speak` as the emotion, beside the cue's text with its marks.  emotion: of the line as a
    whole, marks and all.  why: whence it is, for the report.
    """

    track: EmotionTrack
    emotion: Emotion
    why: str


def felt(
    cue: Cue,
    base: Emotion = NEUTRAL,
    by: By = "auto",
    context: Sequence[str] = (),
    look: Callable[[Cue], Emotion] | None = None,
) -> Felt:
    """How a cue is felt.

    base: the speaker's own, from the cast. What is marked holds as it is; what is read is added to the base, of which
    the less is left the stronger that is.
    context: the words of the lines before, for "auto".  look: reads the film there, for "source" and "face"; where it
    raises InputError (too short, nobody to see), the words are read instead, and `why` says so.
    """
    if cue.emotion is not None:
        return _felt(cue, EmotionTrack.constant(emotion_of(cue.emotion)), "marked")
    why = ""
    if by in _WHENCE and look is not None:
        try:
            return _felt(cue, EmotionTrack.constant(joined(base, look(cue))), _WHENCE[by])
        except InputError as e:
            why = f"its words, since {_WHENCE[by]} can't be read: {str(e).rstrip('.')}"
    if by == "none":
        return _felt(cue, EmotionTrack.constant(base), "the cast" if base != NEUTRAL else "neutral")
    words = lines_of(cue.words, context)
    over = EmotionTrack(tuple(replace(k, emotion=joined(base, k.emotion)) for k in words.keys), words.unit)
    return _felt(cue, over if over.keys else EmotionTrack.constant(base), why or "its words")


def joined(base: Emotion, line: Emotion) -> Emotion:
    """What a person who feels `base` all along feels in a line that feels `line`."""
    return line + (1.0 - line.intensity) * base


def _felt(cue: Cue, track: EmotionTrack, why: str) -> Felt:
    script = script_of(cue.text, track)
    differs = script.track.emotion != track.emotion and why != "marked"
    return Felt(track, script.track.emotion, f"{why}, and marks" if differs else why)

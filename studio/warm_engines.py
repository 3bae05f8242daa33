"""The engines a Studio works with, warm, and how it reads an emotion."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from studio import checkpoints, engines
from studio.emotion import EmotionTrack
from studio.engines import Animator, Progress, Speaker, Tracker

if TYPE_CHECKING:
    # What reads emotions takes most of a second to import (scipy.signal, scipy.optimize): it waits until one is read.
    from studio.feeling import Feelable, Sense


class WarmEngines:
    """The engines of one Studio, each loaded on first use and kept, and what they are told to feel."""

    def __init__(
        self,
        device: str = "auto",
        *,
        speaker: str = "kokoro",
        animator: str = "photo",
        tracker: str = "landmarks",
    ) -> None:
        self._device = device
        self._speaker_name = speaker
        self._animator_name = animator
        self._tracker_name = tracker

    @cached_property
    def speaker(self) -> Speaker:
        engine: Speaker = engines.load("speaker", self._speaker_name, self._device)
        return engine

    @cached_property
    def animator(self) -> Animator:
        engine: Animator = engines.load("animator", self._animator_name, self._device)
        return engine

    @cached_property
    def tracker(self) -> Tracker:
        engine: Tracker = engines.load("tracker", self._tracker_name, self._device)
        return engine

    def feel(
        self,
        value: Feelable,
        *,
        overall: bool = False,
        by: Sense | None = None,
        neutral: Sequence[str | Path] = (),
        start: float | None = None,
        end: float | None = None,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> EmotionTrack:
        """What anything a person has in hand resolves to; `speak`, `animate` and `perform` read theirs by this.

        value: an Emotion or EmotionTrack, notation (``"angry:0.8"``), a direction in free words, JSON or EmotionML,
            or the path of a recording, a photograph, a film, a document.
        overall: of a recording or a film the Emotion as a whole, as `speak` takes it, not over its time.
        by: of a film, read the "face" (if left out) or the "voice".
        neutral: other recordings, or pictures, of the same person at rest.
        start, end: seconds of the recording.  face: which one of a picture, counted from 1 at the largest.
        Raises InputError for what can't be read.
        """

        from studio.feeling import Look, feel

        def tracker() -> Tracker:
            checkpoints.fetch(self.tracker.checkpoints, progress)
            return self.tracker

        look = Look(overall=overall, by=by, neutral=neutral, start=start, end=end, face=face)
        return feel(value, look, tracker, progress)


def is_auto(emotion: Feelable) -> bool:
    """Whether the line itself is to tell how it is felt."""
    from studio.feeling import AUTO

    return isinstance(emotion, str) and emotion.strip().lower() == AUTO

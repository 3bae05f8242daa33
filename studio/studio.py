"""The Python API. Finds the engines, keeps them warm, and passes each one's result to the next."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio import checkpoints, engines
from studio.emotion import Emotion
from studio.engines import Animator, Progress, Speaker, Voice
from studio.errors import InputError
from studio.performance import Clip, Speech

DEFAULT_VOICE = "af_heart"

_LOG = logging.getLogger("affetto")


class Studio:
    """Speaks lines and lets faces say them. Engines load on first use and stay warm.

    device: "auto" (a GPU where there is one), "cpu" or "cuda:N".
    speaker, animator: names of installed engines (entry points ``speaker.<name>``, ``animator.<name>``).
    """

    def __init__(self, device: str = "auto", *, speaker: str = "kokoro", animator: str = "photo") -> None:
        self._device = device
        self._speaker_name = speaker
        self._animator_name = animator

    @cached_property
    def speaker(self) -> Speaker:
        engine: Speaker = engines.load("speaker", self._speaker_name, self._device)
        return engine

    @cached_property
    def animator(self) -> Animator:
        engine: Animator = engines.load("animator", self._animator_name, self._device)
        return engine

    def voices(self) -> Sequence[Voice]:
        """The voices `speak` can use."""
        return self.speaker.voices()

    def speak(
        self,
        text: str,
        voice: str = DEFAULT_VOICE,
        emotion: Emotion | str | None = None,
        seconds: float | None = None,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> Speech:
        """Say `text`. With `seconds` the result has exactly ``round(seconds * sample_rate)`` samples.

        emotion: an Emotion or its notation (``"angry:0.8"``); None is neutral.
        Raises InputError for anything given that can't be used, with what would do.
        """
        felt = Emotion.coerce(emotion)
        if not isinstance(text, str):
            raise InputError(f"What to say is a string, not {type(text).__name__}.")
        checkpoints.fetch(self.speaker.checkpoints, progress)
        started = time.perf_counter()
        speech = self.speaker.speak(text, voice=voice, emotion=felt, seconds=seconds, seed=int(seed), progress=progress)
        taken = time.perf_counter() - started
        _LOG.info("spoke %.2f s of %s, %s, in %.2f s", speech.seconds, voice, felt, taken)
        return speech

    def animate(
        self,
        portrait: str | Path | npt.NDArray[np.uint8],
        speech: Speech,
        emotion: Emotion | str | None = None,
        seed: int | None = None,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """Let the face in `portrait` (a file, or RGB uint8 [H, W, 3]) say `speech`.

        emotion: what the face shows; None is the emotion the speech was spoken with.
        seed: of blinks and head motion; None is the speech's.
        face: which one, counted from 1 at the largest; None is the largest.
        """
        checkpoints.fetch(self.animator.checkpoints, progress)
        started = time.perf_counter()
        clip = self.animator.animate(
            portrait,
            speech,
            emotion=speech.emotion if emotion is None else Emotion.coerce(emotion),
            seed=speech.seed if seed is None else int(seed),
            face=face,
            progress=progress,
        )
        taken = time.perf_counter() - started
        _LOG.info("planned %d frames of %d x %d in %.2f s", len(clip), clip.width, clip.height, taken)
        return clip

    def perform(
        self,
        portrait: str | Path | npt.NDArray[np.uint8],
        text: str,
        voice: str = DEFAULT_VOICE,
        emotion: Emotion | str | None = None,
        seconds: float | None = None,
        seed: int = 0,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """`speak`, then `animate`: one line, one photograph, one emotion, one talking face."""
        emotion = Emotion.coerce(emotion)
        # A portrait that can't be used should be said before a long text has been spoken.
        checkpoints.fetch(self.animator.checkpoints, progress)
        self.animator.prepare(portrait, face=face, progress=progress)
        speech = self.speak(text, voice, emotion, seconds, seed, progress)
        return self.animate(portrait, speech, face=face, progress=progress)

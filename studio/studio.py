"""The Python API. Finds the engines, keeps them warm, and passes each one's result to the next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np
import numpy.typing as npt

from studio import checkpoints
from studio.animating import Animating
from studio.delivery import DeliveryOptions
from studio.engines import Progress
from studio.errors import InputError
from studio.framing import Framing
from studio.performance import Clip
from studio.speaking import DEFAULT_VOICE, Speaking
from studio.warm_engines import is_auto

if TYPE_CHECKING:
    # As in warm_engines: reading emotions is imported when one is read; and the scheduler when there is a film to dub.
    from studio.dubbing.dub import Dubbed
    from studio.dubbing.settings import DubOptions
    from studio.feeling import Feelable


class Studio(Speaking, Animating):
    """Speaks lines and lets faces say them. Engines load on first use and stay warm.

    device: "auto" (a GPU where there is one), "cpu" or "cuda:N".
    speaker, animator, tracker: names of installed engines (entry points ``speaker.<name>``, ``animator.<name>``,
        ``tracker.<name>``).
    """

    def perform(
        self,
        portrait: str | Path | npt.NDArray[np.uint8],
        text: str,
        voice: str | Path = DEFAULT_VOICE,
        emotion: Feelable = None,
        seconds: float | None = None,
        *,
        face: int | None = None,
        framing: Framing | None = None,
        context: Sequence[str] = (),
        progress: Progress | None = None,
        **how: Unpack[DeliveryOptions],
    ) -> Clip:
        """`speak`, then `animate`: one line, one photograph, one emotion, one talking face.

        face, framing: as of `animate`.  The rest: as of `speak`.
        """
        if not is_auto(emotion):
            emotion = self.feel(emotion, overall=True, progress=progress)
        # A portrait that can't be used should be said before a long text has been spoken.
        checkpoints.fetch(self.animator.checkpoints, progress)
        self.animator.prepare(portrait, face=face, framing=framing, progress=progress)
        speech = self.speak(text, voice, emotion, seconds, context=context, progress=progress, **how)
        return self.animate(portrait, speech, face=face, framing=framing, progress=progress)

    def dub(
        self,
        film: str | Path,
        script: str | Path,
        out: str | Path | None = None,
        *,
        workers: int | None = None,
        priority: int = 0,
        progress: Progress | None = None,
        **how: Unpack[DubOptions],
    ) -> Dubbed:
        """Say the lines of a script (SRT, WebVTT, ASS, JSON Lines) in a film, each on its cue; writes the film.

        how: what DubSettings has, by keyword: cast, emotion, language, lips, under, speed, seed, stems, burn ...
        workers, priority, and what is raised: as of `studio.dubbing.dub.dub`, which says how it survives a crash.
        """
        if (self._speaker_name, self._animator_name, self._tracker_name) != ("kokoro", "photo", "landmarks"):
            raise InputError("A dub is worked on by other processes, with the usual engines: make a Studio() for it.")
        from studio.dubbing.dub import dub
        from studio.dubbing.settings import settings_of

        return dub(
            film,
            script,
            out,
            settings_of(how),
            workers=workers,
            device=self._device,
            priority=priority,
            progress=progress,
        )

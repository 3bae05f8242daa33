"""Clip: a performance ready to be watched."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack
from studio.media.film import write_film
from studio.performance.face_motion import FaceMotion
from studio.performance.speech import Speech

_LOG = logging.getLogger("affetto")


class Renderer(Protocol):
    """Turns motion into pictures of one face."""

    @property
    def width(self) -> int: ...

    @property
    def height(self) -> int: ...

    @property
    def channels(self) -> int:
        """Of its frames: 3, or 4 where they are transparent behind the person."""
        ...

    def render(self, motion: FaceMotion) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield a frame uint8 [height, width, channels] (RGB, or RGBA with straight alpha) for each of `motion`.

        The array may be reused between frames.
        """
        ...


@dataclass(frozen=True, eq=False)
class Clip:
    """Sound, motion and the face that carries it. Pictures are drawn when asked for, so a clip of any length is small.

    Rendering twice gives the same pictures.
    """

    speech: Speech
    motion: FaceMotion
    renderer: Renderer
    shown: EmotionTrack | None = None
    """What the face feels, in seconds or words; None where a motion made elsewhere moves it."""

    @property
    def width(self) -> int:
        return self.renderer.width

    @property
    def height(self) -> int:
        return self.renderer.height

    @property
    def fps(self) -> float:
        return self.motion.fps

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.motion)

    def frames(self) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield each frame as uint8 [height, width, 3], or 4 channels if transparent; copy one to keep it."""
        return self.renderer.render(self.motion)

    def save(self, path: str | Path, progress: Callable[[int, int], None] | None = None) -> Path:
        """Render and write an MP4 (H.264 + AAC); a transparent one is a .mov or a .webm.

        progress: gets (frames done, frames in all).

        Raises InputError when the place can't be written or is full; nothing half-written stays.
        """
        started = time.perf_counter()
        film = write_film(
            Path(path),
            self.frames(),
            n_frames=len(self),
            size=(self.width, self.height),
            channels=self.renderer.channels,
            fps=self.fps,
            samples=self.speech.samples,
            sample_rate=self.speech.sample_rate,
            progress=progress,
        )
        taken = time.perf_counter() - started
        _LOG.info("drew and encoded %d frames in %.2f s, %.0f a second", len(self), taken, len(self) / taken)
        return film

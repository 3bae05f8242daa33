"""The engine `animator.photo`: one photograph's face says a line."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.devices import check_device
from studio.emotion import EmotionTrack
from studio.engines import Progress
from studio.performance import Clip, Speech
from talking_head.landmarks import Landmarker
from talking_head.motion import compose_motion
from talking_head.portrait import check_source, read_portrait
from talking_head.renderer import PhotoRenderer
from talking_head.rig import Rig

Source = str | Path | npt.NDArray[np.uint8]


class PhotoAnimator:
    """`studio.engines.Animator` by keypoints: a mesh of the photograph's own face, moved by ARKit coefficients.

    device: "auto", "cpu" or "cuda:N" (else InputError); all do the same. Motion and pictures are made on the processor,
    also for "cuda:N": a frame takes it a few milliseconds, and nothing here runs on a GPU.

    Models load on first use and stay; so does the last portrait made ready, until its file changes or another is given.
    """

    checkpoints = ("face-landmarker",)

    def __init__(self, device: str = "auto") -> None:
        check_device(device)
        self._landmarker = Landmarker()
        self._ready: tuple[tuple[object, ...], PhotoRenderer] | None = None
        self._lock = threading.Lock()

    def prepare(self, portrait: Source, *, face: int | None = None, progress: Progress | None = None) -> None:
        """Make a portrait ready, so that `animate` starts at once. Raises InputError as `animate` would."""
        self._renderer(portrait, face, progress)

    def animate(
        self,
        portrait: Source,
        speech: Speech,
        *,
        track: EmotionTrack,
        seed: int,
        face: int | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """Let the face in `portrait` (a file, or RGB uint8 [H, W, 3]) say `speech`, feeling `track`, at 25 fps.

        face: which one, counted from 1 at the largest; None takes the largest, with a log line when there are several.
        Raises InputError when there is no picture, no usable face, or no such face.
        """
        renderer = self._renderer(portrait, face, progress)
        return Clip(speech, compose_motion(speech, track, seed), renderer)

    def _renderer(self, portrait: Source, face: int | None, progress: Progress | None) -> PhotoRenderer:
        with self._lock:
            key = (*_identity(portrait), face)
            if self._ready is None or self._ready[0] != key:
                if progress:
                    progress("preparing the portrait", 0, 2)
                read = read_portrait(portrait, face=face, landmarker=self._landmarker)
                if progress:
                    progress("preparing the portrait", 1, 2)
                self._ready = (key, PhotoRenderer(read, Rig.load()))
                if progress:
                    progress("preparing the portrait", 2, 2)
            return self._ready[1]


def _identity(portrait: Source) -> tuple[object, ...]:
    """What tells one photograph from another, and a file from what it was before."""
    check_source(portrait)
    if isinstance(portrait, np.ndarray):
        pixels = hashlib.blake2b(np.ascontiguousarray(portrait).data, digest_size=16).digest()
        return (portrait.shape, portrait.dtype.str, pixels)
    path = Path(portrait).absolute()
    try:
        status = path.stat()
    except (OSError, ValueError):  # `read_portrait` says what is wrong with it
        return (path,)
    return (path, status.st_mtime_ns, status.st_size)

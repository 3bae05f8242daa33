"""The engine `animator.head`: the built-in 3-D head says a line, for those who have no photograph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.acting import Acting
from studio.devices import check_device
from studio.emotion import EmotionTrack
from studio.engines import Progress
from studio.errors import InputError
from studio.framing import TRANSPARENT, Framing
from studio.performance import Clip, Speech
from talking_head.avatar.renderer import HeadRenderer
from talking_head.driving import acted_motion
from talking_head.renderer.backdrop import colour_of

_SIDE = 512


class HeadAnimator:
    """`studio.engines.Animator` without a photograph: whatever portrait is given is not looked at.

    device: "auto", "cpu" or "cuda:N" (else InputError); the work is done on the processor.
    """

    checkpoints = ()

    def __init__(self, device: str = "auto") -> None:
        check_device(device)

    def prepare(
        self,
        portrait: str | Path | npt.NDArray[np.uint8] | None = None,
        *,
        face: int | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
    ) -> None:
        """There is nothing to make ready. Raises InputError as `animate`."""
        _renderer(framing or Framing(), face)

    def animate(
        self,
        portrait: str | Path | npt.NDArray[np.uint8] | None,
        speech: Speech,
        *,
        track: EmotionTrack,
        seed: int,
        face: int | None = None,
        acting: Acting | None = None,
        framing: Framing | None = None,
        progress: Progress | None = None,
    ) -> Clip:
        """Let the head say `speech`, feeling `track`.

        framing: a square of `size` pixels (512 if left out), before a colour or "transparent".
        Raises InputError as `acted_motion`, and for a size or a background it can't have.
        """
        renderer = _renderer(framing or Framing(), face)
        return Clip(speech, acted_motion(speech, track, seed, acting or Acting()), renderer, track)


def _renderer(framing: Framing, face: int | None) -> HeadRenderer:
    if face not in (None, 1) or framing.crop != "whole":
        raise InputError("The built-in head is one face, shown whole: leave the face's number and the crop out.")
    side, behind = _SIDE if framing.size is None else framing.size, framing.background
    if behind is None:
        return HeadRenderer((side, side))
    if isinstance(behind, np.ndarray):
        raise InputError('Behind the built-in head is a colour ("navy", "#203040") or "transparent".')
    if behind == TRANSPARENT:
        return HeadRenderer((side, side), None)
    return HeadRenderer((side, side), colour_of(behind))

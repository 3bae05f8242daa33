"""The engine `animator.head`: the built-in 3-D head says a line, for those who have no photograph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import ImageColor

from studio.acting import Acting
from studio.devices import check_device
from studio.emotion import EmotionTrack
from studio.engines import Progress
from studio.errors import InputError
from studio.framing import TRANSPARENT, Framing
from studio.performance import Clip, Speech
from talking_head.avatar.renderer import HeadRenderer
from talking_head.driving import acted_motion

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
        _renderer(framing or Framing())

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
        return Clip(speech, acted_motion(speech, track, seed, acting or Acting()), _renderer(framing or Framing()))


def _renderer(framing: Framing) -> HeadRenderer:
    side, behind = framing.size or _SIDE, framing.background
    if behind is None:
        return HeadRenderer((side, side))
    if behind == TRANSPARENT:
        return HeadRenderer((side, side), None)
    try:
        colour = ImageColor.getrgb(behind) if isinstance(behind, str) else behind
    except ValueError:
        colour = None
    if not isinstance(colour, tuple):
        raise InputError('Behind the built-in head is a colour ("navy", "#203040") or "transparent".')
    return HeadRenderer((side, side), colour[:3])

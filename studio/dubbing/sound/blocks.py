"""Sound in blocks: a film of any length in the same memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]

RATE = 48_000
# Ten seconds: 15 MB of eight channels.
BLOCK = 10 * RATE


@dataclass(frozen=True, eq=False)
class Window:
    """A block with what is around it.

    sound: [margin + T + margin, C], zero outside the film; first: the film's sample at T = 0.
    """

    first: int
    margin: int
    sound: Sound

    @property
    def block(self) -> Sound:
        """The block itself, [T, C]."""
        return self.sound[self.margin : len(self.sound) - self.margin]


def windows(blocks: Iterable[Sound], margin: int) -> Iterator[Window]:
    """Each block [T, C] with `margin` samples before and behind it. Every block but the last is at least so long."""
    first = 0
    before: Sound | None = None
    now: Sound | None = None
    for following in blocks:
        if now is None:
            before, now = np.zeros((margin, following.shape[1]), np.float32), following
            continue
        assert before is not None
        yield Window(first, margin, np.concatenate([before, now, _led(following, margin)]))
        before = np.concatenate([before, now])[len(now) :]
        first, now = first + len(now), following
    if now is not None and before is not None:
        yield Window(first, margin, np.concatenate([before, now, np.zeros_like(before)]))


def _led(following: Sound, margin: int) -> Sound:
    """The first `margin` samples of a block; a shorter one, which is the last, is followed by silence."""
    lacking = max(0, margin - len(following))
    return np.concatenate([following[:margin], np.zeros((lacking, following.shape[1]), np.float32)])

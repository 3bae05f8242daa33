"""How much a picture changes from frame to frame while nothing is said, and what of that only goes back and forth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from studio.emotion import EmotionTrack
from studio.performance import FaceMotion, Speech
from studio.performance.action_units import sides
from talking_head.motion import compose_motion
from talking_head.portrait import Portrait
from talking_head.renderer import PhotoRenderer

Floats = npt.NDArray[np.floating]
Picture = npt.NDArray[np.uint8]

RATES = (25.0, 60.0)
SECONDS = 3.0
_SEED = 0
_HELD_FRAMES = 5


@dataclass(frozen=True)
class Stillness:
    """Mean |difference| of the face's pixels from one frame to the next, in grey levels of 255.

    held: while the same motion is asked for again and again.  alive: while a face breathes, looks and drifts between
    two lines, its blinks left out.  jitter: what of `alive` goes back and forth: half the mean |second difference|.
    """

    fps: float
    held: float
    alive: float
    jitter: float


def stillness(renderer: PhotoRenderer, portrait: Portrait, fps: float) -> Stillness:
    """Of a portrait that is silent for three seconds."""
    x0, y0 = np.maximum(portrait.landmarks[:468, :2].min(axis=0), 0).astype(int)
    x1, y1 = portrait.landmarks[:468, :2].max(axis=0).astype(int)

    def drawn(motion: FaceMotion) -> Iterable[Picture]:
        return (frame[y0:y1, x0:x1].copy() for frame in renderer.render(motion))

    alive = unblinking(compose_motion(silence(SECONDS), EmotionTrack(), seed=_SEED, fps=fps))
    same = [0] * _HELD_FRAMES
    held, _ = changes(drawn(FaceMotion(alive.coefficients[same], alive.rotation[same], alive.translation[same], fps)))
    change, jitter = changes(drawn(alive))
    return Stillness(fps, held, change, jitter)


def changes(frames: Iterable[Picture]) -> tuple[float, float]:
    """(Mean |difference| from frame to frame, half the mean |second difference|); 0 of fewer than two or three."""
    before: list[npt.NDArray[np.int16]] = []
    first, second = [], []
    for frame in frames:
        now = frame.astype(np.int16)
        if before:
            first.append(np.abs(now - before[-1]).mean())
        if len(before) == 2:
            second.append(np.abs(now - 2 * before[1] + before[0]).mean() / 2)
        before = [*before, now][-2:]
    return (float(np.mean(first)) if first else 0.0), (float(np.mean(second)) if second else 0.0)


def silence(seconds: float) -> Speech:
    """Nobody says anything."""
    rate = 24_000
    return Speech(np.zeros(round(seconds * rate), np.float32), rate, "", (), (), EmotionTrack(), "", 0)


def unblinking(motion: FaceMotion) -> FaceMotion:
    """The motion with its lids held as they mostly are."""
    coefficients = motion.coefficients.copy()
    lids = list(sides("eyeBlink"))
    coefficients[:, lids] = np.median(coefficients[:, lids], axis=0)
    return replace(motion, coefficients=coefficients)

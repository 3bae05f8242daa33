"""Speech + Emotion + Acting -> FaceMotion: composed, held, led by a driver, or made elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.acting import DEFAULT_FPS, Acting
from studio.emotion import EmotionTrack
from studio.performance import FaceMotion, Speech
from talking_head.driving.driven import driven
from talking_head.driving.picture import expression_from
from talking_head.motion import compose_motion

# A head that is turned by more than this (radians) through most of a recording is one that was filmed from aside: what
# is composed here stays under it.
_HELD = np.deg2rad(6.0)


def acted_motion(
    speech: Speech,
    track: EmotionTrack,
    seed: int,
    acting: Acting,
    *,
    toward: float | npt.NDArray[np.floating] = 0.0,
) -> FaceMotion:
    """The motion of a face that says `speech`, feels `track` and acts as it is told.

    toward: where somebody sits who is listened to, as of `compose_motion`; a motion made elsewhere heeds it not.
    Raises InputError when the picture of the expression and the neutral one are the same.
    """
    if acting.motion is not None:
        motion = _from_the_portrait(acting.motion)
        return motion if acting.fps is None else motion.resampled(acting.fps)
    held = None if acting.expression is None else expression_from(acting.expression, acting.neutral)
    fps = acting.fps or DEFAULT_FPS
    composed = compose_motion(
        speech, track, seed, fps, lip_scale=acting.lip_scale, held=held, life=acting.life, toward=toward
    )
    return composed if acting.driver is None else driven(composed, acting.driver, acting.drive)


def _from_the_portrait(motion: FaceMotion) -> FaceMotion:
    """A motion whose head is turned from the way the portrait holds it, not from the telephone that recorded it."""
    held = np.median(motion.rotation, axis=0)
    if np.abs(held).max(initial=0.0) < _HELD:
        return motion
    return replace(motion, rotation=motion.rotation - held)

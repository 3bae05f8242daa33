"""What a tracker saw -> a motion that any face can be given: `affetto track`."""

from __future__ import annotations

import numpy as np

from studio.performance import FaceMotion, arkit_index
from studio.performance.tracked import Tracked
from talking_head.driving.performance import Performance
from talking_head.driving.picture import expression_from
from talking_head.motion.eyes import eye_coefficients
from talking_head.motion.lips import columns

# The head's smoothing, seconds (standard deviation). A take is also what motion is measured and learned on, so that it
# keeps nods as quick as speakers make them (below 4 Hz: Hadar, Steiner & Rose 1985): half of a movement of 4.7 Hz is
# left. A driver is smoothed more, since another face must bear it.
_HEAD = 0.04


def take_from(tracked: Tracked) -> FaceMotion:
    """The face as it moves above its own rest, as long and as fast as what was tracked.

    Smoothing looks both ways in time, so that nothing comes late, and leaves blinks, glances and other sudden moves as
    they are. Lids are open at 0 and shut at 1, whatever this person's eyes are read at. The head counts from how it is
    mostly held, the gaze from where it mostly goes. Gaps of up to 0.3 s are bridged; over longer ones the face eases to
    rest and back, since a face that freezes reads as a fault.
    A photograph gives one frame: its expression above a usual face at rest, and the head as it is turned.
    """
    if len(tracked.motion) == 1:
        shown = expression_from(tracked)
        return FaceMotion(shown[None], tracked.motion.rotation, np.zeros((1, 3), np.float32), tracked.motion.fps)
    seen = Performance.of(tracked, head=_HEAD)
    face = seen.face.copy()
    for name, value in eye_coefficients(seen.gaze, seen.lids).items():
        if name.startswith("eyeLook"):
            face[:, arkit_index(name)] = value
    face[:, columns("eyeBlink")] = seen.lids
    here = seen.present[:, None]
    return FaceMotion(
        coefficients=np.clip(face * here, 0.0, 1.0).astype(np.float32),
        rotation=(seen.rotation * here).astype(np.float32),
        translation=(seen.translation * here).astype(np.float32),
        fps=seen.fps,
    )

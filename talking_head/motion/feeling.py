"""An EmotionTrack on the grid of film frames, told in the emotions the face knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d

from studio.emotion import EmotionTrack
from talking_head.motion.affects import AFFECTS, ANCHORS
from talking_head.motion.curves import Array

# A turn of feeling takes a face about half a second from end to end (onset of posed and spontaneous smiles: 0.3-0.7 s,
# Schmidt, Cohn & Tian 2003); four of these.
_TURN_SIGMA = 0.12

Blend = Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Feeling:
    """Weights [F] of each of `ANCHORS`: as a whole, in the upper face and in the lower."""

    whole: Blend
    brow: Blend
    mouth: Blend

    @classmethod
    def of(cls, track: EmotionTrack, times: Array, fps: float) -> Feeling:
        """track: in seconds; times: the frames', [F]."""
        emotions = [track.emotion] if track.is_constant else [track.at(t) for t in times]

        def told(channel: str | None) -> Blend:
            blends = [(e if channel is None else e.at(channel)).blend(ANCHORS) for e in emotions]
            courses = {a: np.array([b[a] for b in blends]) for a in ANCHORS}
            if len(emotions) == 1:
                return {a: np.full(len(times), c[0]) for a, c in courses.items()}
            return {a: gaussian_filter1d(c, _TURN_SIGMA * fps, mode="nearest") for a, c in courses.items()}

        return cls(told(None), told("brow"), told("mouth"))

    def mixed(self, trait: str, neutral: float) -> Array:
        """A trait of `Affect`, [F]: as far from `neutral` as the weights say."""
        return neutral + sum((w * (getattr(AFFECTS[a], trait) - neutral) for a, w in self.whole.items()), np.zeros(1))

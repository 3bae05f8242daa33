"""How a person's mouth moves over a film: where words could be placed on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from talking_head.visual_dubbing.track import Track

Floats = npt.NDArray[np.float32]

# The lips' distance of a mouth that is wide open, in widths of the face: the rig's with its jaw wholly dropped.
_WIDE_OPEN = 0.2
# A mouth moves where its opening changes faster than this, widths of the face a second, smoothed by so much, seconds:
# faces drawn at rest stayed below .06 with the noise of the landmarks, in speech the median was .2 to .34.
_MOVES, _SMOOTHED, _AVERAGED = 0.06, 0.03, 0.06
# Movements with less than the first between them are one, and count when they last the second, seconds.
_PAUSE, _BRIEFEST = 0.3, 0.15


@dataclass(frozen=True, eq=False)
class MouthActivity:
    """One person's mouth wherever the face is seen.

    person: the number; times: float [n] of the film's frames in which it is seen, seconds, rising.
    aperture: float32 [n] how far the lips are apart, 0 closed to 1 wide open.
    spans: (start, end) in seconds in which the mouth moves as in speech, apart.
    """

    person: int
    times: npt.NDArray[np.float64]
    aperture: Floats
    spans: tuple[tuple[float, float], ...]


def mouth_of(person: int, tracks: Sequence[Track], fps: float) -> MouthActivity:
    """One person's mouth out of all tracks of them, which don't overlap."""
    ordered = sorted(tracks, key=lambda t: int(t.frames[0]))
    frames = np.concatenate([t.frames for t in ordered])
    opening = np.concatenate([t.opening for t in ordered])
    spans = [span for t in ordered for span in _moving(t, fps)]
    aperture = np.clip(opening / _WIDE_OPEN, 0, 1).astype(np.float32)
    return MouthActivity(person, (frames + 0.5) / fps, aperture, _joined(spans))


def _moving(track: Track, fps: float) -> list[tuple[float, float]]:
    """Where one track's mouth moves, seconds."""
    frames = np.arange(track.frames[0], track.frames[-1] + 1)
    if len(frames) < 2:
        return []
    opening = np.interp(frames, track.frames, track.opening)
    speed = np.abs(np.gradient(gaussian_filter1d(opening, _SMOOTHED * fps, mode="nearest"))) * fps
    fast = gaussian_filter1d(speed, _AVERAGED * fps, mode="nearest") > _MOVES
    edges = np.flatnonzero(np.diff(np.concatenate([[0], fast.astype(int), [0]]))).reshape(-1, 2)
    return [(float(frames[a]) / fps, float(frames[b - 1] + 1) / fps) for a, b in edges]


def _joined(spans: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    joined: list[tuple[float, float]] = []
    for start, end in spans:
        if joined and start - joined[-1][1] < _PAUSE:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(s for s in joined if s[1] - s[0] >= _BRIEFEST)

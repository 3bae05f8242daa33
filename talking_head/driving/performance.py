"""What a driver does over the course of a film, relative to the driver's own rest, at any frame rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation, gaussian_filter1d, label, maximum_filter1d

from studio.emotion.reading.face import own_neutral
from studio.performance import ARKIT_NAMES
from studio.performance.action_units import sides
from studio.performance.tracked import Tracked
from talking_head.driving.readings import above_rest
from talking_head.motion.curves import step

Array = npt.NDArray[np.float64]

# Standard deviations of the smoothing, seconds. Sounds change the mouth within 0.05 s, so that lips have the least.
_HEAD, _FACE, _LIPS, _EYES = 0.07, 0.06, 0.03, 0.05
# What the mouth adds to an expression, without what it says: syllables last about 0.2 s.
_MANNER = 0.2
# Sudden moves are kept as they are: from the first number on they count as moves and no noise, from the second wholly.
_FACE_SUDDEN, _LID_SUDDEN, _GLANCE_SUDDEN = (0.06, 0.2), (0.05, 0.15), (np.deg2rad(3.0), np.deg2rad(7.0))
# A sway slower than this (standard deviation, seconds) is the person or the camera going somewhere.
_PLACE = 2.0
# Gaps up to this are passed straight over; longer ones fade into the other motion and back within _FADE.
_SHORT_GAP, _FADE = 0.3, 0.35
# A face is half covered before it is lost: frames next to a gap say nothing, for this long.
_COVERING = 0.05
# The landmarker reads a closed eye at 0.46 to 0.9, by the person; at least _SHUT is needed to know how this one does.
_SHUT, _USUALLY_SHUT = 0.4, 0.65
# Open ones are read at 0.03 to 0.33 (`own_neutral`), most at 0.13; this share of the frames at least shows them open.
_OPEN, _USUALLY_OPEN, _MOSTLY_OPEN = 0.34, 0.13, 0.2
# How far the lids are from their mean: up to the first number it is the landmarker, from the second on a wink.
_WINK = (0.25, 0.45)
_LIPS_COLUMNS = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(("jaw", "mouth", "tongue"))]
_LIDS = list(sides("eyeBlink"))


@dataclass(frozen=True, eq=False)
class Performance:
    """G frames at `fps`. All but the times is float64.

    face: [G, 52] coefficients in 0..1 above the face at rest, lids and glances left out.
    manner: [G, 52] the same, so slow that nothing is said in it.
    lids: [G, 2 (left, right)] how far they are closed.  gaze: [G, 2 (pitch, yaw)] radians in the head.
    rotation: [G, 3] radians.  translation: [G, 3] cm, without slow changes of place.
    present: [G] 1 where the driver is to be seen, 0 where not.
    """

    face: Array
    manner: Array
    lids: Array
    gaze: Array
    rotation: Array
    translation: Array
    present: Array
    fps: float

    @classmethod
    def of(cls, driver: Tracked, head: float = _HEAD) -> Performance:
        """Relative to the face at rest: brows, cheeks and mouth as `own_neutral` finds it, head and gaze as they are
        held most of the time. Smoothed alike in both directions of time, so that nothing comes late; the head by a
        Gaussian of `head` seconds."""
        motion, fps = driver.motion, driver.motion.fps
        seen = _trusted(driver.seen, fps)
        course = _Course(seen, fps)
        readings = course.filled(motion.coefficients)
        rest = own_neutral(readings[seen])
        rotation = course.filled(motion.rotation)
        asked = above_rest(readings, rest, rotation)
        face = course.smoothed(asked, _FACE, _FACE_SUDDEN)
        face[:, _LIPS_COLUMNS] = course.smoothed(asked[:, _LIPS_COLUMNS], _LIPS, _FACE_SUDDEN)
        face[:, _LIDS] = 0.0
        lids = course.smoothed(_closure(readings[:, _LIDS], seen), _EYES, _LID_SUDDEN)
        place = course.filled(motion.translation)
        return cls(
            face=face,
            manner=course.smoothed(asked, _MANNER),
            lids=lids,
            gaze=_glances(motion.gaze.astype(np.float64), lids, course),
            rotation=course.smoothed(rotation - np.median(rotation[seen], axis=0), head),
            translation=course.smoothed(place, head) - course.smoothed(place, _PLACE),
            present=_presence(seen, fps),
            fps=fps,
        )

    def played(self, n_frames: int, fps: float, back_and_forth: bool) -> Performance:
        """`n_frames` of it at `fps`. A longer film is cut; a shorter one fades out at its end, or is played back and
        forth."""
        times = np.arange(n_frames) / fps
        last = (len(self.face) - 1) / self.fps
        present = np.ones(n_frames)
        if back_and_forth and last > 0:
            times = last - np.abs(times % (2.0 * last) - last)
        elif n_frames > len(self.face) / self.fps * fps + 1:
            present = 1.0 - step((times - last + _FADE) / (2.0 * _FADE))
        at = np.minimum(times, last) * self.fps

        def along(values: Array) -> Array:
            before = np.minimum(at.astype(int), len(values) - 1)
            after = np.minimum(before + 1, len(values) - 1)
            share = (at - before).reshape(-1, *[1] * (values.ndim - 1))
            return np.asarray((1.0 - share) * values[before] + share * values[after])

        # A blink that falls between two frames is still whole in one of them.
        held = maximum_filter1d(self.lids, max(1, round(self.fps / fps)), axis=0)
        nearest = np.minimum(np.rint(at).astype(int), len(held) - 1)
        return Performance(
            face=along(self.face),
            manner=along(self.manner),
            lids=np.maximum(along(held), held[nearest]),
            gaze=along(self.gaze),
            rotation=along(self.rotation),
            translation=along(self.translation),
            present=present * along(self.present),
            fps=fps,
        )


class _Course:
    """Smoothing and filling over time, by what is seen."""

    def __init__(self, seen: npt.NDArray[np.bool_], fps: float) -> None:
        self._at, self._frames, self._fps = np.flatnonzero(seen), np.arange(len(seen)), fps

    def filled(self, values: npt.NDArray[np.floating]) -> Array:
        """[G, n], straight over what is not seen."""
        columns = [np.interp(self._frames, self._at, v[self._at]) for v in np.asarray(values, np.float64).T]
        return np.stack(columns, axis=1)

    def smoothed(self, values: Array, spread: float, sudden: tuple[float, float] | None = None) -> Array:
        """[G, n] by a Gaussian of `spread` seconds; what departs from it by more than `sudden` stays as it is."""
        calm = gaussian_filter1d(values, spread * self._fps, axis=0, mode="nearest")
        if sudden is None:
            return np.asarray(calm)
        apart = values - calm
        low, high = sudden
        return np.asarray(calm + apart * step((np.abs(apart) - low) / (high - low)))


def _trusted(seen: npt.NDArray[np.bool_], fps: float) -> npt.NDArray[np.bool_]:
    """Frames that show the whole face."""
    covering = round(_COVERING * fps)
    inner = seen & ~binary_dilation(~seen, iterations=covering) if covering else seen
    return inner if inner.any() else seen


def _presence(seen: npt.NDArray[np.bool_], fps: float) -> Array:
    """[G] 1 where seen and over short gaps; within longer ones down to 0 and up again."""
    present = np.ones(len(seen))
    times = np.arange(len(seen)) / fps
    gaps, n_gaps = label(~seen)
    for i in range(1, n_gaps + 1):
        within = np.flatnonzero(gaps == i)
        start, end = (within[0] - 1) / fps, (within[-1] + 1) / fps
        if end - start <= _SHORT_GAP and within[0] > 0 and within[-1] < len(seen) - 1:
            continue
        gone = np.ones(len(within))
        fade = min(_FADE, (end - start) / 2)
        if within[0] > 0:
            gone *= step((times[within] - start) / fade)
        if within[-1] < len(seen) - 1:
            gone *= step((end - times[within]) / fade)
        present[within] = 1.0 - gone
    return present


def _closure(readings: Array, seen: npt.NDArray[np.bool_]) -> Array:
    """[G, 2] how far each lid is closed: 0 as it mostly is when open, 1 where this person's eyes are read when shut.

    Sides are read apart when the head turns, so that they go together, but for a wink.
    """
    closed = np.zeros_like(readings)
    for side, read in enumerate(readings.T):
        open_ = float(np.quantile(read[seen], _MOSTLY_OPEN))
        rest = open_ if open_ < _OPEN else _USUALLY_OPEN
        shut = read[seen & (read - rest > _SHUT)]
        span = float(np.median(shut)) - rest if len(shut) else _USUALLY_SHUT
        closed[:, side] = np.clip((read - rest - 0.05) / (0.9 * span - 0.05), 0.0, 1.0)
    together = closed.mean(axis=1, keepdims=True)
    apart = closed - together
    return np.asarray(together + apart * step((np.abs(apart) - _WINK[0]) / (_WINK[1] - _WINK[0])))


def _glances(gaze: Array, lids: Array, course: _Course) -> Array:
    """[G, 2 (pitch, yaw)] of both eyes together, from where they look most; shut eyes look where they did before."""
    both = gaze.mean(axis=1)[:, ::-1]
    open_ = np.flatnonzero(lids.max(axis=1) < 0.5)
    if len(open_) == 0:
        return np.zeros_like(both)
    frames = np.arange(len(both))
    held = np.stack([np.interp(frames, open_, b[open_]) for b in both.T], axis=1)
    return course.smoothed(held - np.median(both[open_], axis=0), _EYES, _GLANCE_SUDDEN)

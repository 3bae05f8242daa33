"""One person's face in one shot: its rig, where it is held in each frame, and what it does there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from studio.performance import ARKIT_NAMES
from talking_head.landmarks import topology
from talking_head.landmarks.canonical import STABLE_LANDMARKS, STABLE_WEIGHTS
from talking_head.landmarks.similarity import Similarity
from talking_head.renderer.head import Head
from talking_head.renderer.palette import FaceColours
from talking_head.rig import Rig, fit
from talking_head.rig.neutral import source_expression
from talking_head.smoothstep import smoothstep
from talking_head.visual_dubbing.lower_face import speaking_share
from talking_head.visual_dubbing.mouth import FilmMouth
from talking_head.visual_dubbing.teeth import toned
from talking_head.visual_dubbing.track import View, to_film

Floats = npt.NDArray[np.float32]

# What the lower face can do; mouthClose is left out, since closed lips are told by their distance.
_SPOKEN = [k for k, n in enumerate(ARKIT_NAMES) if n.startswith(("jaw", "mouth")) and n != "mouthClose"]
# Pull toward what the landmarker's own coefficients say, in squared canonical cm: shapes move their landmarks by 4 of
# these (rolled lips, hard to see) to 590 (an open jaw).
_PRIOR = 1.5
# Of lips at rest the landmarks stray by less than the first from their smoothed selves, canonical cm.
_AT_REST = (0.04, 0.1)
_SWEEPS = 25  # of coordinate descent; more change no coefficient by 0.01
# Standard deviations in seconds of what is smoothed: the landmarks of a mouth that moves and of one at rest, and what
# no expression explains (how this face differs from the rig at this angle), which changes as slowly as a head turns.
_MOVING, _RESTING, _LEFT_OVER = 0.02, 0.12, 0.12


@dataclass(frozen=True, eq=False)
class Poses:
    """n frames. scale [n], turn [n, 3, 3], at [n, 3]: film px = scale * turn @ p + at for p in the face's own frame.

    shown: float32 [n, 478, 3] the landmarks in the face's own frame, denoised; expression: [n, 52] what they do;
    apart: [n, 478, 3] what they do besides.
    """

    scale: Floats
    turn: Floats
    at: Floats
    shown: Floats
    expression: Floats
    apart: Floats

    def to_film(self, i: int, points: Floats) -> Floats:
        return np.asarray(self.scale[i] * points @ self.turn[i].T + self.at[i], np.float32)


class Face:
    """Learnt from one view of the face; its own frame are the film's pixels, placed as in that view.

    teeth: [3] their colour in the shot, None where none are seen.
    """

    def __init__(self, view: View, rig: Rig, teeth: Floats | None) -> None:
        points = to_film(view.points, view.scale)
        self.rig = fit(rig, points, view.coefficients)
        self.view = view
        self.head = Head.fit(self.rig.neutral)
        picture = view.picture
        read = FaceColours.read(picture, view.points, Head.fit(view.points))
        colours = read if teeth is None else toned(read, teeth)
        self.mouth = FilmMouth(colours, self.rig, rig, self.head)
        self._share = speaking_share()
        weights = np.concatenate([np.repeat(self._share, 3, 1), np.zeros((10, 3), np.float32)]) * [1, 1, 0.4]
        self._weights = weights.astype(np.float64) / self.head.px_per_cm
        columns = (self.rig.deltas[_SPOKEN].astype(np.float64) * self._weights).reshape(len(_SPOKEN), -1)
        self._columns = columns
        self._gram = columns @ columns.T + _PRIOR * np.eye(len(_SPOKEN))

    def follow(self, points: Floats, coefficients: Floats, frames: Sequence[int], fps: float) -> Poses:
        """Where the face is in sightings [n, 478, 3] of the film and what it does; frames: their numbers, rising."""
        stable = self.rig.neutral[STABLE_LANDMARKS]
        fits = [Similarity.between(stable, p[STABLE_LANDMARKS], STABLE_WEIGHTS) for p in points]
        scale = np.array([f.scale for f in fits], np.float32)
        turn, at = (np.array([getattr(f, n) for f in fits], np.float32) for n in ("rotation", "translation"))
        shown = np.einsum("nij,nki->nkj", turn, points - at[:, None]) / scale[:, None, None]
        shown = self._denoised(shown, frames, fps)
        expression = self._expressions(shown, coefficients)
        apart = shown - np.array([self.rig.shape(c) for c in expression])
        apart = smoothed(apart, frames, _LEFT_OVER * fps)
        return Poses(scale, turn, at, shown.astype(np.float32), expression, apart.astype(np.float32))

    def wanted(self, coefficients: Floats, apart: Floats) -> Floats:
        """[478, 3] the face's shape for coefficients [52], with what sets this face apart; lips exactly as far open."""
        shape = self.rig.shape(coefficients)
        points = shape + apart
        return np.asarray(self.rig.lips.correct(points, self.rig.lips.errors(points) - self.rig.lips.errors(shape)))

    def _denoised(self, shown: Floats, frames: Sequence[int], fps: float) -> Floats:
        """Landmarks [n, 478, 3] smoothed as far as they rest: noise that no one sees in speech shimmers on a still
        mouth.
        """
        moving, resting = (smoothed(shown, frames, s * fps) for s in (_MOVING, _RESTING))
        apart = np.linalg.norm((moving - resting)[:, list(topology.LIPS_OUTER)], axis=2).max(axis=1)
        share = smoothstep(*_AT_REST, apart / self.head.px_per_cm)
        share = smoothed(share, frames, _MOVING * fps)[:, None, None]
        return np.asarray(resting + share * (moving - resting), np.float32)

    def _expressions(self, shown: Floats, read: Floats) -> Floats:
        """[n, 52] coefficients in 0..1 of shapes [n, 478, 3], near those that were read."""
        prior = np.array([source_expression(c.astype(float)) for c in read])[:, _SPOKEN]
        offset = ((shown - self.rig.neutral) * self._weights).reshape(len(shown), -1)
        aim = offset @ self._columns.T + _PRIOR * prior
        c = prior.copy()
        for _ in range(_SWEEPS):
            for k in range(len(_SPOKEN)):
                c[:, k] += (aim[:, k] - c @ self._gram[k]) / self._gram[k, k]
                np.clip(c[:, k], 0, 1, out=c[:, k])
        found = np.zeros((len(shown), len(ARKIT_NAMES)), np.float32)
        found[:, _SPOKEN] = c
        return found


def smoothed(values: Floats, frames: Sequence[int], sigma: float) -> Floats:
    """Along the first axis, without delay, over each run of frames that follow one another."""
    out = np.empty_like(values, np.float32)
    breaks = np.flatnonzero(np.diff(frames) > 1) + 1
    for run in np.split(np.arange(len(frames)), breaks):
        if len(run):
            out[run] = gaussian_filter1d(values[run], sigma, axis=0, mode="nearest")
    return out

"""Reading the emotion of a face, still or over time."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from studio.emotion import Emotion
from studio.emotion.reading.face.emfacs import PROTOTYPES, scores
from studio.emotion.reading.face.neutral import USUAL_NEUTRAL, own_neutral
from studio.emotion.reading.face.signs import signs
from studio.emotion.reading.face.units import strengths
from studio.errors import InputError
from studio.performance.arkit import ARKIT_NAMES
from studio.performance.face_motion import FaceMotion

Array = npt.NDArray[np.float64]

READING_FPS = 10.0
"""Frames a second that are worth looking at: expressions rise in 0.2 to 0.5 s (Schmidt, Cohn & Tian 2003)."""

# An emotion is told five times a second.
_STEP = 0.2
# Standard deviation of the smoothing: a window of about 0.3 s.
_SMOOTHING = 0.13
# A film of this length shows enough of a face to tell its own neutral.
_OWN_SECONDS = 2.0
# An expression that comes and goes by this much shows what the face is without it.
_CHANGE = 0.5
# What is weaker is a face at rest.
_LEAST = 0.1


def read_face(
    coefficients: npt.NDArray[np.floating],
    neutral: npt.NDArray[np.floating] | None = None,
    rotation: npt.NDArray[np.floating] | None = None,
) -> Emotion:
    """The emotion that F frames of one face show together, as a mixture of happy, sad, surprised, afraid, angry,
    disgusted and contemptuous; neutral (zero) when they show none.

    coefficients: [F, 52] or [52] in [0, 1], order of `ARKIT_NAMES`, as a Tracker gives them.
    neutral: [52] the same face at rest (`own_neutral`); None takes what faces at rest read as.
    rotation: [F, 3] or [3] radians of the head as of `FaceMotion`; None takes a head that faces the camera.
    Raises InputError for arrays of another shape.
    """
    frames = _checked(np.atleast_2d(coefficients), "coefficients", len(ARKIT_NAMES))
    turned = np.zeros((len(frames), 3)) if rotation is None else _checked(np.atleast_2d(rotation), "rotation", 3)
    shown = _shown(frames, neutral, turned)
    return _emotion(np.median(shown, axis=0))


def read_face_track(
    motion: FaceMotion,
    seen: npt.NDArray[np.bool_],
    neutral: npt.NDArray[np.floating] | None = None,
) -> list[tuple[float, Emotion]]:
    """The emotion over time: (seconds, Emotion) about five times a second, where the face is seen; smoothed over 0.3 s.

    motion, seen: as of `studio.performance.tracked.Tracked`. A single frame gives a single pair.
    neutral: [52] the face at rest; None takes the face's own from two seconds of film on, as far as the film shows it.
    Raises InputError for arrays of another shape.
    """
    if seen.shape != (len(motion),):
        raise InputError(f"A motion of {len(motion)} frames wants as many marks of which are seen, not {seen.shape}.")
    frames, rotation = (np.asarray(a, np.float64) for a in (motion.coefficients, motion.rotation))
    smooth = _Smoothing(motion.fps, seen)
    shown = smooth(_shown(frames, neutral, rotation))
    if neutral is None and np.count_nonzero(seen) / motion.fps >= _OWN_SECONDS:
        level = rotation - (np.median(rotation[seen, 0]), 0.0, 0.0)
        trust = _trust(shown[seen])
        shown = (1.0 - trust) * shown + trust * smooth(_shown(frames, own_neutral(frames[seen]), level))
    every = max(1, round(_STEP * motion.fps))
    return [(i / motion.fps, _emotion(shown[i])) for i in range(0, len(motion), every) if seen[i]]


class _Smoothing:
    """Averages over time, of what is seen."""

    def __init__(self, fps: float, seen: npt.NDArray[np.bool_]) -> None:
        self._spread = _SMOOTHING * fps
        self._weight = seen.astype(np.float64)[:, None]
        self._total = np.maximum(gaussian_filter1d(self._weight, self._spread, axis=0), 1e-9)

    def __call__(self, values: Array) -> Array:
        return np.asarray(gaussian_filter1d(values * self._weight, self._spread, axis=0) / self._total)


def _trust(shown: Array) -> float:
    """How far a film's calmest frames may be taken for the face at rest, in [0, 1]: as far as its expression changes.

    A film of one unchanging expression does not tell it from the way the face is.
    """
    strongest = shown.max(axis=1)
    low, high = np.quantile(strongest, (0.1, 0.9))
    return float(np.clip((high - low) / _CHANGE, 0.0, 1.0))


def _shown(frames: Array, neutral: npt.NDArray[np.floating] | None, rotation: Array) -> Array:
    """[F, len(PROTOTYPES)] how strongly each expression shows."""
    own = neutral is not None
    rest = _checked(np.atleast_2d(neutral), "neutral", len(ARKIT_NAMES))[0] if neutral is not None else USUAL_NEUTRAL
    found = scores(signs(strengths(frames, rest, own, rotation[:, 0]), _frontal(rotation[:, 1])))
    return np.stack([found[e] for e in PROTOTYPES], axis=1)


def _frontal(yaw: Array) -> Array:
    """1 up to 10 degrees of turn, 0 from 25 on: beyond, the far corner of the mouth is guessed."""
    return np.asarray(np.clip((25.0 - np.abs(np.rad2deg(yaw))) / 15.0, 0.0, 1.0))


def _emotion(shown: Array) -> Emotion:
    """As strong as the strongest expression; the others share in it by their squares, so that traces stay traces."""
    strongest = float(shown.max())
    if strongest < _LEAST:
        return Emotion()
    shares = shown**2 / np.sum(shown**2)
    return Emotion.of({e: float(s) * strongest for e, s in zip(PROTOTYPES, shares, strict=True) if s >= 0.05})


def _checked(values: npt.NDArray[np.floating], name: str, width: int) -> Array:
    if values.ndim != 2 or values.shape[1] != width or len(values) == 0 or not np.isfinite(values).all():
        raise InputError(f"A face's {name} are finite numbers, [frames, {width}], not {list(values.shape)}.")
    return np.asarray(values, np.float64)

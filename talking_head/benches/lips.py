"""Whether the lips of a film are where its timeline wants them: opening read off the pictures against the phonemes.

What the timeline asks for is taken from the phonemes alone, without what this project makes of them: each opens the
mouth as far as its sound does (`openness`), for as long as it lasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from studio.performance import FaceMotion, Phoneme
from talking_head.benches.plan import pose
from talking_head.benches.redetection import face_in
from talking_head.landmarks import FaceLandmarks, Landmarker
from talking_head.landmarks.topology import LIPS_INNER_LOWER, LIPS_INNER_UPPER
from talking_head.motion.visemes import GLIDES, viseme
from talking_head.renderer import PhotoRenderer

Floats = npt.NDArray[np.floating]

# Twice a film's usual rate, so that a lag is found to a few milliseconds.
FPS = 50.0
# Lips do not jump from sound to sound: the standard deviation of the smoothing, half a short sound.
_EASE = 0.03
_LONGEST_LAG = 0.2
# Seconds around the middle of an m, b or p in which lips count as closed for it.
_WITHIN = 0.06
# Of the line's widest opening (95th percentile): what is less is closed. A landmarker sees no lips quite touch.
_CLOSED = 0.15
_LOWER_LIP = 0.35


@dataclass(frozen=True)
class LipFigures:
    """lag: seconds, positive where the picture is late.  r: correlation of the openings when that is set right;
    plain_r: as they are.  closures, closed: how many m, b, p there were, and in how many lips were seen to close."""

    lag: float
    r: float
    plain_r: float
    closures: int
    closed: int


def lip_figures(phonemes: Sequence[Phoneme], seen: Floats, at_rest: float, fps: float) -> LipFigures:
    """seen: [F] opening of the lips in each frame, NaN where no face was found; in none, the figures are NaN.

    at_rest: the same of closed lips that say nothing.
    """
    if not np.isfinite(seen).any():
        return LipFigures(float("nan"), float("nan"), float("nan"), 0, 0)
    known = np.interp(np.arange(len(seen)), np.flatnonzero(np.isfinite(seen)), seen[np.isfinite(seen)])
    times = (np.arange(len(seen)) + 0.5) / fps
    asked = openness(phonemes, times, fps)
    lag, r, plain = lagged(asked, known, fps)
    closures = [(p.start + p.end) / 2 for p in phonemes if viseme(p.symbol.strip("ˈˌː")).closes]
    bound = at_rest + _CLOSED * (np.percentile(known, 95) - at_rest)
    near = [np.abs(times - middle) <= max(_WITHIN, 0.6 / fps) for middle in closures]
    closed = sum(bool(known[frames].min(initial=np.inf) <= bound) for frames in near)
    return LipFigures(lag, r, plain, len(closures), closed)


def openness(phonemes: Sequence[Phoneme], times: Floats, fps: float) -> Floats:
    """[F] how far each moment's sound opens the mouth: jaw, and what draws the lips apart besides; eased."""
    opening = np.zeros(len(times))
    for p in phonemes:
        symbol = p.symbol.strip("ˈˌː")
        first, second, share = GLIDES.get(symbol, (symbol, symbol, 0.5))
        turn = p.start + share * (p.end - p.start)
        opening[(times >= p.start) & (times < turn)] = _opening(first)
        opening[(times >= turn) & (times < p.end)] = _opening(second)
    return np.asarray(gaussian_filter1d(opening, _EASE * fps))


def _opening(symbol: str) -> float:
    if not any(c.isalpha() for c in symbol):
        return 0.0
    shape = viseme(symbol)
    if shape.closes:
        return 0.0
    lips = shape.pose.get("mouthLowerDown", 0.0) + shape.pose.get("mouthUpperUp", 0.0)
    return shape.pose.get("jawOpen", 0.0) + _LOWER_LIP * lips


def lagged(asked: Floats, seen: Floats, fps: float) -> tuple[float, float, float]:
    """(Seconds by which `seen` is late, correlation when that is set right, correlation as they are), within 0.2 s."""
    most = round(_LONGEST_LAG * fps)
    scores = np.array([_correlation(asked, seen, shift) for shift in range(-most, most + 1)])
    best = int(scores.argmax())
    shift = float(best - most)
    if 0 < best < 2 * most:  # the top of the parabola through it and its neighbours
        before, top, after = scores[best - 1 : best + 2]
        shift += 0.5 * (before - after) / (before - 2 * top + after)
    return shift / fps, float(scores[best]), float(scores[most])


def _correlation(asked: Floats, seen: Floats, shift: int) -> float:
    n = min(len(asked), len(seen)) - abs(shift)
    a, b = asked[max(0, -shift) :][:n], seen[max(0, shift) :][:n]
    return float(np.corrcoef(a, b)[0, 1]) if n > 2 and np.ptp(a) > 0 and np.ptp(b) > 0 else 0.0


def watched_lips(renderer: PhotoRenderer, motion: FaceMotion, landmarker: Landmarker) -> tuple[Floats, float]:
    """([F] how far the lips are apart in each drawn frame, as `opening`, NaN where no face was found; the same at rest,
    NaN likewise)."""
    face = face_in(renderer.draw(pose()), landmarker)
    at_rest = opening(face) if face else np.nan
    seen = []
    for frame in renderer.render(motion):
        face = (face and landmarker.track(frame, face)) or face_in(frame, landmarker)
        seen.append(opening(face) if face else np.nan)
    return np.array(seen), at_rest


def opening(face: FaceLandmarks) -> float:
    """Mean distance between the inner edges of the lips, in distances between the eyes' outer corners."""
    upper, lower = face.points[list(LIPS_INNER_UPPER[3:8]), :2], face.points[list(LIPS_INNER_LOWER[3:8]), :2]
    eyes = np.linalg.norm(face.points[33, :2] - face.points[263, :2])
    return float(np.linalg.norm(upper - lower, axis=1).mean() / eyes)

"""Voice + emotion + seed -> how a face lives, as the diffusion has it: courses of head and brows, moments of the eyes.

What is fast has a form of its own: lids fall and rise as lids do (`motion.eyes`), and eyes jump and hold. A diffusion
over few data knows when that happens, but blurs how. So it decides when the eyes blink and where they look.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d, median_filter
from scipy.signal import find_peaks

from studio.emotion import EmotionTrack
from studio.performance import ARKIT_NAMES
from talking_head.motion.curves import Array
from talking_head.motion.line import Line
from talking_head.motion.lips import columns
from talking_head.motion.living.channels import BLINK, FACE, GAZE, HEAD, RATE, SCALE
from talking_head.motion.living.diffusion import sample
from talking_head.motion.living.network import shipped
from talking_head.motion.living.voice import heard

# Lids that come this far down are meant to blink, and not twice within the second number, seconds.
_BLINKS, _BETWEEN = 0.3, 0.35
# Of head and brows, seconds (standard deviation): below 5 Hz, what speakers' heads and brows do, all of it is left.
_SMOOTH = 0.03
# The eyes jump when what they should look at is this far (radians) from where they look, and not before they have held
# for so long (seconds): fixations of under 0.15 s are rare (Salthouse & Ellis 1980).
_FAR, _HELD = np.deg2rad(2.0), 0.15
# What eyes look at is the median of so many seconds.
_LOOK = 0.2


@dataclass(frozen=True, eq=False)
class Life:
    """On the frames of a line. turns: [F, 3] radians of the head.

    face: [F, 52] brows, lids' tension and cheeks, as they come and go: what a face holds is the emotion's to say, and
        the few people learned from would make every face frown as they did.

    blinks: seconds.  looks: (second, [2] pitch and yaw in radians of the line of sight), in time.
    """

    turns: Array
    face: Array
    blinks: tuple[float, ...]
    looks: tuple[tuple[float, Array], ...]


def learned_life(line: Line, track: EmotionTrack, seed: int) -> Life:
    """A face's life for `line`, felt as `track` (in seconds) says; as the seed has it."""
    count = max(2, int(np.ceil(line.speech.seconds * RATE)))
    made: Array = sample(shipped(), heard(line.speech, track, count), seed).astype(np.float64) * SCALE
    times = (np.arange(count) + 0.5) / RATE
    n_head, n_gaze = len(HEAD), len(GAZE)
    calm = gaussian_filter1d(made, _SMOOTH * RATE, axis=0, mode="nearest")
    shown = CubicSpline(times, calm, axis=0)(np.clip(line.times, times[0], times[-1]))
    face = np.zeros((len(line.times), len(ARKIT_NAMES)))
    for name, course in zip(FACE, shown.T[n_head + n_gaze :], strict=True):
        if name != "eyeBlink":
            face[:, columns(name)] = np.clip(course - np.median(course), 0.0, 1.0)[:, None]
    sight = made[:, n_head : n_head + n_gaze] + made[:, :n_gaze]
    sight -= np.median(sight, axis=0)  # the viewer is what is looked at most
    return Life(shown[:, :n_head], face, _blinks(made[:, BLINK]), _looks(sight, times))


def _blinks(lids: Array) -> tuple[float, ...]:
    peaks, _ = find_peaks(np.pad(lids, 1, constant_values=-1.0), height=_BLINKS, distance=round(_BETWEEN * RATE))
    return tuple(((peaks - 1) + 0.5) / RATE)


def _looks(sight: npt.NDArray[np.floating], times: npt.NDArray[np.floating]) -> tuple[tuple[float, Array], ...]:
    """Jumps of the eyes [(second, place)] that follow `sight` [N, 2] from fixation to fixation."""
    wanted = median_filter(sight, (round(_LOOK * RATE), 1), mode="nearest")
    found: list[tuple[float, Array]] = [(0.0, wanted[0])]
    for time, place in zip(times, wanted, strict=True):
        last, at = found[-1]
        if time - last >= _HELD and np.linalg.norm(place - at) > _FAR:
            found.append((float(time), place))
    return tuple(found)

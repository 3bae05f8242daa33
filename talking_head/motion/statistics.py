"""How a face moves, in figures: what the bench prints, and what a made motion is held against a tracked one by.

`statistics_of(motion, speech)` measures any `FaceMotion`, tracked or made; `difference_between(motions)` says how far
the motions of several seeds lie apart. Nothing here knows how a motion came about.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, uniform_filter1d
from scipy.signal import find_peaks, peak_widths, welch

from studio.performance import FaceMotion, Speech
from studio.performance.action_units import sides

Array = npt.NDArray[np.float64]

# A blink closes the lids by at least this much more than around it: a tracker reads a closed eye at 0.46 to 0.9 and an
# open one at 0.03 to 0.33, and what is less is a glance down.
_BLINK = 0.25
# What is longer at half its height is a closed eye and no blink, seconds (Caffier, Erdmann & Ullsperger 2003: a
# tired person's blinks last 0.26 s on average).
_LONGEST_BLINK = 0.6
# The eyes jump where they turn faster, degrees a second (I-VT: Salvucci & Goldberg 2000), and by more than a tracker's
# noise, degrees.
_SACCADE_SPEED, _SACCADE = 30.0, 1.5
# Lids cover the iris about a blink, and what is read of it then says nothing, seconds.
_COVERED = 0.12
# What moves faster than this is trembling: heads of speakers move below 4 Hz (Hadar, Steiner & Rose 1985), brows too.
_TREMBLE = 5.0
# Seconds of the windows in which a face is looked for at rest, and which share of them, the calmest, counts as rest.
_CALM, _CALMEST = 0.5, 0.25
# Two courses are compared as wide as a syllable, seconds (standard deviation).
_SYLLABLE = 0.1
# A voice is silent this far below its loud moments (95th percentile), dB.
SILENT = 30.0
# A spectrum's windows, seconds: the slowest band needs a few of its periods.
_SPECTRUM = 4.0
_BROWS = [*sides("browInnerUp"), *sides("browOuterUp"), *sides("browDown")]
_LIDS = list(sides("eyeBlink"))


def statistics_of(motion: FaceMotion, speech: Speech | None = None) -> dict[str, float]:
    """Figures of a motion, always under the same names; NaN where it is too short or too still to tell.

    blinks_per_minute; blink_seconds: the median length at half closure.
    head_degrees: RMS of pitch, yaw and roll about their means, together; head_speed: RMS, degrees a second.
    head_slow, head_mid, head_fast, head_tremble: shares of the power of that speed below 1 Hz, from 1 to 3 Hz, from 3
        to 5 Hz, and above; they add up to 1.
    head_jitter: RMS degrees above 5 Hz where the face is calmest; brow_jitter: the same of the brows' coefficients.
    brow_activity: RMS of the brows' coefficients about their means; brow_speed: RMS, 1/s.
    saccades_per_minute, fixation_seconds (median): of the eyes in the head. gaze_degrees: RMS about their mean.
    head_with_voice, brow_with_voice: correlation of how fast each moves with how loud the voice is.
    head_speech_to_pause: RMS speed of the head while the voice sounds over that in its pauses. These three want
        `speech`, which starts with the motion, and are NaN without it.
    """
    fps = motion.fps
    head = np.rad2deg(motion.rotation.astype(np.float64))
    brows = motion.coefficients[:, _BROWS].astype(np.float64)
    lids = motion.coefficients[:, _LIDS].astype(np.float64).mean(axis=1)
    minutes = motion.seconds / 60.0
    blinks, lengths = _blinks(lids, fps)
    found = {
        "blinks_per_minute": len(blinks) / minutes if len(motion) else np.nan,
        "blink_seconds": _median(lengths),
        "head_degrees": _rms(head),
        "head_speed": _speed_rms(head, fps),
        **_head_bands(head, fps),
        **_jitter(head, brows, fps),
        "brow_activity": _rms(brows),
        "brow_speed": _speed_rms(brows, fps),
        **_gaze(motion, blinks),
        **_with_voice(head, brows, speech, fps),
    }
    return {name: float(value) for name, value in found.items()}


def difference_between(motions: Sequence[FaceMotion]) -> dict[str, float]:
    """How far motions of the same line lie apart, over all pairs: what other seeds give.

    head_degrees: RMS distance of the heads' rotations; head_correlation: of their pitch, yaw and roll, 1 if they move
    alike, near 0 if each goes its own way; blinks_shared: the share of blinks that stand within 0.1 s of one of the
    other's. Raises ValueError for less than two motions, or of different lengths.
    """
    if len(motions) < 2 or len({(len(m), m.fps) for m in motions}) > 1:
        raise ValueError("Differences are between two or more motions of the same length and rate.")
    heads = [np.rad2deg(m.rotation.astype(np.float64)) for m in motions]
    blinks = [_blinks(m.coefficients[:, _LIDS].astype(np.float64).mean(axis=1), m.fps)[0] / m.fps for m in motions]
    apart, alike, shared = [], [], []
    for i in range(len(motions)):
        for j in range(i):
            apart.append(np.sqrt(np.square(heads[i] - heads[j]).sum(axis=1).mean()))
            alike += [_correlation(a, b) for a, b in zip(heads[i].T, heads[j].T, strict=True)]
            shared += [float(np.abs(blinks[j] - t).min(initial=np.inf) < 0.1) for t in blinks[i]]
    return {
        "head_degrees": float(np.mean(apart)),
        "head_correlation": float(np.nanmean(alike)) if np.isfinite(alike).any() else float("nan"),
        "blinks_shared": float(np.mean(shared)) if shared else float("nan"),
    }


def _blinks(lids: Array, fps: float) -> tuple[npt.NDArray[np.intp], Array]:
    """Frames of the blinks, and how long each lasts at half its height, seconds."""
    # An eye that is shut in the first or the last frame has blinked too.
    padded = np.pad(lids, 1, constant_values=lids.min(initial=1.0))
    reach = max(3, 2 * round(1.5 * fps) + 1)
    peaks, known = find_peaks(padded, prominence=_BLINK, wlen=reach)
    if not len(peaks):
        return peaks, np.zeros(0)
    widths = peak_widths(
        padded, peaks, 0.5, (known["prominences"], known["left_bases"], known["right_bases"]), wlen=reach
    )[0]
    lengths = widths / fps
    short = lengths <= _LONGEST_BLINK
    return peaks[short] - 1, lengths[short]


def _head_bands(head: Array, fps: float) -> dict[str, float]:
    names = ("head_slow", "head_mid", "head_fast", "head_tremble")
    if len(head) < 8:
        return dict.fromkeys(names, np.nan)
    speed = np.gradient(head, 1.0 / fps, axis=0)
    hertz, power = welch(speed, fps, nperseg=min(len(speed), round(_SPECTRUM * fps)), detrend=False, axis=0)
    total = power.sum(axis=1)
    if total.sum() < 1e-12:
        return dict.fromkeys(names, np.nan)
    edges = np.digitize(hertz, (1.0, 3.0, _TREMBLE))
    return {name: total[edges == band].sum() / total.sum() for band, name in enumerate(names)}


def _jitter(head: Array, brows: Array, fps: float) -> dict[str, float]:
    """RMS of what is above 5 Hz, in the windows in which the head turns least."""
    names = ("head_jitter", "brow_jitter")
    window = round(_CALM * fps)
    if len(head) < 2 * window or fps <= 2 * _TREMBLE:
        return dict.fromkeys(names, np.nan)
    # The Gaussian that lets half of the amplitude through at that frequency.
    sigma = np.sqrt(2.0 * np.log(2.0)) / (2.0 * np.pi * _TREMBLE) * fps
    slow = gaussian_filter1d(head, sigma, axis=0)
    moved = uniform_filter1d(np.square(np.gradient(slow, axis=0)).sum(axis=1), window)
    calm = moved <= np.quantile(moved, _CALMEST)
    fast = (head - slow, brows - gaussian_filter1d(brows, sigma, axis=0))
    return {name: np.sqrt(np.square(f[calm]).mean()) for name, f in zip(names, fast, strict=True)}


def _gaze(motion: FaceMotion, blinks: npt.NDArray[np.intp]) -> dict[str, float]:
    fps = motion.fps
    if len(motion) < 3:
        return dict.fromkeys(("saccades_per_minute", "fixation_seconds", "gaze_degrees"), np.nan)
    gaze = np.rad2deg(motion.gaze.astype(np.float64).mean(axis=1))
    times = np.arange(len(gaze)) / fps
    covered = (np.abs(times[:, None] - blinks / fps) < _COVERED).any(axis=1)
    if covered.all():
        return dict.fromkeys(("saccades_per_minute", "fixation_seconds", "gaze_degrees"), np.nan)
    for axis in gaze.T:
        axis[:] = np.interp(times, times[~covered], axis[~covered])
    steps = np.linalg.norm(np.diff(gaze, axis=0), axis=1)
    fast = np.concatenate([[False], steps * fps > _SACCADE_SPEED, [False]])
    edges = np.flatnonzero(np.diff(fast.astype(np.int8))).reshape(-1, 2)
    jumps = [(a, b) for a, b in edges if np.linalg.norm(gaze[b] - gaze[a]) > _SACCADE]
    ends = np.array([0, *(b for _, b in jumps)]), np.array([*(a for a, _ in jumps), len(gaze) - 1])
    return {
        "saccades_per_minute": len(jumps) * 60.0 / motion.seconds,
        "fixation_seconds": _median((ends[1] - ends[0]) / fps),
        "gaze_degrees": _rms(gaze),
    }


def _with_voice(head: Array, brows: Array, speech: Speech | None, fps: float) -> dict[str, float]:
    names = ("head_with_voice", "brow_with_voice", "head_speech_to_pause")
    if speech is None or len(head) < 2 * fps:
        return dict.fromkeys(names, np.nan)
    level = loudness(speech, len(head), fps)
    voiced = level > np.quantile(level, 0.95) - SILENT
    level = np.maximum(level, np.quantile(level, 0.95) - SILENT)
    turning, lifting = (np.linalg.norm(np.gradient(x, 1.0 / fps, axis=0), axis=1) for x in (head, brows))
    smooth = [gaussian_filter1d(x, _SYLLABLE * fps) for x in (level, turning, lifting)]
    pauses = np.sqrt(np.square(turning[~voiced]).mean()) if (~voiced).any() else np.nan
    ratio = np.sqrt(np.square(turning[voiced]).mean()) / pauses if pauses > 1e-6 else np.nan
    return dict(
        zip(names, (_correlation(smooth[1], smooth[0]), _correlation(smooth[2], smooth[0]), ratio), strict=True)
    )


def loudness(speech: Speech, n_frames: int, fps: float) -> Array:
    """[F] level of the voice during each film frame, dB of full scale; -100 after its end."""
    edges = np.round(np.arange(n_frames + 1) / fps * speech.sample_rate).astype(int).clip(0, len(speech.samples))
    energy = np.concatenate([[0.0], np.cumsum(np.square(speech.samples, dtype=np.float64))])
    power = np.diff(energy[edges]) / np.maximum(np.diff(edges), 1)
    return np.asarray(10.0 * np.log10(power + 1e-10))


def _rms(x: Array) -> float:
    """RMS about the mean of what stands in the columns, together."""
    return float(np.sqrt(np.square(x - x.mean(axis=0)).sum(axis=1).mean())) if len(x) else float("nan")


def _speed_rms(x: Array, fps: float) -> float:
    if len(x) < 2:
        return float("nan")
    return float(np.sqrt(np.square(np.gradient(x, 1.0 / fps, axis=0)).sum(axis=1).mean()))


def _median(x: Array) -> float:
    return float(np.median(x)) if len(x) else float("nan")


def _correlation(a: Array, b: Array) -> float:
    if np.std(a) < 1e-9 or np.std(b) < 1e-9:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])

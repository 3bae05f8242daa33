"""The flow: samples -> mel bands beside the level nearby -> network -> lips that move, close and rest."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from scipy.signal import resample_poly

from studio.errors import InputError
from studio.performance import ARKIT_NAMES
from talking_head.listening import mel
from talking_head.listening.closures import Closure, closures, contact
from talking_head.listening.network import COEFFICIENTS, OUTPUTS, REACH, Network, shipped
from talking_head.motion.curves import Array, pulse
from talking_head.motion.lips import Articulation, columns

Floats = npt.NDArray[np.float32]

# Frames a second of what is heard; frame i is the middle of its time.
RATE = mel.FRAMES_PER_SECOND
# Frames worked on at once (20 s): bounds memory. Each needs what lies around it.
_AT_ONCE = 2000
# Frames of spread: the network's answers tremble a little from frame to frame.
_SMOOTHING = 1.2
# Voice is heard from this likelihood on, and lasts while it is this likely; seconds in which the mouth is made ready
# and comes to rest.
_BEGINS, _LASTS = 0.6, 0.3
_READY, _RESTS = 0.16, 0.25


@dataclass(frozen=True, eq=False)
class Heard:
    """What a mouth does to say a recording, RATE times a second; frame i is the middle of its hundredth.

    pose: float32 [N, 52] (ARKIT_NAMES), at ordinary effort and without contact.  contact: float32 [N], 1 where the lips
    must touch.  voice: float32 [N], 0 to 1: somebody speaks.  closures: the contacts of the lips, in order.
    """

    pose: Floats
    contact: Floats
    voice: Floats
    closures: tuple[Closure, ...]

    @property
    def times(self) -> Array:
        """Of the frames, seconds [N]."""
        return np.arange(0.5, len(self.voice)) / RATE

    def articulation(self, times: Array) -> Articulation:
        """The mouth at the times of a film's frames, [F], rising: no closure is lost between two of them."""
        if not len(self.voice) or not len(times):
            return Articulation(np.zeros((len(times), len(ARKIT_NAMES))), np.zeros(len(times)))
        pose = np.stack([np.interp(times, self.times, column) for column in self.pose.T], axis=1)
        return Articulation(pose, contact(self.closures, times))

    def speaking(self, times: Array) -> Array:
        """voice at the times of a film's frames, [F]."""
        return np.interp(times, self.times, self.voice) if len(self.voice) else np.zeros(len(times))


def hear(samples: npt.NDArray[np.floating], sample_rate: int, network: Network | None = None) -> Heard:
    """The lips of whoever speaks in a recording [T], mono, at any rate and level, in any language.

    A sound without speech has a closed, still mouth; an empty one no frames. network: another than the shipped one
    (checkpoints/lips.md).  Raises InputError for several channels, a rate under 1 and numbers that are not finite.
    """
    sound = _checked(samples, sample_rate)
    count = -(-len(sound) // mel.HOP)
    if not count:
        return Heard(np.zeros((0, len(ARKIT_NAMES)), np.float32), np.zeros(0, np.float32), np.zeros(0, np.float32), ())
    answers = _answers(sound, count, network or shipped())
    said, voice = answers[:, : len(COEFFICIENTS)], _spoken(_sigmoid(answers[:, -1]))
    found = closures(_touching(answers, voice), RATE)
    pose = np.zeros((count, len(ARKIT_NAMES)), np.float32)
    smooth = np.clip(gaussian_filter1d(said, _SMOOTHING, axis=0, mode="nearest"), 0.0, 1.0) * voice[:, None]
    for i, name in enumerate(COEFFICIENTS):
        pose[:, columns(name)] = smooth[:, i, None]
    touch = contact(found, np.arange(0.5, count) / RATE)
    return Heard(pose, touch.astype(np.float32), voice.astype(np.float32), found)


def likely_touching(samples: Floats, network: Network) -> Floats:
    """How likely the lips touch, [N], RATE times a second, in a recording [T] at mel.RATE: what thresholds judge."""
    answers = _answers(samples, -(-len(samples) // mel.HOP), network)
    return _touching(answers, _spoken(_sigmoid(answers[:, -1])))


def _touching(answers: Floats, voice: npt.NDArray[np.float64]) -> Floats:
    return np.asarray(np.where(voice > 0.5, _sigmoid(answers[:, -2]), 0.0), np.float32)


def _checked(samples: npt.NDArray[np.floating], sample_rate: int) -> Floats:
    """The sound at the network's rate."""
    x = np.asarray(samples, np.float32)
    if x.ndim != 1:
        raise InputError("Lips are heard in one channel of sound: mix it down first.")
    if sample_rate <= 0:
        raise InputError(f"A sound has a sample rate over 0, not {sample_rate}.")
    if not np.isfinite(x).all():
        raise InputError("The sound holds numbers that are not finite: its file may be damaged.")
    if sample_rate == mel.RATE or not len(x):
        return x
    ratio = Fraction(mel.RATE, int(sample_rate))
    return np.asarray(resample_poly(x, ratio.numerator, ratio.denominator), np.float32)


def _answers(sound: Floats, count: int, network: Network) -> Floats:
    """The network's, [count, OUTPUTS], in stretches that overlap by what the network hears around a frame."""
    level = np.concatenate([mel.levels(_part(sound, a, min(a + _AT_ONCE, count))) for a in range(0, count, _AT_ONCE)])
    near = mel.reference(level)
    out = np.empty((count, OUTPUTS), np.float32)
    for first in range(0, count, _AT_ONCE):
        start, stop = max(first - REACH, 0), min(first + _AT_ONCE + REACH, count)
        answered = network(mel.bands(_part(sound, start, stop), near[start:stop]))
        end = min(first + _AT_ONCE, count)
        out[first:end] = answered[first - start : end - start]
    return out


def _part(sound: Floats, first: int, end: int) -> Floats:
    return sound[first * mel.HOP : end * mel.HOP]


def _spoken(likely: Floats) -> npt.NDArray[np.float64]:
    """1 where voice is likely, made ready for and left as `talking_head.motion.line.Line.speaking` does, [N]."""
    on = np.concatenate(([0], (likely >= _LASTS).astype(np.int8), [0]))
    times, voice = np.arange(0.5, len(likely)) / RATE, np.zeros(len(likely))
    for a, b in np.flatnonzero(np.diff(on)).reshape(-1, 2).tolist():
        if likely[a:b].max() >= _BEGINS:
            near = slice(max(a - int(_READY * RATE) - 1, 0), b + int(_RESTS * RATE) + 1)
            voice[near] = np.maximum(voice[near], pulse(times[near], a / RATE, b / RATE, _READY, _RESTS))
    return voice


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * x), np.float32)

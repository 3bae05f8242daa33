"""What is heard of a voice, and felt with it, for each step of a motion: what the diffusion is conditioned on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d

from studio.emotion import EmotionTrack
from studio.emotion.reading.voice.framing import HOP, at_rate
from studio.emotion.reading.voice.framing import RATE as SOUND_RATE
from studio.emotion.reading.voice.pitch import pitch
from studio.performance import Speech
from talking_head.motion.living.channels import RATE
from talking_head.motion.statistics import SILENT, loudness

Floats = npt.NDArray[np.float32]

# Level, voicing, pitch, whether the voice is known; valence, arousal and dominance of the emotion.
KNOWN, FELT = 3, slice(4, 7)
CONDITIONS = 7
# Pitch is heard in stretches, so that an hour takes no more memory than this many seconds.
_STRETCH = 20.0
# A feeling turns within about half a second (`motion.feeling`); seconds, standard deviation.
_TURN = 0.12


def heard(speech: Speech, track: EmotionTrack, count: int) -> Floats:
    """[count, CONDITIONS] at RATE. track: in seconds."""
    conditions = np.zeros((count, CONDITIONS), np.float32)
    level = loudness(speech, count, RATE)
    loud = np.quantile(level, 0.95) if count else 0.0
    # A recording that is silent throughout is nobody speaking, and not somebody speaking evenly.
    if loud > -70.0:
        conditions[:, 0] = np.clip((level - loud) / SILENT + 1.0, 0.0, 1.0)
        conditions[:, 1], conditions[:, 2] = _voiced(speech, count)
    conditions[:, KNOWN] = 1.0
    conditions[:, FELT] = _felt(track, count)
    return conditions


def _voiced(speech: Speech, count: int) -> tuple[Floats, Floats]:
    """[count] share of each step that is voiced, and how high it is, octaves above the voice's median."""
    samples = at_rate(speech.samples, speech.sample_rate)
    stretch = int(_STRETCH * SOUND_RATE)
    found = [pitch(samples[a : a + stretch])[0] for a in range(0, len(samples), stretch) if len(samples) - a > 2 * HOP]
    f0 = np.concatenate(found) if found else np.zeros(0)
    if not np.isfinite(f0).any():
        return np.zeros(count, np.float32), np.zeros(count, np.float32)
    height = np.log2(f0 / np.nanmedian(f0))
    steps = np.minimum((np.arange(len(f0)) * HOP / SOUND_RATE * RATE).astype(int), count - 1)
    voiced = np.isfinite(height)
    all_, some = np.bincount(steps, minlength=count), np.bincount(steps, voiced, minlength=count)
    total = np.bincount(steps, np.where(voiced, np.clip(height, -1.0, 1.0), 0.0), minlength=count)
    return (some / np.maximum(all_, 1)).astype(np.float32), (total / np.maximum(some, 1)).astype(np.float32)


def _felt(track: EmotionTrack, count: int) -> Floats:
    """[count, 3] of `Emotion.vector`, its valence, arousal and dominance: the data tell no more apart."""
    if track.is_constant:
        return np.broadcast_to(track.emotion.vector()[-3:], (count, 3))
    course = np.array([track.at(t).vector()[-3:] for t in (np.arange(count) + 0.5) / RATE])
    return np.asarray(gaussian_filter1d(course, _TURN * RATE, axis=0, mode="nearest"), np.float32)

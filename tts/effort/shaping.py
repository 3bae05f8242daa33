"""The spectral envelope as the emotion has it: by the acoustic model's style, and by gains after it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from scipy.ndimage import uniform_filter1d

from studio.checkpoints import bundled
from studio.emotion import Emotion
from studio.emotion.labels import CATEGORIES, CATEGORY_VAD
from tts.acoustic import FRAME, SAMPLE_RATE
from tts.effort.bands import Analysis
from tts.effort.context import contexts
from tts.effort.phones import Phone, phones_of

Samples = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

WEIGHTS = "effort.safetensors"
# The emotions there is a table for; others are told in these by `Emotion.blend`.
ANCHORS = ("angry", "happy", "afraid", "sad", "disgusted", "bored", "surprised", "calm")
_LEAST_DB = 1e-3
# A gain glides from sound to sound over 40 ms, as articulators do.
_GLIDE_FRAMES = 5
_LEAST_WEIGHT = 1e-3
# Columns of `contexts`.
_VOICED = [Phone.CLOSE, Phone.MID, Phone.OPEN, Phone.SONORANT]


def shaped(samples: Samples, symbols: str, frames: npt.NDArray[np.int64], emotions: npt.NDArray[np.float32]) -> Samples:
    """A sentence with the articulation and vocal effort of its emotion; each 32 ms keep their level.

    samples: at tts.acoustic.SAMPLE_RATE, after dynamics and gains, [F * FRAME]: loud sounds are given more effort than
    soft ones.  symbols: of the sentence, without pads, [T - 2].  frames: of each token, pads included, [T], F in all.
    emotions: `Emotion.vector()` of what the voice feels at each token, [T, 27]. Neutral returns `samples` as they are.
    """
    weights = weights_of(emotions)
    if weights.max(initial=0.0) < _LEAST_WEIGHT or not samples.any():
        return samples
    return gained(samples, symbols, frames, weights, _tables())


def gained(
    samples: Samples, symbols: str, frames: npt.NDArray[np.int64], weights: Floats, tables: Mapping[str, Floats]
) -> Samples:
    """`shaped`, by the weights of the anchors at each token, [T, A], and what each does at full weight, in `tables`:
    "bands" in dB, [A, WIDTH, BANDS]; "limit", which no band's move goes beyond, in dB, [A]; "breath", [A], the share of
    the voice's amplitude that is noise."""
    analysis = _analysis()
    spectra = analysis.spectra(samples)
    _, level = analysis.envelope(spectra)
    at = np.minimum(np.arange(len(spectra)) * analysis.hop // FRAME, int(frames.sum()) - 1)
    course = contexts(phones_of(symbols, frames)[at], level)
    felt = np.repeat(weights, frames, axis=0)[at]
    decibels = np.einsum("ne,nc,ecb->nb", felt, course, tables["bands"], optimize=True)
    limit = ((felt @ tables["limit"]) / np.maximum(felt.sum(axis=1), _LEAST_WEIGHT))[:, None]
    decibels = limit * np.tanh(decibels / np.maximum(limit, _LEAST_DB))
    breath = felt @ tables["breath"] * course[:, _VOICED].sum(axis=1)
    if breath.any():
        spectra = analysis.breathed(spectra, uniform_filter1d(breath, _GLIDE_FRAMES, mode="nearest"))
    return analysis.gained(spectra, uniform_filter1d(decibels, _GLIDE_FRAMES, axis=0, mode="nearest"), len(samples))


def styled(style: Samples, emotions: npt.NDArray[np.float32]) -> Samples:
    """The acoustic model's style vector [1, 256] as a sentence's emotions [T, 27] have it.

    Moves the decoder's half (columns 0-127): how tense or soft the voice is. Lengths and pitch, which the other half
    decides, stay. Neutral returns `style` as it is.
    """
    weights = weights_of(emotions).mean(axis=0)
    if weights.max(initial=0.0) < _LEAST_WEIGHT:
        return style
    out = style.copy()
    out[0, : style.shape[1] // 2] += weights @ _tables()["style"]
    return out


def weights_of(emotions: npt.NDArray[np.float32]) -> Floats:
    """[T, 27] -> the weight of each of ANCHORS, [T, A]."""
    return np.stack([_weights(v.tobytes()) for v in emotions])


@cache
def _analysis() -> Analysis:
    return Analysis(SAMPLE_RATE)


@cache
def _tables() -> dict[str, Floats]:
    """What `gained` takes, and "style", [A, 128]; at full intensity, A as in ANCHORS."""
    return {name: table.astype(np.float64) for name, table in load_file(bundled(WEIGHTS)).items()}


# Tracks take few values, or one at each word.
@lru_cache(maxsize=1024)
def _weights(vector: bytes) -> Floats:
    """Of each anchor, from an `Emotion.vector()`."""
    values = np.frombuffer(vector, np.float32)
    emotion = Emotion.of({c: float(w) for c, w in zip(CATEGORIES, values, strict=False) if w})
    accounted = sum((w * np.array(CATEGORY_VAD[c]) for c, w in emotion.weights), np.zeros(3))
    rest = values[len(CATEGORIES) :] - np.clip(accounted, -1.0, 1.0)
    if np.abs(rest).max() > _LEAST_WEIGHT:
        emotion += Emotion.from_vad(*map(float, rest))
    blend = emotion.blend(ANCHORS)
    return np.array([blend[a] for a in ANCHORS])

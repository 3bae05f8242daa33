"""The two linear models, of a sound alone and of a sound beside the speaker's neutral, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open

from studio.checkpoints import bundled
from studio.emotion import Emotion

Floats = npt.NDArray[np.float64]

# EMO-DB's classes in this project's words; its fear is "anxiety or fear".
CLASSES = ("angry", "bored", "disgusted", "afraid", "happy", "sad", "neutral")
NEUTRAL_CLASS = CLASSES.index("neutral")
# A feature further out than this (in standard deviations) is a disturbance, not an emotion.
_FARTHEST = 5.0


@dataclass(frozen=True)
class LinearModel:
    """Standardised features times weights. mean, scale: [D]; weights: [D, C]; bias: [C]; D in the order of `names`."""

    names: tuple[str, ...]
    mean: Floats
    scale: Floats
    weights: Floats
    bias: Floats
    temperature: float = 1.0

    def logits(self, x: Floats) -> Floats:
        """Log odds up to a constant, [N, C], of rows of features [N, D]; NaN (not there) counts as usual."""
        z = np.clip(np.nan_to_num((x - self.mean) / self.scale), -_FARTHEST, _FARTHEST)
        return (z @ self.weights + self.bias) / self.temperature

    def probabilities(self, x: Floats) -> Floats:
        """Calibrated probability of each class, [N, C]."""
        return softmax(self.logits(x))


def softmax(logits: Floats) -> Floats:
    """Probabilities [N, C] of log odds [N, C]."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@cache
def load(which: str, path: Path | None = None) -> LinearModel:
    """The shipped model of a sound alone ("absolute") or of what differs from the speaker's neutral ("relative")."""
    with safe_open(path or bundled("voice_emotion.safetensors"), "numpy") as file:
        names = tuple(file.metadata()["features"].split())
        parts = {k: file.get_tensor(f"{which}.{k}").astype(np.float64) for k in ("mean", "scale", "weights", "bias")}
        return LinearModel(names, **parts, temperature=float(file.get_tensor(f"{which}.temperature")[0]))


def emotion_of(probabilities: Floats) -> Emotion:
    """What the classes' probabilities [C] say as a mixture.

    A class weighs what its probability has over chance (0 at 1 in 7, 1 at certainty), times the probability that it
    isn't neutral: sure anger is near angry:1, a sound that could be anything is near neutral.
    """
    chance = 1.0 / len(CLASSES)
    weights = np.clip((probabilities - chance) / (1.0 - chance), 0.0, 1.0) * (1.0 - probabilities[NEUTRAL_CLASS])
    return Emotion.of({c: float(w) for c, w in zip(CLASSES, weights, strict=True) if c != "neutral" and w > 0})

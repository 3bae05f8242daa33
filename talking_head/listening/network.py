"""The network: mel bands -> coefficients of the mouth, contact of the lips, voice. In numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from studio.checkpoints import bundled
from talking_head.listening.mel import BANDS

Floats = npt.NDArray[np.float32]

# The coefficients that the shapes of sounds use (`talking_head.motion.visemes`), alike on both sides.
COEFFICIENTS = (
    "jawOpen",
    "mouthLowerDown",
    "mouthUpperUp",
    "mouthSmile",
    "mouthStretch",
    "mouthPucker",
    "mouthFunnel",
    "mouthRollLower",
    "tongueOut",
)
OUTPUTS = len(COEFFICIENTS) + 2
# Frames taken together: the network works at 50 steps a second and answers at 100.
STEP = 2
WIDTH = 192
# Of each block's convolution, whose three taps lie so many steps apart: it hears 0.46 s either side.
DILATIONS = (1, 2, 4, 8, 1, 2, 4, 1)
# Frames either side that reach an answer.
REACH = STEP * (sum(DILATIONS) + 1)
_EPSILON = 1e-5


@dataclass(frozen=True, eq=False)
class Network:
    """weights: by name, as `talking_head.listening.training.network` makes them."""

    weights: dict[str, Floats]

    @classmethod
    def load(cls, path: Path) -> Network:
        """From a safetensors file; its numbers may be kept in half precision."""
        return cls({name: value.astype(np.float32) for name, value in load_file(path).items()})

    def __call__(self, bands: Floats) -> Floats:
        """[N, BANDS] -> [N, OUTPUTS]: COEFFICIENTS, then logits of contact and of voice."""
        count = len(bands)
        steps = -(-count // STEP)
        padded = np.pad(bands, ((0, steps * STEP - count), (0, 0)), mode="edge").reshape(steps, STEP * BANDS)
        w = self.weights
        x = padded @ w["into.weight"].T + w["into.bias"]
        for i, dilation in enumerate(DILATIONS):
            x = x + self._block(f"blocks.{i}.", x, dilation)
        x = self._normed("norm.", x) @ w["out.weight"].T + w["out.bias"]
        return np.asarray(x.reshape(steps * STEP, OUTPUTS)[:count], np.float32)

    def _block(self, name: str, x: Floats, dilation: int) -> Floats:
        w, steps = self.weights, len(x)
        padded = np.pad(self._normed(f"{name}norm.", x), ((dilation, dilation), (0, 0)))
        kernel = w[f"{name}near.weight"]  # [out, in, 3]
        taps = [padded[t * dilation :][:steps] @ kernel[:, :, t].T for t in range(3)]
        hidden = np.maximum(taps[0] + taps[1] + taps[2] + w[f"{name}near.bias"], 0.0)
        return np.asarray(hidden @ w[f"{name}mix.weight"].T + w[f"{name}mix.bias"], np.float32)

    def _normed(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=1, keepdims=True) + _EPSILON)
        return np.asarray(centred / scale * self.weights[f"{name}weight"] + self.weights[f"{name}bias"], np.float32)


@cache
def shipped() -> Network:
    """The network trained for Affetto (checkpoints/lips.md)."""
    return Network.load(bundled("lips.safetensors"))

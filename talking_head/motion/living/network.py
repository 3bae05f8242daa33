"""The network: a noisy motion, how noisy it is, and the voice -> the motion. In numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from studio.checkpoints import bundled

Floats = npt.NDArray[np.float32]

WIDTH = 64
# Of each block's convolution, whose three taps lie so many steps (of 1/25 s) apart: it sees 2 s either side.
DILATIONS = (1, 2, 4, 8, 16, 1, 2, 4, 8, 4)
REACH = sum(DILATIONS)
# Sines and cosines in which a noise level is told.
LEVELS = 16
_EPSILON = 1e-5


@dataclass(frozen=True, eq=False)
class Network:
    """weights: by name, as `talking_head.motion.living.training.network` makes them."""

    weights: dict[str, Floats]

    @classmethod
    def load(cls, path: Path) -> Network:
        """From a safetensors file."""
        return cls(load_file(path))

    def __call__(self, noisy: Floats, level: float, conditions: Floats) -> Floats:
        """[N, CHANNELS] at a noise level in 0..1 (0 is none), and [N, CONDITIONS] -> [N, CHANNELS] without noise."""
        w = self.weights
        x = np.concatenate([noisy, conditions], axis=1) @ w["into.weight"].T + w["into.bias"]
        told = _told(level) @ w["level.weight"].T + w["level.bias"]
        told = told / (1.0 + np.exp(-told))
        for i, dilation in enumerate(DILATIONS):
            x = x + self._block(f"blocks.{i}.", x, told, dilation)
        return np.asarray(self._normed("norm.", x) @ w["out.weight"].T + w["out.bias"], np.float32)

    def _block(self, name: str, x: Floats, told: Floats, dilation: int) -> Floats:
        w, steps = self.weights, len(x)
        scale, shift = np.split(told @ w[f"{name}level.weight"].T + w[f"{name}level.bias"], 2)
        normed = self._normed(f"{name}norm.", x) * (1.0 + scale) + shift
        padded = np.pad(normed, ((dilation, dilation), (0, 0)))
        kernel = w[f"{name}near.weight"]  # [out, in, 3]
        taps = [padded[t * dilation :][:steps] @ kernel[:, :, t].T for t in range(3)]
        hidden = np.maximum(taps[0] + taps[1] + taps[2] + w[f"{name}near.bias"], 0.0)
        return np.asarray(hidden @ w[f"{name}mix.weight"].T + w[f"{name}mix.bias"], np.float32)

    def _normed(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=1, keepdims=True) + _EPSILON)
        return np.asarray(centred / scale * self.weights[f"{name}weight"] + self.weights[f"{name}bias"], np.float32)


def _told(level: float) -> Floats:
    """[LEVELS] a noise level as sines and cosines of 1 to 128 quarter turns."""
    turns = level * np.geomspace(1.0, 128.0, LEVELS // 2) * np.pi / 2
    return np.concatenate([np.sin(turns), np.cos(turns)]).astype(np.float32)


@cache
def shipped() -> Network:
    """The network trained for Affetto (checkpoints/life.md)."""
    return Network.load(bundled("life.safetensors"))

"""The transformer in numpy, one position at a time, for several takes at once.

What `tts.autoregressive.training.network` is in torch, from the same weights (the two agree to 1e-4: tests). A sentence
is a hundred steps of small products: numpy takes a third of torch's time for them, and needs no install.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open

from tts.autoregressive.inputs import Inputs
from tts.autoregressive.tokens import SCALES

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

_EPSILON = 1e-5


@dataclass(eq=False)
class State:
    """Keys and values of the positions so far, [layers, takes, heads, T, width / heads], and how many these are."""

    keys: Floats
    values: Floats
    length: int = 0


class Network:
    """weights: by torch's names, float32."""

    def __init__(self, weights: Mapping[str, Floats], layers: int, heads: int) -> None:
        # Transposed once, so that a step is x @ w.
        self._w = {
            k: np.ascontiguousarray(v.T) if v.ndim == 2 and not k.startswith(("before", "given", "symbols")) else v
            for k, v in weights.items()
        }
        self._layers, self._heads = layers, heads
        self._width = len(self._w["norm.weight"])

    @classmethod
    def load(cls, path: Path) -> Network:
        """From a safetensors file whose metadata names `layers` and `heads`."""
        with safe_open(path, framework="numpy") as found:
            about = found.metadata()
            weights = {k: found.get_tensor(k).astype(np.float32) for k in found.keys()}  # noqa: SIM118
        return cls(weights, int(about["layers"]), int(about["heads"]))

    def known(self, inputs: Inputs) -> Floats:
        """What is known of each position before anything is decided, [T, width]."""
        w = self._w
        out: Floats = inputs.features @ w["features.weight"] + w["symbols.weight"][inputs.ids]
        out += inputs.described @ w["described.weight"] + inputs.emotions @ w["emotion.weight"]
        return out

    def begin(self, takes: int, positions: int) -> State:
        """Nothing said yet."""
        shape = (self._layers, takes, self._heads, positions, self._width // self._heads)
        return State(np.empty(shape, np.float32), np.empty(shape, np.float32))

    def step(self, state: State, known: Floats, budget: Floats, before: Mapping[str, Ints]) -> Floats:
        """The next position's output, [takes, width].

        known: of this position, [width] or [takes, width]; budget: [takes, BUDGETED]; before: the codes decided at the
        position before, [takes]; at the first, of each scale its `count`.
        """
        w = self._w
        x = known + budget @ w["budget.weight"]
        for name in SCALES:
            x = x + w[f"before.{name}.weight"][before[name]]
        for layer in range(self._layers):
            x = x + self._attended(state, layer, self._normed(x, f"blocks.{layer}.norm1"))
            inner = _gelu(self._linear(self._normed(x, f"blocks.{layer}.norm2"), f"blocks.{layer}.up"))
            x = x + self._linear(inner, f"blocks.{layer}.down")
        state.length += 1
        return self._normed(x, "norm")

    def inner(self, name: str, x: Floats, given: Floats | float) -> Floats:
        """Logits of one scale, [takes, count]; given: what `given` returned for those decided before, summed."""
        return self._linear(_gelu(self._linear(x, f"inner.{name}") + given), f"logits.{name}")

    def given(self, name: str, codes: Ints) -> Floats:
        """What the later scales learn of a decision, [takes, head width]."""
        return self._w[f"given.{name}.weight"][codes]

    def _attended(self, state: State, layer: int, x: Floats) -> Floats:
        takes, head = len(x), self._width // self._heads
        qkv = self._linear(x, f"blocks.{layer}.qkv").reshape(takes, 3, self._heads, head)
        at = state.length
        state.keys[layer, :, :, at], state.values[layer, :, :, at] = qkv[:, 1], qkv[:, 2]
        keys, values = state.keys[layer, :, :, : at + 1], state.values[layer, :, :, : at + 1]
        scores = (keys @ qkv[:, 0, :, :, None])[..., 0] / np.float32(np.sqrt(head))
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = (weights[:, :, None] @ values)[:, :, 0].reshape(takes, self._width)
        return self._linear(mixed, f"blocks.{layer}.out")

    def _linear(self, x: Floats, name: str) -> Floats:
        return x @ self._w[f"{name}.weight"] + self._w[f"{name}.bias"]

    def _normed(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
        return centred / scale * self._w[f"{name}.weight"] + self._w[f"{name}.bias"]


def _gelu(x: Floats) -> Floats:
    """The tanh form, as in training."""
    return np.float32(0.5) * x * (1 + np.tanh(np.float32(0.7978845608) * (x + np.float32(0.044715) * x * x * x)))

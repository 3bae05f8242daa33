"""The transformer without torch, one position at a time, for several takes at once.

What `tts.autoregressive.training.network` is in torch, from the same weights (the two agree to 1e-4: tests).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import safe_open

from tts.autoregressive import kernels
from tts.autoregressive.inputs import Inputs
from tts.autoregressive.tokens import SCALES

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

# The weights of a layer, in the order `kernels.block` takes them.
_PARTS = ("norm1", "qkv", "out", "norm2", "up", "down")
_BLOCK = tuple(f"{part}.{kind}" for part in _PARTS for kind in ("weight", "bias"))
# Of a scale's head, in the order of `kernels.head`.
_HEAD = ("inner.{}.weight", "inner.{}.bias", "logits.{}.weight", "logits.{}.bias")


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
        self._blocks = [[self._w[f"blocks.{layer}.{name}"] for name in _BLOCK] for layer in range(layers)]
        self._logits = {name: [self._w[k.format(name)] for k in _HEAD] for name in SCALES}

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
        x = np.ascontiguousarray(x, np.float32)
        for layer, weights in enumerate(self._blocks):
            kernels.block(x, state.keys[layer], state.values[layer], state.length, *weights)
        state.length += 1
        out = np.empty_like(x)
        kernels.normed(x, w["norm.weight"], w["norm.bias"], out)
        return out

    def inner(self, name: str, x: Floats, given: Floats | float) -> Floats:
        """Logits of one scale, [takes, count]; given: what `given` returned for those decided before, summed."""
        weight, bias, out, out_bias = self._logits[name]
        told = np.zeros((len(x), len(bias)), np.float32) + given
        return kernels.head(x, weight, bias, told, out, out_bias)

    def given(self, name: str, codes: Ints) -> Floats:
        """What the later scales learn of a decision, [takes, head width]."""
        return self._w[f"given.{name}.weight"][codes]

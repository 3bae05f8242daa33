"""How good speech sounds, as listeners would rate it from 1 to 5: Distill-MOS, without reference and without torch.

Stahl & Gamper 2025, "Distillation and Pruning for Scalable Self-Supervised Representation-Based Speech Quality
Assessment". The weights (MIT) are data out of the package distillmos; ONNX Runtime and numpy do the rest. The package
itself says the same to 0.001 (checkpoints/manifest.toml names it; tests/studio/test_evaluation.py holds its figures).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from scipy.signal import resample_poly

from studio.errors import InputError
from studio.evaluation.onnx_session import built, session
from studio.evaluation.torch_archive import read_tensors

Floats = npt.NDArray[np.float32]

CHECKPOINT = "distillmos"
SAMPLE_RATE = 16_000

# Raised when `_graph` changes.
_VERSION = 1
# Of the published model: 7.68 s at a time, at most a second apart; 20 ms windows every 10 ms.
_LENGTH, _APART = 122_880, 16_000
_WINDOW, _HOP = 320, 160
_CONVOLUTIONS, _LAYERS, _HEADS, _WIDTH = 6, 7, 8, 200
_STEPS = 384


def mean_opinion(samples: npt.NDArray[np.floating], rate: int) -> float:
    """The rating of mono speech [T], 1 (bad) to 5 (excellent). Raises InputError for silence."""
    if not np.any(samples):
        raise InputError("There is only silence to rate.")
    common = int(np.gcd(rate, SAMPLE_RATE))
    sound = resample_poly(np.asarray(samples, np.float64), SAMPLE_RATE // common, rate // common)
    over = max(len(sound) - _LENGTH, 0)
    sound = np.pad(sound, (0, max(_LENGTH - len(sound), 0)))
    starts = np.linspace(0, over, int(np.ceil(over / _APART)) + 1).astype(int)
    ratings = [_session().run(None, {"spectrum": _spectrum(sound[s : s + _LENGTH])})[0] for s in starts]
    return float(1.0 + 4.0 * np.mean(ratings))


def _spectrum(sound: npt.NDArray[np.float64]) -> Floats:
    """Real and imaginary parts, their magnitude to the power of .3, [1, 2, 161, 768]."""
    sound = sound / (np.abs(sound).max() + 1e-8)
    padded = np.pad(sound, (_WINDOW - _HOP) // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    # The periodic Hann window, as torch's.
    bins = np.fft.rfft(frames * np.hanning(_WINDOW + 1)[:-1]).T
    size = np.maximum(np.abs(bins), 1e-12)
    bins = bins * size**0.3 / size
    return np.stack([bins.real, bins.imag])[None].astype(np.float32)


class _Graph:
    """Nodes and constants, added one by one; each method returns the name of what it makes."""

    def __init__(self, tensors: Mapping[str, npt.NDArray]) -> None:
        self._tensors = tensors
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def op(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = output or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def constant(self, values: npt.NDArray) -> str:
        name = f"constant_{len(self.constants)}"
        self.constants[name] = numpy_helper.from_array(values, name)
        return name

    def shaped(self, line: str, *shape: int) -> str:
        return self.op("Reshape", line, self.constant(np.array(shape, np.int64)))

    def linear(self, line: str, name: str, matrix: str = "weight", bias: str = "bias") -> str:
        """line: [steps, width]."""
        weight, offset = (self.constant(self._tensors[f"{name}{part}"]) for part in (matrix, bias))
        return self.op("Gemm", line, weight, offset, transB=1)

    def batch_normed(self, line: str, name: str) -> str:
        fields = [
            self.constant(self._tensors[f"{name}.{f}"]) for f in ("weight", "bias", "running_mean", "running_var")
        ]
        return self.op("BatchNormalization", line, *fields)

    def layer_normed(self, line: str, name: str) -> str:
        fields = [self.constant(self._tensors[f"{name}.{f}"]) for f in ("weight", "bias")]
        return self.op("LayerNormalization", line, *fields, axis=-1)

    def convolved(self, line: str) -> str:
        """[1, 2, 161, 768] to [384, channels x frequencies]."""
        for i in range(_CONVOLUTIONS):
            name = f"cnn.cnn.{2 * i}"
            fields = [self.constant(self._tensors[f"{name}.{f}"]) for f in ("weight", "bias")]
            steps = [2 if i else 1, 2 if i == _CONVOLUTIONS - 1 else 1]
            line = self.op("LeakyRelu", self.op("Conv", line, *fields, strides=steps, pads=[0, 1, 0, 1]), alpha=0.1)
        return self.op("Transpose", self.shaped(line, -1, _STEPS), perm=[1, 0])

    def attended(self, line: str, name: str) -> str:
        joint = self.linear(line, f"{name}.", "in_proj_weight", "in_proj_bias")
        by_head = self.op("Transpose", self.shaped(joint, _STEPS, 3, _HEADS, -1), perm=[1, 2, 0, 3])
        q, k, v = (self.op("Gather", by_head, self.constant(np.array(i, np.int64)), axis=0) for i in range(3))
        scale = self.constant(np.array((_WIDTH // _HEADS) ** -0.5, np.float32))
        scores = self.op("Mul", self.op("MatMul", q, self.op("Transpose", k, perm=[0, 2, 1])), scale)
        mixed = self.op("MatMul", self.op("Softmax", scores, axis=-1), v)
        return self.linear(
            self.shaped(self.op("Transpose", mixed, perm=[1, 0, 2]), _STEPS, _WIDTH), f"{name}.out_proj."
        )

    def encoded(self, line: str, name: str) -> str:
        """A transformer layer that norms after its sums."""
        line = self.layer_normed(self.op("Add", line, self.attended(line, f"{name}.self_attn")), f"{name}.norm1")
        hidden = self.op("Relu", self.linear(line, f"{name}.linear1."))
        return self.layer_normed(self.op("Add", line, self.linear(hidden, f"{name}.linear2.")), f"{name}.norm2")


def _graph(tensors: Mapping[str, npt.NDArray]) -> onnx.ModelProto:
    """ "spectrum" [1, 2, 161, 768] -> "rating" [1, 1] in [0, 1]. Raises KeyError when a tensor is missing."""
    made = _Graph(tensors)
    top = "transformer_pool_attn"
    line = made.batch_normed(made.convolved("spectrum"), f"{top}.norm_input")
    line = made.linear(made.batch_normed(line, f"{top}.transformer.norm"), f"{top}.transformer.linear_proj.")
    line = made.op("Add", line, made.constant(tensors[f"{top}.transformer.position_encoding.pe"][0]))
    for i in range(_LAYERS):
        line = made.encoded(line, f"{top}.transformer.transformer_encoder.layers.{i}")
    line = made.batch_normed(line, f"{top}.norm_trans")
    scores = made.linear(made.op("Relu", made.linear(line, f"{top}.pool.linear1.")), f"{top}.pool.linear2.")
    share = made.op("Softmax", made.op("Transpose", scores, perm=[1, 0]), axis=-1)
    made.op("Sigmoid", made.linear(made.op("MatMul", share, line), f"{top}.pool.linear3."), output="rating")
    spectrum = helper.make_tensor_value_info("spectrum", TensorProto.FLOAT, [1, 2, _WINDOW // 2 + 1, 2 * _STEPS])
    rating = helper.make_tensor_value_info("rating", TensorProto.FLOAT, [1, 1])
    whole = helper.make_graph(made.nodes, "distillmos", [spectrum], [rating], list(made.constants.values()))
    return helper.make_model(whole, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


@cache
def _session() -> ort.InferenceSession:
    return session(built(CHECKPOINT, _VERSION, lambda weights: _graph(read_tensors(weights, "model"))))

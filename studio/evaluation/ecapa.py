"""ECAPA-TDNN as an ONNX graph, built from the tensors of SpeechBrain's checkpoint.

Desplanques, Thienpondt & Demuynck 2020, "ECAPA-TDNN: Emphasized Channel Attention, Propagation and Aggregation in TDNN
Based Speaker Verification"; weights: speechbrain/spkrec-ecapa-voxceleb (VoxCeleb 1 and 2, 7,205 speakers).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

# Of the published model: pieces a Res2Net block splits its channels into; dilation of the three blocks.
_PIECES = 8
_DILATIONS = (2, 3, 4)
# torch's BatchNorm1d, and SpeechBrain's floor under the variance of attentive pooling.
_BATCH_EPSILON, _POOL_EPSILON = 1e-5, 1e-12


def graph(tensors: Mapping[str, npt.NDArray]) -> onnx.ModelProto:
    """ "features" [1, 80, T] (log mel bands less their mean over time) -> "embedding" [1, 192, 1].

    Raises KeyError when a tensor is missing.
    """
    made = _Graph(tensors)
    line = made.tdnn("blocks.0", "features")
    lines = []
    for i, dilation in enumerate(_DILATIONS, 1):
        line = made.block(f"blocks.{i}", line, dilation)
        lines.append(line)
    line = made.tdnn("mfa", made.op("Concat", lines, axis=1))
    made.embed(line, "embedding")
    return made.model()


class _Graph:
    """Nodes and constants, added one by one; each method returns the name of what it makes."""

    def __init__(self, tensors: Mapping[str, npt.NDArray]) -> None:
        self._tensors = tensors
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._time = self.constant("time", np.array([2], np.int64))

    def model(self) -> onnx.ModelProto:
        features = helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, 80, "T"])
        embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, 192, 1])
        whole = helper.make_graph(self._nodes, "ecapa", [features], [embedding], list(self._constants.values()))
        return helper.make_model(whole, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)

    def op(self, kind: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        name = output or f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def constant(self, name: str, values: npt.NDArray) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def weight(self, name: str) -> str:
        return self.constant(name, self._tensors[name])

    def convolution(self, name: str, line: str, dilation: int = 1) -> str:
        """As long as it was, its ends mirrored."""
        reach = dilation * (self._tensors[f"{name}.weight"].shape[2] - 1) // 2
        if reach:
            pads = self.constant(f"mirrored_{reach}", np.array([0, 0, reach, 0, 0, reach], np.int64))
            line = self.op("Pad", [line, pads], mode="reflect")
        return self.op("Conv", [line, self.weight(f"{name}.weight"), self.weight(f"{name}.bias")], dilations=[dilation])

    def normalised(self, name: str, line: str) -> str:
        fields = [self.weight(f"{name}.{f}") for f in ("weight", "bias", "running_mean", "running_var")]
        return self.op("BatchNormalization", [line, *fields], epsilon=_BATCH_EPSILON)

    def tdnn(self, name: str, line: str, dilation: int = 1) -> str:
        line = self.op("Relu", [self.convolution(f"{name}.conv.conv", line, dilation)])
        return self.normalised(f"{name}.norm.norm", line)

    def block(self, name: str, line: str, dilation: int) -> str:
        """Squeeze-and-excitation Res2Net."""
        inner = self.tdnn(f"{name}.tdnn1", line)
        pieces = [f"{name}/piece_{i}" for i in range(_PIECES)]
        self._nodes.append(helper.make_node("Split", [inner], pieces, name, axis=1, num_outputs=_PIECES))
        done = [pieces[0]]
        for i, piece in enumerate(pieces[1:]):
            piece = self.op("Add", [piece, done[-1]]) if i else piece
            done.append(self.tdnn(f"{name}.res2net_block.blocks.{i}", piece, dilation))
        inner = self.tdnn(f"{name}.tdnn2", self.op("Concat", done, axis=1))
        mean = self.op("ReduceMean", [inner, self._time])
        squeezed = self.op("Relu", [self.convolution(f"{name}.se_block.conv1.conv", mean)])
        excited = self.op("Sigmoid", [self.convolution(f"{name}.se_block.conv2.conv", squeezed)])
        return self.op("Add", [self.op("Mul", [inner, excited]), line])

    def embed(self, line: str, output: str) -> str:
        """Attentive statistics over time, then the 192 numbers."""
        mean = self.op("ReduceMean", [line, self._time])
        variance = self.op("ReduceMean", [self._square(self.op("Sub", [line, mean])), self._time])
        shape = self.op("Shape", [line])
        context = [self.op("Expand", [each, shape]) for each in (mean, self._root(variance))]
        seen = self.tdnn("asp.tdnn", self.op("Concat", [line, *context], axis=1))
        scores = self.convolution("asp.conv.conv", self.op("Tanh", [seen]))
        share = self.op("Softmax", [scores], axis=2)
        mean = self.op("ReduceSum", [self.op("Mul", [share, line]), self._time])
        away = self._square(self.op("Sub", [line, mean]))
        variance = self.op("ReduceSum", [self.op("Mul", [share, away]), self._time])
        pooled = self.op("Concat", [mean, self._root(variance)], axis=1)
        pooled = self.normalised("asp_bn.norm", pooled)
        return self.op("Conv", [pooled, self.weight("fc.conv.weight"), self.weight("fc.conv.bias")], output)

    def _square(self, line: str) -> str:
        return self.op("Mul", [line, line])

    def _root(self, variance: str) -> str:
        floor = self.constant("floor", np.array(_POOL_EPSILON, np.float32))
        return self.op("Sqrt", [self.op("Max", [variance, floor])])

"""The residual blocks of Kokoro's generator, nine tenths of its time, in compiled passes around int8 products.

Each block does this three times (iSTFTNet with StyleTTS 2's adaptive normalisation): normalise each channel over the
line, with gain and offset from the style; Snake, v + sin(alpha v)^2 / alpha (Ziyin et al. 2020); dilated convolution;
the same again with a plain one; add. ONNX Runtime runs that as 25 operations over the whole line, several of them on
one thread. Weights and activations are the int8 graph's own, quantised as it does (DynamicQuantizeLinear).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnx import helper
from safetensors.numpy import load_file

from tts.acoustic import kernels
from tts.acoustic.names import CONVOLUTIONS, PAIRS, STAGES, Name
from tts.acoustic.sessions import threads

Floats = npt.NDArray[np.float32]

# Of the graph's instance normalisation.
_EPSILON = 1e-5
# Rows multiplied at a time: with eleven taps of 128 channels 1.4 MB, which stay in a core's cache.
_ROWS = 1024


@dataclass(frozen=True, eq=False)
class Convolution:
    """matrix: int8 [K * C, O], taps side by side; zero_point: int8 of weight 0; scale: of one step; bias: [O];
    alpha: of the Snake before it, [C]; dilation: between taps; padding: rows before."""

    matrix: npt.NDArray[np.int8]
    zero_point: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats
    alpha: Floats
    dilation: int
    padding: int


class Generator:
    """The blocks of the weights at `path` (`tts.acoustic.cut` wrote them)."""

    def __init__(self, path: Path) -> None:
        weights = load_file(path)
        self._convolutions = {name: _convolution(weights, name) for name in CONVOLUTIONS}
        self._workers = threads()
        self._pool = ThreadPoolExecutor(self._workers, "generator")

    def stage(self, index: int, x: Floats, source: Floats, styles: Mapping[str, Floats]) -> Floats:
        """Sum of the stage's three blocks over x + the source's, [1, C, L]; x, source: [1, C, L].

        styles: gain and offset of each normalisation, [1, C, 1], by `Name.gain` and `Name.offset`.
        """
        first, blocks = STAGES[index]
        line = self._block(first, np.ascontiguousarray(source[0].T), styles)
        line += x[0].T
        total = self._block(blocks[0], line.copy(), styles)
        for block in blocks[1:]:
            total += self._block(block, line.copy(), styles)
        return np.ascontiguousarray(total.T)[None]

    def _block(self, block: str, x: Floats, styles: Mapping[str, Floats]) -> Floats:
        for pair in PAIRS:
            inner = self.convolved(Name(block, 1, pair), x, styles, np.zeros_like(x))
            self.convolved(Name(block, 2, pair), inner, styles, x)
        return x

    def convolved(self, name: Name, x: Floats, styles: Mapping[str, Floats], onto: Floats) -> Floats:
        """Normalise, activate, convolve x [L, C] and add to `onto` [L, O]."""
        convolution = self._convolutions[name]
        gain, offset = self._normalising(x, styles[name.gain].ravel(), styles[name.offset].ravel())
        active = np.empty_like(x)
        bounds = np.zeros((self._workers, 2, x.shape[1]), np.float32)
        self._shared(
            len(x),
            lambda n, start, end: kernels.activate(x, gain, offset, convolution.alpha, start, end, active, bounds[n]),
        )
        # As DynamicQuantizeLinear: 0 is always within the bounds.
        low, high = float(bounds[:, 0].min()), float(bounds[:, 1].max())
        scale = np.float32(max(float(np.float32(high - low)), 1e-12) / 255)
        zero = int(np.clip(np.rint(-low / scale), 0, 255))
        per_unit, product = np.float32(1 / scale), _product()
        inputs = {
            "b": convolution.matrix,
            "a_scale": np.array(scale),
            "b_scale": convolution.scale,
            "a_zero": np.array(zero, np.uint8),
            "b_zero": convolution.zero_point,
            "bias": convolution.bias,
        }

        def multiply(_: int, start: int, end: int) -> None:
            width = convolution.matrix.shape[0]
            quantised = np.empty((_ROWS + width // x.shape[1] * convolution.dilation, x.shape[1]), np.uint8)
            taps = np.empty((_ROWS, width), np.uint8)
            for first in range(start, end, _ROWS):
                last = min(first + _ROWS, end)
                rows = taps[: last - first]
                kernels.windows(
                    active, per_unit, zero, convolution.dilation, convolution.padding, first, last, quantised, rows
                )
                kernels.add(onto, product.run(None, {"a": rows, **inputs})[0], first)

        self._shared(len(x), multiply)
        return onto

    def _normalising(self, x: Floats, gain: Floats, offset: Floats) -> tuple[Floats, Floats]:
        """Gain and offset [C] that give each channel of x [L, C] mean `offset` and deviation `gain`."""
        totals = np.zeros((self._workers, 2, x.shape[1]))
        self._shared(len(x), lambda n, start, end: kernels.sums(x, start, end, totals[n]))
        mean, square = totals.sum(axis=0) / len(x)
        by = gain / np.sqrt(np.maximum(square - mean * mean, 0.0) + _EPSILON)
        return by.astype(np.float32), (offset - mean * by).astype(np.float32)

    def _shared(self, rows: int, work: Callable[[int, int, int], None]) -> None:
        """work(worker, start, end) on every worker's share of the rows."""
        ends = [rows * n // self._workers for n in range(self._workers + 1)]
        list(self._pool.map(work, range(self._workers), ends[:-1], ends[1:]))


def _convolution(weights: Mapping[str, npt.NDArray], name: Name) -> Convolution:
    matrix, zero, scale, bias, alpha = (weights[f"{name}/{p}"] for p in ("matrix", "zero", "scale", "bias", "alpha"))
    dilation, padding = weights[f"{name}/layout"].tolist()
    return Convolution(matrix, zero, scale, bias, alpha, dilation, padding)


@cache
def _product() -> ort.InferenceSession:
    """a [M, K] of bytes times b [K, N] of signed bytes, scaled, bias [N] added: float32 [M, N]. On one thread."""
    kinds = {"a": 2, "b": 3, "a_scale": 1, "b_scale": 1, "a_zero": 2, "b_zero": 3, "bias": 1}
    shapes: dict[str, list[str]] = {"a": ["M", "K"], "b": ["K", "N"], "bias": ["N"]}
    graph = helper.make_graph(
        [helper.make_node("MatMulIntegerToFloat", list(kinds), ["y"], domain="com.microsoft")],
        "product",
        [helper.make_tensor_value_info(n, kind, shapes.get(n, [])) for n, kind in kinds.items()],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["M", "N"])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])

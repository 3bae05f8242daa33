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


class Room:
    """What a stage of L steps by C channels is worked in, used again from one convolution to the next."""

    def __init__(self, steps: int, channels: int, workers: int) -> None:
        self.active, self.inner, self.block = (np.empty((steps, channels), np.float32) for _ in range(3))
        self.totals = np.zeros((workers, 2, channels))
        self.bounds = np.zeros((workers, 2, channels), np.float32)


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
        steps, channels = x.shape[2], x.shape[1]
        room = Room(steps, channels, self._workers)
        line, total = np.empty_like(room.block), np.empty_like(room.block)
        out = np.empty_like(x)
        self._copy(line, source[0].T)
        self._block(first, line, styles, room)
        self._copy(room.inner, x[0].T)
        self._add(line, room.inner)
        self._copy(total, line)
        self._block(blocks[0], total, styles, room)
        for block in blocks[1:]:
            self._copy(room.block, line)
            self._block(block, room.block, styles, room)
            self._add(total, room.block)
        self._copy(out[0].T, total)
        return out

    def _copy(self, onto: Floats, x: Floats) -> None:
        self._shared(len(x), lambda _, start, end: np.copyto(onto[start:end], x[start:end]))

    def _add(self, onto: Floats, x: Floats) -> None:
        self._shared(len(x), lambda _, start, end: kernels.add(onto, x[start:end], start))

    def _block(self, block: str, x: Floats, styles: Mapping[str, Floats], room: Room) -> None:
        for pair in PAIRS:
            self._convolve(Name(block, 1, pair), x, styles, room.inner, room, adds=False)
            self._convolve(Name(block, 2, pair), room.inner, styles, x, room, adds=True)

    def convolved(self, name: Name, x: Floats, styles: Mapping[str, Floats], onto: Floats) -> Floats:
        """Normalise, activate, convolve x [L, C] and add to `onto` [L, O]."""
        self._convolve(name, x, styles, onto, Room(len(x), x.shape[1], self._workers), adds=True)
        return onto

    def _convolve(
        self, name: Name, x: Floats, styles: Mapping[str, Floats], onto: Floats, room: Room, adds: bool
    ) -> None:
        convolution, active, bounds = self._convolutions[name], room.active, room.bounds
        gain, offset = self._normalising(name, x, styles[name.gain].ravel(), styles[name.offset].ravel(), room)
        bounds[:] = 0.0
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
        width = convolution.matrix.shape[0]

        def multiply(_: int, start: int, end: int) -> None:
            quantised = np.empty((_ROWS + width // x.shape[1] * convolution.dilation, x.shape[1]), np.uint8)
            taps = np.empty((_ROWS, width), np.uint8)
            for first in range(start, end, _ROWS):
                last = min(first + _ROWS, end)
                rows = taps[: last - first]
                kernels.windows(
                    active, per_unit, zero, convolution.dilation, convolution.padding, first, last, quantised, rows
                )
                more = product.run(None, {"a": rows, **inputs})[0]
                if adds:
                    kernels.add(onto, more, first)
                else:
                    onto[first:last] = more

        self._shared(len(x), multiply)

    def _normalising(self, name: Name, x: Floats, gain: Floats, offset: Floats, room: Room) -> tuple[Floats, Floats]:
        """Gain and offset [C] that give each channel of x [L, C] mean `offset` and deviation `gain`."""
        room.totals[:] = 0.0
        self._shared(len(x), lambda n, start, end: kernels.sums(x, start, end, room.totals[n]))
        mean, square = room.totals.sum(axis=0) / len(x)
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

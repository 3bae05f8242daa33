"""Rewrites what ONNX Runtime does slowly as matrix products: int8 convolutions, the transform of the voice's source.

ONNX Runtime's ConvInteger multiplies unsigned by unsigned bytes, for which its CPU kernels don't use the dot-product
instructions (VNNI). MatMulInteger with signed weights does. Measured on one core for the decoder's widest layer (128
to 128 channels, 11 taps, 18,720 steps): ConvInteger 48 ms, gathered taps and MatMulInteger 26 ms, results identical.

Its STFT, for a length that is no power of two, is a convolution with a chirp by two longer transforms for each frame,
on one thread: of 6.6 s of sound 130 ms, as a product 9 ms.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper


def with_matmul_convolutions(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its ungrouped stride-1 ConvInteger replaced, but for narrow ones. Integers: no result changes."""
    graph = model.graph
    constants = {i.name: i for i in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        nodes += _products(graph, node, constants) if _is_eligible(node, constants) else [node]
    del graph.node[:]
    graph.node.extend(nodes)
    used = {i for n in graph.node for i in n.input}
    kept = [i for i in graph.initializer if i.name in used]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    return model


def with_matmul_transform(model: onnx.ModelProto, rest: float) -> onnx.ModelProto:
    """The model with each STFT as a product in float64, rounded to float32.

    rest: what the signal is where it is silent. There all but two bins are 0 and ONNX Runtime's are rounding errors,
    whose phases, as large as any, go into the sound. So the errors it makes of `rest` are added to every frame (1e-7
    of a loud one): silence keeps its phases.
    """
    graph = model.graph
    constants = {i.name: i for i in graph.initializer}
    nodes: list[onnx.NodeProto] = []
    for node in graph.node:
        nodes += _transform(graph, node, constants, rest) if node.op_type == "STFT" else [node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def _transform(
    graph: onnx.GraphProto, node: onnx.NodeProto, constants: dict[str, onnx.TensorProto], rest: float
) -> Iterator[onnx.NodeProto]:
    """signal [1, L], L a multiple of the hop -> frames side by side [N, size] -> product -> [1, N, bins, 2]."""
    signal, *settings = node.input
    hop, window, size = (numpy_helper.to_array(constants[c]) for c in settings[:3])
    step, length, name = int(hop), int(size), node.output[0]
    bins = length // 2 + 1
    angles = 2 * np.pi * (np.outer(np.arange(length), np.arange(bins)) % length) / length
    waves = np.stack([np.cos(angles), -np.sin(angles)], axis=2).reshape(length, -1)
    matrix = window[:, None].astype(np.float64) * waves
    silence = np.full(length, rest, np.float32)
    errors = _alone(node, [constants[c] for c in settings], silence) - silence @ matrix

    def constant(label: str, value: npt.NDArray) -> str:
        graph.initializer.append(numpy_helper.from_array(value, f"{name}/{label}"))
        return f"{name}/{label}"

    def whole(label: str, *numbers: int) -> str:
        return constant(label, np.array(numbers, np.int64))

    def made(kind: str, inputs: list[str], label: str, **given: Any) -> onnx.NodeProto:
        return helper.make_node(kind, inputs, [f"{name}/{label}"], f"{name}/{label}", **given)

    yield made("Cast", [signal], "double", to=onnx.TensorProto.DOUBLE)
    yield made("Reshape", [f"{name}/double", whole("hops", -1, step)], "hopped")
    axis, parts = whole("axis", 0), length // step
    for i in range(parts):
        # Hop i of every frame: the last frames' later hops begin no frame.
        end = i - parts + 1 or np.iinfo(np.int64).max
        yield made("Slice", [f"{name}/hopped", whole(f"from{i}", i), whole(f"to{i}", end), axis], f"hop{i}")
    yield made("Concat", [f"{name}/hop{i}" for i in range(parts)], "frames", axis=1)
    yield made("MatMul", [f"{name}/frames", constant("matrix", matrix)], "exact")
    yield made("Add", [f"{name}/exact", constant("errors", errors)], "sum")
    yield made("Cast", [f"{name}/sum"], "single", to=onnx.TensorProto.FLOAT)
    yield helper.make_node("Reshape", [f"{name}/single", whole("shape", 1, -1, bins, 2)], [name], name)


def _alone(node: onnx.NodeProto, settings: list[onnx.TensorProto], frame: npt.NDArray[np.float32]) -> npt.NDArray:
    """What ONNX Runtime's STFT makes of a frame, [bins * 2]."""
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.input[0], copy.output[0] = "signal", "bins"
    given, gives = (helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in ("signal", "bins"))
    graph = helper.make_graph([copy], "transform", [given], [gives], settings)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    bins: npt.NDArray = session.run(None, {"signal": frame[None]})[0]
    return bins.ravel()


def signed(values: npt.NDArray[np.uint8]) -> npt.NDArray[np.int8]:
    """Weights or their zero in signed bytes: unsigned w with zero z equals signed w - 128 with zero z - 128."""
    return (values.astype(np.int16) - 128).astype(np.int8)


def _attributes(node: onnx.NodeProto) -> dict[str, list[int]]:
    return {a.name: list(a.ints) for a in node.attribute if a.ints}


def _is_eligible(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> bool:
    if node.op_type != "ConvInteger" or node.input[1] not in constants or len(node.input) < 4:
        return False
    group = next((a.i for a in node.attribute if a.name == "group"), 1)
    out_channels, in_channels, _ = constants[node.input[1]].dims
    # Few channels make a thin product that costs more to gather than to convolve.
    return _attributes(node)["strides"] == [1] and group == 1 and min(out_channels, in_channels) >= 16


def _products(
    graph: onnx.GraphProto, node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]
) -> Iterator[onnx.NodeProto]:
    """x [1, C, L] -> padded, transposed [1, L + pad, C] -> taps side by side [1, L, K*C] -> product -> [1, O, L]."""
    x, weight, x_zero, weight_zero = node.input
    name = node.output[0]
    given = _attributes(node)
    before, after = given["pads"]
    step = given["dilations"][0]
    values, zero = (signed(numpy_helper.to_array(constants[c])) for c in (weight, weight_zero))
    taps = values.shape[2]
    shrink = np.array(step * (taps - 1) - before - after, np.int64)

    def constant(label: str, value: np.ndarray) -> str:
        graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(value), f"{name}/{label}"))
        return f"{name}/{label}"

    yield helper.make_node("Transpose", [x], [f"{name}/steps"], f"{name}/steps", perm=[0, 2, 1])
    gathered = f"{name}/steps"
    if before or after:
        pads = constant("pads", np.array([0, before, 0, 0, after, 0], np.int64))
        yield helper.make_node("Pad", [gathered, pads, x_zero], [f"{name}/padded"], f"{name}/padded")
        gathered = f"{name}/padded"
    if taps > 1:
        # Row t of the gathered matrix is steps t, t + step, ... of the padded input, side by side.
        offsets = constant("offsets", np.arange(taps, dtype=np.int64)[None] * step)
        first, one, axis = (constant(f"{n}", np.array(n, np.int64)) for n in (0, 1, 2))
        column = constant("column", np.array([1], np.int64))
        rows = constant("rows", np.array([1, -1, taps * values.shape[1]], np.int64))
        yield helper.make_node("Shape", [x], [f"{name}/shape"], f"{name}/shape")
        yield helper.make_node("Gather", [f"{name}/shape", axis], [f"{name}/length"], f"{name}/length")
        yield helper.make_node(
            "Sub", [f"{name}/length", constant("shrink", shrink)], [f"{name}/count"], f"{name}/count"
        )
        yield helper.make_node("Range", [first, f"{name}/count", one], [f"{name}/range"], f"{name}/range")
        yield helper.make_node("Unsqueeze", [f"{name}/range", column], [f"{name}/starts"], f"{name}/starts")
        yield helper.make_node("Add", [f"{name}/starts", offsets], [f"{name}/index"], f"{name}/index")
        yield helper.make_node("Gather", [gathered, f"{name}/index"], [f"{name}/windows"], f"{name}/windows", axis=1)
        gathered = f"{name}/taps"
        yield helper.make_node("Reshape", [f"{name}/windows", rows], [gathered], gathered)
    matrix = constant("matrix", values.transpose(2, 1, 0).reshape(-1, values.shape[0]))
    product = [gathered, matrix, x_zero, constant("zero", zero)]
    yield helper.make_node("MatMulInteger", product, [f"{name}/product"], f"{name}/product")
    yield helper.make_node("Transpose", [f"{name}/product"], [name], f"{name}/channels", perm=[0, 2, 1])

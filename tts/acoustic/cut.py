"""Cuts Kokoro's ONNX graph in parts, so that durations and pitch can be set between them.

The whole graph goes straight from tokens to sound. It has no random operation: in three parts (encoder, contour,
decoder), with the durations and the pitch it chose itself, it gives the very same samples (tests/tts/test_acoustic.py).
On a CPU the decoder in turn is cut in three (source, between, tail) around its residual blocks, which
`tts.acoustic.generator` runs from "blocks", their weights.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from filelock import FileLock
from google.protobuf.message import DecodeError
from onnx import numpy_helper
from safetensors.numpy import save

from studio import checkpoints
from studio.media.files import written_whole
from tts.acoustic import names
from tts.acoustic.faster import signed, with_matmul_convolutions, with_matmul_transform

_LOG = logging.getLogger("affetto")

MODEL_FILE = "kokoro-v1.0.int8.onnx"

# Raised when the cut or the rewriting of it changes, so that parts cut by an older version are not used.
_VERSION = 5

# Each part: {tensor of the whole graph: the name it gets} for inputs and outputs.
_STYLE = {"style": "style"}
_FRAMES = {
    "/encoder/MatMul_1_output_0": "text_frames",
    "/encoder/Reshape_output_0": "f0",
    "/encoder/Reshape_1_output_0": "energy",
    **_STYLE,
}
_GENERATOR = "/decoder/decoder/generator"
_STYLED = {
    f"{_GENERATOR}/{c.block}/adain{c.half}.{c.pair}/{tensor}_output_0": name
    for c in names.CONVOLUTIONS
    for tensor, name in (("Add_1", c.gain), ("Slice_1", c.offset))
}
PARTS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "encoder": (
        {"tokens": "tokens", **_STYLE},
        {
            "/encoder/predictor/ReduceSum_output_0": "durations",
            "/encoder/predictor/text_encoder/Concat_4_output_0": "prosody",
            "/encoder/text_encoder/Transpose_2_output_0": "text",
        },
    ),
    "contour": (
        {"/encoder/MatMul_output_0": "prosody_frames", **_STYLE},
        {"/encoder/Reshape_output_0": "f0", "/encoder/Reshape_1_output_0": "energy"},
    ),
    "decoder": (
        _FRAMES,
        {"audio": "audio"},
    ),
    "source": (
        _FRAMES,
        {
            f"{_GENERATOR}/ups.0/ConvTranspose_output_0": "line",
            f"{_GENERATOR}/noise_convs.0/Conv_output_0": "source_0",
            f"{_GENERATOR}/noise_convs.1/Conv_output_0": "source_1",
            **_STYLED,
        },
    ),
    "between": ({f"{_GENERATOR}/Add_4_output_0": "sum"}, {f"{_GENERATOR}/reflection_pad/Pad_output_0": "line"}),
    "tail": ({f"{_GENERATOR}/Add_7_output_0": "sum"}, {"audio": "audio"}),
}
_BLOCKS = "blocks"


def anew(name: str) -> Path:
    """`part`, cut again: what lies there can't be read."""
    path = part(name)
    with FileLock(path.parent / "lock"):
        _cut(checkpoints.folder("kokoro") / MODEL_FILE, name, path)
    return path


def part(name: str) -> Path:
    """A part's file: "encoder", "contour", "decoder", "source", "between", "tail" (ONNX) or "blocks" (weights).

    Cut first if it is not here yet, and kept under ``AFFETTO_HOME/derived``, by the hash of the model it was cut from.
    """
    model = checkpoints.folder("kokoro") / MODEL_FILE
    digest = next(f.sha256 for f in checkpoints.manifest()["kokoro"].files if f.name == MODEL_FILE)
    folder = checkpoints.home() / "derived" / f"kokoro-{digest[:16]}-v{_VERSION}"
    path = folder / (f"{name}.safetensors" if name == _BLOCKS else f"{name}.onnx")
    if not path.is_file():
        checkpoints.make_folder(folder)
        with FileLock(folder / "lock"):
            if not path.is_file():
                _cut(model, name, path)
    return path


def _cut(model: Path, name: str, path: Path) -> None:
    _LOG.info("cutting %s out of %s", name, model)
    try:
        whole = onnx.load(model)
    except DecodeError as e:
        raise checkpoints.damaged(model) from e
    with written_whole(path) as unfinished:
        if name == _BLOCKS:
            unfinished.write_bytes(save({k: np.asarray(v, order="C") for k, v in _weights(whole).items()}))
        else:
            graph = extract(whole, *PARTS[name])
            if name == "source":
                graph = with_matmul_transform(graph, _rest(whole))
            onnx.save(with_matmul_convolutions(graph), unfinished)


def _rest(whole: onnx.ModelProto) -> float:
    """What the source of voice is where nothing is voiced."""
    bias = next(i for i in whole.graph.initializer if i.name == "decoder.decoder.generator.m_source.l_linear.bias")
    return float(np.tanh(numpy_helper.to_array(bias)).item())


def _weights(whole: onnx.ModelProto) -> dict[str, npt.NDArray]:
    """What `tts.acoustic.generator.Convolution` holds, for each of the generator's, by "name/field"."""
    maker = {name: node for node in whole.graph.node for name in node.output}
    constants = {i.name: i for i in whole.graph.initializer}

    def value(name: str) -> npt.NDArray:
        return numpy_helper.to_array(constants[name])

    out: dict[str, npt.NDArray] = {}
    for c in names.CONVOLUTIONS:
        node = maker[f"{_GENERATOR}/{c}/Conv_output_0_output_quantized"]
        given = {a.name: list(a.ints) for a in node.attribute}
        weights, zero = signed(value(node.input[1])), signed(value(node.input[3]))
        of_block = f"decoder.decoder.generator.{c.block}"
        bias = f"{of_block}.convs{c.half}.{c.pair}.bias"
        out[f"{c}/matrix"] = np.ascontiguousarray(weights.transpose(2, 1, 0).reshape(-1, len(weights)))
        out[f"{c}/zero"] = zero
        out[f"{c}/scale"] = next(value(i) for i in maker[f"{bias}_scale"].input if i in constants)
        out[f"{c}/bias"] = value(bias)
        out[f"{c}/alpha"] = value(f"{of_block}.alpha{c.half}.{c.pair}").ravel()
        out[f"{c}/layout"] = np.array([given["dilations"][0], given["pads"][0]])
    return out


def extract(whole: onnx.ModelProto, inputs: Mapping[str, str], outputs: Mapping[str, str]) -> onnx.ModelProto:
    """The part of a graph that leads from `inputs` to `outputs`, with those tensors renamed.

    (`onnx.utils.Extractor` wants shapes of the cut tensors, which this graph doesn't carry.)
    """
    maker = {name: node for node in whole.graph.node for name in node.output}
    needed: set[str] = set()
    stack = list(outputs)
    while stack:
        tensor = stack.pop()
        if tensor not in needed and tensor not in inputs:
            needed.add(tensor)
            if tensor in maker:
                stack += maker[tensor].input
    names = {**inputs, **outputs}
    nodes = []
    for node in whole.graph.node:
        if needed.intersection(node.output):
            copy = onnx.NodeProto()
            copy.CopyFrom(node)
            copy.input[:] = [names.get(i, i) for i in node.input]
            copy.output[:] = [names.get(o, o) for o in node.output]
            nodes.append(copy)
    graph = onnx.helper.make_graph(
        nodes,
        "+".join(outputs.values()),
        [_declared(n) for n in inputs.values()],
        [_declared(n) for n in outputs.values()],
        [i for i in whole.graph.initializer if i.name in needed],
    )
    return onnx.helper.make_model(graph, opset_imports=whole.opset_import, ir_version=whole.ir_version)


def _declared(name: str) -> onnx.ValueInfoProto:
    kind = onnx.TensorProto.INT64 if name == "tokens" else onnx.TensorProto.FLOAT
    return onnx.helper.make_tensor_value_info(name, kind, None)

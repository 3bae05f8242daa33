"""Cuts Kokoro's ONNX graph in three, so that durations and pitch can be set between the parts.

The whole graph goes straight from tokens to sound. It has no random operation, and run in three parts with the
durations and the pitch it chose itself it gives the very same samples (tests/tts/test_acoustic.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import onnx
from filelock import FileLock

from studio import checkpoints
from studio.media.files import written_whole
from tts.acoustic.faster import with_matmul_convolutions

MODEL_FILE = "kokoro-v1.0.int8.onnx"

# Raised when the cut or the rewriting of it changes, so that parts cut by an older version are not used.
_VERSION = 2

# Each part: {tensor of the whole graph: the name it gets} for inputs and outputs.
_STYLE = {"style": "style"}
_PARTS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
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
        {
            "/encoder/MatMul_1_output_0": "text_frames",
            "/encoder/Reshape_output_0": "f0",
            "/encoder/Reshape_1_output_0": "energy",
            **_STYLE,
        },
        {"audio": "audio"},
    ),
}


def parts() -> dict[str, Path]:
    """The three parts' files by name ("encoder", "contour", "decoder"), cut first if they are not here yet.

    They are kept under ``AFFETTO_HOME/derived``, under the hash of the model they were cut from.
    """
    model = checkpoints.folder("kokoro") / MODEL_FILE
    digest = next(f.sha256 for f in checkpoints.manifest()["kokoro"].files if f.name == MODEL_FILE)
    folder = checkpoints.home() / "derived" / f"kokoro-{digest[:16]}-v{_VERSION}"
    paths = {name: folder / f"{name}.onnx" for name in _PARTS}
    if not all(p.is_file() for p in paths.values()):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "lock"):
            _cut(model, {name: p for name, p in paths.items() if not p.is_file()})
    return paths


def _cut(model: Path, targets: Mapping[str, Path]) -> None:
    whole = onnx.load(model)
    for name, path in targets.items():
        part = with_matmul_convolutions(extract(whole, *_PARTS[name]))
        with written_whole(path) as unfinished:
            onnx.save(part, unfinished)


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

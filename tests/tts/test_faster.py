"""A graph rewritten for speed computes what it did."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime as ort
from onnx import helper, numpy_helper

from tts.acoustic.faster import with_matmul_transform

HOP, SIZE, REST = 5, 20, -0.0294


def graph() -> onnx.ModelProto:
    """A transform of 20 samples every 5, as the acoustic model's."""
    window = np.hanning(SIZE + 1)[:-1].astype(np.float32)
    settings = [("hop", np.array(HOP)), ("window", window), ("size", np.array(SIZE))]
    node = helper.make_node("STFT", ["signal", "hop", "window", "size"], ["bins"], "transform", onesided=1)
    given, gives = (helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in ("signal", "bins"))
    constants = [numpy_helper.from_array(v, n) for n, v in settings]
    made = helper.make_graph([node], "g", [given], [gives], constants)
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def bins(model: onnx.ModelProto, signal: npt.NDArray[np.float32]) -> npt.NDArray:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"signal": signal[None]})[0]


def test_the_transform_as_a_product_is_the_same_but_for_rounding() -> None:
    signal = np.random.default_rng(0).uniform(-1, 1, 40 * HOP).astype(np.float32)
    expected, got = bins(graph(), signal), bins(with_matmul_transform(graph(), REST), signal)
    assert got.shape == expected.shape
    # Bins are up to 10, and the graph's own are made by longer transforms in float32.
    assert np.abs(got - expected).max() < 3e-5


def test_silence_keeps_its_phases() -> None:
    """Where the source rests, most bins are rounding errors; their phases are heard as the graph's own are."""
    silent = np.full(10 * HOP, REST, np.float32)
    expected, got = bins(graph(), silent), bins(with_matmul_transform(graph(), REST), silent)
    angles = [np.angle(b[..., 0] + 1j * b[..., 1]) for b in (expected, got)]
    assert np.abs(np.exp(1j * angles[0]) - np.exp(1j * angles[1])).max() < 1e-3

"""ONNX Runtime sessions on the device asked for."""

from __future__ import annotations

import logging
import os
from functools import cache
from pathlib import Path

import onnxruntime as ort

from studio.devices import check_device
from studio.errors import InputError


def providers(device: str) -> list[str | tuple[str, dict[str, str]]]:
    """Execution providers for "auto", "cpu" or "cuda:N". Raises InputError when there is no such device."""
    check_device(device)
    kind, _, number = device.partition(":")
    if device == "cpu":
        return ["CPUExecutionProvider"]
    if "CUDAExecutionProvider" in ort.get_available_providers():
        return [("CUDAExecutionProvider", {"device_id": number or "0"}), "CPUExecutionProvider"]
    if kind == "cuda":
        raise InputError(
            f"Device {device} can't be used for speech: this onnxruntime has no CUDA; "
            f"`pip install onnxruntime-gpu` on a machine with an NVIDIA GPU, or use cpu."
        )
    return ["CPUExecutionProvider"]


_LOG = logging.getLogger("affetto")


@cache
def session(path: Path, device: str) -> ort.InferenceSession:
    """A session, made once for a file and a device."""
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads()
    # Its threads wait asleep: those that spin take the cores from the generator's (15 % more work for a sentence).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    made = ort.InferenceSession(path, options, providers=providers(device))
    # ONNX Runtime falls back to the CPU with no more than a log line when CUDA can't start.
    if device.startswith("cuda") and "CUDAExecutionProvider" not in made.get_providers():
        raise InputError(f"Device {device} can't be used for speech: ONNX Runtime could not start CUDA; use cpu.")
    _LOG.info("%s runs on %s", path.stem, made.get_providers()[0])
    return made


def threads() -> int:
    """Cores this process may use, at most four: beyond, the small products of a sentence gain nothing."""
    return max(1, min(4, len(os.sched_getaffinity(0))))

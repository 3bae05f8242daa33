"""Models that listen: ONNX Runtime on the CPU, and graphs built once out of another framework's weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import onnx
import onnxruntime as ort
from filelock import FileLock

from studio import checkpoints
from studio.media.files import written_whole


def session(path: Path, threads: int = 0) -> ort.InferenceSession:
    """The model at `path`, loaded. threads: at most so many; 0 is one for each core."""
    options = ort.SessionOptions()
    # What is loaded was looked at; its warnings say nothing to a user.
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def built(checkpoint: str, version: int, build: Callable[[Path], onnx.ModelProto]) -> Path:
    """The graph that `build` makes of a checkpoint's one file, built the first time and kept under AFFETTO_HOME.

    version: raised when `build` changes, so that a graph built by an older one is not used.
    Raises CheckpointError when the file lacks what `build` needs (its KeyError).
    """
    file = checkpoints.manifest()[checkpoint].files[0]
    weights = checkpoints.folder(checkpoint) / file.name
    kept = checkpoints.home() / "derived" / f"{checkpoint}-{file.sha256[:16]}-v{version}"
    path = checkpoints.make_folder(kept) / f"{checkpoint}.onnx"
    with FileLock(kept / "lock"):
        if not path.is_file():
            try:
                graph = build(weights)
            except KeyError as e:
                raise checkpoints.damaged(weights) from e
            with written_whole(path) as unfinished:
                onnx.save(graph, unfinished)
    return path

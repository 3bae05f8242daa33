"""A TFLite graph out of the face-landmarker bundle, run by LiteRT."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


class Graph:
    """One loaded graph with a single float32 input. `run` returns the outputs by name."""

    def __init__(self, model: bytes, threads: int) -> None:
        from ai_edge_litert.interpreter import Interpreter

        with _quiet_standard_error():
            self._interpreter = Interpreter(model_content=model, num_threads=threads)
            self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = {d["name"]: d["index"] for d in self._interpreter.get_output_details()}

    def run(self, tensor: npt.NDArray[np.floating]) -> dict[str, Array]:
        self._interpreter.set_tensor(self._input, tensor.astype(np.float32, copy=False))
        self._interpreter.invoke()
        return {name: self._interpreter.get_tensor(index) for name, index in self._outputs.items()}


# Of two redirections at once, the second would keep the first one's, and leave it behind.
_redirecting = threading.Lock()


@contextlib.contextmanager
def _quiet_standard_error() -> Iterator[None]:
    """LiteRT's C++ writes "Created TensorFlow Lite XNNPACK delegate" to file descriptor 2 and has no switch for it."""
    if sys.stderr is not None:  # None: the program was started with it closed
        sys.stderr.flush()
    kept = None
    with _redirecting:
        with contextlib.suppress(OSError):  # closed: there is nothing to keep quiet
            kept = os.dup(2)
        if kept is None:
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)

"""Tensors out of a checkpoint that torch saved, without torch and without running what a pickle may ask for.

torch's format (since 1.6): a ZIP with ``data.pkl``, a pickle of the names, shapes and storages, and each storage's
bytes in a member of its own. The four names such a pickle needs are admitted here; any other is refused unread.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from studio import checkpoints


def read_tensors(path: Path, key: str | None = None) -> dict[str, npt.NDArray]:
    """The tensors of a state dict, by name. Raises CheckpointError for anything else, and for a damaged file.

    key: under which the state dict lies, where the checkpoint is a dictionary that holds more.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            top = archive.namelist()[0].partition("/")[0]
            whole = _Unpickler(archive, top).load()
            found = whole if key is None else whole[key]
    except (zipfile.BadZipFile, pickle.UnpicklingError, *_MALFORMED) as e:
        raise checkpoints.damaged(path) from e
    tensors = {str(k): v for k, v in found.items()} if isinstance(found, dict) else {}
    if not tensors or not all(isinstance(v, np.ndarray) for v in tensors.values()):
        raise checkpoints.damaged(path)
    return tensors


# What the parsers raise for bytes that are no such archive.
_MALFORMED = (KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError, OSError)


class _Unpickler(pickle.Unpickler):
    """Builds dictionaries of arrays and nothing else."""

    def __init__(self, archive: zipfile.ZipFile, top: str) -> None:
        super().__init__(io.BytesIO(archive.read(f"{top}/data.pkl")))
        self._archive, self._top = archive, top

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ADMITTED:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a table of tensors")
        return _ADMITTED[module, name]

    def persistent_load(self, pid: Any) -> npt.NDArray:
        """A storage: ("storage", element type, member, device, count)."""
        _, kind, member, _, count = pid
        values = np.frombuffer(self._archive.read(f"{self._top}/data/{member}"), kind)
        if len(values) != count:
            raise pickle.UnpicklingError(f"storage {member} has {len(values)} elements, not {count}")
        return values


def _tensor(storage: npt.NDArray, offset: int, shape: tuple, strides: tuple, *_: Any) -> npt.NDArray:
    count = int(np.prod(shape))
    dense = tuple(int(np.prod(shape[i + 1 :])) for i in range(len(shape)))
    # Dimensions of one element may carry any stride.
    if any(s != d for s, d, n in zip(strides, dense, shape, strict=True) if n > 1) or offset + count > len(storage):
        raise pickle.UnpicklingError("a tensor that does not lie densely in its storage")
    return storage[offset : offset + count].reshape(shape)


_ADMITTED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch", "FloatStorage"): np.dtype("<f4"),
    ("torch", "LongStorage"): np.dtype("<i8"),
}

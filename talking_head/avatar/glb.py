"""A glTF 2.0 binary put together: buffer views, accessors, and the container. Khronos Group, glTF 2.0 specification."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

_COMPONENTS = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125, "float32": 5126}
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}
VERTICES, INDICES = 34962, 34963


class Binary:
    """The accessors of one file and the bytes behind them."""

    def __init__(self) -> None:
        self.accessors: list[dict[str, Any]] = []
        self.views: list[dict[str, Any]] = []
        self._bytes = bytearray()

    def view(self, data: bytes, target: int | None = None) -> int:
        """Add bytes; returns the number of their buffer view."""
        self._bytes += bytes(-len(self._bytes) % 4)
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self._bytes), "byteLength": len(data)}
        self.views.append(view if target is None else view | {"target": target})
        self._bytes += data
        return len(self.views) - 1

    def accessor(
        self, values: npt.NDArray[Any], target: int | None = None, normalized: bool = False, bounds: bool = False
    ) -> int:
        """Add values [N] or [N, C]; returns the number of their accessor."""
        made = self._described(values, normalized, bounds)
        made["bufferView"] = self.view(np.ascontiguousarray(values).tobytes(), target)
        self.accessors.append(made)
        return len(self.accessors) - 1

    def sparse(self, values: npt.NDArray[np.float32], bounds: bool = False) -> int:
        """Add values [N, C] that are mostly zero, of which only the others are kept."""
        made = self._described(values, False, bounds)
        rows = np.flatnonzero(np.abs(values).max(axis=1) > 0)
        if len(rows):
            made["sparse"] = {
                "count": len(rows),
                "indices": {"bufferView": self.view(rows.astype(np.uint16).tobytes()), "componentType": 5123},
                "values": {"bufferView": self.view(np.ascontiguousarray(values[rows]).tobytes())},
            }
        self.accessors.append(made)
        return len(self.accessors) - 1

    def container(self, document: dict[str, Any]) -> bytes:
        """The whole file; `document` gets buffers, views and accessors."""
        whole = document | {
            "buffers": [{"byteLength": len(self._bytes)}],
            "bufferViews": self.views,
            "accessors": self.accessors,
        }
        text = json.dumps(whole, separators=(",", ":")).encode()
        chunks = b""
        for kind, data, filler in ((b"JSON", text, b" "), (b"BIN\0", bytes(self._bytes), b"\0")):
            data += filler * (-len(data) % 4)
            chunks += struct.pack("<I4s", len(data), kind) + data
        return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks

    @staticmethod
    def _described(values: npt.NDArray[Any], normalized: bool, bounds: bool) -> dict[str, Any]:
        flat = values.reshape(len(values), -1)
        made: dict[str, Any] = {
            "componentType": _COMPONENTS[values.dtype.name],
            "count": len(values),
            "type": _TYPES[flat.shape[1]],
        }
        if normalized:
            made["normalized"] = True
        if bounds:
            made |= {"min": flat.min(axis=0).tolist(), "max": flat.max(axis=0).tolist()}
        return made

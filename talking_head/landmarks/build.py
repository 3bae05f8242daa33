"""Make checkpoints/canonical_face.safetensors: `python talking_head/landmarks/build.py TARGET`.

The face-landmarker bundle holds the canonical face as a protocol buffer, GeometryPipelineMetadata. Field 1 is the mesh
(3: vertices as x, y, z, u, v; 4: triangle indices); field 2, repeated, is a landmark of the pose's fit (1: index,
2: weight).
"""

from __future__ import annotations

import struct
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from studio import checkpoints
from studio.media.files import written_whole

_VARINT, _BYTES, _FLOAT = 0, 2, 5


def canonical_face() -> dict[str, npt.NDArray[np.generic]]:
    """vertices float32 [468, 3], triangles int32 [898, 3], stable_landmarks int32 [33], stable_weights float32 [33]."""
    with zipfile.ZipFile(checkpoints.folder("face-landmarker") / "face_landmarker.task") as bundle:
        message = bundle.read("geometry_pipeline_metadata_landmarks.binarypb")
    fields = list(_fields(message))
    mesh = list(_fields(next(value for number, value in fields if number == 1)))
    fit = [dict(_fields(value)) for number, value in fields if number == 2]
    vertices = np.array([value for number, value in mesh if number == 3], np.float32).reshape(-1, 5)
    return {
        "vertices": np.ascontiguousarray(vertices[:, :3]),
        "triangles": np.array([value for number, value in mesh if number == 4], np.int32).reshape(-1, 3),
        "stable_landmarks": np.array([field[1] for field in fit], np.int32),
        "stable_weights": np.array([field[2] for field in fit], np.float32),
    }


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a protocol buffer message in the order they lie: number, and an int, float or bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif kind == _BYTES:
            length, at = _varint(message, at)
            yield number, message[at : at + length]
            at += length
        elif kind == _FLOAT:
            yield number, struct.unpack_from("<f", message, at)[0]
            at += 4
        else:
            raise ValueError(f"wire type {kind} at byte {at} does not occur in GeometryPipelineMetadata")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


if __name__ == "__main__":
    with written_whole(Path(sys.argv[1])) as part:
        part.write_bytes(save(canonical_face()))

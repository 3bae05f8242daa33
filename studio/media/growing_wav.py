"""A WAV that grows: valid after every piece, so that what is there can be heard, and gone on with."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.media.files import is_file

_BYTES = 3  # 24 bits a sample
# RIFF header, room for the 64-bit sizes of an RF64 (EBU Tech 3306), format, and the header of the data.
_DS64 = struct.Struct("<4sIQQQI")
_FORMAT = struct.Struct("<4sIHHIIHH")
_HEADER = 12 + _DS64.size + _FORMAT.size + 8
_MOST_32 = 0xFFFFFFFF


class GrowingWav:
    """A mono WAV of 24 bits, an RF64 once it is over 4 GiB (12 hours at 24 kHz are under).

    path: begun, or gone on with after its first `samples`; what lies behind those is cut off.
    Raises InputError when there are not as many.
    """

    def __init__(self, path: Path, sample_rate: int, samples: int = 0) -> None:
        self._rate = sample_rate
        self._samples = samples
        size = path.stat().st_size if is_file(path) else 0
        if samples and size < _HEADER + samples * _BYTES:
            raise InputError(f"{path.name} is shorter than it was left: begin anew (--anew).")
        self._file = path.open("r+b" if samples else "w+b")
        self._file.truncate(_HEADER + samples * _BYTES)
        self._save()

    def append(self, samples: npt.NDArray[np.float32]) -> None:
        """More sound, [T] in [-1, 1]. On return it is on the disk."""
        whole = np.clip(np.rint(samples.astype(np.float64) * 0x7FFFFF), -0x800000, 0x7FFFFF).astype("<i4")
        self._file.seek(_HEADER + self._samples * _BYTES)
        self._file.write(whole.view(np.uint8).reshape(-1, 4)[:, :_BYTES].tobytes())
        self._samples += len(samples)
        self._save()

    def _save(self) -> None:
        size = self._samples * _BYTES
        # Chunks are padded to even lengths; the pad is not counted.
        self._file.seek(_HEADER + size)
        self._file.write(b"\0" * (size % 2))
        self._file.truncate()
        self._file.seek(0)
        self._file.write(_header(self._rate, self._samples))
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _header(rate: int, samples: int) -> bytes:
    size = samples * _BYTES
    riff = _HEADER - 8 + size + size % 2
    large = riff > _MOST_32
    room = (b"ds64", _DS64.size - 8, riff, size, samples, 0) if large else (b"JUNK", _DS64.size - 8, 0, 0, 0, 0)
    return b"".join(
        (
            struct.pack("<4sI4s", b"RF64" if large else b"RIFF", min(riff, _MOST_32), b"WAVE"),
            _DS64.pack(*room),
            _FORMAT.pack(b"fmt ", _FORMAT.size - 8, 1, 1, rate, rate * _BYTES, _BYTES, 8 * _BYTES),
            struct.pack("<4sI", b"data", min(size, _MOST_32)),
        )
    )

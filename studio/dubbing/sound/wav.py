"""A WAV of any length and several channels, written block by block."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from studio.dubbing.sound.blocks import RATE
from studio.dubbing.sound.layouts import Layout

Kind = Literal["PCM_24", "FLOAT"]

_BYTES = {"PCM_24": 3, "FLOAT": 4}
# RIFF header, room for the 64-bit sizes of an RF64 (EBU Tech 3306), format (extensible), and the header of the data.
_DS64 = struct.Struct("<4sIQQQI")
_FORMAT = struct.Struct("<4sIHHIIHHHHIH14s")
_HEADER = 12 + _DS64.size + _FORMAT.size + 8
_MOST_32 = 0xFFFFFFFF
_EXTENSIBLE = 0xFFFE
# The sixteen bytes that follow the format's own number: KSDATAFORMAT_SUBTYPE_PCM and _IEEE_FLOAT.
_SUBFORMAT = bytes.fromhex("000000001000800000aa00389b71")


class BlockWav:
    """A 48 kHz WAV with its channels named, an RF64 once it is over 4 GiB.

    Python writes it, not libsndfile, so that a full disk is told from other faults (OSError).
    """

    def __init__(self, path: Path, layout: Layout, kind: Kind) -> None:
        self._layout = layout
        self._kind: Kind = kind
        self._frames = 0
        self._file = path.open("wb")
        self._file.write(b"\0" * _HEADER)

    def append(self, sound: npt.NDArray[np.float32]) -> None:
        """sound: [T, C]; in 24 bits what is over full scale is clipped."""
        if self._kind == "FLOAT":
            self._file.write(np.ascontiguousarray(sound, "<f4").data)
        else:
            whole = np.clip(np.rint(sound.astype(np.float64) * 0x7FFFFF), -0x800000, 0x7FFFFF).astype("<i4")
            self._file.write(whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes())
        self._frames += len(sound)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        try:
            if failed is None:
                self._finish()
        finally:
            self._file.close()

    def _finish(self) -> None:
        width = _BYTES[self._kind] * self._layout.channels
        size = self._frames * width
        self._file.write(b"\0" * (size % 2))
        riff = _HEADER - 8 + size + size % 2
        large = riff > _MOST_32
        sizes = (riff, size, self._frames) if large else (0, 0, 0)
        room = (b"ds64" if large else b"JUNK", _DS64.size - 8, *sizes, 0)
        bits = 8 * _BYTES[self._kind]
        number = 3 if self._kind == "FLOAT" else 1
        self._file.seek(0)
        self._file.write(
            struct.pack("<4sI4s", b"RF64" if large else b"RIFF", min(riff, _MOST_32), b"WAVE")
            + _DS64.pack(*room)
            + _FORMAT.pack(
                *(b"fmt ", _FORMAT.size - 8, _EXTENSIBLE, self._layout.channels, RATE, RATE * width, width, bits),
                *(22, bits, self._layout.mask, number, _SUBFORMAT),
            )
            + struct.pack("<4sI", b"data", min(size, _MOST_32))
        )

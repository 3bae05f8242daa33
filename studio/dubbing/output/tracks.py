"""Which tracks of an MP4 or MOV play by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# hdlr's types of subtitle tracks: of MP4 (mov_text), of QuickTime.
_SUBTITLES = (b"sbtl", b"text", b"subt")


def switch_subtitles_off(path: Path) -> None:
    """Clear "enabled" (ISO/IEC 14496-12, 8.3.2) in the headers of subtitle tracks, in place.

    ffmpeg enables the first track of every kind, whatever its disposition says, and players then show it unasked.
    """
    with path.open("r+b") as file:
        for moov in _boxes(file, 0, path.stat().st_size, b"moov"):
            for trak in _boxes(file, *moov, b"trak"):
                mdia = next(_boxes(file, *trak, b"mdia"))
                # Version and flags, a field of zeros, then the type.
                file.seek(next(_boxes(file, *mdia, b"hdlr"))[0] + 8)
                if file.read(4) in _SUBTITLES:
                    last_of_flags = next(_boxes(file, *trak, b"tkhd"))[0] + 3
                    file.seek(last_of_flags)
                    flags = file.read(1)[0]
                    file.seek(last_of_flags)
                    file.write(bytes([flags & ~1]))


def _boxes(file: BinaryIO, first: int, end: int, kind: bytes) -> Iterator[tuple[int, int]]:
    """Where the contents of the boxes of one kind begin and end, among those that lie from `first` to `end`."""
    while first + 8 <= end:
        file.seek(first)
        size, found, header = int.from_bytes(file.read(4), "big"), file.read(4), 8
        if size == 1:
            size, header = int.from_bytes(file.read(8), "big"), 16
        size = size or end - first
        if found == kind:
            yield first + header, first + size
        first += max(size, header)

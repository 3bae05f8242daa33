"""Text out of bytes in whatever encoding subtitles come in."""

from __future__ import annotations

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from studio.dubbing.script.cue import Repair
from studio.errors import InputError
from studio.media.files import is_file

# More than any film's words: a file this large is something else.
_LARGEST = 64 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
# What subtitles are found in, by script and region; guessed among these by what the text would be.
_LEGACY = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "cp1251": "Windows-1251",
    "cp1253": "Windows-1253",
    "cp1254": "Windows-1254",
    "cp1255": "Windows-1255",
    "cp1256": "Windows-1256",
    "gb18030": "GB 18030",
    "big5": "Big5",
    "cp932": "Shift JIS",
    "cp949": "Windows-949",
}
# Letters of Western Europe, where Windows-1252 has them, and its quotes and dashes.
_WESTERN = frozenset("àâäáãåæçèéêëìíîïñòóôöõøœùúûüÿßÀÂÄÁÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÖÕØŒÙÚÛÜŸ¿¡€«»°’‘“”–—…ªº·£§")


def read_text(path: str | Path, encoding: str | None = None) -> tuple[str, list[Repair]]:
    """The text of a file, its lines parted by "\\n", and what had to be guessed.

    encoding: as Python names it, where it is known. Raises InputError for a file that is missing, can't be read, is no
    text, or is not in that encoding.
    """
    path = Path(path)
    if not is_file(path):
        raise InputError(f"There is no file {path}.")
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path} is larger than {_LARGEST >> 20} MiB: it is no script.")
        data = path.read_bytes()
    except OSError as e:
        raise InputError(f"{path} can't be read: {(e.strerror or str(e)).lower()}.") from e
    text, repairs = _decoded(data, path, encoding)
    if "\0" in text:
        raise InputError(f"{path} is no text: give the subtitles as SRT, WebVTT, ASS or JSON Lines.")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), repairs


def _decoded(data: bytes, path: Path, encoding: str | None) -> tuple[str, list[Repair]]:
    if encoding is not None:
        try:
            return data.decode(encoding), []
        except LookupError as e:
            raise InputError(f"There is no encoding {encoding!r}: write utf-8, utf-16 or windows-1252, say.") from e
        except ValueError as e:
            raise InputError(f"{path} is not in {encoding}: leave the encoding out to have it found.") from e
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), []
            except ValueError as e:
                raise InputError(f"{path} begins as {name} does but is damaged further on.") from e
    try:
        if b"\0" not in data:
            return data.decode("utf-8"), []
    except ValueError:
        pass
    return _guessed(data, path)


def _guessed(data: bytes, path: Path) -> tuple[str, list[Repair]]:
    """Text of which nothing says how it is written."""
    if b"\0" in data:
        # Of UTF-16 in a Latin script, every other byte is zero.
        codec = "utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be"
        try:
            return data.decode(codec), [Repair(0, "It was read as UTF-16, though no mark at its start says so.")]
        except ValueError as e:
            raise InputError(f"{path} is no text: give the subtitles as SRT, WebVTT, ASS or JSON Lines.") from e
    codec = _western(data) or _by_statistics(data)
    try:
        text = data.decode(codec)
    except ValueError as e:
        raise InputError(f"{path} is in no encoding that can be told: save it as UTF-8, or name its encoding.") from e
    name = _LEGACY.get(codec, codec)
    return text, [Repair(0, f"It is not UTF-8 and was read as {name}: if letters look wrong, name its encoding.")]


def _western(data: bytes) -> str | None:
    """Windows-1252 where all that is not ASCII is common in it: a few letters are too few for statistics."""
    try:
        special = [c for c in data.decode("cp1252") if ord(c) > 127]
    except ValueError:
        return None
    letters = sum(b < 128 and chr(b).isalpha() for b in data)
    return "cp1252" if set(special) <= _WESTERN and len(special) < 0.5 * letters else None


def _by_statistics(data: bytes) -> str:
    best = from_bytes(data, cp_isolation=list(_LEGACY)).best()
    return best.encoding if best is not None else "cp1252"

"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import soundfile

from studio.errors import InputError


def check_place(path: Path, *suffixes: str) -> None:
    """Raise InputError if `path` does not end in one of `suffixes` or can't be written: before the work, not after."""
    if path.suffix.lower() not in suffixes:
        raise InputError(f"{path.name!r} should end in {' or '.join(suffixes)}, since that is what is written.")
    try:
        _make_part(path).unlink()
    except OSError as e:
        raise InputError(f"{path} can't be written: {_reason(e, path)}.") from e


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; rename it to `path` on success, remove it on any failure.

    The temporary name keeps the suffix, since encoders choose a format by it.
    Raises InputError when the folder can't be made or written, or the disk is full.
    """
    part: Path | None = None
    try:
        part = _make_part(path)
        yield part
        part.replace(path)
    except (OSError, soundfile.LibsndfileError) as e:
        raise InputError(f"{path} can't be written: {_reason(e, path)}.") from e
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _make_part(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=f".part{path.suffix}")
    # mkstemp makes it private; the finished file gets the permissions any new file would.
    mask = os.umask(0)
    os.umask(mask)
    os.fchmod(fd, 0o666 & ~mask)
    os.close(fd)
    return Path(name)


def _reason(error: OSError | soundfile.LibsndfileError, path: Path) -> str:
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return "the disk is full"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"the folder {path.parent} is read-only for you"
        if error.errno in (errno.EEXIST, errno.ENOTDIR):
            return f"{path.parent} is not a folder"
        return (error.strerror or str(error)).lower()
    # libsndfile reports a full disk as a plain system error.
    free = os.statvfs(path.parent).f_bavail
    return "the disk is full" if free == 0 else str(error)

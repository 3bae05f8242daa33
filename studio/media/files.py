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


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; rename it to `path` on success, remove it on any failure.

    The temporary name keeps the suffix, since encoders choose a format by it.
    Raises InputError when the folder can't be made or written, or the disk is full.
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise InputError(f"{path} is a folder; name a file to write.")
        fd, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=f".part{path.suffix}")
        os.close(fd)
        part = Path(name)
        part.chmod(0o666 & ~_umask())
        yield part
        part.replace(path)
    except (OSError, soundfile.LibsndfileError) as e:
        raise InputError(f"{path} can't be written: {_reason(e, path)}.") from e
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: OSError | soundfile.LibsndfileError, path: Path) -> str:
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return "the disk is full"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return f"the folder {path.parent} is read-only for you"
        return (error.strerror or str(error)).lower()
    # libsndfile reports a full disk as a plain system error.
    free = os.statvfs(path.parent).f_bavail
    return "the disk is full" if free == 0 else str(error)

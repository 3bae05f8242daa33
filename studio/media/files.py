"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from studio.errors import InputError


def is_file(path: Path) -> bool:
    """Whether there is a file; False too for a name that no file can have."""
    try:
        return path.is_file()
    except OSError:
        return False


def check_place(path: Path, *suffixes: str) -> None:
    """Raise InputError if `path` does not end in one of `suffixes` or can't be written: before the work, not after."""
    if path.suffix.lower() not in suffixes:
        raise InputError(f"{path.name!r} should end in {' or '.join(suffixes)}, since that is what is written.")
    target = Path(os.path.realpath(path))
    made = [folder for folder in target.parents if not folder.exists()]
    try:
        _make_part(target).unlink()
        for folder in made:
            folder.rmdir()
    except OSError as e:
        raise InputError(f"{path} can't be written: {_reason(e, path)}.") from e


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; rename it to `path` on success, remove it on any failure.

    The temporary name keeps the suffix, since encoders choose a format by it. A link's target is what is replaced.
    Raises InputError when the folder can't be made or written, or the disk is full.
    """
    target = Path(os.path.realpath(path))
    part: Path | None = None
    try:
        part = _make_part(target)
        yield part
        part.replace(target)
    except OSError as e:
        # What is named is at fault: another file that could not be read must not be blamed on this one.
        at_fault = path if e.filename is None or Path(e.filename).parent == target.parent else Path(e.filename)
        verb = "written" if at_fault == path else "used"
        raise InputError(f"{at_fault} can't be {verb}: {_reason(e, at_fault)}.") from e
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _make_part(target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    part = target.with_name(f".{target.stem[:40]}-{secrets.token_hex(4)}.part{target.suffix}")
    part.touch(exist_ok=False)
    return part


def _reason(error: OSError, path: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"the folder {path.parent} is read-only for you"
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"{path.parent} is not a folder"
    return (error.strerror or str(error)).lower()

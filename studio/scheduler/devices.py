"""The devices of this machine: every GPU with its memory and name, and the CPU."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace

from studio.errors import InputError

_LOG = logging.getLogger("affetto")

# What one worker leaves to the system and to what is loaded beside the models.
_SHARE = 0.8


@dataclass(frozen=True)
class Device:
    """One worker's device. name: "cpu" or "cuda:N". memory: bytes its models and their work may take.

    cores: of the CPU that the worker is bound to; None is all.
    """

    name: str
    label: str
    memory: float
    cores: tuple[int, ...] | None = None

    @property
    def is_gpu(self) -> bool:
        return self.name != "cpu"


def found() -> list[Device]:
    """Every GPU that can be used here, and the CPU."""
    gpus = _gpus()
    if gpus and not _onnxruntime_has_cuda():
        _LOG.warning(
            "%s is not used: the installed onnxruntime has no CUDA (pip install onnxruntime-gpu)", gpus[0].label
        )
        gpus = []
    return [*gpus, cpu()]


def cpu() -> Device:
    """The CPU, with this machine's memory."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Device("cpu", f"CPU, {len(_cores())} cores", _SHARE * total)


def chosen(names: Sequence[str] = (), workers: int | None = None) -> list[Device]:
    """One device for each worker: all GPUs and one for the CPU, or those named. workers: so many for the CPU.

    Raises InputError for a device that is not here.
    """
    here = found()
    if unknown := [name for name in names if name not in {d.name for d in here}]:
        known = ", ".join(d.name for d in here)
        raise InputError(f"There is no device {unknown[0]!r} here; found: {known}.")
    # Two keep even a single core busy while one of them waits for the disk.
    most = max(2, len(_cores()))
    if workers is not None and not 1 <= workers <= most:
        raise InputError(f"There can be 1 to {most} workers on the {most} cores here, not {workers}.")
    picked = [d for d in here if not names or d.name in names]
    gpus, cpus = [d for d in picked if d.is_gpu], [d for d in picked if not d.is_gpu]
    return gpus + [part for d in cpus for part in _parts(d, workers or 1)]


def _parts(device: Device, count: int) -> list[Device]:
    """The CPU divided among workers: cores and memory. A worker of its own cores doesn't get into another's way."""
    cores = _cores()
    if count == 1:
        return [device]
    shares = [tuple(cores[i::count]) or (cores[i % len(cores)],) for i in range(count)]
    return [replace(device, memory=device.memory / count, cores=share) for share in shares]


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0))


def _gpus() -> list[Device]:
    if shutil.which("nvidia-smi") is None:
        return []
    query = ["nvidia-smi", "--query-gpu=index,uuid,name,memory.total", "--format=csv,noheader,nounits"]
    try:
        asked = subprocess.run(query, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return gpus_of(asked.stdout) if asked.returncode == 0 else []


def gpus_of(listing: str) -> list[Device]:
    """The GPUs that nvidia-smi lists as `index, UUID, name, MiB`, less those CUDA_VISIBLE_DEVICES hides."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    shown = None if visible is None else {v.strip() for v in visible.split(",")}
    gpus = []
    for line in listing.splitlines():
        index, uuid, name, mebibytes = (part.strip() for part in line.split(",", 3))
        if shown is None or shown & {index, uuid}:
            gpus.append(Device(f"cuda:{index}", name, _SHARE * float(mebibytes) * 2**20))
    return gpus


def _onnxruntime_has_cuda() -> bool:
    import onnxruntime

    return "CUDAExecutionProvider" in onnxruntime.get_available_providers()

"""What `affetto bench` runs. Engines offer benches by the entry-point group ``affetto.benches``.

A bench is a function ``measure(portrait: Path) -> list[Measurement]``. Each runs in a process of its own, so that one's
memory and thread settings don't show in another's figures. One that takes longer than a minute or two is offered by
``affetto.benches.long`` instead, and runs only when asked for by name.

    python -m studio.evaluation.bench NAME PORTRAIT     run one bench here, print its measurements as JSON
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import entry_points, version
from pathlib import Path
from statistics import median

from studio.errors import AffettoError

GROUP = "affetto.benches"
LONG_GROUP = "affetto.benches.long"


@dataclass(frozen=True)
class Measurement:
    """One figure. at_most, at_least: what is aimed for, in the same unit."""

    what: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the aim is met; None without one."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least


def side_by_side(runs: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Median seconds of each of `runs`, taken in turn `rounds` times after a warm-up, so that drift hits all alike."""
    times: list[list[float]] = [[] for _ in runs]
    for i in range(rounds + 1):
        for run, taken in zip(runs, times, strict=True):
            started = time.perf_counter()
            run()
            if i:
                taken.append(time.perf_counter() - started)
    return [median(taken) for taken in times]


def peak_memory() -> Measurement:
    """Most memory this process and the largest of its children have held."""
    kib = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Measurement("peak memory", kib / 1024**2, "GiB", at_most=2.0)


def machine() -> dict[str, str]:
    """What it ran on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    packages = ("affetto", "onnxruntime", "numpy", "opencv-python-headless", "numba")
    versions = {p: version(p) for p in packages}
    return {"cpu": model, "cores": str(os.cpu_count()), "python": platform.python_version(), **versions}


def names() -> list[str]:
    """The installed benches."""
    return sorted(e.name for group in (GROUP, LONG_GROUP) for e in entry_points(group=group))


def quick_names() -> list[str]:
    """Those that run when none is named."""
    return sorted(e.name for e in entry_points(group=GROUP))


def run(name: str, portrait: Path) -> list[Measurement]:
    """Run one bench in a process of its own. Raises AffettoError when it fails."""
    command = [sys.executable, "-m", "studio.evaluation.bench", name, str(portrait)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise AffettoError(f"The bench {name} failed; its last words are above.")
    return [Measurement(**m) for m in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    offered = (e for group in (GROUP, LONG_GROUP) for e in entry_points(group=group))
    chosen = next(e for e in offered if e.name == sys.argv[1])
    print(json.dumps([asdict(m) for m in chosen.load()(Path(sys.argv[2]))]))

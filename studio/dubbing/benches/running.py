"""A dub in processes of its own: timed, its memory watched, killed when asked.

python -m studio.dubbing.benches.running FILM SCRIPT OUT WORKERS SETTINGS     one dub; SETTINGS are DubOptions as JSON
"""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.dubbing.benches.film import Made
from studio.dubbing.output.report import DubReport
from studio.dubbing.places import report_of
from studio.errors import AffettoError

# How often memory is looked at, which costs some milliseconds: seconds.
_LOOK_EVERY = 0.5


@dataclass(frozen=True)
class Run:
    """A dub that was run. seconds: by the clock; processor: seconds of all cores.

    memory: GiB, the most its processes held together; what they share counts once.  load: the machine's at
    its end, mean of a minute, of which its own processes are part.
    """

    out: Path
    report: DubReport
    workers: int
    seconds: float
    processor: float
    memory: float
    load: float

    @property
    def speed(self) -> float:
        """Minutes of film per minute."""
        return self.report.seconds / self.seconds


def run(made: Made, out: Path, jobs: Path, workers: int, **settings: Any) -> Run:
    """Dub a film with its jobs in the folder `jobs`. Raises AffettoError when it fails."""
    started, used, most = time.monotonic(), _processor(), 0.0
    process = start(made, out, jobs, workers, settings)
    try:
        while process.poll() is None:
            most = max(most, _held(process.pid))
            time.sleep(_LOOK_EVERY)
    finally:
        _kill(process)
    seconds = time.monotonic() - started
    if process.returncode:
        raise AffettoError(f"The dub of {made.film.name} failed; its last words are above.")
    return Run(
        out,
        DubReport.load(report_of(out).with_suffix(".json")),
        workers,
        seconds,
        _processor() - used,
        most,
        os.getloadavg()[0],
    )


def start(made: Made, out: Path, jobs: Path, workers: int, settings: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """Begin, or go on with, a dub: in a process group of its own."""
    given = json.dumps({"cast": str(made.cast), **settings})
    paths = map(str, (made.film, made.script, out))
    command = [sys.executable, "-m", "studio.dubbing.benches.running", *paths, str(workers), given]
    environment = os.environ | {"AFFETTO_JOBS": str(jobs)}
    return subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)


@dataclass(frozen=True)
class Kills:
    """What became of a dub that was killed. kills: so often before it ended.  remade: finished parts made again."""

    kills: int
    remade: int
    finished_before: int
    run: Run


def killed(made: Made, out: Path, jobs: Path, kills: int, seconds: float, seed: int = 0, **settings: Any) -> Kills:
    """Dub with two workers, killed with SIGKILL at random moments, and go on until it is done.

    seconds: what it takes undisturbed, by which the moments are spread. Raises AffettoError when it fails in the end.
    """
    dice, done, remade, count = random.Random(seed), 0, 0, 0
    finished: dict[Path, int] = {}
    while done < kills:
        process = start(made, out, jobs, 2, settings)
        try:
            # From the start of the process, when nothing is ready, to twice its share of the work.
            process.wait(_STARTING * dice.random() + 2 * dice.random() * seconds / kills)
            break
        except subprocess.TimeoutExpired:
            done += 1
        finally:
            _kill(process)
        now = kept(jobs)
        remade += sum(now.get(path) != when for path, when in finished.items())
        finished, count = now, max(count, len(now))
    last = run(made, out, jobs, 2, **settings)
    now = kept(jobs)
    remade += sum(now.get(path) != when for path, when in finished.items())
    return Kills(done, remade, count, last)


# A dub is under way after about so many seconds.
_STARTING = 6.0


def kept(jobs: Path) -> dict[Path, int]:
    """When each file of what is finished was last written: it has a key."""
    found: dict[Path, int] = {}
    for key in (jobs / "store" / "keys").glob("*/*.json"):
        told = json.loads(key.read_text(encoding="utf-8"))
        folder = jobs / "store" / "artifacts" / told["digest"][:2] / told["digest"]
        found |= {folder / name: (folder / name).stat().st_mtime_ns for name in told["files"]}
    return found


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()


def _processor() -> float:
    """Seconds that processes of this one have used which ended."""
    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime


def _held(group: int) -> float:
    """GiB that the processes of a group hold: proportional set size, which counts what they share once."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == group:
                told = (folder / "smaps_rollup").read_text()
                total += int(told.partition("\nPss:")[2].split()[0])
        except (OSError, IndexError):  # it ended meanwhile
            continue
    return total / 1024**2


def main() -> None:
    from studio.dubbing.dub import dub
    from studio.dubbing.settings import settings_of

    film, script, out, workers, settings = sys.argv[1:]
    try:
        dub(film, script, out, settings_of(json.loads(settings)), workers=int(workers), device="cpu")
    except AffettoError as e:
        sys.exit(f"studio.dubbing.benches: {e}")


if __name__ == "__main__":
    main()

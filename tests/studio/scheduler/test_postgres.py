"""More than one machine: a real PostgreSQL server, started here; processes share it and a store, nothing else."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from studio.scheduler import Scheduler

pytestmark = pytest.mark.slow

WORK = """
import sys
from studio.scheduler import Scheduler
with Scheduler.open() as s:
    s.work(workers=1, until_idle=True)
"""


class Server:
    """PostgreSQL on a socket of its own; as another user where this one is root, which it refuses."""

    def __init__(self, folder, binaries):
        self.folder, self._binaries = folder, binaries
        user = next((u for u in ("postgres", "nobody") if os.getuid() == 0 and _is_user(u)), None)
        self._as = {"user": user} if user else {}
        if user:
            shutil.chown(folder, user)
        self.run("initdb", "-D", folder / "data", "-U", "affetto", "-A", "trust", "-N")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()
        self.run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "affetto", "jobs")
        self.url = f"postgresql://affetto@127.0.0.1:{self.port}/jobs"

    def run(self, name, *arguments):
        command = [self._binaries / name, *arguments]
        with (self.folder / "said.txt").open("w") as said:
            subprocess.run(command, check=True, stdout=said, stderr=said, cwd=self.folder, timeout=120, **self._as)

    def start(self):
        options = f"-p {self.port} -h 127.0.0.1 -k {self.folder} -F"
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-o", options, "start")

    def stop(self, mode="immediate"):
        self.run("pg_ctl", "-D", self.folder / "data", "-w", "-m", mode, "stop")


def _is_user(name):
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


@pytest.fixture
def server():
    found = shutil.which("initdb") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    if found is None:
        pytest.skip("PostgreSQL's server is not installed (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="affetto-postgres-"))
    running = Server(folder, Path(found).resolve().parent)
    yield running
    running.stop("fast")
    shutil.rmtree(folder)


def test_machines_share_jobs_and_the_database_may_go_and_come_back(server, ran, tmp_path, monkeypatch):
    monkeypatch.setenv("AFFETTO_DATABASE_URL", server.url)
    monkeypatch.setenv("AFFETTO_STORE", str(tmp_path / "shared"))
    calls = [["square", {"n": n, "ran": str(ran), "seconds": 0.05}] for n in range(80)]

    def machine(name):
        environment = os.environ | {"AFFETTO_JOBS": str(tmp_path / name)}
        return subprocess.Popen([sys.executable, "-c", WORK], env=environment, stderr=subprocess.PIPE, text=True)

    def until(count):
        limit = time.monotonic() + 60
        while len(ran.numbers()) < count:
            assert time.monotonic() < limit, "it never came"
            time.sleep(0.02)

    with Scheduler.open() as s:
        job = s.submit("sum", {"calls": calls})
        machines = [machine("one"), machine("two")]
        until(15)
        server.stop()  # as a crash does: connections break, nothing is said
        time.sleep(1)
        server.start()
        until(30)
        machines[0].send_signal(signal.SIGKILL)
        said = machines[1].communicate(timeout=90)[1]
        assert machines[1].returncode == 0, said
        told = s.job(job)
        assert told.state == "done" and told.result == {"sum": sum(n * n for n in range(80))}
        # What was in hand when the machine was killed is done again, and may have been just finished.
        assert set(ran.numbers()) == set(range(80)) and len(ran.numbers()) <= 81
        assert not s.workers() and json.dumps(told.stages[0].total) == "80.0"

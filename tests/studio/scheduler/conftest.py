"""A scheduler of the test's own, and tasks that its workers find by entry point."""

import os
import sys
from pathlib import Path

import pytest

PLUGIN = str(Path(__file__).parent / "plugin")
# Before any test asks for entry points: they are looked for once.
sys.path.insert(0, PLUGIN)


@pytest.fixture(autouse=True)
def own_jobs(tmp_path, monkeypatch):
    """Jobs, database and store in a folder of the test; workers see the test's tasks."""
    monkeypatch.setenv("AFFETTO_JOBS", str(tmp_path / "jobs"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([PLUGIN, os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep))
    for name in ("AFFETTO_DATABASE_URL", "AFFETTO_STORE", "AFFETTO_CACHE_LIMIT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "jobs"


@pytest.fixture
def ran(tmp_path):
    """Lists what tasks have run, as `note` wrote it."""
    path = tmp_path / "ran.txt"

    class Ran:
        def __str__(self):
            return str(path)

        def lines(self):
            return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

        def numbers(self):
            return [int(line[0]) for line in self.lines()]

    return Ran()

"""Fixtures that several folders of tests use."""

import shlex
import subprocess

import pytest
from hypothesis import settings

# The same examples each run: a failure is the code's, not the dice's. Machines are slow at times: no deadline.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


@pytest.fixture
def in_mount():
    """Run a command with a small tmpfs mounted on a folder, in a mount namespace of its own: nothing stays mounted."""

    def run(folder, options, command):
        here = shlex.quote(str(folder))
        script = f"mount -t tmpfs -o {options} tmpfs {here} || exit 77; {shlex.join(map(str, command))}"
        for unshare in (["unshare", "--mount"], ["unshare", "--mount", "--map-root-user"]):
            done = subprocess.run([*unshare, "sh", "-c", script], capture_output=True, text=True, timeout=600)
            if done.returncode != 77 and not done.stderr.startswith("unshare:"):
                return done
        pytest.skip("no mount namespace can be made here")

    return run

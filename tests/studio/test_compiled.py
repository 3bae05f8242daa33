"""Where compiled functions are kept when Affetto's own folder can't be written."""

import os
import subprocess
import sys
from pathlib import Path


def test_without_a_home_to_write_a_folder_of_this_run_is_used_and_removed(tmp_path):
    no_folder = tmp_path / "file"
    no_folder.touch()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    script = """
import os, numba
from talking_head.smoothstep import step
assert step(0, 1, 0.5) == 0.5
assert os.listdir(numba.config.CACHE_DIR)
print(numba.config.CACHE_DIR)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "AFFETTO_HOME": str(no_folder / "home"), "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).parent == temporary
    assert list(temporary.iterdir()) == []

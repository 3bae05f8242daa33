"""Loops compiled by numba, kept in Affetto's cache folder, writable even when the package's own folder is not.

Where that can't be written either, a new temporary folder serves this run alone: functions are compiled in it anew,
and it is removed when the program ends.
"""

import atexit
import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

import numba

from studio import checkpoints


def _folder() -> Path:
    wanted = checkpoints.home() / "numba"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
    except OSError:
        pass
    else:
        if os.access(wanted, os.W_OK):
            return wanted
    # A new one, since a known name in a shared folder could hold somebody else's code.
    own = Path(tempfile.mkdtemp(prefix="affetto-numba-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


numba.config.CACHE_DIR = str(_folder())  # type: ignore[attr-defined]

# A decorator: ``@compiled()``, ``@compiled(fastmath=True)``. Other threads run meanwhile; x / 0 is inf, as in numpy.
compiled = partial(numba.njit, cache=True, nogil=True, error_model="numpy")

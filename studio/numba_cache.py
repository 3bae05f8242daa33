"""Where numba keeps compiled functions: in Affetto's cache folder, writable even when the package's own folder is not.

Import this before the first ``numba.njit``; it costs nothing to import it twice.
"""

import numba

from studio import checkpoints

numba.config.CACHE_DIR = str(checkpoints.home() / "numba")

"""The tables beside this file: CSV with a header."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``<name>.csv``."""
    with resources.files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as f:
        return tuple(csv.DictReader(f))

"""What the command line says besides its results: progress, warnings, errors. All of it on standard error."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

stderr = Console(stderr=True, soft_wrap=True, highlight=False)


def set_up_logging(verbose: bool) -> None:
    """Warnings always; with `verbose` also what the engines load, choose and measure."""
    log = logging.getLogger("affetto")
    # -v may stand before or after the command: neither takes back what the other asked for.
    if verbose or not log.handlers:
        log.setLevel(logging.DEBUG if verbose else logging.WARNING)
    if not log.handlers:
        log.addHandler(_ToConsole())
        log.propagate = False


class _ToConsole(logging.Handler):
    """Above the progress bars, a line each."""

    def emit(self, record: logging.LogRecord) -> None:
        level = record.levelname.lower()
        style = "yellow" if record.levelno >= logging.WARNING else "dim"
        stderr.print(f"affetto: {level}: {record.getMessage()}", style=style, markup=False)


class Stages:
    """Progress bars, one for each stage an engine reports."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, stage: str, done: float, total: float) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)


@contextmanager
def progress() -> Iterator[Stages]:
    """Show progress while the block runs, on a terminal only; it leaves no trace."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bars:
        yield Stages(bars)


def print_json(value: Any) -> None:
    """One object on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")

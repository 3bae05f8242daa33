"""The models a worker holds warm, within its device's memory: the one used longest ago leaves first."""

from __future__ import annotations

import gc
import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

_LOG = logging.getLogger("affetto")


class Warm:
    """budget: bytes that all of them together may take, by what their tasks say they need."""

    def __init__(self, budget: float) -> None:
        self._budget = budget
        self._models: OrderedDict[str, tuple[float, Any]] = OrderedDict()

    @property
    def names(self) -> list[str]:
        return list(self._models)

    def get(self, name: str, memory: float, load: Callable[[], Any]) -> Any:
        """The model of that name, loaded first, after others have left to make room, if it isn't here."""
        if name not in self._models:
            while self._models and memory + sum(m for m, _ in self._models.values()) > self._budget:
                self._leave(next(iter(self._models)))
            self._models[name] = (memory, load())
        self._models.move_to_end(name)
        return self._models[name][1]

    def clear(self) -> None:
        """Let all of them go."""
        for name in self.names:
            self._leave(name)

    def _leave(self, name: str) -> None:
        _LOG.info("model %s leaves to make room", name)
        del self._models[name]
        gc.collect()  # engines hold themselves in cycles; their memory is wanted now

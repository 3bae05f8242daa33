"""Where the time of a frame goes: methods of the renderer, timed from outside, so that it carries no clock itself.

The processor's time of the thread that draws, which on a busy machine is still the frame's own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Methods = Mapping[str, tuple[tuple[type, str], ...]]


class Stopwatch:
    """Adds up seconds by name. A part that runs within another is counted to its own name alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._inner = [0.0]

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, whose time is added to `name`."""
        self.seconds.setdefault(name, 0.0)

        def timed_call(*args: Any, **kwargs: Any) -> Any:
            self._inner.append(0.0)
            begun = time.thread_time()
            try:
                return call(*args, **kwargs)
            finally:
                taken = time.thread_time() - begun
                self.seconds[name] += taken - self._inner.pop()
                self._inner[-1] += taken

        return timed_call


@contextmanager
def watched(methods: Methods) -> Iterator[Stopwatch]:
    """Time every call of the methods, by name, while this lasts. Raises KeyError for one that its class lacks."""
    watch = Stopwatch()
    kept = [(owner, method, owner.__dict__[method]) for group in methods.values() for owner, method in group]
    try:
        for name, group in methods.items():
            for owner, method in group:
                setattr(owner, method, watch.timed(name, owner.__dict__[method]))
        yield watch
    finally:
        for owner, method, inner in kept:
            setattr(owner, method, inner)

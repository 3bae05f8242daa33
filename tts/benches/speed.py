"""How fast each system speaks, with all cores to itself, and what share of that goes into deciding how to say it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from studio.engines import Progress
from tts.benches.plan import EMOTIONAL, HIBARI, HIBARI_VOICE, VOICES, Case, chosen
from tts.benches.systems import Affetto, system
from tts.prosodies import prosody
from tts.prosody.reading import Prepared, Prosody, Reading, Stretch, Take

_ROUNDS = 3
_LINES = 4

T = TypeVar("T")


@dataclass(frozen=True)
class Speed:
    """Medians. real_time: seconds of computing a second of sound.  deciding: share of it that the prosody takes; 0
    where the system has none of its own."""

    real_time: float
    deciding: float


class Timed:
    """A `tts.prosody.reading.Prosody` whose time is added up, in seconds."""

    def __init__(self, inner: Prosody) -> None:
        self._inner = inner
        self.seconds = 0.0

    def read(self, prepared: Prepared, take: Take, stretches: Sequence[Stretch] | None = None) -> Reading:
        return self._timed(lambda: self._inner.read(prepared, take, stretches))

    def read_many(self, prepared: Prepared, takes: Sequence[Take]) -> Sequence[Reading]:
        return self._timed(lambda: self._inner.read_many(prepared, takes))

    def _timed(self, call: Callable[[], T]) -> T:
        begun = time.perf_counter()
        try:
            return call()
        finally:
            self.seconds += time.perf_counter() - begun


def speeds(names: Sequence[str], progress: Progress | None = None) -> dict[str, Speed]:
    """Each system on the same lines in turn, `_ROUNDS` times after a warm-up, so that drift of the machine hits all."""
    watches = {n: Timed(prosody("rules" if n == "rules" else "autoregressive")) for n in names if n in EMOTIONAL}
    speakers = {n: Affetto(watches[n]) if n in watches else system(n) for n in names}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
    for turn in range(_ROUNDS + 1):
        for line in chosen(_LINES):
            for name, speaker in speakers.items():
                case = Case(name, line, HIBARI_VOICE if name == HIBARI else VOICES[line % len(VOICES)])
                watch = watches.get(name)
                if watch:
                    case = replace(case, emotion="angry", intensity=1.0)
                    watch.seconds = 0.0
                begun = time.perf_counter()
                said = speaker.say(case, None)
                whole = time.perf_counter() - begun
                if turn:
                    deciding = watch.seconds / whole if watch else 0.0
                    taken[name].append((whole * said.sample_rate / len(said.samples), deciding))
        if progress:
            progress("timing", turn, _ROUNDS)
    return {name: Speed(*(float(x) for x in np.median(rows, axis=0))) for name, rows in taken.items()}

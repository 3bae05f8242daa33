"""How fast faces are drawn: one core, 512 x 512. The quick bench; `affetto bench face` has all figures."""

from __future__ import annotations

from pathlib import Path

from studio.evaluation.bench import Measurement, peak_memory
from talking_head.benches.speed import SQUARE, on_cores, speed

_FRAMES = 500
REACH_FPS = 150.0


def measure(portrait: Path) -> list[Measurement]:
    """Milliseconds a frame of a speaking, happy face, after a warm-up, on one core; and how long a portrait takes."""
    on_cores(1)
    found = speed(portrait, SQUARE, 1, _FRAMES)
    return [
        Measurement("frame of 512 x 512 on one core, median", found.frame, "ms"),
        Measurement("frame of 512 x 512 on one core, 95th percentile", found.slow, "ms"),
        Measurement("frames a second on one core", 1000 / found.frame, "", at_least=REACH_FPS),
        *(Measurement(f"of that, {name}", found.stages[name], "ms") for name in found.drawing_stages),
        Measurement("preparing a portrait of 512 x 512", found.preparing, "s"),
        peak_memory(),
    ]

"""Motion statistics: what is composed here beside a real person's face, tracked from a film.

python -m talking_head.benches.motions FILM     track a film and print its figures, as `tracked.json` keeps them
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

import numpy as np

from studio.emotion import EmotionTrack
from studio.errors import AffettoError
from studio.performance import Speech
from talking_head.benches.stillness import silence
from talking_head.motion import compose_motion
from talking_head.motion.statistics import difference_between, statistics_of
from talking_head.tracker import LandmarkTracker

SEEDS = (0, 1, 2, 3, 4)
_SILENT_SECONDS = 20.0

Statistics = Mapping[str, float]


def tracked(film: Path | None = None) -> tuple[str, Statistics]:
    """(What film it is, its figures): of `film`, or those kept of the film that the project was made with.

    Raises InputError when there is no such film, or no face in it.
    """
    if film is None:
        kept = json.loads(resources.files("talking_head.benches").joinpath("tracked.json").read_text(encoding="utf-8"))
        return kept["film"], {k: float("nan") if v is None else float(v) for k, v in kept["statistics"].items()}
    return film.name, statistics_of(LandmarkTracker().track(film).motion)


def made(speech: Speech) -> tuple[Statistics, Statistics, Statistics]:
    """(While it speaks, while it is silent for twenty seconds: medians over `SEEDS`; how far those seeds are apart)."""
    speaking = [compose_motion(speech, speech.track, seed=seed) for seed in SEEDS]
    nothing = silence(_SILENT_SECONDS)
    silent = [compose_motion(nothing, EmotionTrack(), seed=seed) for seed in SEEDS]
    return (
        _medians([statistics_of(m, speech) for m in speaking]),
        _medians([statistics_of(m) for m in silent]),
        difference_between(speaking),
    )


def _medians(found: Sequence[Statistics]) -> Statistics:
    columns = {name: np.array([f[name] for f in found]) for name in found[0]}
    return {
        n: float(np.median(c[np.isfinite(c)])) if np.isfinite(c).any() else float("nan") for n, c in columns.items()
    }


def main() -> None:
    try:
        name, statistics = tracked(Path(sys.argv[1]))
    except AffettoError as e:
        sys.exit(f"talking_head.benches.motions: {e}")
    rounded = {k: round(v, 4) if np.isfinite(v) else None for k, v in statistics.items()}
    print(json.dumps({"film": name, "statistics": rounded}, indent=2))


if __name__ == "__main__":
    main()

"""Which life is nearer to people's, told blind: by figures, on takes that nothing was learned from.

    python -m talking_head.motion.living.compare TAKES NAME ...

The weights are those in checkpoints/. For each take NAME and several seeds both lives are composed to its sound. The
table has the median over takes of every figure of `motion.statistics`, and how far each life is from the person of the
same take, in units of how far people are from each other; at last the mean over the figures. The judge sees figures,
and not whose they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

import numpy as np
import numpy.typing as npt

from studio.acting import LifeName
from studio.performance import FaceMotion, Speech
from talking_head.motion import compose_motion
from talking_head.motion.living.channels import RATE
from talking_head.motion.living.training.takes import speech_of
from talking_head.motion.statistics import statistics_of

_SEEDS = 5
# Figures that only grow are compared by their ratio: a head that moves twice as far is as wrong as one that moves half.
_LEAST = {"head_degrees": 0.2, "head_speed": 1.0, "head_jitter": 0.005, "brow_jitter": 0.001, "brow_activity": 0.02}
_LEAST |= {"brow_speed": 0.1, "gaze_degrees": 0.5, "blink_seconds": 0.03, "fixation_seconds": 0.1}
_LEAST |= {"head_speech_to_pause": 0.3}
# What trembles in a tracked face is the tracker: told, but not counted.
_TRACKERS = ("head_jitter", "brow_jitter", "head_tremble")

Lives = dict[LifeName, list[dict[str, float]]]
Table = npt.NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("takes", type=Path)
    parser.add_argument("names", nargs="+", metavar="NAME")
    given = parser.parse_args()
    people: dict[str, dict[str, float]] = {}
    lives: Lives = {life: [] for life in get_args(LifeName)}
    for path in sorted(given.takes.glob("*.csv")):
        speech = speech_of(path)
        if speech is not None:
            people[path.stem] = statistics_of(FaceMotion.load(path).resampled(RATE), speech)
        if speech is not None and path.stem in given.names:
            for life, rows in lives.items():
                rows.append(_made(speech, life))
    _tell(people, given.names, lives)


def _made(speech: Speech, life: LifeName) -> dict[str, float]:
    """The median of the seeds' figures."""
    rows = [
        statistics_of(compose_motion(speech, speech.track, seed, RATE, life=life), speech) for seed in range(_SEEDS)
    ]
    return {name: _median(np.array([row[name] for row in rows])) for name in rows[0]}


def _tell(people: dict[str, dict[str, float]], names: list[str], lives: Lives) -> None:
    held_out = [name for name in people if name in names]
    figures = list(people[held_out[0]])
    spread = {f: _spread(np.array([_level(f, row[f]) for row in people.values()])) for f in figures}
    print(f"{'':24}{'people':>12}" + "".join(f"{life:>12}{'off':>8}" for life in lives))
    total: dict[LifeName, list[float]] = {life: [] for life in lives}
    for f in figures:
        real = np.array([people[name][f] for name in held_out])
        line = f"{f:<24}{_median(real):12.3f}"
        for life, rows in lives.items():
            made = np.array([row[f] for row in rows])
            apart = np.abs([_level(f, a) - _level(f, b) for a, b in zip(made, real, strict=True)]) / spread[f]
            line += f"{_median(made):12.3f}{_mean(apart):8.2f}"
            if f not in _TRACKERS:
                total[life].append(_mean(apart))
        print(line)
    print(f"{'mean distance':<36}" + "".join(f"{_mean(np.array(t)):20.2f}" for t in total.values()))


def _level(figure: str, value: float) -> float:
    return float(np.log(value + _LEAST[figure])) if figure in _LEAST else value


def _spread(values: Table) -> float:
    """Half of what the middle two thirds span, which is a standard deviation of a bell."""
    known = values[np.isfinite(values)]
    return max(float(np.diff(np.quantile(known, (0.16, 0.84)))[0]) / 2, 1e-6) if len(known) > 1 else float("nan")


def _median(values: Table) -> float:
    return float(np.median(known)) if len(known := values[np.isfinite(values)]) else float("nan")


def _mean(values: Table) -> float:
    return float(known.mean()) if len(known := values[np.isfinite(values)]) else float("nan")


if __name__ == "__main__":
    main()

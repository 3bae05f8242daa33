"""The search for a timbre: every rendering says what its neighbourhood sounds like, and where to try next.

Around the best place so far a line is fitted through the embeddings of all that was rendered, near places weighing
more; the next try is where that line comes nearest to the embedding wanted, within reach, and a little aside, so that
the line is known in all directions. A rendering tells 192 numbers rather than one, which is why a few dozen do where an
evolution strategy takes thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tts.acoustic.kokoro import Floats

# Cosine given up for a place one standard deviation further out on every axis. Stock voices lie at about 1; with
# nothing to hold it, the search leaves for places where words suffer.
_PRIOR = 0.02
# How far a try may lie from the best so far, in standard deviations along every axis: at first, at least, and what it
# becomes after one that was better or worse. It stays as it is where three tries in ten are better: narrowing by 0.6
# instead ended the search within 15 rounds.
_REACH, _LEAST, _WIDER, _NARROWER = 0.5, 0.12, 1.2, 0.92
# A try lies aside by this share of the reach.
_ASIDE = 0.3
# Renderings this far from the best place count for 0.6 of one there.
_NEAR = 0.4
_RIDGE = 0.3

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Renderings:
    """Of N renderings: places [N, K], where the last axis is the pitch; embeddings [N, 192]."""

    places: Doubles
    embeddings: Doubles

    def __post_init__(self) -> None:
        if len(self.places) != len(self.embeddings):
            raise ValueError("a place without an embedding")

    def with_one(self, place: Doubles, embedding: Floats) -> Renderings:
        return Renderings(np.vstack([self.places, place]), np.vstack([self.embeddings, embedding]))


@dataclass(frozen=True, eq=False)
class Found:
    """A place [K], its rendering's embedding [192], and that one's cosine to the embedding wanted."""

    place: Doubles
    embedding: Floats
    similarity: float

    @property
    def worth(self) -> float:
        return self.similarity - _PRIOR * float(np.mean(np.square(self.place)))


def search(
    wanted: Floats,
    starts: Sequence[Doubles],
    known: Renderings,
    heard: Callable[[Doubles], Floats],
    rounds: int,
    progress: Callable[[int], None],
    seed: int = 0,
) -> Found:
    """The best of `rounds` renderings, those at `starts` first; their pitch is kept.

    wanted: embedding [192], of length 1.  heard: place -> embedding of its rendering, of length 1.
    """
    rng = np.random.default_rng(seed)
    reach = _REACH
    best: Found | None = None
    for i in range(rounds):
        progress(i)
        if best is None or i < len(starts):
            place = starts[i]
        else:
            place = _next(wanted, best, _slopes(known, best), reach)
            place[:-1] += rng.normal(size=len(place) - 1) * _ASIDE * reach
        embedding = heard(place)
        found = Found(place, embedding, float(embedding @ wanted))
        known = known.with_one(place, embedding)
        better = best is None or found.worth > best.worth
        if i >= len(starts):
            reach = max(_LEAST, reach * (_WIDER if better else _NARROWER))
        if better:
            best = found
    assert best is not None
    return best


def _slopes(known: Renderings, best: Found) -> Doubles:
    """How the embedding moves with the place around the best one, [K, 192]: ridge regression through it."""
    away = known.places - best.place
    weights = np.exp(-0.5 * np.mean(np.square(away), axis=1) / _NEAR**2)
    weighted = away * weights[:, None]
    moved = known.embeddings - best.embedding
    return np.asarray(np.linalg.solve(weighted.T @ away + _RIDGE * np.eye(away.shape[1]), weighted.T @ moved))


def _next(wanted: Floats, best: Found, slopes: Doubles, reach: float) -> Doubles:
    """Where the slopes promise most within reach of the best place; its pitch is kept."""
    count = len(best.place) - 1
    slopes = slopes[:-1]

    def loss(step: Doubles) -> tuple[float, Doubles]:
        place = best.place[:-1] + step
        there = best.embedding + step @ slopes
        length = float(np.linalg.norm(there))
        cosine = float(there @ wanted) / length
        towards = slopes @ (wanted / length - cosine * there / length**2)
        # A wall that is hardly felt before the end of the reach.
        share = float(step @ step) / (count * reach**2)
        value = _PRIOR * float(np.mean(place**2)) + 0.1 * share**4 - cosine
        return value, 2 * _PRIOR * place / count + 0.8 * share**3 * step / (count * reach**2) - towards

    found = minimize(loss, np.zeros(count), jac=True, method="L-BFGS-B").x
    return np.append(best.place[:-1] + found, best.place[-1])

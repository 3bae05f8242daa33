"""Linear discriminant analysis with a shrunk covariance, fitted from sums that add up over speakers.

All that a fit needs of a speaker's clips are counts, sums and products. So leaving a speaker out, and another one of
the rest to choose by, is a subtraction and one solve: fully nested selection in minutes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.linalg
from scipy.optimize import minimize_scalar

from studio.emotion.reading.voice.model import CLASSES, LinearModel, softmax

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Sums over clips: counts [C]; sums [C, D]; products [D, D]. They add and subtract."""

    counts: Floats
    sums: Floats
    products: npt.NDArray[np.float32]

    @classmethod
    def of(cls, x: Floats, label: npt.NDArray[np.intp], weight: float = 1.0) -> Moments:
        """Of clips [N, D], each counted `weight` times."""
        hot = (label[:, None] == np.arange(len(CLASSES))).astype(np.float64) * weight
        small = x.astype(np.float32)
        return cls(hot.sum(axis=0), hot.T @ x, weight * (small.T @ small))

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.counts + other.counts, self.sums + other.sums, self.products + other.products)

    def __sub__(self, other: Moments) -> Moments:
        return Moments(self.counts - other.counts, self.sums - other.sums, self.products - other.products)


def fit(moments: Moments, shrinkages: Sequence[float], names: tuple[str, ...]) -> dict[float, LinearModel]:
    """Discriminants with every class equally likely, by how much of the covariance, in (0, 1], goes to its mean."""
    n = moments.counts.sum()
    mean = moments.sums.sum(axis=0) / n
    scale = np.sqrt(np.maximum(np.diag(moments.products) / n - mean**2, 1e-9))
    centres = moments.sums / moments.counts[:, None]
    roots = (centres * np.sqrt(moments.counts / n)[:, None]).astype(np.float32)
    # float32 and in place: this is nearly all the time that a fit takes.
    within = moments.products * np.float32(1.0 / n) - roots.T @ roots
    within *= (1.0 / scale).astype(np.float32)
    within *= (1.0 / scale).astype(np.float32)[:, None]
    z = ((centres - mean) / scale).T
    found = {}
    for shrinkage in shrinkages:
        shrunk = within * np.float32(1.0 - shrinkage)
        np.fill_diagonal(shrunk, np.diag(shrunk) + shrinkage * np.trace(within) / len(within))
        factor = scipy.linalg.cho_factor(shrunk.T, overwrite_a=True, check_finite=False)
        weights = scipy.linalg.cho_solve(factor, z.astype(np.float32), check_finite=False).astype(np.float64)
        found[shrinkage] = LinearModel(names, mean, scale, weights, -0.5 * (z * weights).sum(axis=0))
    return found


def log_loss(logits: Floats, label: npt.NDArray[np.intp]) -> float:
    """Mean negative log probability of the right class, every class counting the same."""
    p = softmax(logits)[np.arange(len(label)), label]
    return float(np.mean([-np.log(p[label == c] + 1e-12).mean() for c in np.unique(label)]))


def temperature(logits: Floats, label: npt.NDArray[np.intp]) -> float:
    """What to divide log odds by so that probabilities are as often right as they say (Guo et al. 2017)."""
    best = minimize_scalar(lambda t: log_loss(logits / np.exp(t), label), bounds=(-1.0, 4.0), method="bounded")
    return float(np.exp(best.x))


def nested(
    train: Mapping[str, Moments],
    always: Moments | None,
    test: Mapping[str, tuple[Floats, npt.NDArray[np.intp]]],
    grid: Sequence[float],
    names: tuple[str, ...],
) -> dict[str, tuple[Floats, float]]:
    """Leave one speaker out: {speaker: (calibrated log odds of their clips [N, C], the shrinkage chosen)}.

    For each speaker left out, shrinkage and temperature are those that serve the other speakers best, each of them
    left out in turn as well. `always` is trained on every time.
    """
    whole = sum_of(train, always)
    inner: dict[tuple[str, str, float], Floats] = {}
    for a in train:
        for b in train:
            if a < b:
                for shrinkage, model in fit(whole - train[a] - train[b], grid, names).items():
                    inner[a, b, shrinkage] = model.logits(test[b][0])
                    inner[b, a, shrinkage] = model.logits(test[a][0])
    found = {}
    for out in train:
        others = [s for s in train if s != out]
        label = np.concatenate([test[s][1] for s in others])
        held = {g: np.concatenate([inner[out, s, g] for s in others]) for g in grid}
        scores = {g: uar(held[g], label) for g in grid}
        best = max(grid, key=lambda g: scores[g])
        logits = fit(whole - train[out], [best], names)[best].logits(test[out][0])
        found[out] = (logits / temperature(held[best], label), best)
    return found


def sum_of(train: Mapping[str, Moments], always: Moments | None) -> Moments:
    """All moments together."""
    parts = [*train.values(), *([] if always is None else [always])]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def accuracy(logits: Floats, label: npt.NDArray[np.intp]) -> float:
    """Share of clips whose likeliest class is the right one."""
    return float((logits.argmax(axis=1) == label).mean())


def uar(logits: Floats, label: npt.NDArray[np.intp]) -> float:
    """Unweighted average recall: the mean over the classes of their accuracies."""
    return float(np.mean([accuracy(logits[label == c], label[label == c]) for c in np.unique(label)]))

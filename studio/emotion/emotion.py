"""The Emotion value: a vector space over named categories and valence-arousal-dominance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.emotion.labels import CATEGORIES, CATEGORY_VAD, VAD, category_of
from studio.errors import InputError

# Weights smaller than this are rounding left over from sums.
_EPSILON = 1e-9
# How sharply `blend` prefers anchors in the same direction: shares go by cosine to this power. At 8, "nervous" is told
# mostly as afraid; a least-squares mixture told it as sad, surprised and bored that cancel out, which nobody can act.
_SHARPNESS = 8


@dataclass(frozen=True)
class Emotion:
    """How a line is to be felt. Neutral is the zero; sums, multiples and opposites are Emotions.

    weights: (category, weight) pairs in the order of CATEGORIES; a negative weight is the opposite of the category.
    offset: valence, arousal and dominance beyond what the categories account for.
    Both may leave the range that can be felt (``2 * ANGRY``); `vad`, `intensity` and `blend` bring them into it.
    """

    weights: tuple[tuple[str, float], ...] = ()
    offset: VAD = field(default=(0.0, 0.0, 0.0))

    def __post_init__(self) -> None:
        numbers = [w for _, w in self.weights] + list(self.offset)
        if not all(math.isfinite(x) for x in numbers):
            raise InputError(f"An emotion is made of finite numbers, not of {numbers}.")

    @classmethod
    def of(cls, labels: Mapping[str, float]) -> Emotion:
        """A mixture: ``Emotion.of({"happy": 0.5, "surprise": 0.3})``. Raises InputError for an unknown label."""
        total: dict[str, float] = {}
        for label, weight in labels.items():
            if label.strip().lower() != "neutral":
                category = category_of(label)
                total[category] = total.get(category, 0.0) + float(weight)
        return cls(_in_order(total))

    @classmethod
    def from_vad(cls, valence: float, arousal: float, dominance: float) -> Emotion:
        """A point in valence-arousal-dominance, each in [-1, 1]."""
        return cls(offset=(float(valence), float(arousal), float(dominance)))

    @classmethod
    def parse(cls, text: str) -> Emotion:
        """Read the notation (see `studio.emotion.notation`). Raises InputError that says what is wrong."""
        from studio.emotion.notation import parse  # notation builds Emotions

        return parse(text)

    @classmethod
    def coerce(cls, value: Emotion | str | None) -> Emotion:
        """Whatever a person gives for an emotion; None is neutral. Raises InputError for anything else."""
        if value is None:
            return NEUTRAL
        if isinstance(value, str):
            return cls.parse(value)
        if not isinstance(value, Emotion):
            raise InputError(f"An emotion is an Emotion, its notation or None, not {value!r}.")
        return value

    def __add__(self, other: Emotion) -> Emotion:
        total = dict(self.weights)
        for category, weight in other.weights:
            total[category] = total.get(category, 0.0) + weight
        v, a, d = (x + y for x, y in zip(self.offset, other.offset, strict=True))
        return Emotion(_in_order(total), (v, a, d))

    def __sub__(self, other: Emotion) -> Emotion:
        return self + -other

    def __mul__(self, factor: float) -> Emotion:
        v, a, d = (x * factor for x in self.offset)
        return Emotion(_in_order({c: w * factor for c, w in self.weights}), (v, a, d))

    __rmul__ = __mul__

    def __neg__(self) -> Emotion:
        return self * -1.0

    def toward(self, other: Emotion, t: float) -> Emotion:
        """The Emotion a share `t` of the way from this one (0) to `other` (1)."""
        return self * (1.0 - t) + other * t

    @property
    def labels(self) -> dict[str, float]:
        """The mixture as {category: weight}."""
        return dict(self.weights)

    @property
    def vad(self) -> VAD:
        """Valence, arousal and dominance in [-1, 1]."""
        v, a, d = (float(np.clip(x, -1.0, 1.0)) for x in self._free_vad())
        return v, a, d

    @property
    def intensity(self) -> float:
        """How strongly it is felt, in [0, 1]: the weights' sizes and the offset's length together."""
        return min(1.0, sum(abs(w) for _, w in self.weights) + math.hypot(*self.offset))

    def vector(self) -> npt.NDArray[np.float32]:
        """As one tensor, for engines that learn: float32 [len(CATEGORIES) + 3], the weights in order, then `vad`.

        The engines by rule of today know a few anchors and take `blend`.
        """
        labels = self.labels
        return np.array([*(labels.get(c, 0.0) for c in CATEGORIES), *self.vad], np.float32)

    def blend(self, anchors: Sequence[str]) -> dict[str, float]:
        """The Emotion told in the `anchors` an engine knows, as weights >= 0 whose sum is at most 1.

        A category among the anchors keeps its weight. What is left (other categories, opposites, the offset) goes
        to the anchors that lie in the same direction of valence-arousal-dominance, shared by how well they agree.
        The result grows with intensity in proportion until the sum reaches 1.
        """
        blended = dict.fromkeys(anchors, 0.0)
        rest = np.array(self.offset, float)
        for category, weight in self.weights:
            if category in blended and weight > 0:
                blended[category] += weight
            else:
                rest += weight * np.array(CATEGORY_VAD[category])
        length = float(np.linalg.norm(rest))
        if length > _EPSILON:
            basis = np.array([CATEGORY_VAD[a] for a in anchors])
            lengths = np.linalg.norm(basis, axis=1)
            share = np.clip(basis @ rest / (lengths * length), 0.0, None) ** _SHARPNESS
            for anchor, weight in zip(anchors, share / max(share.sum(), _EPSILON) * length / lengths, strict=True):
                blended[anchor] += float(weight)
        total = sum(blended.values())
        return {a: w / max(total, 1.0) for a, w in blended.items()}

    def describe(self) -> dict[str, Any]:
        """As JSON can hold it: {labels, intensity, vad}."""
        return {
            "labels": self.labels,
            "intensity": self.intensity,
            "vad": list(self.vad),
        }

    def __str__(self) -> str:
        """The notation, to six digits: ``happy:0.5+surprised:0.3``, ``vad(-0.6,0.7,0.5)``."""
        terms = [f"{'-' if w < 0 else '+'}{c}" + ("" if abs(w) == 1 else f":{abs(w):g}") for c, w in self.weights]
        if any(self.offset):
            terms.append("+vad({:g},{:g},{:g})".format(*self.offset))
        return "".join(terms).removeprefix("+") or "neutral"

    def _free_vad(self) -> npt.NDArray[np.float64]:
        total = np.array(self.offset, float)
        for category, weight in self.weights:
            total += weight * np.array(CATEGORY_VAD[category])
        return total


def _in_order(weights: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple((c, weights[c]) for c in CATEGORIES if abs(weights.get(c, 0.0)) > _EPSILON)


NEUTRAL = Emotion()

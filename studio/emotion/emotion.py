"""The Emotion value: a vector space over named categories and valence-arousal-dominance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from studio.emotion.labels import CATEGORIES, CATEGORY_VAD, KIN, OPPOSITE, VAD, meaning_of
from studio.errors import InputError

# Weights smaller than this are rounding left over from sums.
_EPSILON = 1e-9
# What an Emotion can be felt in by itself: a smile that the brow belies, a voice kept steady.
CHANNELS = ("voice", "brow", "mouth")
# How sharply `blend` prefers anchors in the same direction: shares go by cosine to this power. At 8, "nervous" is told
# mostly as afraid; a least-squares mixture told it as sad, surprised and bored that cancel out, which nobody can act.
_SHARPNESS = 8
# How much more a label's share counts for `nearest` than the direction of the VAD: what is named is meant, unless the
# offset takes it back.
_BY_WEIGHT = 3.0


@dataclass(frozen=True)
class Emotion:
    """How a line is to be felt. Neutral is the zero; sums, multiples and opposites are Emotions.

    weights: (category, weight) pairs in the order of CATEGORIES; a negative weight is the opposite of the category.
    offset: valence, arousal and dominance beyond what the categories account for.
    channels: (channel, Emotion) pairs in the order of CHANNELS: what one channel feels beyond the rest.
    All may leave the range that can be felt (``2 * ANGRY``); `vad`, `intensity` and `blend` bring them into it.
    These three, `labels`, `vector` and `nearest` tell the Emotion as a whole, the mean over the channels; an engine
    asks for its own with `at`.
    """

    weights: tuple[tuple[str, float], ...] = ()
    offset: VAD = field(default=(0.0, 0.0, 0.0))
    channels: tuple[tuple[str, Emotion], ...] = ()

    def __post_init__(self) -> None:
        numbers = [w for _, w in self.weights] + list(self.offset)
        if not all(isinstance(x, Real) and math.isfinite(x) for x in numbers):
            raise InputError(f"An emotion is made of finite numbers, not of {numbers}.")
        if self.weights != _in_order(dict(self.weights)):
            raise InputError(f"Weights are of different categories, in their order and none of them 0: {self.weights}.")
        if self.channels != _channels(dict(self.channels)) or any(e.channels for _, e in self.channels):
            raise InputError(f"Channels are different ones of {', '.join(CHANNELS)}, in this order, and not nested.")

    @classmethod
    def of(cls, labels: Mapping[str, float]) -> Emotion:
        """A mixture: ``Emotion.of({"happy": 0.5, "melancholic": 0.3})``, of labels of any vocabulary.

        Raises InputError for an unknown label.
        """
        total = NEUTRAL
        for label, weight in labels.items():
            categories, offset = meaning_of(label)
            if not isinstance(weight, Real):
                raise InputError(f"The weight of {label!r} is {weight!r}, but must be a number.")
            total = total + float(weight) * cls(_in_order(categories), offset)
        return total

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
        """What a person writes for an emotion: the notation, or a direction in free words; None is neutral.

        Raises InputError for anything else.
        """
        if value is None:
            return NEUTRAL
        if isinstance(value, str):
            from studio.emotion.reading.text import read_text  # reading builds Emotions

            return read_text(value)
        if not isinstance(value, Emotion):
            raise InputError(f"An emotion is an Emotion, words for it or None, not {value!r}.")
        return value

    def only(self, channel: str) -> Emotion:
        """This Emotion in one channel (a name of CHANNELS) and neutral in the others. Raises InputError for another."""
        return Emotion(channels=_channels({_channel(channel): self.at(channel)}))

    def at(self, channel: str) -> Emotion:
        """What is felt in one channel (a name of CHANNELS). Raises InputError for another."""
        own = dict(self.channels).get(_channel(channel), NEUTRAL)
        return Emotion(self.weights, self.offset) + own

    def __add__(self, other: Emotion) -> Emotion:
        if not isinstance(other, Emotion):
            return NotImplemented
        total = dict(self.weights)
        for category, weight in other.weights:
            total[category] = total.get(category, 0.0) + weight
        v, a, d = (x + y for x, y in zip(self.offset, other.offset, strict=True))
        channels = dict(self.channels)
        for channel, felt in other.channels:
            channels[channel] = channels[channel] + felt if channel in channels else felt
        return Emotion(_in_order(total), (v, a, d), _channels(channels))

    def __radd__(self, other: Any) -> Emotion:
        """So that `sum` adds Emotions: it begins at 0, and neutral is the zero."""
        return self if other == 0 else NotImplemented

    def __sub__(self, other: Emotion) -> Emotion:
        return self + -other

    def __mul__(self, factor: float) -> Emotion:
        v, a, d = (x * factor for x in self.offset)
        channels = _channels({c: e * factor for c, e in self.channels})
        return Emotion(_in_order({c: w * factor for c, w in self.weights}), (v, a, d), channels)

    __rmul__ = __mul__

    def __neg__(self) -> Emotion:
        return self * -1.0

    def toward(self, other: Emotion, t: float) -> Emotion:
        """The Emotion a share `t` of the way from this one (0) to `other` (1)."""
        return self * (1.0 - t) + other * t

    def path(self, other: Emotion, steps: int) -> tuple[Emotion, ...]:
        """`steps` (>= 2) Emotions evenly along the straight line from this one to `other`, both included.

        Raises InputError for fewer.
        """
        if steps < 2:
            raise InputError(f"A path has at least 2 steps, its ends; {steps} were asked for.")
        return tuple(self.toward(other, i / (steps - 1)) for i in range(steps))

    def distance(self, other: Emotion) -> float:
        """How far apart two Emotions are, >= 0: the Euclidean length of their difference, over categories and VAD.

        A metric; channels count by a third each. Two Emotions of the same VAD and other categories are apart.
        """
        return float(np.linalg.norm(self._free() - other._free()))

    @property
    def whole(self) -> Emotion:
        """Without channels: their mean."""
        total = Emotion(self.weights, self.offset)
        for _, felt in self.channels:
            total = total + felt * (1.0 / len(CHANNELS))
        return total

    @property
    def labels(self) -> dict[str, float]:
        """The mixture as {category: weight}."""
        return dict(self.whole.weights)

    @property
    def vad(self) -> VAD:
        """Valence, arousal and dominance in [-1, 1]."""
        v, a, d = (float(np.clip(x, -1.0, 1.0)) for x in self._free_vad())
        return v, a, d

    @property
    def intensity(self) -> float:
        """How strongly it is felt, in [0, 1]: the sum of the weights' sizes, or the largest coordinate if more."""
        return min(1.0, max(sum(abs(w) for w in self.labels.values()), float(np.abs(self._free_vad()).max())))

    @property
    def nearest(self) -> str:
        """The category that says it best: by its share of the weights and its direction in VAD; or "neutral"."""
        labels, free = self.labels, self._free_vad()
        for category, weight in self.labels.items():
            for opposite in OPPOSITE.get(category, ()) if weight < 0 else ():
                labels[opposite] = labels.get(opposite, 0.0) - weight
        length = float(np.linalg.norm(free))
        size = sum(abs(w) for w in labels.values()) + float(np.abs(self.whole.offset).max())
        if max(length, size) < _EPSILON:
            return "neutral"

        def fit(category: str) -> float:
            place = np.array(CATEGORY_VAD[category])
            cosine = float(place @ free) / max(length * float(np.linalg.norm(place)), _EPSILON)
            return cosine + _BY_WEIGHT * labels.get(category, 0.0) / max(size, _EPSILON)

        return max(CATEGORIES, key=fit)

    def vector(self) -> npt.NDArray[np.float32]:
        """As one tensor, for engines that learn: float32 [len(CATEGORIES) + 3], the weights in order, then `vad`.

        The engines by rule of today know a few anchors and take `blend`.
        """
        return np.array([*self._free()[: len(CATEGORIES)], *self.vad], np.float32)

    def blend(self, anchors: Sequence[str]) -> dict[str, float]:
        """The Emotion told in the `anchors` an engine knows, as weights >= 0 whose sum is at most 1.

        A category among the anchors keeps its weight; another goes to the anchors it is kin to (`labels.KIN`), an
        opposite to what it is the opposite of (`labels.OPPOSITE`). What is left (other opposites, the offset) goes to
        the anchors in its direction of valence-arousal-dominance. What several anchors take is shared by how well their
        directions agree with it.
        The result grows with intensity in proportion until the sum reaches 1.
        """
        blended = dict.fromkeys(anchors, 0.0)
        whole = self.whole
        rest = np.array(whole.offset, float)
        for category, weight in whole.weights:
            kin = [a for a in (KIN if weight > 0 else OPPOSITE).get(category, ()) if a in blended]
            if category in blended and weight > 0:
                blended[category] += weight
            elif kin:
                for anchor, share in _shared(weight * np.array(CATEGORY_VAD[category]), kin).items():
                    blended[anchor] += share
            else:
                rest += weight * np.array(CATEGORY_VAD[category])
        for anchor, share in _shared(rest, anchors).items():
            blended[anchor] += share
        total = sum(blended.values())
        return {a: w / max(total, 1.0) for a, w in blended.items()}

    def describe(self) -> dict[str, Any]:
        """As JSON can hold it: {labels, intensity, vad, nearest}, and what only `of_description` needs.

        That is `offset` where there is one, and with channels each of them under `channels` and the rest of the
        labels under `shared`.
        """
        told: dict[str, Any] = {
            "labels": self.labels if not self.channels else {c: round(w, 6) for c, w in self.labels.items()},
            "intensity": round(self.intensity, 6),
            "vad": [round(x, 6) for x in self.vad],
            "nearest": self.nearest,
        }
        if any(self.offset):
            told["offset"] = list(self.offset)
        if self.channels:
            told["shared"] = dict(self.weights)
            told["channels"] = {channel: felt.describe() for channel, felt in self.channels}
        return told

    def __str__(self) -> str:
        """The notation, to six digits: ``happy:0.5+surprised:0.3``, ``vad(-0.6,0.7,0.5)``, ``happy+sad@brow``."""
        terms = self._terms() + [f"{t}@{channel}" for channel, felt in self.channels for t in felt._terms()]
        return "".join(terms).removeprefix("+") or "neutral"

    def _terms(self) -> list[str]:
        terms = [f"{'-' if w < 0 else '+'}{c}" + ("" if abs(w) == 1 else f":{abs(w):g}") for c, w in self.weights]
        return [*terms, "+vad({:g},{:g},{:g})".format(*self.offset)] if any(self.offset) else terms

    def _free(self) -> npt.NDArray[np.float64]:
        """The weights in order, then the VAD, whatever their range."""
        labels = self.labels
        return np.array([*(labels.get(c, 0.0) for c in CATEGORIES), *self._free_vad()])

    def _free_vad(self) -> npt.NDArray[np.float64]:
        whole = self.whole
        total = np.array(whole.offset, float)
        for category, weight in whole.weights:
            total += weight * np.array(CATEGORY_VAD[category])
        return total


def _in_order(weights: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    return tuple((c, weights[c]) for c in CATEGORIES if abs(weights.get(c, 0.0)) > _EPSILON)


def _shared(point: npt.NDArray[np.float64], anchors: Sequence[str]) -> dict[str, float]:
    """A point of VAD in weights of anchors, by their directions' cosine with it; nothing where none agrees."""
    length = float(np.linalg.norm(point))
    if length <= _EPSILON:
        return {}
    basis = np.array([CATEGORY_VAD[a] for a in anchors])
    lengths = np.linalg.norm(basis, axis=1)
    share = np.clip(basis @ point / (lengths * length), 0.0, None) ** _SHARPNESS
    weights = share / max(share.sum(), _EPSILON) * length / lengths
    return {a: float(w) for a, w in zip(anchors, weights, strict=True)}


def _channels(channels: Mapping[str, Emotion]) -> tuple[tuple[str, Emotion], ...]:
    """In order; a channel that feels nothing of its own is left out, so that equal Emotions are equal."""
    return tuple((c, channels[c]) for c in CHANNELS if c in channels and channels[c] != NEUTRAL)


def _channel(name: str) -> str:
    if name not in CHANNELS:
        raise InputError(f"There is no channel named {name!r}: an emotion can be felt in {', '.join(CHANNELS)}.")
    return name


NEUTRAL = Emotion()

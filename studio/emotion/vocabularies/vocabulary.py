"""One vocabulary of the field: its terms as Emotions, and Emotions told in its terms."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.optimize import lsq_linear

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.labels import CATEGORIES, CATEGORY_VAD, NEUTRAL_LABEL, either, meaning_of, normal
from studio.errors import InputError

Array = npt.NDArray[np.float64]

# What is left of an Emotion when it is told exactly, relative to it: rounding.
_EXACT = 1e-8
# Told inexactly, a further term has to explain this share of the Emotion, or it stays out: terms that cancel each
# other out come nearer on paper, but nobody can act them.
_WORTH_A_TERM = 0.05
# So many terms make an exact mixture worth saying where there are many exact ones.
_FEW = 3
# The categories count at least this much beside valence, arousal and dominance, which for a bare point are all it has.
_LEAST_SHARE = 0.01
# Categories this far apart in VAD are half the same feeling: the distance of angry and disgusted. So lonely is told
# as sad where there is no lonely.
_HALF_THE_SAME = 0.345
# A feeling is the mixture of a pair when it is that but for this share of its length: all 24 dyads down to 60:40, half
# of them at 70:30.
_LEFT_OF_A_PAIR = 0.3


def _kinship() -> Array:
    """A factor F [24, 24] with which |F w| is the size of a mixture: kindred categories add up, others stand apart.

    The Gaussian kernel over the categories' places, which tells any two mixtures apart.
    """
    places = np.array([CATEGORY_VAD[c] for c in CATEGORIES])
    squares = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    return np.asarray(np.linalg.cholesky(0.5 ** (squares / _HALF_THE_SAME**2)).T)


_KINSHIP = _kinship()


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one vocabulary, each with the one meaning it has everywhere (`studio.emotion.labels`).

    name: as in `VOCABULARIES`; title: for people; source: the publication; uri: of the EmotionML vocabulary, where it
    is one; terms: as published, in their order; pairs: (term, first, second) where the vocabulary says that a term is
    an even mixture of two emotions: that mixture is told as the term, wherever people place the word itself.
    """

    name: str
    title: str
    source: str
    uri: str | None
    terms: tuple[str, ...]
    pairs: tuple[tuple[str, str, str], ...] = ()

    def emotion(self, term: str) -> Emotion:
        """The Emotion of a term; case, hyphens and spaces do not matter. Raises InputError for no term of this one."""
        weights, offset = meaning_of(self._published(term))
        return Emotion.of(weights) + Emotion.from_vad(*offset)

    def read(self, weights: Mapping[str, float] | Sequence[float]) -> Emotion:
        """The Emotion of a mixture of terms, each weight in [0, 1]: by name, or all of them in the order of `terms`.

        All zero is neutral. Raises InputError for an unknown term, a weight out of range or a wrong number of them.
        """
        if not isinstance(weights, Mapping):
            if len(weights) != len(self.terms):
                raise InputError(f"{self.name} has {len(self.terms)} terms, so a vector of it has not {len(weights)}.")
            weights = dict(zip(self.terms, weights, strict=True))
        total = NEUTRAL
        for term, weight in weights.items():
            if not 0.0 <= weight <= 1.0:
                raise InputError(f"The weight of {term!r} in {self.name} is {weight}, but must lie between 0 and 1.")
            total = total + self.emotion(term) * float(weight)
        return total

    def write(self, emotion: Emotion) -> dict[str, float]:
        """The Emotion as a mixture of few terms, {term: weight in (0, 1]}; what a term says exactly is told exactly.

        Orthogonal matching pursuit with bounds (Pati, Rezaiifar & Krishnaprasad 1993) over the categories' weights and
        VAD: a single term comes back as it was read, and where terms are linearly independent any mixture does. What
        the vocabulary can't say is told as nearly as it goes in few terms, or by the term whose parts it is (`pairs`).
        Neutral is "neutral" in a vocabulary that has it, and otherwise no terms at all.
        """
        if _size(emotion) < _EXACT:
            return dict.fromkeys(self._neutral, 1.0)
        places, felt = self._told(emotion, _LEAST_SHARE)
        weights = _pursuit(places, felt)
        said = float(np.linalg.norm(places @ weights - felt)) < _EXACT * _size(emotion)
        if not said or (np.count_nonzero(weights > _EXACT) > _FEW and not self._independent):
            pair = self._pair(emotion)
            if pair is not None:
                return {pair[0]: min(1.0, pair[1])}
            weights = _pursuit(places, felt, _WORTH_A_TERM)
        return {t: float(w) for t, w in zip(self.terms, weights, strict=True) if w > _EXACT}

    def vector(self, emotion: Emotion) -> tuple[float, ...]:
        """What `write` says as one number a term, in the order of `terms`: what IndexTTS2 takes."""
        written = self.write(emotion)
        return tuple(written.get(term, 0.0) for term in self.terms)

    def nearest(self, emotion: Emotion) -> str:
        """The term that comes nearest when it is felt as strongly as may be, by VAD and by the categories felt.

        Of a bare point, by VAD alone; of the two parts of a term (`pairs`), that term. For neutral it is "neutral",
        whether the vocabulary has it or not.
        """
        if _size(emotion) < _EXACT:
            return next(iter(self._neutral), NEUTRAL_LABEL)
        places, felt = self._told(emotion, 0.0)
        apart = _apart(places, felt)
        pair = self._pair(emotion) if apart.min() > _EXACT * _size(emotion) else None
        return pair[0] if pair is not None else self.terms[int(np.argmin(apart))]

    def _pair(self, emotion: Emotion) -> tuple[str, float] | None:
        """The term of `pairs` that an Emotion mostly is the parts of, and how strongly: half of each is 1."""
        felt = _place(emotion)
        if not self.pairs or not emotion.whole.weights:
            return None
        strengths = felt @ self._mixed / (self._mixed**2).sum(axis=0)
        left = np.where(strengths > 0, np.linalg.norm(felt[:, None] - self._mixed * strengths, axis=0), np.inf)
        best = int(np.argmin(left))
        return (self.pairs[best][0], float(strengths[best])) if left[best] < _LEFT_OF_A_PAIR * _size(emotion) else None

    def _told(self, emotion: Emotion, least_share: float) -> tuple[Array, Array]:
        """The terms [27, n] and the Emotion [27], the categories counted by their share in the Emotion."""
        felt = _place(emotion)
        in_categories = float(np.linalg.norm(felt[: len(CATEGORIES)]))
        in_offset = float(np.linalg.norm(emotion.whole.offset))
        scale = np.ones(len(felt))
        scale[: len(CATEGORIES)] = max(least_share, in_categories / max(in_categories + in_offset, _EXACT))
        return self._places * scale[:, None], felt * scale

    @cached_property
    def _places(self) -> Array:
        """Where the terms lie, [27, len(terms)]."""
        return np.stack([_place(self.emotion(term)) for term in self.terms], axis=1)

    @cached_property
    def _mixed(self) -> Array:
        """Where half of each part of the pairs lies, [27, len(pairs)]."""
        return np.stack([_place(Emotion.of({a: 0.5, b: 0.5})) for _, a, b in self.pairs], axis=1)

    @cached_property
    def _independent(self) -> bool:
        return bool(np.linalg.matrix_rank(self._places, tol=_EXACT) == len(self.terms))

    @cached_property
    def _neutral(self) -> tuple[str, ...]:
        return tuple(term for term in self.terms if self.emotion(term) == NEUTRAL)

    def _published(self, term: str) -> str:
        found = {normal(t): t for t in self.terms}.get(normal(term))
        if found is None:
            near = difflib.get_close_matches(term, self.terms, n=3, cutoff=0.5)
            offer = f"did you mean {either(near)}?" if near else f"it has {', '.join(self.terms)}."
            raise InputError(f"There is no {term!r} in the vocabulary {self.name}: {offer}")
        return found


def _place(emotion: Emotion) -> Array:
    """The categories' weights by their kinship, then VAD as far as it goes (not held in [-1, 1]): [24 + 3]."""
    whole = emotion.whole
    labels = whole.labels
    weights = np.array([labels.get(c, 0.0) for c in CATEGORIES])
    vad = np.array(whole.offset) + weights @ np.array([CATEGORY_VAD[c] for c in CATEGORIES])
    return np.concatenate([_KINSHIP @ weights, vad])


def _size(emotion: Emotion) -> float:
    return float(np.linalg.norm(_place(emotion)))


def _apart(places: Array, felt: Array) -> Array:
    """How far each term, as strong as does best within [0, 1], lies from what is felt: [n]."""
    strength = np.clip(felt @ places / np.maximum((places**2).sum(axis=0), _EXACT), 0.0, 1.0)
    return np.asarray(np.linalg.norm(felt[:, None] - places * strength, axis=0))


def _pursuit(places: Array, felt: Array, worth: float = 0.0) -> Array:
    """Weights in [0, 1] of the terms [n], taken in one by one.

    It ends when nothing is left, or no term comes nearer. With `worth` a term beyond the first also has to explain
    that share of what is felt, and itself not to point away from it.
    """
    size = float(np.linalg.norm(felt))
    weights = np.zeros(places.shape[1])
    barred = np.zeros(places.shape[1], bool)
    if worth:
        barred = felt @ places <= 0
    taken: list[int] = []
    left, distance = felt, size
    while distance > _EXACT * size and not barred.all():
        best = int(np.argmin(np.where(barred, np.inf, _apart(places, left))))
        fitted = lsq_linear(places[:, [*taken, best]], felt, bounds=(0.0, 1.0), method="bvls", tol=1e-14).x
        nearer = float(np.linalg.norm(felt - places[:, [*taken, best]] @ fitted))
        if distance - nearer <= max(worth if taken else 0.0, _EXACT) * size:
            break
        taken.append(best)
        barred[best] = True
        weights[taken] = fitted
        left, distance = felt - places @ weights, nearer
    return weights

"""Emotions told in EmotionML's descriptors: whole, or in a standard vocabulary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from studio.emotion.emotion import Emotion
from studio.emotion.interchange.annotations import Annotation, Descriptor, Kind, Trace
from studio.emotion.interchange.own import numbers_of, own_values
from studio.emotion.interchange.standard import VOCABULARY_BASE
from studio.emotion.vocabularies import VOCABULARIES
from studio.errors import InputError

_AXES = {
    "pad-dimensions": ("pleasure", "arousal", "dominance"),
    "fsre-dimensions": ("valence", "arousal", "potency"),
}
# Numbers beyond are held here before a vocabulary reads them, whose weights end at 1: squares stay finite.
_FAR = 1e6


def annotation_of(emotion: Emotion, vocabulary: str | None = None) -> Annotation:
    """An Emotion as an annotation; `vocabulary` as in `write_emotionml`."""
    return told([emotion], None, vocabulary)


def told(emotions: Sequence[Emotion], freq: Decimal | None, vocabulary: str | None) -> Annotation:
    """An annotation that says one Emotion, or with `freq` several in traces of so many samples a second.

    In the standard `vocabulary`, or whole in Affetto's own, beside which big6 stands for other tools.
    Raises InputError for a vocabulary that can't tell emotions.
    """
    if vocabulary in _AXES:
        values = [dict(zip(_AXES[vocabulary], ((1 + x) / 2 for x in e.vad), strict=True)) for e in emotions]
        sets = {"dimension": VOCABULARY_BASE + vocabulary}
        return Annotation(_rounded("dimension", _AXES[vocabulary], values, freq), sets)
    categories = _in_categories(vocabulary or "big6", emotions, freq)
    if vocabulary is not None:
        return categories
    uri, whole = own_values(emotions)
    dimensions = tuple(_descriptor("dimension", name, values, freq) for name, values in whole.items())
    return Annotation((*categories.descriptors, *dimensions), {**categories.sets, "dimension": uri})


def _in_categories(name: str, emotions: Sequence[Emotion], freq: Decimal | None) -> Annotation:
    vocabulary = next((v for v in VOCABULARIES.values() if v.uri == VOCABULARY_BASE + name), None)
    if vocabulary is None:
        offer = ", ".join([*(v.uri.removeprefix(VOCABULARY_BASE) for v in VOCABULARIES.values() if v.uri), *_AXES])
        raise InputError(f"EmotionML has no vocabulary named {name!r} to tell emotions in: take one of {offer}.")
    values = [vocabulary.write(_bounded(e)) for e in emotions]
    names = [t for t in vocabulary.terms if any(v.get(t, 0.0) >= 0.0005 for v in values)]
    # An <emotion> has to describe something: neutral is a category that is felt by 0.
    descriptors = _rounded("category", names or vocabulary.terms[:1], values, freq)
    return Annotation(descriptors, {"category": VOCABULARY_BASE + name})


def _bounded(emotion: Emotion) -> Emotion:
    most = max((abs(x) for x in numbers_of(emotion).values()), default=0.0)
    return emotion * (_FAR / most) if most > _FAR else emotion


def _rounded(
    kind: Kind, names: Sequence[str], values: Sequence[Mapping[str, float]], freq: Decimal | None
) -> tuple[Descriptor, ...]:
    """Descriptors with values of three digits."""
    rounded = [{n: Decimal(str(round(min(v.get(n, 0.0), 1.0), 3))) for n in names} for v in values]
    return tuple(_descriptor(kind, n, tuple(v[n] for v in rounded), freq) for n in names)


def _descriptor(kind: Kind, name: str, samples: tuple[Decimal, ...], freq: Decimal | None) -> Descriptor:
    if freq is None:
        return Descriptor(kind, name, value=samples[0])
    return Descriptor(kind, name, trace=Trace(freq, samples))

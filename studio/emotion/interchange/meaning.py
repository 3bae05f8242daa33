"""What EmotionML's descriptors mean as an Emotion.

EmotionML's values lie in [0, 1].
- A category's value is its weight; without a value it is 1. Each name means what `studio.emotion.vocabularies` says.
- A dimension's value v is 2 v - 1 in [-1, 1], so 0.5 is neutral: pleasure or valence, arousal, dominance or potency.
  Together with categories it says the whole, so what the categories account for is taken off.
- `intensity` multiplies the categories.
- `expressed-through` puts the emotion in channels: "voice" is the voice, "face" brow and mouth; where it names none of
  them, or all, it is felt throughout.
- Unpredictability, appraisals and action tendencies are kept, but no part of the Emotion.

Affetto's own vocabulary (`studio.emotion.interchange.own`) holds an Emotion whole. Where it is used it alone counts;
the categories of big6 that stand beside it are for other tools.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise

from studio.emotion.emotion import CHANNELS, NEUTRAL, Emotion
from studio.emotion.interchange.annotations import Annotation, Descriptor
from studio.emotion.interchange.own import exponent_of, whole
from studio.emotion.interchange.standard import VOCABULARY_BASE, standard_name
from studio.emotion.labels import CATEGORY_VAD, known, meaning_of
from studio.emotion.track import EmotionTrack, Key
from studio.emotion.vocabularies import VOCABULARIES

_AXES = {
    "pleasure": 0,
    "valence": 0,
    "arousal": 1,
    "activation": 1,
    "dominance": 2,
    "potency": 2,
    "power": 2,
}
_THROUGH = {"voice": ("voice",), "face": ("brow", "mouth"), "brow": ("brow",), "mouth": ("mouth",)}

Value = Callable[[Descriptor], Decimal | None]


def emotion_of(annotation: Annotation) -> Emotion:
    """The Emotion an annotation says; of traces, their mean over time."""
    if any(d.trace for d in annotation.descriptors):
        return _mean(course_of(annotation).keys)
    return _felt(annotation, lambda d: d.value)


def course_of(annotation: Annotation) -> EmotionTrack:
    """The course of an annotation, in seconds of its span (from 0 without one): a key at every sample of its traces."""
    start = annotation.span[0] if annotation.span else Decimal(0)
    times = {
        d.name + d.kind: [d.trace.seconds(i, start) for i in range(len(d.trace.samples))]
        for d in annotation.descriptors
        if d.trace
    }
    places = sorted({t for each in times.values() for t in each}) or [float(start)]

    def at(place: float) -> Emotion:
        return _felt(
            annotation, lambda d: _sample(d.trace.samples, times[d.name + d.kind], place) if d.trace else d.value
        )

    return EmotionTrack(tuple(Key(p, at(p)) for p in places), "seconds")


def ends_of(annotation: Annotation) -> tuple[Emotion, Emotion]:
    """The Emotion an annotation begins and ends with."""
    first = _felt(annotation, lambda d: d.trace.samples[0] if d.trace else d.value)
    return first, _felt(annotation, lambda d: d.trace.samples[-1] if d.trace else d.value)


def unheard(annotation: Annotation) -> list[Descriptor]:
    """The descriptors that the Emotion leaves out because nothing here says what they feel like."""
    if exponent_of(annotation.sets.get("dimension", "")) is not None:
        return [d for d in annotation.descriptors if d.kind in ("appraisal", "action-tendency")]
    return [d for d in annotation.descriptors if not _heard(d, annotation)]


def _mean(keys: Sequence[Key]) -> Emotion:
    """Over a course of many keys, where `EmotionTrack.mean` would look each of them up in all."""
    length = keys[-1].at - keys[0].at
    if length == 0 or all(k.emotion == keys[0].emotion for k in keys):
        return keys[0].emotion
    total = NEUTRAL
    for a, b in pairwise(keys):
        total = total + (a.emotion + b.emotion) * ((b.at - a.at) / (2 * length))
    return total


def _felt(annotation: Annotation, value: Value) -> Emotion:
    exponent = exponent_of(annotation.sets.get("dimension", ""))
    if exponent is None:
        emotion = _plain(annotation, value)
    else:
        given = {d.name: value(d) for d in annotation.descriptors if d.kind == "dimension"}
        emotion = whole({name: x for name, x in given.items() if x is not None}, exponent)
    channels = {c for through in annotation.expressed_through for c in _THROUGH.get(through, ())}
    if not channels or channels == set(CHANNELS):
        return emotion
    total = NEUTRAL
    for channel in CHANNELS:
        if channel in channels:
            total = total + emotion.only(channel)
    return total


def _plain(annotation: Annotation, value: Value) -> Emotion:
    total, strength, said = NEUTRAL, 1.0, dict[int, float]()
    for d in annotation.descriptors:
        x = value(d)
        if d.kind == "category":
            emotion = _category(d.name, annotation.sets.get("category", ""))
            total = total + (NEUTRAL if emotion is None else emotion * (1.0 if x is None else float(x)))
        elif d.kind == "dimension" and x is not None:
            if d.name == "intensity":
                strength = float(x)
            elif d.name in _AXES:
                said[_AXES[d.name]] = float(2 * x - 1)
    total = total * strength
    if not said:
        return total
    accounted = [sum(w * CATEGORY_VAD[c][i] for c, w in total.weights) for i in range(3)]
    v, a, d3 = (said[i] - accounted[i] if i in said else total.offset[i] for i in range(3))
    return Emotion(total.weights, (v, a, d3))


def _sample(samples: tuple[Decimal, ...], times: list[float], place: float) -> Decimal:
    """The trace's value at a place: at a sample, itself; between two, on the line; outside, the nearest."""
    i = bisect_right(times, place) - 1
    if i < 0 or i == len(times) - 1 or times[i] == place:
        return samples[max(i, 0)]
    t = Decimal((place - times[i]) / (times[i + 1] - times[i]))
    return samples[i] + (samples[i + 1] - samples[i]) * t


def _category(name: str, uri: str) -> Emotion | None:
    standard = standard_name(uri) or uri.removeprefix("#")
    for vocabulary in VOCABULARIES.values():
        if vocabulary.uri == VOCABULARY_BASE + standard and name in vocabulary.terms:
            return vocabulary.emotion(name)
    if not known(name):
        return None
    weights, offset = meaning_of(name)
    return Emotion.of(weights) + Emotion.from_vad(*offset)


def _heard(descriptor: Descriptor, annotation: Annotation) -> bool:
    if descriptor.kind == "category":
        return _category(descriptor.name, annotation.sets.get("category", "")) is not None
    if descriptor.kind == "dimension" and descriptor.name == "intensity":
        return any(d.kind == "category" for d in annotation.descriptors)
    return descriptor.kind == "dimension" and descriptor.name in _AXES

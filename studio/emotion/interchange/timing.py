"""Timed annotations as one EmotionTrack: those of `studio.emotion.interchange.spells`, and those of others."""

from __future__ import annotations

import logging
import math
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from typing import cast, get_args

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.interchange.annotations import Annotation, Document
from studio.emotion.interchange.emotionml_values import said
from studio.emotion.interchange.meaning import course_of, ends_of
from studio.emotion.interchange.spells import TRACK_NAMESPACE
from studio.emotion.interchange.xml import Element
from studio.emotion.track import EmotionTrack, Key, Mark, Unit
from studio.errors import InputError

_log = logging.getLogger("affetto")


def track_of(document: Document) -> EmotionTrack:
    """The annotations of a document as one course.

    What `write_emotionml` made of a track comes back as it was. Of others, those that are timed count, in seconds;
    where they count from 1970, from the start of the first. Between annotations it is neutral; where two overlap they
    add up. Moments alone are points of a curve; beside spells they last no time, and are left out with a warning. A
    single emotion that is not timed holds throughout. Raises InputError where annotations are timed against different
    things, and for several that are not timed.
    """
    course = None if document.info is None else _child(document.info, "track")
    if course is not None:
        return _restored(document, course)
    timed = [a for a in document.annotations if a.span is not None]
    if not timed:
        if len(document.annotations) > 1:
            raise InputError(f"None of the {len(document.annotations)} emotions is timed, so they make no track.")
        return EmotionTrack(tuple(k for a in document.annotations for k in (a.track or _still(a)).keys), "seconds")
    if len({a.timed_against for a in timed}) > 1:
        raise InputError("The emotions are timed against different things, so they make no track: split the document.")
    zero = min(a.span[0] for a in timed if a.span) if timed[0].start is not None else Decimal(0)
    courses = [_moved(a, zero) for a in timed]
    if all(len(c) == 1 for c in courses):
        return EmotionTrack(tuple(sorted((k for c in courses for k in c), key=lambda k: k.at)), "seconds")
    for annotation, keys in zip(timed, courses, strict=True):
        if len(keys) == 1:
            _log.warning("The moment at %g s (%s) lasts no time and is left out.", keys[0].at, annotation.emotion)
    return _sum([c for c in courses if len(c) > 1])


def _still(annotation: Annotation) -> EmotionTrack:
    return EmotionTrack.constant(annotation.emotion, "seconds")


def _restored(document: Document, course: Element) -> EmotionTrack:
    unit = course.get("unit")
    if unit not in get_args(Unit):
        raise course.error(f"the unit of <track> is {said(unit)}, but must be words or seconds.")
    keys: list[Key] = []
    for annotation in document.annotations:
        place = None if annotation.info is None else _child(annotation.info, "place")
        if place is None:
            raise course.error("an emotion of the track lacks its place: write the track anew, or leave out <track>.")
        start = _number(place, "start")
        first, last = ends_of(annotation)
        if place.get("end") is None:
            spell = [Key(start, first)]
        elif any(d.trace and len(d.trace.samples) > 2 for d in annotation.descriptors):
            spell = list(course_of(annotation).keys)
        else:
            spell = [Key(start, first), Key(_number(place, "end"), last)]
        places = [k.at for k in (*keys[-1:], *spell)]
        if places != sorted(places):
            raise place.error(f"the places of the track must rise: {', '.join(f'{x:g}' for x in places)} do not.")
        keys += spell[1:] if place.get("follows") == "true" else spell
    return EmotionTrack(tuple(keys), cast(Unit, unit), tuple(_mark_in(m) for m in course.elements))


def _moved(annotation: Annotation, zero: Decimal) -> list[Key]:
    """The keys of a timed annotation, with `zero` for the start; one key is a moment."""
    start, end = (float(t - zero) for t in annotation.span or (Decimal(0), Decimal(0)))
    course = annotation.track
    if course is None:
        still = annotation.emotion
        return [Key(start, still), Key(end, still)] if end > start else [Key(start, still)]
    keys = [Key(k.at - float(zero), k.emotion) for k in course.keys]
    # The last sample holds to the end of what is annotated.
    return [*keys, Key(end, keys[-1].emotion)] if end > keys[-1].at else keys


def _sum(courses: Sequence[Sequence[Key]]) -> EmotionTrack:
    """Courses that are neutral outside their keys, added up."""
    waiting = sorted(courses, key=lambda c: c[0].at, reverse=True)
    felt: list[Sequence[Key]] = []
    keys: list[Key] = []
    for place in sorted({k.at for c in courses for k in c}):
        while waiting and waiting[-1][0].at <= place:
            felt.append(waiting.pop())
        before = sum((_at(c, place) for c in felt if c[0].at < place), NEUTRAL)
        felt = [c for c in felt if c[-1].at > place]
        after = sum((_at(c, place) for c in felt), NEUTRAL)
        step = before != after and (keys or place > 0)
        keys += [Key(place, before), Key(place, after)] if step else [Key(place, after)]
    return EmotionTrack(tuple(keys), "seconds")


def _at(keys: Sequence[Key], place: float) -> Emotion:
    """A course's emotion at a place on it, found in logarithmic time."""
    i = bisect_left(keys, place, key=lambda k: k.at)
    if keys[i].at == place:
        return keys[i].emotion
    a, b = keys[i - 1], keys[i]
    return a.emotion.toward(b.emotion, (place - a.at) / (b.at - a.at))


def _mark_in(element: Element) -> Mark:
    number = None if element.get("number") is None else _number(element, "number")
    value = element.get("text") if number is None else number
    start, end = _number(element, "start"), _number(element, "end")
    try:
        return Mark(element.get("kind") or "", start, end, value)
    except InputError as e:
        raise element.error(str(e)) from e


def _child(element: Element, tag: str) -> Element | None:
    return next((e for e in element.elements if e.name == (TRACK_NAMESPACE, tag)), None)


def _number(element: Element, attribute: str) -> float:
    text = element.get(attribute) or ""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise element.error(f"the {attribute} of <{element.tag}> is {text[:40]!r}, but must be a number.")
    return number

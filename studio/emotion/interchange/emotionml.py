"""EmotionML 1.0 (W3C Recommendation, 22 May 2014) in: documents and single `<emotion>` elements.

What the Recommendation and its schema forbid is refused with line and column; `studio.emotion.interchange.meaning`
says how values become an Emotion.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from studio.emotion.interchange.annotations import (
    KINDS,
    ROLES,
    Annotation,
    Descriptor,
    Document,
    EmotionVocabulary,
    Item,
    Kind,
    Reference,
)
from studio.emotion.interchange.emotionml_values import (
    TOKEN,
    near,
    one_of,
    said,
    tokens_of,
    trace_of,
    unit_of,
    whole_of,
)
from studio.emotion.interchange.meaning import unheard
from studio.emotion.interchange.standard import NAMESPACE, standard, standard_name
from studio.emotion.interchange.xml import Element, Source, parse
from studio.emotion.labels import either

_log = logging.getLogger("affetto")

# xsd:ID and xsd:NMTOKEN, in their common characters (XML's full tables add rare letters).
_ID = re.compile(r"[^\W\d][\w.\-·]*")
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(\s*;.*)?")

_SETS = tuple(f"{kind}-set" for kind in KINDS)
_TIMES = ("start", "end", "duration", "time-ref-uri", "time-ref-anchor-point", "offset-to-start")
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "emotionml": ("version", *_SETS),
    "emotion": ("version", *_SETS, "id", *_TIMES, "expressed-through"),
    "info": ("id",),
    "reference": ("uri", "role", "media-type"),
    "trace": ("freq", "samples"),
    "vocabulary": ("type", "id"),
    "item": ("name",),
    **dict.fromkeys(KINDS, ("name", "value", "confidence")),
}
# The children of each, in any order (assertion 157 of the Recommendation's test suite).
_CHILDREN: dict[str, tuple[str, ...]] = {
    "emotionml": ("info", "emotion", "vocabulary"),
    "emotion": ("info", *KINDS, "reference"),
    "vocabulary": ("info", "item"),
    "item": ("info",),
    **dict.fromkeys(KINDS, ("trace",)),
}
_ONCE = ("info", "trace")


def read_emotionml(source: Source) -> Document:
    """Read an EmotionML document, or a single `<emotion>`: its text, its bytes or the path of its file.

    Raises InputError with line and column for what isn't well-formed or breaks a rule of EmotionML 1.0. Descriptors
    that are no part of an Emotion are kept, with a warning.
    """
    root = parse(source, "the EmotionML")
    if root.name == (NAMESPACE, "emotion"):
        return Document((read_emotion(root),))
    if root.tag in ("emotionml", "emotion") and root.name[0] != NAMESPACE:
        raise root.error(f'<{root.tag}> is not in the namespace of EmotionML: it needs xmlns="{NAMESPACE}".')
    if root.tag != "emotionml":
        raise root.error(f"the root is <{root.tag}>, but must be <emotionml> or <emotion>.")
    _check(root)
    if root.get("version") != "1.0":
        raise root.error(f'<emotionml> needs version="1.0", not {said(root.get("version"))}.')
    vocabularies = {v.id: v for v in (_vocabulary(e) for e in root.elements if e.tag == "vocabulary")}
    _check_ids(root)
    _sets(root, {}, vocabularies)
    annotations = tuple(read_emotion(e, root, vocabularies) for e in root.elements if e.tag == "emotion")
    return Document(annotations, tuple(vocabularies.values()), _info(root), _text(root))


def read_emotion(
    element: Element, root: Element | None = None, vocabularies: Mapping[str, EmotionVocabulary] | None = None
) -> Annotation:
    """One `<emotion>`, in a document's `root` with its own vocabularies or by itself in other XML."""
    _check(element)
    if element.get("version") not in (None, "1.0"):
        raise element.error(f'<emotion> needs version="1.0", not {said(element.get("version"))}.')
    own = vocabularies or {}
    inherited = {} if root is None else _sets(root, {}, own)
    sets = _sets(element, inherited, own)
    described = [e for e in element.elements if e.tag in KINDS]
    if not described:
        raise element.error(f"<emotion> describes nothing: it needs one of {_tags(KINDS)}.")
    descriptors = tuple(_descriptor(e, sets, own) for e in described)
    for e, kind, name in ((e, d.kind, d.name) for e, d in zip(described, descriptors, strict=True)):
        if [(d.kind, d.name) for d in descriptors].count((kind, name)) > 1:
            raise e.error(f"<emotion> has <{kind}> {name!r} more than once.")
    if root is None:
        _check_ids(element)
    annotation = Annotation(
        descriptors,
        {kind: uri for kind, uri in sets.items() if any(d.kind == kind for d in descriptors)},
        id=element.get("id"),
        start=whole_of(element, "start", least=0),
        end=whole_of(element, "end", least=0),
        duration=whole_of(element, "duration", least=0),
        time_ref_uri=element.get("time-ref-uri"),
        time_ref_anchor_point=one_of(element, "time-ref-anchor-point", ("start", "end")),
        offset_to_start=whole_of(element, "offset-to-start"),
        expressed_through=tokens_of(element, "expressed-through"),
        references=tuple(_reference(e) for e in element.elements if e.tag == "reference"),
        info=_info(element),
        text=_text(element),
    )
    _check_times(element, annotation)
    _warn(element, annotation)
    return annotation


def _check_times(element: Element, annotation: Annotation) -> None:
    start, end, duration = annotation.start, annotation.end, annotation.duration
    if start is not None and end is not None:
        if end < start:
            raise element.error(f"the emotion ends at {end:.15g} ms, before it starts at {start:.15g} ms.")
        if duration is not None and end - start != duration:
            raise element.error(
                f"the emotion lasts {end - start:.15g} ms from its start to its end, but its duration is "
                f"{duration:.15g} ms: leave one of the three out."
            )
    if any(math.isinf(float(t)) for t in annotation.span or ()):
        raise element.error("the emotion's times are further away than numbers reach.")


def _warn(element: Element, annotation: Annotation) -> None:
    kept = [f"{d.kind} {d.name}" for d in unheard(annotation)]
    if kept:
        without = "the emotion goes without them" if len(kept) > 1 else "the emotion goes without it"
        _log.warning("%s, line %d: %s: kept, but %s.", element.where, element.line, ", ".join(kept), without)


def _check(element: Element) -> None:
    """Attributes and children of an element of EmotionML, and of those in it."""
    for space, attribute in element.attributes:
        if space is None and attribute not in _ATTRIBUTES[element.tag]:
            raise element.error(f"<{element.tag}> has no attribute {attribute!r}.")
    if element.tag == "info":
        for child in element.elements:
            if child.name[0] in (NAMESPACE, None):
                raise child.error(f"<info> holds elements of other namespaces, but <{child.tag}> is of none other.")
        return
    known, seen = _CHILDREN.get(element.tag, ()), set[str]()
    for child in element.elements:
        if child.name[0] != NAMESPACE or child.tag not in known:
            raise child.error(_unknown(child, element, known))
        if child.tag in _ONCE and child.tag in seen:
            raise child.error(f"<{element.tag}> has more than one <{child.tag}>.")
        seen.add(child.tag)
        # Emotions are checked as they are read.
        if child.tag != "emotion":
            _check(child)
    if element.tag not in ("emotionml", "emotion") and element.text.strip():
        raise element.error(f"<{element.tag}> holds no text, but has {element.text.strip()!r}.")


def _unknown(child: Element, parent: Element, known: Iterable[str]) -> str:
    if child.name == (NAMESPACE, "intensity"):
        return (
            "EmotionML 1.0 has no <intensity>: write <dimension name='intensity'> of "
            "http://www.w3.org/TR/emotion-voc/xml#intensity-dimension."
        )
    holds = f"it holds {_tags(known)}" if known else "it is empty"
    if child.name[0] != NAMESPACE:
        return f"<{child.tag}> is not of EmotionML's namespace and belongs in an <info>, not in <{parent.tag}>."
    return f"<{child.tag}> does not belong in <{parent.tag}>: {holds}."


def _check_ids(root: Element) -> None:
    seen: set[str] = set()
    open_ = [root]
    while open_:
        element = open_.pop(0)
        own = element.get("id")
        if own is not None and element.name[0] == NAMESPACE:
            if not _ID.fullmatch(own):
                raise element.error(f"the id {own!r} must begin with a letter and hold letters, digits, -, _ and dots.")
            if own in seen:
                raise element.error(f"the id {own!r} is taken by an element before.")
            seen.add(own)
        open_ = [*element.elements, *open_]


def _sets(
    element: Element, inherited: Mapping[str, str], vocabularies: Mapping[str, EmotionVocabulary]
) -> dict[str, str]:
    """The URI of each kind's vocabulary that holds at an element."""
    sets = dict(inherited)
    for kind in KINDS:
        uri = element.get(f"{kind}-set")
        if uri is None:
            continue
        known = _known(element, uri, vocabularies)
        if known is not None and known[0] != kind:
            raise element.error(f"the {kind}-set {uri!r} is a vocabulary of type {known[0]}.")
        sets[kind] = uri
    return sets


def _known(
    element: Element, uri: str, vocabularies: Mapping[str, EmotionVocabulary]
) -> tuple[Kind, tuple[str, ...]] | None:
    """Type and names of a vocabulary; None for another's, which is not fetched."""
    if uri.startswith("#"):
        if uri[1:] not in vocabularies:
            raise element.error(f"the document defines no <vocabulary> with the id {uri[1:]!r}.")
        own = vocabularies[uri[1:]]
        return own.kind, tuple(i.name for i in own.items)
    name = standard_name(uri)
    if name is not None and name not in standard():
        raise element.error(f"there is no vocabulary {uri!r}: {near(name, standard())}")
    return None if name is None else standard()[name]


def _descriptor(element: Element, sets: Mapping[str, str], vocabularies: Mapping[str, EmotionVocabulary]) -> Descriptor:
    kind, name = cast(Kind, element.tag), " ".join((element.get("name") or "").split())
    if not name:
        raise element.error(f"<{kind}> needs a name.")
    if kind not in sets:
        raise element.error(f"<{kind}> needs a vocabulary: put {kind}-set on its <emotion> or on <emotionml>.")
    known = _known(element, sets[kind], vocabularies)
    if known is not None and name not in known[1]:
        raise element.error(f"{sets[kind]!r} has no {kind} {name!r}: {near(name, known[1])}")
    traces = [trace_of(e) for e in element.elements]
    value = unit_of(element, "value")
    if traces and value is not None:
        raise element.error(f"<{kind}> {name!r} has both a value and a <trace>; it takes one of them.")
    if kind == "dimension" and not traces and value is None:
        raise element.error(f"<dimension> {name!r} needs a value or a <trace>.")
    return Descriptor(kind, name, value, traces[0] if traces else None, unit_of(element, "confidence"))


def _reference(element: Element) -> Reference:
    uri = element.get("uri")
    if uri is None:
        raise element.error("<reference> needs a uri.")
    media = element.get("media-type")
    if media is not None and not _MEDIA_TYPE.fullmatch(media):
        raise element.error(f"the media-type of <reference> is {media!r}, but must be like 'audio/wav'.")
    return Reference(uri, one_of(element, "role", ROLES) or ROLES[0], media)


def _vocabulary(element: Element) -> EmotionVocabulary:
    kind, own = one_of(element, "type", KINDS), element.get("id")
    if kind is None or own is None:
        raise element.error("<vocabulary> needs a type and an id.")
    items = [e for e in element.elements if e.tag == "item"]
    if not items:
        raise element.error(f"<vocabulary> {own!r} needs an <item>.")
    names: set[str] = set()
    for item in items:
        name = item.get("name")
        if name is None or not TOKEN.fullmatch(name):
            raise item.error(f"<item> needs a name of letters, digits, -, _, : and dots, not {said(name)}.")
        if name in names:
            raise item.error(f"<vocabulary> {own!r} has {name!r} more than once.")
        names.add(name)
    told = tuple(Item(i.get("name") or "", _info(i)) for i in items)
    return EmotionVocabulary(own, cast(Kind, kind), told, _info(element))


def _info(element: Element) -> Element | None:
    return next((_tidy(e) for e in element.elements if e.tag == "info"), None)


def _text(element: Element) -> str:
    return " ".join(element.text.split())


def _tidy(element: Element) -> Element:
    """Without the blanks that only indent."""
    bare = any(element.elements) and not element.text.strip()
    kept = element.elements if bare else element.children
    return replace(element, children=tuple(_tidy(c) if isinstance(c, Element) else c for c in kept))


def _tags(names: Iterable[str]) -> str:
    return either([f"<{n}>" for n in names])

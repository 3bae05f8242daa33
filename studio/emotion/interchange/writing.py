"""EmotionML 1.0 out: Emotions, tracks and documents, without loss or in a vocabulary that other tools know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from studio.emotion.emotion import Emotion
from studio.emotion.interchange.annotations import Annotation, Descriptor, Document, EmotionVocabulary
from studio.emotion.interchange.spells import document_of, with_vocabularies
from studio.emotion.interchange.standard import NAMESPACE
from studio.emotion.interchange.telling import annotation_of
from studio.emotion.interchange.xml import Element, Name, document
from studio.emotion.track import EmotionTrack

Written = Emotion | EmotionTrack | Document | Iterable[Emotion | Annotation]


def write_emotionml(what: Written, vocabulary: str | None = None, time_ref_uri: str | None = None) -> str:
    """An EmotionML document that says an Emotion, a track, a document, or several Emotions or annotations.

    As it stands, `read_emotionml` gives back exactly what was written (see `own` and `spells`). With a
    `vocabulary` of the standard ("big6", "everyday-categories", "pad-dimensions", ...) Emotions and tracks are told in
    that alone, for tools that know no other, and lose what it has no names for (its values have three digits).

    time_ref_uri: what a track's times count from, such as "line.wav"; else the document itself.
    Raises InputError for a vocabulary that can't tell emotions.
    """
    if isinstance(what, Emotion):
        what = [what]
    if isinstance(what, EmotionTrack):
        told = document_of(what, vocabulary, time_ref_uri)
    elif isinstance(what, Document):
        told = what
    else:
        told = Document(tuple(annotation_of(e, vocabulary) if isinstance(e, Emotion) else e for e in what))
    return document(_root(with_vocabularies(told)))


def _root(told: Document) -> Element:
    """The root; sets that all annotations share stand on it."""
    sets = [a.sets for a in told.annotations]
    shared = {k: uri for k, uri in (sets[0] if sets else {}).items() if all(s.get(k) == uri for s in sets)}
    attributes = {"version": "1.0", **{f"{kind}-set": uri for kind, uri in shared.items()}}
    children: list[Element | str] = [told.info] if told.info else []
    children += [told.text] if told.text else []
    children += [_vocabulary(v) for v in told.vocabularies]
    children += [_emotion(a, shared) for a in told.annotations]
    return _element("emotionml", attributes, children)


def _emotion(annotation: Annotation, shared: dict[str, str]) -> Element:
    attributes = {
        **{f"{kind}-set": uri for kind, uri in annotation.sets.items() if kind not in shared},
        "id": annotation.id,
        "start": annotation.start,
        "end": annotation.end,
        "duration": annotation.duration,
        "time-ref-uri": annotation.time_ref_uri,
        "time-ref-anchor-point": annotation.time_ref_anchor_point,
        "offset-to-start": annotation.offset_to_start,
        "expressed-through": " ".join(annotation.expressed_through) or None,
    }
    children: list[Element | str] = [annotation.info] if annotation.info else []
    children += [annotation.text] if annotation.text else []
    children += [_descriptor(d) for d in annotation.descriptors]
    for r in annotation.references:
        children.append(_element("reference", {"uri": r.uri, "role": r.role, "media-type": r.media_type}))
    return _element("emotion", attributes, children)


def _descriptor(d: Descriptor) -> Element:
    attributes = {"name": d.name, "value": _number(d.value), "confidence": _number(d.confidence)}
    if d.trace is None:
        return _element(d.kind, attributes)
    samples = " ".join(_number(s) or "" for s in d.trace.samples)
    return _element(d.kind, attributes, [_element("trace", {"freq": f"{d.trace.freq:f}Hz", "samples": samples})])


def _vocabulary(v: EmotionVocabulary) -> Element:
    items = [_element("item", {"name": i.name}, [i.info] if i.info else []) for i in v.items]
    return _element("vocabulary", {"type": v.kind, "id": v.id}, [*([v.info] if v.info else []), *items])


def _element(tag: str, attributes: Mapping[str, str | int | None], children: Iterable[Element | str] = ()) -> Element:
    given: dict[Name, str] = {(None, name): str(value) for name, value in attributes.items() if value is not None}
    return Element((NAMESPACE, tag), given, tuple(children))


def _number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"

"""An EmotionTrack as timed annotations.

Keys in seconds become spells: evenly sampled ones a `<trace>` each, others a spell from key to key, with a value where
the emotion stays and a trace of two samples where it moves. Keys in words stand untimed, in order. EmotionML counts in
milliseconds; the exact places, the unit and the marks stand in `<info>` in a namespace of Affetto's, and restore the
track as it was (`studio.emotion.interchange.timing`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from studio.emotion.interchange.annotations import Annotation, Document
from studio.emotion.interchange.own import exponent_of, own_vocabulary
from studio.emotion.interchange.standard import NAMESPACE
from studio.emotion.interchange.telling import told
from studio.emotion.interchange.xml import Element
from studio.emotion.track import EmotionTrack, Key, Mark, Unit

# Of what stands in <info>: <track unit> with its <mark>s for the document, <place> for each annotation.
TRACK_NAMESPACE = "urn:affetto:track"
_LINE = "line"


@dataclass(frozen=True)
class _Spell:
    """Keys that one annotation tells; with `freq`, as a trace. `follows`: the first is the last of the spell before."""

    keys: tuple[Key, ...]
    freq: Decimal | None = None
    follows: bool = False


def document_of(track: EmotionTrack, vocabulary: str | None = None, time_ref_uri: str | None = None) -> Document:
    """The track as a document; `vocabulary` and `time_ref_uri` as in `write_emotionml`."""
    spells = _in_words(track.keys) if track.unit == "words" else _in_seconds(track.keys)
    uri = time_ref_uri or f"#{_LINE}"
    annotations = tuple(_annotation(s, track.unit, vocabulary, uri) for s in spells)
    unit: dict[tuple[str | None, str], str] = {(None, "unit"): track.unit}
    course = Element((TRACK_NAMESPACE, "track"), unit, tuple(_mark_out(m) for m in track.marks))
    info = Element((NAMESPACE, "info"), {(None, "id"): _LINE}, (course,))
    return with_vocabularies(Document(annotations, info=info))


def with_vocabularies(document: Document) -> Document:
    """The document with Affetto's own vocabulary defined, where an annotation uses it."""
    used: dict[str, set[str]] = {}
    for annotation in document.annotations:
        uri = annotation.sets.get("dimension", "")
        if exponent_of(uri) is not None:
            used.setdefault(uri, set()).update(d.name for d in annotation.descriptors if d.kind == "dimension")
    defined = {v.id: v for v in document.vocabularies}
    for uri, names in used.items():
        given = defined.get(uri[1:])
        if given is None or not names.issubset(i.name for i in given.items):
            defined[uri[1:]] = own_vocabulary(uri, names)
    return replace(document, vocabularies=tuple(defined.values()))


def _in_words(keys: Sequence[Key]) -> list[_Spell]:
    spells: list[_Spell] = []
    for key in keys:
        last = spells[-1].keys if spells else ()
        if len(last) == 1 and last[0].emotion == key.emotion and last[0].at < key.at:
            spells[-1] = _Spell((*last, key))
        else:
            spells.append(_Spell((key,)))
    return spells


def _in_seconds(keys: Sequence[Key]) -> list[_Spell]:
    """A spell for each stretch between steps; an unevenly sampled stretch makes one from key to key."""
    spells: list[_Spell] = []
    for stretch in _stretches(keys):
        freq = _even(stretch)
        if len(stretch) == 1 or freq is not None:
            spells.append(_Spell(tuple(stretch), freq))
            continue
        for i, (a, b) in enumerate(pairwise(stretch)):
            # Hz to the microsecond; the exact places stand in the info.
            rough = None if a.emotion == b.emotion else round(1 / max(Decimal(b.at - a.at), Decimal("1e-6")), 6)
            spells.append(_Spell((a, b), rough if rough is None or rough > 0 else Decimal("1e-6"), follows=i > 0))
    return spells


def _stretches(keys: Sequence[Key]) -> list[list[Key]]:
    stretches: list[list[Key]] = []
    for key in keys:
        if stretches and stretches[-1][-1].at < key.at:
            stretches[-1].append(key)
        else:
            stretches.append([key])
    return stretches


def _even(keys: Sequence[Key]) -> Decimal | None:
    """The samples a second of evenly placed keys (three or more, from a whole millisecond on), exactly; or None."""
    # Below a microsecond apart they are no samples, and frequencies outgrow a Decimal's digits.
    if len(keys) < 3 or keys[-1].at - keys[0].at < 1e-6 * len(keys):
        return None
    start = _milliseconds(keys[0].at)
    freq = round((len(keys) - 1) / Decimal(keys[-1].at - keys[0].at), 9).normalize()
    if freq <= 0:
        return None
    places = [float(Decimal(start) / 1000 + i / freq) for i in range(len(keys))]
    return freq if places == [k.at for k in keys] else None


def _annotation(spell: _Spell, unit: Unit, vocabulary: str | None, uri: str) -> Annotation:
    first, last = spell.keys[0], spell.keys[-1]
    emotions = [k.emotion for k in spell.keys] if spell.freq is not None else [first.emotion]
    place: dict[tuple[str | None, str], str] = {
        (None, "start"): repr(float(first.at)),
        (None, "end"): repr(float(last.at)),
    }
    if len(spell.keys) == 1:
        del place[(None, "end")]
    if spell.follows:
        place[(None, "follows")] = "true"
    info = Element((NAMESPACE, "info"), {}, (Element((TRACK_NAMESPACE, "place"), place),))
    annotation = replace(told(emotions, spell.freq, vocabulary), info=info)
    if unit == "words":
        return annotation
    start, end = _milliseconds(first.at), _milliseconds(last.at)
    duration = end - start if len(spell.keys) > 1 else None
    return replace(annotation, time_ref_uri=uri, offset_to_start=start, duration=duration)


def _mark_out(mark: Mark) -> Element:
    told: dict[tuple[str | None, str], str] = {
        (None, "kind"): mark.kind,
        (None, "start"): repr(float(mark.start)),
        (None, "end"): repr(float(mark.end)),
    }
    if isinstance(mark.value, str):
        told[(None, "text")] = mark.value
    elif mark.value is not None:
        told[(None, "number")] = repr(float(mark.value))
    return Element((TRACK_NAMESPACE, "mark"), told)


def _milliseconds(seconds: float) -> int:
    return round(Decimal(seconds) * 1000)

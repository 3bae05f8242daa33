"""What an EmotionML 1.0 document says, as values: a `Document` of `Annotation`s made of `Descriptor`s.

Numbers are Decimals, so that a document is written as it was read. What they mean is told in `meaning`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from studio.emotion.emotion import Emotion
from studio.emotion.interchange.xml import Element
from studio.emotion.track import EmotionTrack

Kind = Literal["category", "dimension", "appraisal", "action-tendency"]
KINDS: tuple[Kind, ...] = ("category", "dimension", "appraisal", "action-tendency")
ROLES = ("expressedBy", "experiencedBy", "triggeredBy", "targetedAt")

# Of a media fragment (W3C Media Fragments URI): from a to b seconds.
_FRAGMENT = re.compile(r"[#?&]t=(?:npt:)?(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Trace:
    """A value over time: `samples` in [0, 1], `freq` of them a second, the first where the annotation starts."""

    freq: Decimal
    samples: tuple[Decimal, ...]

    def seconds(self, i: int, start: Decimal) -> float:
        """When sample `i` lies, for a trace that starts at `start` seconds."""
        return float(start + i / self.freq)


@dataclass(frozen=True)
class Descriptor:
    """A `<category>`, `<dimension>`, `<appraisal>` or `<action-tendency>`: a value or a trace in [0, 1], or neither."""

    kind: Kind
    name: str
    value: Decimal | None = None
    trace: Trace | None = None
    confidence: Decimal | None = None


@dataclass(frozen=True)
class Reference:
    """A `<reference>`: what expresses, feels or triggers the emotion, or what it is aimed at (a role of ROLES)."""

    uri: str
    role: str = "expressedBy"
    media_type: str | None = None


@dataclass(frozen=True)
class Item:
    """A name in a vocabulary."""

    name: str
    info: Element | None = None


@dataclass(frozen=True)
class EmotionVocabulary:
    """A `<vocabulary>` that the document defines itself."""

    id: str
    kind: Kind
    items: tuple[Item, ...]
    info: Element | None = None


@dataclass(frozen=True)
class Annotation:
    """One `<emotion>`.

    sets: the URI of the vocabulary each kind of descriptor takes its names from.
    start, end: milliseconds since 1970.  duration: milliseconds.  offset_to_start: milliseconds from the start (or the
    end, as `time_ref_anchor_point` says) of what `time_ref_uri` points at.
    expressed_through: modalities ("voice", "face", ...).  info: kept as it is.  text: what stands around the elements.
    """

    descriptors: tuple[Descriptor, ...]
    sets: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None
    start: int | None = None
    end: int | None = None
    duration: int | None = None
    time_ref_uri: str | None = None
    time_ref_anchor_point: str | None = None
    offset_to_start: int | None = None
    expressed_through: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    info: Element | None = None
    text: str = ""

    @property
    def emotion(self) -> Emotion:
        """The Emotion it says; of traces, their mean over time."""
        from studio.emotion.interchange.meaning import emotion_of  # it builds on Annotations

        return emotion_of(self)

    @property
    def track(self) -> EmotionTrack | None:
        """The course that its traces say, in seconds from `span`'s zero; None without a trace."""
        from studio.emotion.interchange.meaning import course_of

        return course_of(self) if any(d.trace for d in self.descriptors) else None

    @property
    def confidence(self) -> float | None:
        """How sure the annotation is, in [0, 1]: its least sure descriptor; None where nothing is said."""
        return min((float(d.confidence) for d in self.descriptors if d.confidence is not None), default=None)

    @property
    def span(self) -> tuple[Decimal, Decimal] | None:
        """From when to when in seconds, or None where it is not timed.

        Counted from 1970 for `start`, else from what `time_ref_uri` points at, else from the beginning of the medium
        that expresses it (`#t=2,4.5` in a reference). A moment has both alike.
        """
        if self.start is not None:
            end = self.end if self.end is not None else self.start + (self.duration or 0)
            return Decimal(self.start) / 1000, Decimal(end) / 1000
        if self.offset_to_start is not None or self.time_ref_uri is not None:
            start = self.offset_to_start or 0
            return Decimal(start) / 1000, Decimal(start + (self.duration or 0)) / 1000
        shown = self._shown
        return None if shown is None else (Decimal(shown[1]), Decimal(shown[2]))

    @property
    def timed_against(self) -> tuple[str, str]:
        """What `span` counts from: "1970" or a URI, and whether from its "start" or "end"."""
        if self.start is not None:
            return "1970", "start"
        if self.offset_to_start is None and self.time_ref_uri is None and self._shown is not None:
            return self._shown.string[: self._shown.start()], "start"
        return self.time_ref_uri or "", self.time_ref_anchor_point or "start"

    @property
    def _shown(self) -> re.Match[str] | None:
        """The part of a medium that expresses it."""
        uris = (r.uri for r in self.references if r.role == "expressedBy")
        return next((part for part in map(_FRAGMENT.search, uris) if part), None)


@dataclass(frozen=True)
class Document:
    """An `<emotionml>` document; `text` is what stands around its elements."""

    annotations: tuple[Annotation, ...] = ()
    vocabularies: tuple[EmotionVocabulary, ...] = ()
    info: Element | None = None
    text: str = ""

    @property
    def emotions(self) -> tuple[Emotion, ...]:
        """The Emotion of each annotation."""
        return tuple(a.emotion for a in self.annotations)

    def track(self) -> EmotionTrack:
        """The annotations as one course; see `studio.emotion.interchange.timing.track_of`."""
        from studio.emotion.interchange.timing import track_of

        return track_of(self)

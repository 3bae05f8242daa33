"""SSML 1.1 (W3C Recommendation, 7 September 2010) in, with the emotion of Microsoft's `mstts:express-as`.

Becomes a `Script`: the text to speak and, word by word, what the markup says of it.

- `mstts:express-as style`: the Emotion of the style (`studio.emotion.vocabularies`, azure-styles, or any other label).
  styledegree runs from 0.01 to 2: to 1, what one gets without it, the Emotion's strength grows in proportion to 0.7,
  and from there to 1 at 2, so that an ordinary style is plainly heard and has room above. Styles that are no emotion
  (chat, newscast, ...) are neutral, with a warning.
- `<emotion>` of EmotionML colours the rest of the element it stands in.
- prosody: `rate` a factor, `pitch` in semitones, `volume` in dB; where they are nested, factors multiply, semitones
  and dB add up, and the inner mark holds the whole. An unsigned rate of 80% is 0.8, as SSML 1.1 has it. What goes
  beyond the ranges of marks is held at their ends, with a warning.
- `break`, `emphasis`, `sub` (its alias is spoken), `p`, `s`; `say-as`, `voice` and `lang` are kept, with a warning
  that no engine follows them.
- What has no counterpart here (`phoneme`, prosody's contour, range and duration, `audio`, ...) leaves its text, and
  is told in a warning.

Without emotion the track is neutral throughout.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.interchange import standard
from studio.emotion.interchange.emotionml import read_emotion
from studio.emotion.interchange.ssml_values import held, one_of, pause_of, pitch_of, rate_of, style_of, volume_of, warn
from studio.emotion.interchange.xml import XML_NAMESPACE, Element, Source, parse
from studio.emotion.marks import cores_of
from studio.emotion.script import Script
from studio.emotion.track import EMPHASES, EmotionTrack, Mark

NAMESPACE = "http://www.w3.org/2001/10/synthesis"
_MSTTS = ("http://www.w3.org/2001/mstts", "https://www.w3.org/2001/mstts")

_BLOCKS = ("p", "s", "paragraph", "sentence")
_UNSPOKEN = ("meta", "metadata", "lexicon", "desc", "mark", "bookmark", "description")
_PLAIN = ("speak", "w", "token", "lookup", "viseme", *_BLOCKS)


@dataclass(frozen=True)
class Hint:
    """What the SSML asks for from word `start` to word `end`: the name of a voice, or a language (BCP 47)."""

    value: str
    start: float
    end: float


@dataclass(frozen=True)
class SpokenText(Script):
    """A `Script` with what SSML says of voices and languages, in the order of their places."""

    voices: tuple[Hint, ...] = ()
    languages: tuple[Hint, ...] = ()

    @property
    def voice(self) -> str | None:
        """The first voice asked for."""
        return self.voices[0].value if self.voices else None

    @property
    def language(self) -> str | None:
        """The first language named."""
        return self.languages[0].value if self.languages else None


def read_ssml(source: Source, base: Emotion = NEUTRAL) -> SpokenText:
    """Read an SSML document: its text, its bytes or the path of its file. base: the emotion of what has no style.

    Elements of SSML may also stand in no namespace, as many tools write them. Raises InputError with line and column
    for what isn't well-formed, is no SSML, or has values that can't be read.
    """
    root = parse(source, "the SSML")
    if root.tag != "speak":
        raise root.error(f"the root is <{root.tag}>, but must be <speak>.")
    if root.name[0] not in (NAMESPACE, None):
        raise root.error(f'<speak> is not in the namespace of SSML: it needs xmlns="{NAMESPACE}".')
    if root.get("version") not in (None, "1.0", "1.1"):
        raise root.error(f'<speak> needs version="1.1" or "1.0", not {root.get("version")!r}.')
    reader = _Reader()
    reader.element(root, _Manner(base))
    return reader.spoken()


@dataclass(frozen=True)
class _Manner:
    """How the text at a place is spoken."""

    emotion: Emotion = NEUTRAL
    rate: float = 1.0
    pitch: float = 0.0
    volume: float = 0.0


@dataclass
class _Reader:
    """Gathers the text; places are counted in characters until it is whole."""

    text: str = ""
    runs: list[tuple[int, Emotion]] = field(default_factory=list)
    # Kind, start, end, value; a moment has None for its end.
    spans: list[tuple[str, int, int | None, float | str]] = field(default_factory=list)
    broken: bool = False
    told: set[str] = field(default_factory=set)

    def element(self, element: Element, manner: _Manner) -> None:
        space, tag = element.name
        if space in _MSTTS:
            self._microsoft(element, manner)
        elif space not in (NAMESPACE, None):
            self._unknown(element, manner)
        elif tag in _UNSPOKEN:
            return
        elif tag == "break":
            self.broken = True
            self.spans.append(("pause", len(self.text), None, pause_of(element)))
        elif tag == "sub":
            self._sub(element, manner)
        elif tag == "prosody":
            self._prosody(element, manner)
        elif tag == "emphasis":
            self._spanning("emphasis", one_of(element, "level", EMPHASES, "moderate"), element, manner)
        elif tag == "say-as":
            how = (element.get("interpret-as") or "").strip()
            if not how:
                raise element.error("<say-as> needs interpret-as, such as 'date' or 'characters'.")
            self._unfollowed(element, how)
            self._spanning("say-as", how, element, manner)
        elif tag == "voice":
            self._unfollowed(element, element.get("name"))
            self._spanning("voice", element.get("name") or "", element, manner)
        elif tag == "lang":
            self._unfollowed(element, element.attributes.get((XML_NAMESPACE, "lang")))
            self._spanning("", "", element, manner)
        elif tag in _PLAIN:
            self._spanning("", "", element, manner)
        else:
            self._unknown(element, manner)

    def spoken(self) -> SpokenText:
        """The text with its blanks in order, and what was gathered, in words."""
        cores = cores_of(self.text)
        starts, ends = [a for a, _ in cores], [b for _, b in cores]
        marks, hints = list[Mark](), list[tuple[str, Hint]]()
        for kind, start, end, value in self.spans:
            # The first word that ends after the start; behind the last that begins before the end.
            first = float(bisect_right(ends, start))
            last = first if end is None else float(bisect_left(starts, end))
            if end is not None and last <= first:
                continue
            if kind in ("voice", "language"):
                hints.append((kind, Hint(str(value), first, last)))
            else:
                marks.append(Mark(kind, first, last, value))
        begun = [start for start, _ in self.runs]
        felt = [self.runs[bisect_right(begun, (a + b) // 2) - 1][1] for a, b in cores]
        track = EmotionTrack.by_word(felt)
        if len(set(felt)) < 2:
            track = EmotionTrack.constant(felt[0] if felt else NEUTRAL)
        by_place = sorted(hints, key=lambda h: h[1].start)
        return SpokenText(
            self.text.strip(),
            replace(track, marks=tuple(sorted(marks, key=lambda m: m.start))),
            tuple(h for kind, h in by_place if kind == "voice"),
            tuple(h for kind, h in by_place if kind == "language"),
        )

    def _say(self, text: str, manner: _Manner) -> None:
        """Adds text with each run of blanks as one space, none at the beginning."""
        text = re.sub(r"\s+", " ", text)
        if not self.text or self.text.endswith(" "):
            text = text.removeprefix(" ")
        elif self.broken and re.match(r"\w", text):
            text = " " + text
        if self.broken and re.match(r"[,.;:!?]", text):
            self.text = self.text.removesuffix(" ")
        self.broken = self.broken and not text
        self.runs.append((len(self.text), manner.emotion))
        self.text += text

    def _children(self, element: Element, manner: _Manner) -> None:
        block = element.tag in _BLOCKS
        if block:
            self._say(" ", manner)
        for child in element.children:
            if isinstance(child, str):
                self._say(child, manner)
            elif child.name == (standard.NAMESPACE, "emotion"):
                manner = replace(manner, emotion=read_emotion(child).emotion)
            else:
                self.element(child, manner)
        if block:
            self._say(" ", manner)

    def _spanning(self, kind: str, value: float | str, element: Element, manner: _Manner) -> None:
        """The children, and a span of `kind` over them, and of the language where it is named."""
        start, at = len(self.text), len(self.spans)
        self._children(element, manner)
        named = element.attributes.get((XML_NAMESPACE, "lang"))
        # In the order they open: the outer before the inner.
        if kind and value != "":
            self.spans.insert(at, (kind, start, len(self.text), value))
        if named:
            self.spans.insert(at, ("language", start, len(self.text), named))

    def _sub(self, element: Element, manner: _Manner) -> None:
        alias = element.get("alias")
        if alias is None:
            raise element.error("<sub> needs an alias: what is spoken in its place.")
        self._say(alias, manner)

    def _prosody(self, element: Element, manner: _Manner) -> None:
        rate, pitch, volume = (element.get(a) for a in ("rate", "pitch", "volume"))
        for left in ("contour", "range", "duration"):
            if element.get(left) is not None:
                warn(element, f"the {left} of <prosody> is not followed")
        start, at = len(self.text), len(self.spans)
        told: list[tuple[str, float]] = []
        if rate is not None:
            manner = replace(manner, rate=held(element, "rate", manner.rate * rate_of(element, rate)))
            told.append(("rate", manner.rate))
        if pitch is not None:
            manner = replace(manner, pitch=held(element, "pitch", manner.pitch + pitch_of(element, pitch)))
            told.append(("pitch", manner.pitch))
        if volume is not None:
            manner = replace(manner, volume=held(element, "volume", manner.volume + volume_of(element, volume)))
            told.append(("volume", manner.volume))
        self._children(element, manner)
        self.spans[at:at] = [(kind, start, len(self.text), value) for kind, value in told]

    def _microsoft(self, element: Element, manner: _Manner) -> None:
        if element.tag != "express-as":
            self._unknown(element, manner)
            return
        emotion = style_of(element)
        if element.get("role"):
            warn(element, f"the role {element.get('role')!r} is not played")
        self._children(element, replace(manner, emotion=emotion))

    def _unfollowed(self, element: Element, value: str | None) -> None:
        """Warns of what is kept for engines that could follow it, at the first of its kind."""
        if element.tag not in self.told:
            self.told.add(element.tag)
            named = f"<{element.tag}> ({value})" if value else f"<{element.tag}>"
            warn(element, f"{named} is kept, but no engine follows it")

    def _unknown(self, element: Element, manner: _Manner) -> None:
        warn(element, f"<{element.tag}> is not followed; the text in it is spoken")
        self._spanning("", "", element, manner)

r"""Inline marks in a line's text: ``[sad]I knew it.[/sad] [laugh] [angry:0.9 -> calm]Get out.``

    [sad] ... [/sad]             an emotion, in whatever form `read` takes; it replaces what stands around it
    [angry:0.9 -> calm] ...      from one to the other in a straight line over the span; more legs share it evenly
    [laugh] [sigh] [gasp] [breath]                               a sound before the word that follows
    [pause] [pause 0.4s] [pause 400ms]                           silence, up to 20 s
    *word*  **word**  [emphasis] ... [/emphasis]  [emphasis:strong] ...
    [rate 0.8] ...  [pitch +2st] ...  [volume -3dB] ...  [say-as date] ...
    [mouth 1.4] ...  [mouth wide] ...  [mouth barely] ...        how wide a face mouths the words; not heard

``[/sad]`` closes the innermost mark of that text or first word, ``[/]`` the innermost of all; what is not closed runs
to the end. Marks may cross. One in the middle of a word holds for the whole word. A bracket or star that is no mark is
written ``\[``, ``\]``, ``\*``; a backslash right before a mark ``\\``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from studio.emotion.emotion import NEUTRAL, Emotion
from studio.emotion.marks import Tag, cores_of, escaped, place_in, without_marks
from studio.emotion.track import EMPHASES, NONVERBAL, RANGES, EmotionTrack, Key, Mark
from studio.errors import InputError

_ARROW = re.compile(r"->|→")
_SOUNDS = {**dict(zip(NONVERBAL, NONVERBAL, strict=True)), "laughs": "laugh", "sighs": "sigh", "gasps": "gasp"}
_COMMAND = re.compile(r"(pause|emphasis|rate|pitch|volume|mouth|say-as)\b\s*[:=]?\s*(.*)", re.DOTALL | re.IGNORECASE)
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*([a-z%]*)")
_PAUSE = 0.5  # seconds of a pause without a length: about a full stop in read speech
# Unit -> factor, and an example.
_UNITS: dict[str, tuple[dict[str, float], str]] = {
    "pause": ({"": 1.0, "s": 1.0, "sec": 1.0, "ms": 1e-3}, "[pause 0.4s]"),
    "rate": ({"": 1.0, "x": 1.0, "%": 1e-2}, "[rate 0.8]"),
    "pitch": ({"": 1.0, "st": 1.0}, "[pitch +2st]"),
    "volume": ({"": 1.0, "db": 1.0}, "[volume -3dB]"),
    "mouth": ({"": 1.0, "x": 1.0, "%": 1e-2}, "[mouth 1.4], [mouth wide] or [mouth barely]"),
}
# Words for a mark's number.
_NAMED = {("mouth", "wide"): 1.4, ("mouth", "barely"): 0.5}
# What a say-as can hold between brackets.
_SAYABLE = re.compile(r"(?![\s:=])[^][*\\]+(?<!\s)")
_HELP = "write [sad], [angry:0.9 -> calm], [laugh] or [pause 0.4s]"


@dataclass(frozen=True)
class Script:
    """A line as it is spoken and read, without marks, and what the marks said.

    track: in words, over all of the text; one emotion throughout is `EmotionTrack.constant`.
    """

    text: str
    track: EmotionTrack


@dataclass
class _Span:
    """An open mark. legs: emotions along it; none for a mark of another kind."""

    tag: Tag
    start: int
    end: int
    legs: tuple[Emotion, ...] = ()
    kind: str = ""
    value: float | str | None = None
    names: frozenset[str] = field(default_factory=frozenset)

    def keys(self, start: int, end: int) -> list[Key]:
        """The part of its course from word `start` to word `end`."""
        if len(self.legs) == 1:
            return [Key(float(p), self.legs[0]) for p in (start, end)]
        share = (self.end - self.start) / (len(self.legs) - 1)
        course = EmotionTrack(tuple(Key(self.start + i * share, leg) for i, leg in enumerate(self.legs)))
        inside = [k.at for k in course.keys if start < k.at < end]
        return [Key(float(p), course.at(p)) for p in (start, *inside, end)]


def read_script(text: str, base: Emotion = NEUTRAL, read: Callable[[str], Emotion] = Emotion.parse) -> Script:
    """Read a line with marks. Text without marks comes back as it is.

    base: the emotion of unmarked text.  read: turns a mark's text (a leg of it) into an Emotion.
    Raises InputError with line and column for a mark that can't be read, closes nothing or covers no word.
    """
    clean, tags = without_marks(text)
    if not tags:
        return Script(clean, EmotionTrack.constant(base))
    spans, points = _Reader(text, clean, read).spans(tags)
    marks = [*points, *((s.tag.at, Mark(s.kind, s.start, s.end, s.value)) for s in spans if s.kind)]
    in_order = [m for _, m in sorted(marks, key=lambda m: (m[1].start, m[0]))]
    felt = [s for s in spans if s.legs]
    n = len(cores_of(clean))
    if n == 0:
        return Script(clean, EmotionTrack((Key(0.0, felt[-1].legs[0] if felt else base),), "words", tuple(in_order)))
    return Script(clean, EmotionTrack(_course(felt, n, base), "words", tuple(in_order)))


def write_script(script: Script) -> str:
    """The line with its marks written in: the inverse of `read_script` with a neutral base, to six digits.

    A course whose turns lie inside words is written by even legs where that is exact, else with its turns moved to
    the nearest edge of a word. Raises InputError for a track in seconds, or an emotion the notation can't write, as for
    a say-as with brackets, stars or backslashes.
    """
    if script.track.unit != "words":
        raise InputError("Only a track counted in words can be written as marks; this one is in seconds.")
    tokens = [m for m in re.finditer(r"\S+", script.text) if re.search(r"\w", m[0])]
    before, after = _tags_of(script.track, len(tokens))
    # A single star never reads as emphasis.
    special = r"(\\*)([][*])" if script.text.count("*") > 1 else r"(\\*)([][]|(?<=\\)\*)"
    parts, at = [], 0
    for i, token in enumerate(tokens):
        parts += [escaped(script.text[at : token.start()], special, before[i]), before[i]]
        parts += [escaped(token[0], special, after[i + 1]), after[i + 1]]
        at = token.end()
    rest, last = script.text[at:], before[len(tokens)].rstrip()
    lead = rest[: len(rest) - len(rest.lstrip())] if not tokens else " " if last and not rest else ""
    return "".join([*parts, lead, last, escaped(rest if tokens else rest.lstrip(), special, "")])


def _tags_of(track: EmotionTrack, n: int) -> tuple[list[str], list[str]]:
    """What is written before each of `n` words (and the end), and after the word before it."""
    before, after = [""] * (n + 1), [""] * (n + 1)
    for i, mark in enumerate(track.marks):
        start, end = (min(max(round(x), 0), n) for x in (mark.start, mark.end))
        body = _mark_body(mark)
        if mark.kind in NONVERBAL or mark.kind == "pause":
            before[start] += f"[{body}] "
        elif end > start:
            crossed = any(m.kind == mark.kind and m.start < mark.end < m.end for m in track.marks[i + 1 :])
            before[start] += f"[{body}]"
            after[end] = f"[/{body if crossed else mark.kind}]" + after[end]
    for begin, stop, legs in _spans_of(track, n):
        if any(leg != NEUTRAL for leg in legs):
            body = " -> ".join(_written(leg) for leg in legs)
            before[begin] += f"[{body}]"
            after[stop] = f"[/{_first_word(body)}]" + after[stop]
    return before, after


class _Reader:
    """Turns marks into spans and points, over the words of the text without marks."""

    def __init__(self, source: str, clean: str, read: Callable[[str], Emotion]) -> None:
        self._source, self._read = source, read
        cores = cores_of(clean)
        self._starts, self._ends = [a for a, _ in cores], [b for _, b in cores]

    def spans(self, tags: Iterable[Tag]) -> tuple[list[_Span], list[tuple[int, Mark]]]:
        """The spans in the order they open, and the marks of a moment, each with its place in the source."""
        spans: list[_Span] = []
        still: list[_Span] = []
        points: list[tuple[int, Mark]] = []
        for tag in tags:
            starred = next((span for span in still if tag.stars and span.tag.stars == tag.stars), None)
            if starred:
                still.remove(starred)
                self._close(starred, tag)
            elif tag.body.startswith("/"):
                self._close(self._closed(tag, still), tag)
            elif point := self._point(tag):
                points.append((tag.at, point))
            else:
                spans.append(self._open(tag))
                still.append(spans[-1])
        for span in still:
            self._close(span, None)
        return spans, points

    def _point(self, tag: Tag) -> Mark | None:
        word, body = float(bisect_right(self._ends, tag.place)), tag.body.lower()
        if body in _SOUNDS:
            return Mark(_SOUNDS[body], word, word)
        command = _COMMAND.fullmatch(body)
        if command is None or command[1] != "pause":
            return None
        return Mark("pause", word, word, self._quantity(tag, "pause", command[2]) if command[2] else _PAUSE)

    def _open(self, tag: Tag) -> _Span:
        start, end = bisect_right(self._ends, tag.place), len(self._ends)
        if tag.stars:
            return _Span(tag, start, end, kind="emphasis", value="strong" if len(tag.stars) == 2 else "moderate")
        if not tag.body:
            raise self._wrong(tag, f"the mark is empty: {_HELP}")
        names = frozenset({_plain(tag.body), _plain(_ARROW.split(tag.body)[0]), _first_word(tag.body)})
        command = _COMMAND.fullmatch(tag.body)
        if command is None:
            return _Span(tag, start, end, legs=self._legs(tag), names=names)
        kind, said = command[1].lower(), command[2]
        if kind != "say-as":
            said = said.lower()
        if kind in RANGES:
            return _Span(tag, start, end, kind=kind, value=self._quantity(tag, kind, said), names=names)
        if kind == "emphasis" and (said or "moderate") not in EMPHASES:
            raise self._wrong(tag, f"there is no emphasis {said!r}; it is one of {', '.join(EMPHASES)}")
        if kind == "say-as" and not said:
            raise self._wrong(tag, "say-as needs what to read the words as, such as [say-as date]")
        return _Span(tag, start, end, kind=kind, value=said or "moderate", names=names)

    def _legs(self, tag: Tag) -> tuple[Emotion, ...]:
        legs = [leg.strip() for leg in _ARROW.split(tag.body)]
        if not all(legs):
            raise self._wrong(tag, "a course needs an emotion at each side of its arrow, such as [angry -> calm]")
        try:
            return tuple(self._read(leg) for leg in legs)
        except InputError as e:
            hint = f"brackets that are no mark are written \\[{tag.body}\\]"
            raise InputError(f"{place_in(self._source, tag.at)}: {str(e).rstrip('.')} ({hint}).") from e

    def _closed(self, tag: Tag, still: list[_Span]) -> _Span:
        """The span that a closing mark closes, taken out of those still open."""
        name = _plain(tag.body[1:])
        for i in reversed(range(len(still))):
            if not still[i].tag.stars and (not name or name in still[i].names):
                return still.pop(i)
        if not name:
            raise self._wrong(tag, "[/] closes no mark, since none is open")
        raise self._wrong(tag, f"[{tag.body}] closes [{tag.body[1:].strip()}], which is not open here")

    def _close(self, span: _Span, by: Tag | None) -> None:
        if by is not None:
            span.end = bisect_left(self._starts, by.place)
        if span.end <= span.start and self._starts:
            shown = span.tag.stars or f"[{span.tag.body}]"
            raise self._wrong(span.tag, f"the mark {shown} covers no word; put it around the words it is for")

    def _quantity(self, tag: Tag, kind: str, said: str) -> float:
        if (named := _NAMED.get((kind, said))) is not None:
            return named
        units, example = _UNITS[kind]
        number = _QUANTITY.fullmatch(said)
        if number is None or number[2] not in units:
            raise self._wrong(tag, f"[{tag.body}] can't be read; a {kind} is written {example}, {RANGES[kind]}")
        value = round(float(number[1]) * units[number[2]], 9)
        if value not in RANGES[kind]:
            raise self._wrong(tag, f"[{tag.body}] is out of range; a {kind} is written {example}, {RANGES[kind]}")
        return value

    def _wrong(self, tag: Tag, what: str) -> InputError:
        return InputError(f"{place_in(self._source, tag.at)}: {what}.")


def _course(spans: Sequence[_Span], n: int, base: Emotion) -> tuple[Key, ...]:
    """Keys over `n` words, where the span opened last holds; those that change nothing are left out."""
    ground = _Span(Tag("", 0), 0, n, (base,))
    holds = [ground] * n
    for span in spans:
        holds[span.start : span.end] = [span] * (span.end - span.start)
    keys: list[Key] = []
    for _, group in groupby(range(n), key=lambda i: id(holds[i])):
        words = list(group)
        for key in holds[words[0]].keys(words[0], words[-1] + 1):
            if not keys or keys[-1] != key:
                if len(keys) > 1 and keys[-2].emotion == keys[-1].emotion == key.emotion:
                    keys.pop()
                keys.append(key)
    if all(k.emotion == keys[0].emotion for k in keys):
        return EmotionTrack.constant(keys[0].emotion).keys
    return tuple(keys)


def _spans_of(track: EmotionTrack, n: int) -> Iterator[tuple[int, int, tuple[Emotion, ...]]]:
    """A course over `n` words as (start, end, legs), apart and in order."""
    if not track.keys or n == 0:
        yield 0, 0, (track.emotion,)
        return
    inside = [k for k in track.keys if 0 < k.at < n]
    first, last = Key(0.0, track.at(0.0)), Key(float(n), _before(track, float(n)))
    for chain in _chains([first, *inside, last]):
        places = [k.at for k in chain]
        evenly = _even(places)
        if len(chain) > 2 and all(_whole(p) for p in places) and evenly != len(chain) - 1:
            for a, b in pairwise(chain):
                yield round(a.at), round(b.at), _legs_between(a.emotion, b.emotion)
        elif evenly and _whole(places[0]) and _whole(places[-1]):
            course, length = EmotionTrack(tuple(chain)), places[-1] - places[0]
            legs = tuple(course.at(places[0] + i * length / evenly) for i in range(evenly + 1))
            yield round(places[0]), round(places[-1]), legs[:1] if len(set(legs)) == 1 else legs
        else:
            for a, b in pairwise(chain):
                if round(b.at) > round(a.at):
                    yield round(a.at), round(b.at), _legs_between(a.emotion, b.emotion)


def _chains(keys: Sequence[Key]) -> Iterator[list[Key]]:
    """The stretches between steps."""
    chain = [keys[0]]
    for key in keys[1:]:
        if key.at > chain[-1].at:
            chain.append(key)
        else:
            if len(chain) > 1:
                yield chain
            chain = [key]
    if len(chain) > 1:
        yield chain


def _before(track: EmotionTrack, place: float) -> Emotion:
    """The Emotion right before a place: at a step, the one that ends there."""
    here = [k for k in track.keys if k.at == place]
    return here[0].emotion if here else track.at(place)


def _even(places: Sequence[float]) -> int:
    """The least number of equal parts whose edges hold all places; 0 if more than 24."""
    shares = [(p - places[0]) / (places[-1] - places[0]) for p in places]
    return next((k for k in range(1, 25) if all(_whole(s * k) for s in shares)), 0)


def _whole(x: float) -> bool:
    return abs(x - round(x)) < 1e-9


def _legs_between(a: Emotion, b: Emotion) -> tuple[Emotion, ...]:
    return (a,) if a == b else (a, b)


def _written(emotion: Emotion) -> str:
    try:
        Emotion.parse(str(emotion))
    except InputError as e:
        raise InputError(f"The emotion {emotion} can't be written as a mark, only as JSON: {e}") from e
    return str(emotion)


def _mark_body(mark: Mark) -> str:
    if mark.kind in NONVERBAL:
        return mark.kind
    if mark.kind == "say-as" and not _SAYABLE.fullmatch(str(mark.value)):
        raise InputError(f"The say-as {mark.value!r} can't be written as a mark, only as JSON.")
    if isinstance(mark.value, str):
        return mark.kind if (mark.kind, mark.value) == ("emphasis", "moderate") else f"{mark.kind} {mark.value}"
    unit = {"pause": "s", "pitch": "st", "volume": "dB"}.get(mark.kind, "")
    sign = "+" if mark.kind in ("pitch", "volume") and mark.value and mark.value > 0 else ""
    # Nine places, as they are read; an exponent would not be.
    number = f"{mark.value or 0:.9f}".rstrip("0").rstrip(".")
    return f"{mark.kind} {sign}{number}{unit}"


def _plain(body: str) -> str:
    return "".join(body.lower().split())


def _first_word(body: str) -> str:
    word = re.search(r"say-as|[^\W\d]\w*", body.lower())
    return word[0] if word else ""

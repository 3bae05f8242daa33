"""Who says what in a cue, as people write it: ``[ANNA, angry:0.7] Get out.``, ``ANNA: Get out.``, lines with dashes.

What is read how:

- ``[ANNA, angry:0.7]`` and ``[angry:0.7]`` before the words: who speaks, what is felt. ``[ANNA, on the verge of
  tears]`` too, of a speaker who is known: from the cast, or from another cue.
- ``[ANNA]`` is a speaker if she is known, or is written with a capital and followed by words, unless it says what is
  heard (``[MUSIC]``, ``[DOOR SLAMS]``). ``[speaker: Joy]`` is one in any case.
- marks of this project (`studio.emotion.script`) stay: ``[sad]I knew it.[/sad] [laugh]``; ``(laughs)`` is ``[laugh]``.
- other brackets, and parentheses that begin a line or fill it, describe sound for the hard of hearing: not spoken.
- lines with a note (♪) are sung: the film's own singing stays.
- ``ANNA:`` is a speaker; ``Anna:`` is one if she is known or begins two lines.
- lines after the first that begin with a dash are another's; time is shared out by letters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from studio.dubbing.script.notation import emotion_of, is_emotion, is_mark, unplaced
from studio.dubbing.script.raw import Raw, plain, without_empty
from studio.emotion.script import read_script as read_marks
from studio.errors import InputError

# Who answers in a cue of two, where no names are given.
ANSWERING = "Second voice"

_BRACKETS = re.compile(r"(?<!\\)\[([^][]*)\]")
_HEAD = re.compile(r"\[([^][]*)\]\s*")
_NAMED = re.compile(r"([^\W\d_][\w.'’ -]{0,40}?)\s*(?:[\[(]([^][()]*)[\])])?\s*:(?=\s)\s*")
_EXPLICIT = re.compile(r"speaker\s*[:=]?\s+(.+)", re.IGNORECASE | re.DOTALL)
_PARENTHESES = re.compile(r"\(([^()]*)\)")
_NOTES = re.compile("[♪♫♬♩]")
_SUNG = re.compile(r"^\s*#.*#\s*$")
_DASH = re.compile(r"^\s*((?:<[ibu]>)*)\s*[-–—‐‑]{1,2}(?!-)\s*(?=\S)")
_LONE = re.compile(r"(?<!\\)[][]")
_NONVERBAL = {"laughs": "laugh", "laugh": "laugh", "sighs": "sigh", "sigh": "sigh", "gasps": "gasp", "gasp": "gasp"}
# Capitalised, these say what is heard and not who speaks.
_SOUND_WORDS = """
    music song singing applause laughter thunder rain wind gunshot gunshots gunfire explosion explosions silence static
    beep beeps siren sirens bell bells door phone footsteps crowd barking knock knocking screams scream cheers cheering
    noise sound sounds speaking speaks continues slams rings ringing playing plays opens closes indistinct inaudible
    chatter crying sobbing whispering shouting whimpers groans grunts coughs sniffles chuckles
"""
_HEARD = frozenset(_SOUND_WORDS.split())


@dataclass
class Turn:
    """What one person says in a cue. text: to be said, "" for nothing; written: as viewers read it."""

    speaker: str | None
    emotion: str | None
    text: str
    written: str


class Known:
    """The speakers of a script, and the one spelling of each. speakers: those that are known beforehand."""

    def __init__(self, raws: Iterable[Raw], speakers: Sequence[str] = ()) -> None:
        self._spelling = {s.casefold(): s for s in speakers}
        begun: Counter[str] = Counter()
        for raw in raws:
            if raw.speaker:
                self.spelled(_named_and_felt(raw.speaker)[0])
            for line in plain(raw.text).split("\n"):
                line = line.lstrip(" -–—")
                if line.startswith("["):
                    self._of_bracket(line)
                elif (named := _NAMED.match(line)) and named.end() < len(line):
                    begun[named[1]] += 1
        for name, times in begun.items():
            if times > 1 and len(name.split()) <= 3 and name[0].isupper():
                self.spelled(name)

    def _of_bracket(self, line: str) -> None:
        head = _HEAD.match(line)
        parts = [p.strip() for p in head[1].split(",", 1)] if head else []
        if head and (explicit := _EXPLICIT.fullmatch(parts[0] if parts else "")):
            self.spelled(explicit[1])
        elif len(parts) == 2 and is_emotion(parts[1]) and not is_emotion(parts[0]):
            self.spelled(parts[0])

    def __contains__(self, name: str) -> bool:
        return _name(name).casefold() in self._spelling

    def spelled(self, name: str) -> str:
        """A name as it was written first."""
        name = _name(name)
        return self._spelling.setdefault(name.casefold(), name)


def turns_of(raw: Raw, known: Known, told: Callable[[str], None]) -> list[Turn]:
    """The turns of a cue; told: takes what was mended. Raises InputError for marks that can't be read."""
    spoken = "[" in raw.text or "]" in raw.text or "(" in raw.text or _NOTES.search(raw.text) or "#" in raw.text
    parts = _by_dashes(without_empty(raw.text))
    turns = [_turn(part, raw, known, told, bool(spoken)) for part in parts]
    if len(turns) > 1:
        for i, turn in enumerate(turns):
            if turn.speaker is None and i % 2 and turn.text:
                turn.speaker = known.spelled(ANSWERING)
        told("two speak in it: its time is shared out by letters.")
    return turns


def _by_dashes(text: str) -> list[str]:
    """The parts of a text that dashes at the start of lines make different people's."""
    lines = text.split("\n")
    dashed = [bool(_DASH.match(line)) for line in lines]
    if not any(dashed):
        return [text]
    bare = [_DASH.sub(r"\1", line) for line in lines]
    parts: list[list[str]] = []
    for line, begins in zip(bare, dashed, strict=True):
        if begins or not parts:
            parts.append([line])
        else:
            parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def _turn(text: str, raw: Raw, known: Known, told: Callable[[str], None], marked: bool) -> Turn:
    turn = Turn(None, raw.emotion, "", text)
    if raw.speaker:
        name, felt = _named_and_felt(raw.speaker)
        turn.speaker, turn.emotion = known.spelled(name), turn.emotion or felt
    if turn.emotion is None and raw.style and raw.style.lower() != "default" and is_emotion(raw.style):
        turn.emotion = raw.style
        told(f"the style {raw.style!r} was taken for its emotion.")
    _without_heads(turn, known, told)
    said = plain(turn.written)
    if marked:
        said = _unsung(said, told)
        said = _undescribed(said, told)
    turn.text = " ".join(said.split())
    if turn.text and not _says_something(turn.text):
        turn.text = ""
    if turn.emotion is not None:
        emotion_of(turn.emotion)
    return turn


def _without_heads(turn: Turn, known: Known, told: Callable[[str], None]) -> None:
    """Take who speaks and how off the start of what is written."""
    while True:
        said = plain(turn.written).lstrip()
        taken = _bracket(said, turn, known) or _colon(said, turn, known, told)
        if not taken:
            return
        turn.written = without_empty(_less(turn.written, taken))


def _bracket(said: str, turn: Turn, known: Known) -> str:
    """The bracket at the start that says who speaks or how, "" if there is none."""
    head = _HEAD.match(said)
    if head is None:
        return ""
    body, rest = head[1].strip(), said[head.end() :]
    name, comma, felt = (p.strip() for p in body.partition(","))
    if explicit := _EXPLICIT.fullmatch(name):
        name = explicit[1]
    elif is_emotion(body) and body not in known:
        if turn.emotion is not None or not re.search(r"\w", rest) or _closes(body, rest):
            return ""
        turn.emotion = body
        return head[0]
    elif not (name in known or (comma and not is_emotion(name) and _names_and_feels(felt)) or _is_name(name, rest)):
        return ""
    if comma:
        if not (is_emotion(felt) or name in known or explicit or _names_and_feels(felt)):
            return ""
        turn.emotion = felt
    turn.speaker = known.spelled(name)
    return head[0]


def _closes(body: str, rest: str) -> bool:
    """Whether a mark at the start of a line ends before the line does."""
    marks = [m[1].strip().lower() for m in _BRACKETS.finditer(rest)]
    first = re.match(r"[^\W\d]\w*", body.lower())
    if any(m.startswith("/") and first and m[1:].strip().startswith(first[0]) for m in marks):
        return True
    opened = [m for m in marks if not m.startswith(("/", "pause")) and m not in _SOUNDS and is_mark(m)]
    return sum(m.startswith("/") for m in marks) > len(opened)


def _names_and_feels(felt: str) -> bool:
    """Whether what follows a name is an emotion. Raises InputError for one that is meant and can't be read."""
    return is_emotion(felt) or is_mark(felt)


def _is_name(name: str, rest: str) -> bool:
    """Whether a bracket before words is a name: capitalised, and no sound."""
    words = name.split()
    if not 0 < len(words) <= 3 or not re.search(r"\w", _BRACKETS.sub("", rest)) or is_mark(name):
        return False
    capital = all(w[0].isupper() or w[0].isdigit() for w in words) and words[0][0].isalpha()
    return capital and not any(w.casefold().strip(".,") in _HEARD for w in words)


def _colon(said: str, turn: Turn, known: Known, told: Callable[[str], None]) -> str:
    """The "ANNA:" at the start, "" if there is none."""
    named = _NAMED.match(said)
    if named is None or turn.speaker is not None or named.end() == len(said):
        return ""
    name, rest = named[1], said[named.end() :]
    shouted = name.isupper() and len(name) > 1 and len(name.split()) <= 4 and not rest.isupper()
    if not (shouted or name in known):
        return ""
    turn.speaker = known.spelled(name)
    if (felt := named[2]) and is_emotion(felt) and turn.emotion is None:
        turn.emotion = felt
    elif felt:
        told(f"({felt}) is not spoken.")
    return named[0]


def _less(written: str, taken: str) -> str:
    """Styled text without the plain text `taken`, with which it begins."""
    left = "".join(taken.split())
    kept, at = [], 0
    while left and at < len(written):
        tag = re.match(r"</?[ibu]>", written[at:])
        if tag:
            kept.append(tag[0])
            at += tag.end()
            continue
        if not written[at].isspace():
            left = left[1:]
        at += 1
    return "".join(kept) + written[at:]


def _unsung(said: str, told: Callable[[str], None]) -> str:
    """Without what is sung."""
    lines = said.split("\n")
    if _NOTES.match(said.strip()) and _NOTES.match(said.strip()[-1:]):
        kept: list[str] = []
    else:
        kept = [line for line in lines if not _NOTES.search(line) and not _SUNG.match(line)]
    if len(kept) < len(lines):
        told("what is sung is left to the film.")
    return "\n".join(kept)


def _undescribed(said: str, told: Callable[[str], None]) -> str:
    """Without descriptions of sound, with marks for laughs and the like."""

    def bracket(found: re.Match[str]) -> str:
        body = " ".join(found[1].split())
        if body and is_mark(body):
            return f"[{body}]"
        told(f"[{body}] describes what is heard: not spoken.")
        return " "

    def parenthesis(found: re.Match[str]) -> str:
        body = " ".join(found[1].split())
        if mark := _NONVERBAL.get(body.casefold()):
            return f"[{mark}]"
        begins = not re.search(r"\w", said[: found.start()].rpartition("\n")[2])
        if not body or (not begins and not body.isupper()):
            return found[0]
        told(f"({body}) describes what is heard: not spoken.")
        return " "

    said = _BRACKETS.sub(bracket, said)
    said = _PARENTHESES.sub(parenthesis, said)
    marks = _BRACKETS.sub(lambda m: "\0" * len(m[0]), said)
    if _LONE.search(marks):
        told("a lone bracket is left out.")
        said = "".join(c for c, m in zip(said, marks, strict=True) if m not in "[]")
    return said


def _says_something(text: str) -> bool:
    """Whether there are words or sounds in it. Raises InputError for marks that don't hold together."""
    if "[" not in text and "*" not in text:
        return any(c.isalnum() for c in text)
    bare = _BRACKETS.sub("", text)
    if not any(c.isalnum() for c in bare):
        return any(_BRACKETS.fullmatch(m[0]) and m[1].strip().lower() in _SOUNDS for m in _BRACKETS.finditer(text))
    try:
        read_marks(text)
    except InputError as e:
        raise unplaced(e) from e
    return True


_SOUNDS = frozenset({*_NONVERBAL, *_NONVERBAL.values(), "breath"})


def _named_and_felt(speaker: str) -> tuple[str, str | None]:
    """A speaker as a format gives it, who may have an emotion with her: "Anna, angry:0.7"."""
    name, _, felt = (p.strip() for p in speaker.partition(","))
    return (name, felt) if felt and is_emotion(felt) else (speaker, None)


def _name(name: str) -> str:
    """A name on one line, without what brackets and commas mean."""
    return " ".join(re.sub(r"[][,<>:]", " ", name).split())

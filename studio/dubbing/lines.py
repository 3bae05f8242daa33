"""A cue on its way through a dub: read, placed on the film's clock, spoken, heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from studio.dubbing.script import Cue
from studio.dubbing.script.cast import Role
from studio.dubbing.timing import Limits, Mouth, Slot, Wanted, follow, plan, sounds_of
from studio.dubbing.timing.lips import LEAD
from studio.emotion import words_of
from studio.performance import Phoneme, Word
from studio.scheduler import Artifact

# Two frames of film: a shorter stretch of the film's own speech is not seen on its lips.
_SEEN = 0.08


@dataclass(frozen=True)
class Line:
    """read: what the task dub.line found out.  slot, pins: when it is said, and its words.  speech: its sound.

    sound, heard: what the tasks dub.speak and dub.hear say of it.
    """

    cue: Cue
    role: Role
    read: Mapping[str, Any]
    slot: Slot
    pins: tuple[tuple[int, float], ...] = ()
    speech: Artifact | None = None
    sound: Mapping[str, Any] = field(default_factory=dict)
    heard: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What is spoken, with the marks that make it this person's."""
        return self.role.saying(self.cue.text)

    @property
    def voice(self) -> str:
        return self.cue.voice or self.role.voice

    @property
    def shown(self) -> Cue:
        """The cue as it is said: when it is, and without the words that were left out."""
        said = self.cue.at(*self.said)
        left_out = len(self.sound["left out"])
        return said.saying(" ".join(words_of(self.cue.words)[:-left_out]) + " …") if left_out else said

    @property
    def sample_start(self) -> float:
        """Seconds of the film at which its sound is laid, so that its first word is heard where the slot starts."""
        return max(0.0, self.slot.start - float(self.sound["onset"]))

    @property
    def said(self) -> tuple[float, float]:
        """From when to when it is heard, seconds of the film."""
        return self.sample_start + float(self.sound["onset"]), self.sample_start + float(self.sound["seconds"])


def placed(
    read: Sequence[tuple[Cue, Role, Mapping[str, Any]]], film_seconds: float, speed: tuple[float, float]
) -> list[Line]:
    """When each line is said, each on its cue; from what dub.line found out of it."""
    slots = plan([_wanted(cue, told["lengths"]) for cue, _, told in read], film_seconds, Limits.on_cue(speed))
    return [Line(cue, role, told, slot) for (cue, role, told), slot in zip(read, slots, strict=True)]


def on_the_lips(line: Line, mouths: Mapping[int, Mouth], speed: tuple[float, float]) -> Line:
    """The words of a line where the mouth of who speaks there opens and closes; the line itself where none does.

    mouths: by the person's number. The role's person, else the one whose mouth moves longest during the cue.
    """
    face = line.role.face
    mouth = mouths.get(face) if face is not None else _moving_most(mouths.values(), line.cue)
    lengths = line.read["lengths"]
    sounds = sounds_of([Word(**w) for w in lengths["words"]], [Phoneme(**p) for p in lengths["phonemes"]])
    if mouth is None:
        who = "nobody's lips move there" if face is None else f"the film has no person {face}"
        return _told(line, f"Its words could not be laid on the filmed lips: {who}.")
    if not line.slot.fits:
        return line
    found = follow(sounds, mouth, max(0.0, line.slot.start - LEAD), line.slot.end, Limits(speed=speed))
    if found is None:
        return _told(line, "Its words could not be laid on the filmed lips, which do not move long enough there.")
    slot = replace(
        line.slot,
        # Its sound begins a breath before its first word.
        start=found.start + LEAD,
        seconds=found.seconds,
        spoken=found.seconds,
        shift=found.start + LEAD - line.cue.start,
        done=(*line.slot.done, f"Its words are laid on the filmed lips (correlation {found.agreement:.2f})."),
    )
    return replace(line, slot=slot, pins=tuple((p.word, round(p.start, 4)) for p in found.pins))


def _told(line: Line, what: str) -> Line:
    return replace(line, slot=replace(line.slot, done=(*line.slot.done, what)))


def uncovered(spans: Iterable[tuple[float, float]], by: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The parts of `spans` in seconds that lie in none of `by` and can be seen."""
    covers, left = sorted(by), []
    for start, end in sorted(spans):
        at = start
        for a, b in covers:
            if b <= at or a >= end:
                continue
            left.append((at, a))
            at = max(at, b)
        left.append((at, end))
    return [(a, b) for a, b in left if b - a > _SEEN]


def _wanted(cue: Cue, lengths: Mapping[str, Any]) -> Wanted:
    spoken = float(lengths["spoken"])
    return Wanted(
        start=cue.start,
        end=cue.end,
        natural=spoken,
        shortest=min(float(lengths["shortest"]), spoken),
        longest=max(float(lengths["longest"]), spoken),
        speaker=cue.speaker,
        words=len(words_of(cue.words)),
    )


def _moving_most(mouths: Iterable[Mouth], cue: Cue) -> Mouth | None:
    def moves(mouth: Mouth) -> float:
        return sum(max(0.0, min(end, cue.end) - max(start, cue.start)) for start, end in mouth.moving)

    best = max(mouths, key=moves, default=None)
    return best if best is not None and moves(best) > 0.0 else None

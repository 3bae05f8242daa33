"""The parts of a line that are fitted as one: its silences, and stretches of its sentences between pins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from studio.delivery import Delivery, Pin
from studio.errors import InputError
from tts.line import Line
from tts.prosody.lengths import PAUSE_ELASTICITY
from tts.prosody.reading import LONGEST, SHORTEST, Reading
from tts.prosody.silence import FRAMES_PER_SECOND, LEAD, TRAIL, Edges

# Of a length asked for, what is left silent at either end: of 3 s, a frame each. By voice activity (-40 dB) a soft
# onset adds up to a frame to that and a last sound's decay up to two, so that 94 % of the length and more are speech.
_EDGE_SHARE = 0.01


@dataclass(frozen=True)
class Unit:
    """A part of the line that is fitted as one: a stretch of a sentence's tokens or, without tokens, a silence.

    natural: frames when no length is asked for.  target: frames when one is.  pin: on the word it starts with.
    held: those of its frames that are pauses for laughs and the like, which keep their length.
    """

    sentence: int
    natural: int
    target: int
    floor: int
    elasticity: float
    tokens: tuple[int, int] | None = None
    pin: Pin | None = None
    word: int = 0
    held: int = 0

    @property
    def shortest(self) -> float:
        """Frames below which words are lost."""
        return SHORTEST * (self.natural - self.held) + self.held

    @property
    def longest(self) -> float:
        return LONGEST * (self.natural - self.held) + self.held


def units_of(line: Line, readings: Sequence[Reading], delivery: Delivery) -> list[Unit]:
    """The line's silences and stretches in order; those at its ends are shorter where a length is asked for."""
    cores = [r.frames for r in readings]
    whole = sum(int(c.sum()) + e.lead + e.trail for c, e in zip(cores, line.edges, strict=True))
    shrink = Edges(0, 0)
    if delivery.seconds is not None and math.isfinite(delivery.seconds):
        asked = min(max(delivery.seconds * FRAMES_PER_SECOND, SHORTEST * whole), LONGEST * whole)
        edge = int(_EDGE_SHARE * asked)
        # The last frame is cut short where the length is not whole: no more than half a frame of sound.
        over = math.ceil(asked) - asked
        shrink = Edges(max(LEAD - edge, 0), max(TRAIL - (edge or round(over)), 0))
    pins = _pins(line, delivery)
    last = len(cores) - 1
    units = []
    for i, (core, edges) in enumerate(zip(cores, line.edges, strict=True)):
        pinned = pins.get((i, 0))
        first = i == 0 and pinned is None
        held = line.sentences[i].held
        lead, trail = (line.sentences[i].held_before(w) for w in (0, len(line.sentences[i].sentence.words)))
        units.append(_silence(i, edges.lead, shrink.lead if first else 0, lead, ends=first))
        at = [0, *(line.sentences[i].sentence.word_of.index(w) + 1 for s, w in pins if s == i and w), len(core)]
        words = [0, *(w for s, w in pins if s == i and w)]
        for (start, end), word in zip(pairwise(at), words, strict=True):
            frames, floor = int(core[start:end].sum()), int(line.sentences[i].floors[start:end].sum())
            units.append(
                Unit(i, frames, frames, floor, 1.0, (start, end), pins.get((i, word)), word, int(held[start:end].sum()))
            )
        units.append(_silence(i, edges.trail, shrink.trail if i == last else 0, trail, ends=i == last))
    return units


def _silence(sentence: int, frames: int, shrunk: int, held: int, ends: bool) -> Unit:
    """A silence; at the line's ends it keeps its length."""
    target = frames - shrunk
    floor = target if ends else held
    return Unit(sentence, frames, target, floor, 0.0 if ends else PAUSE_ELASTICITY, held=held)


def _pins(line: Line, delivery: Delivery) -> dict[tuple[int, int], Pin]:
    """The pins by (sentence, word of it), in order. Raises InputError for a word that is not said."""
    pins = {}
    for pin in delivery.pins:
        place = line.place(pin.word)
        if place is None:
            raise InputError(f"{line.word(pin.word)!r} is not spoken, so it can't be pinned to {pin.start:g} s.")
        pins[place] = pin
    return pins


def spans_of(units: Sequence[Unit]) -> list[list[Unit]]:
    """The units between pins; each span but the first starts with a pinned one."""
    spans: list[list[Unit]] = [[]]
    for unit in units:
        if unit.pin is not None:
            spans.append([])
        spans[-1].append(unit)
    return spans

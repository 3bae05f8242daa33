"""How long a line takes, by its plan: nothing is sounded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.delivery import Delivery
from studio.engines import Lengths
from studio.performance import Phoneme, Word, timed_words
from tts.acoustic import FRAME, SAMPLE_RATE
from tts.fitting import Fitted, fitted, reach
from tts.line import Line
from tts.prosody.reading import Prosody, Take
from tts.prosody.silence import FRAMES_PER_SECOND
from tts.text import Sentence, symbols
from tts.units import Unit, spans_of, units_of

# The silence at a line's ends goes by the length asked for, in whole frames, so that it settles at once.
_ROUNDS = 4


def lengths(line: Line, prosody: Prosody, delivery: Delivery, take: Take) -> Lengths:
    """Of a line as `fitted` would fit it. Raises InputError for a pin out of reach."""
    free = fitted(line, prosody, replace(delivery, seconds=None), take)
    if delivery.pins:
        readings = [prosody.read(p, take) for p in free.line.sentences]
    else:
        readings = [fit.reading for fit in free.sentences]

    def last(seconds: float | None) -> list[Unit]:
        """The units from the last pin on, in a length asked for."""
        return spans_of(units_of(free.line, readings, replace(delivery, seconds=seconds)))[-1]

    natural = free.samples / SAMPLE_RATE
    before = free.samples // FRAME - sum(u.natural for u in last(None))
    spoken = natural
    for _ in range(_ROUNDS):
        spoken = (before + sum(u.target for u in last(spoken))) / FRAMES_PER_SECOND
    shortest = reach(last(0.0), before)[0]
    for _ in range(_ROUNDS):
        shortest = max(shortest, reach(last(shortest), before)[0])
    return Lengths(
        shortest=math.ceil(shortest * SAMPLE_RATE) / SAMPLE_RATE,
        natural=natural,
        longest=math.floor(reach(last(natural), before)[1] * SAMPLE_RATE) / SAMPLE_RATE,
        # A short line's own silence counts in what it can't be shorter than.
        spoken=max(spoken, math.ceil(shortest * SAMPLE_RATE) / SAMPLE_RATE),
        words=tuple(word_times(free)),
        phonemes=tuple(_sounds(free)),
    )


def word_times(plan: Fitted) -> list[Word]:
    """About when each of `words_of(text)` will be said."""
    words: list[Word] = []
    for sentence, ends in _timed(plan):
        for index, word in enumerate(sentence.words):
            own = [t for t, w in enumerate((None, *sentence.word_of, None)) if w == index]
            if own:
                words.append(Word(word, _seconds(ends[own[0] - 1]), _seconds(ends[own[-1]])))
    return timed_words(plan.line.text, words)


def _sounds(plan: Fitted) -> Iterator[Phoneme]:
    """About when each sound will be heard."""
    for sentence, ends in _timed(plan):
        for token, symbol in enumerate(sentence.symbols, 1):
            if symbols.is_spoken(symbol):
                yield Phoneme(symbol, _seconds(ends[token - 1]), _seconds(ends[token]))


def _timed(plan: Fitted) -> Iterator[tuple[Sentence, npt.NDArray[np.int64]]]:
    """Each sentence, and the frame of the line at which each of its tokens ends, [T]."""
    start = 0
    for prepared, fit in zip(plan.line.sentences, plan.sentences, strict=True):
        yield prepared.sentence, start + fit.lead + np.cumsum(fit.reading.frames)
        start += fit.total


def _seconds(frame: int) -> float:
    return float(frame) / FRAMES_PER_SECOND

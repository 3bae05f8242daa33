"""A fitted sentence as sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tts import post, timeline
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.asides import mixed
from tts.fitting import Fit
from tts.prosody.allocation import allocate
from tts.prosody.reading import Aside, Contour, Ints, Prepared, Stretch
from tts.prosody.silence import heard, pauses, within_pauses
from tts.text.symbols import Kind, kind
from tts.voice.colour import colour

# Two are enough nine times in ten where only the ends have their places.
_CONTOUR_ROUNDS = 4
_PIN_ROUNDS = 4

Samples = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Contoured:
    """A sentence's contour as the acoustic model draws it: tokens' frames [T], F0 in Hz and energy [2F], and which
    frames are silence asked for, [F]."""

    tokens: Ints
    f0: Contour
    energy: Contour
    silent: Bools

    def spans(self, prepared: Prepared, start: int, end: int) -> list[timeline.Span]:
        """What is heard when, from frame `start` to before `end`."""
        return timeline.spans(prepared.sentence, self.tokens, pauses(self.energy) | self.silent, start, end)


def said(kokoro: Kokoro, prepared: Prepared, fit: Fit, level: float) -> tuple[Samples, list[timeline.Span]]:
    """A sentence's sound, fit.total frames long, and what is heard when. level: dB of the line as a whole."""
    drawn = contoured(kokoro, prepared, fit)
    tokens, course = drawn.tokens, prepared.course
    shaped = fit.reading.pitch(drawn.f0, tokens)
    encoding = replace(prepared.encoding, style=fit.reading.styled(prepared.encoding.style))
    sound = kokoro.sound(encoding, tokens, shaped, drawn.energy)
    louder = post.LEVEL_SHARE * (post.along(course.of("level"), tokens * FRAME, len(sound), SAMPLE_RATE) - level)
    stronger = post.along(fit.reading.strength(drawn.energy, tokens), _heard(tokens) * FRAME, len(sound), SAMPLE_RATE)
    sound = fit.reading.finished(sound, tokens, louder + stronger)
    sound = colour(sound, SAMPLE_RATE, prepared.bands)
    sound = post.silenced(sound, np.repeat(drawn.silent, FRAME), SAMPLE_RATE)
    start = heard(drawn.energy)[0] - fit.lead
    spans = drawn.spans(prepared, start, start + fit.total)
    sound = post.windowed(sound, start * FRAME, fit.total * FRAME, SAMPLE_RATE)
    for aside in prepared.asides:
        place = _pause(aside, fit, tokens, start)
        sound = mixed(sound, aside, place)
        spans = timeline.replaced(spans, aside.spans, place + aside.at)
    return sound, spans


def _pause(aside: Aside, fit: Fit, tokens: Ints, start: int) -> int:
    """The frame where the pause for an aside begins, counted from `start`."""
    if aside.token is not None:
        return int(tokens[: aside.token].sum()) - start
    # Before the sentence the silence between it and the one before lies on both sides, after it on the near one.
    return 0 if aside.word == 0 else fit.total - aside.frames


def contoured(kokoro: Kokoro, prepared: Prepared, fit: Fit) -> Contoured:
    """The contour such that what sounds fills the sentence but for its lead and trail, and pinned words start in place.

    Kokoro learned from recordings with a third of a second of silence at their ends, and counts on it: with less, it
    swallows the first sound (its contour counts frames from the start) and dulls all others by 2 dB on average
    (its normalisation is over the whole sentence). So it gets its margins, and of its silence only `lead` and
    `trail` are used; where a pause between sentences is longer than its margin, silence is added.
    Stretched, a sound before a pause may take more or less of the pause than before. The model draws the contour
    in a hundredth of the decoder's time, so it is asked again with the difference shared out, stretch by stretch.
    """
    tokens = fit.reading.frames + prepared.margin
    wanted = [s.frames for s in fit.stretches]
    vowels = np.array([False, *(kind(s) is Kind.VOWEL for s in prepared.sentence.symbols), False])
    best: tuple[int, Contoured] | None = None
    for n in range(_CONTOUR_ROUNDS + _PIN_ROUNDS * len(fit.words)):
        f0, energy = kokoro.contour(prepared.encoding, tokens)
        drawn = Contoured(tokens, f0, energy, within_pauses(tokens, prepared.pauses))
        places = _places(prepared, fit, drawn)
        missing = [w - (b - a) for w, (a, b) in zip(wanted, pairwise(places), strict=True)]
        off = max(map(abs, missing))
        if best is None or off < best[0]:
            best = off, drawn
        if not off:
            break
        inside = _within(tokens, places[0], places[-1]) & (prepared.held == 0)
        # Where all of a stretch gives way, a silence beside a pin may come to count as a pause, or no longer, and the
        # pinned word leaps to and fro. Vowels move it in steps.
        inside = inside if n < _CONTOUR_ROUNDS else inside & vowels
        for stretch, more in zip(fit.stretches, missing, strict=True):
            tokens = _lengthened(tokens, stretch, inside, more)
    assert best is not None
    return best[1]


def _heard(tokens: Ints) -> Ints:
    """Frames over which each token is heard, [T]: the model sounds it ahead of its place."""
    early = min(timeline.ANTICIPATION, int(tokens[0]))
    return np.concatenate(([tokens[0] - early], tokens[1:-1], [tokens[-1] + early]))


def _places(prepared: Prepared, fit: Fit, drawn: Contoured) -> list[int]:
    """Frames of the first sound, of each pinned word's first, and after the last."""
    start, end = heard(drawn.energy)
    if not fit.words:
        return [start, end]
    begins = {s.word: start + s.start for s in reversed(drawn.spans(prepared, start, end))}
    # A word of which nothing is heard is where its first token is.
    firsts = [int(drawn.tokens[: s.first].sum()) for s in fit.stretches[1:]]
    return [start, *(begins.get(word, at) for word, at in zip(fit.words, firsts, strict=True)), end]


def _within(tokens: Ints, start: int, end: int) -> Bools:
    """Which tokens [T] lie in frames [start, end), if only partly."""
    ends = np.cumsum(tokens)
    return (ends > start) & (ends - tokens < end)


def _lengthened(tokens: Ints, stretch: Stretch, chosen: Bools, missing: int) -> Ints:
    """Tokens' frames [T], `missing` more (or fewer) among the chosen ones of a stretch.

    They keep a frame each, so that fewer may be taken than asked.
    """
    at = np.arange(len(tokens))
    own = chosen & (at >= stretch.first) & (at < stretch.end) & (tokens > 0)
    if not own.any():
        return tokens
    missing = max(missing, int(own.sum() - tokens[own].sum()))
    return allocate(tokens.astype(float), own.astype(float), np.minimum(tokens, 1), int(tokens.sum()) + missing)

"""Where the words of a line go so that they are said while the mouth on the screen opens and closes.

Words are laid along the mouth's aperture by dynamic programming: over all ways to place them in order, each within the
tempo allowed and with pauses anywhere, the one is taken whose openness, sound by sound, goes best with the aperture,
that speaks while the mouth moves and pauses while it rests, and that leaves the words near their natural lengths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.delivery import Pin
from studio.dubbing.timing.slots import Limits
from studio.errors import InputError
from studio.performance import Phoneme, Word

# Words are placed on the frames of the speaker: 25 ms, about one of the film.
_FPS = 40
# Silence of a line before its first word, so that its onset is whole; and after its last.
LEAD, TRAIL = 0.1, 0.05
# What a frame counts in which the mouth moves and nothing is said (or the other way round), where a frame of perfect
# agreement counts 1; what a word counts said twice its length; and a pause, however short.
_IDLE, _STRETCH, _PAUSE = 0.8, 8.0, 0.4
# A mouth that hardly opens over a line tells nothing by how far it does.
_LEAST_SPREAD = 0.02

# How far the lips part for a sound, from the phonetic height of vowels (IPA) and the place of consonants.
_OPEN = {
    **dict.fromkeys("aɑæɐʌɒIW", 1.0),
    **dict.fromkeys("ɛɔeoəɜɚɝAOQYɤøœɞᵊ", 0.65),
    **dict.fromkeys("iɪuʊyɨʉɯᵻ", 0.4),
    **dict.fromkeys("mbp", 0.0),
    **dict.fromkeys("fvwɥʋ", 0.1),
}
_OTHER_SOUND = 0.3

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sound:
    """One sound of a line said naturally: which of its words it is of, when it sounds in seconds, how open it is."""

    word: int
    start: float
    end: float
    openness: float


@dataclass(frozen=True)
class Mouth:
    """One person's mouth over a film.

    times: seconds, rising, [F].  aperture: how far it is open, 0 to 1, [F].  moving: spans in which it speaks, seconds.
    Raises InputError for times that don't rise or another number of apertures.
    """

    times: Sequence[float]
    aperture: Sequence[float]
    moving: Sequence[tuple[float, float]]

    def __post_init__(self) -> None:
        if len(self.times) != len(self.aperture) or len(self.times) < 2 or np.any(np.diff(self.times) <= 0):
            raise InputError("A mouth's apertures come with as many times, at least two, which rise.")


@dataclass(frozen=True)
class Following:
    """A line that follows lips.

    start: seconds of the film at which its sound begins, `LEAD` before the first word.  seconds: of its sound.
    pins: when its words start, for a Delivery.  agreement: the correlation of openness and aperture, -1 to 1.
    """

    start: float
    seconds: float
    pins: tuple[Pin, ...]
    agreement: float


def sounds_of(words: Sequence[Word], phonemes: Sequence[Phoneme]) -> list[Sound]:
    """The sounds of a line whose words and phonemes are timed, as a Speech or Lengths has them."""
    sounds, word = [], 0
    for phoneme in phonemes:
        middle = (phoneme.start + phoneme.end) / 2
        while word < len(words) - 1 and middle >= words[word].end:
            word += 1
        symbol = phoneme.symbol.lstrip("ˈˌ")[:1]
        if symbol.isalpha() and words and words[word].start <= middle <= words[word].end:
            sounds.append(Sound(word, phoneme.start, phoneme.end, _OPEN.get(symbol, _OTHER_SOUND)))
    return sounds


def follow(
    sounds: Sequence[Sound], mouth: Mouth, start: float, end: float, limits: Limits | None = None
) -> Following | None:
    """The words placed between `start` and `end` seconds of the film, where `mouth` speaks.

    None where there is nothing to follow: no sound, a mouth that does not move or is not seen, or less time than the
    words need at their fastest.
    """
    limits = limits or Limits()
    first, last = round(start * _FPS), round(end * _FPS)
    frames = (np.arange(first, last) + 0.5) / _FPS
    times = np.asarray(mouth.times, float)
    if not sounds or last - first < 2 or frames[-1] < times[0] or frames[0] > times[-1]:
        return None
    moving = np.zeros(len(frames), bool)
    for begins, ends in mouth.moving:
        moving |= (frames >= begins) & (frames < ends)
    if not moving.any():
        return None
    aperture = np.interp(frames, times, np.asarray(mouth.aperture, float))
    words = sorted({s.word for s in sounds})
    curves = [_curve([s for s in sounds if s.word == w]) for w in words]
    every = np.concatenate(curves)
    open_at = (aperture - aperture[moving].mean()) / max(float(aperture[moving].std()), _LEAST_SPREAD)
    curves = [(c - every.mean()) / max(float(every.std()), _LEAST_SPREAD) for c in curves]
    placed = _placed(curves, np.where(moving, np.clip(open_at, -2.5, 2.5), 0.0), moving, limits)
    if placed is None:
        return None
    said = np.concatenate([_resampled(c, b - a) for c, (a, b) in zip(curves, placed, strict=True)])
    seen = np.concatenate([aperture[a:b] for a, b in placed])
    begin = (first + placed[0][0]) / _FPS - LEAD
    return Following(
        start=begin,
        seconds=(first + placed[-1][1]) / _FPS + TRAIL - begin,
        pins=tuple(Pin(w, (first + a) / _FPS - begin) for w, (a, _) in zip(words, placed, strict=True)),
        agreement=float(np.corrcoef(said, seen)[0, 1]) if np.std(said) > 0 and np.std(seen) > 0 else 0.0,
    )


def _curve(sounds: Sequence[Sound]) -> Floats:
    """The openness of a word's frames, at least one."""
    start, end = sounds[0].start, sounds[-1].end
    count = max(1, round((end - start) * _FPS))
    at = start + (np.arange(count) + 0.5) * (end - start) / count
    middles = [(s.start + s.end) / 2 for s in sounds]
    return np.interp(at, middles, [s.openness for s in sounds])


def _resampled(curve: Floats, count: int) -> Floats:
    return np.interp((np.arange(count) + 0.5) * len(curve) / count - 0.5, np.arange(len(curve)), curve)


def _placed(
    curves: Sequence[Floats], open_at: Floats, moving: npt.NDArray[np.bool_], limits: Limits
) -> list[tuple[int, int]] | None:
    """The frames of each word, [start, end); None when they don't fit.

    `ready[t]` is the best that can be had of the words before with the next one starting at frame t.
    """
    count = len(open_at)
    idle = np.concatenate(([0.0], np.cumsum(np.where(moving, _IDLE, 0.0))))
    ready, came = -idle, np.full(count + 1, -1)
    steps: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []
    for curve in curves:
        ended, lasted = np.full(count + 1, -np.inf), np.zeros(count + 1, np.int64)
        for length in _lengths(len(curve), limits):
            if length > count:
                break
            away = np.log(length / len(curve))
            amid_rest = _IDLE * np.convolve(~moving, np.ones(length), "valid")
            score = np.correlate(open_at, _resampled(curve, length), "valid") - amid_rest - _STRETCH * away**2
            total = ready[: count - length + 1] + score
            better = total > ended[length:]
            ended[length:][better] = total[better]
            lasted[length:][better] = length
        steps.append((lasted, came))
        ready, came = _after_pause(ended, idle)
    finish = ended + idle - idle[-1]
    at = int(np.argmax(finish))
    if not np.isfinite(finish[at]):
        return None
    placed = []
    for lasted, before in reversed(steps):
        start = at - int(lasted[at])
        placed.append((start, at))
        at = int(before[start])
    return placed[::-1]


def _lengths(natural: int, limits: Limits) -> range:
    """Frames that a word of so many may last, within the speed allowed but at least one."""
    return range(max(1, int(np.ceil(natural / limits.speed[1]))), int(natural / limits.speed[0]) + 1)


def _after_pause(ended: Floats, idle: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """The best with the next word starting at each frame, and the frame at which the word before ended."""
    paused = ended + idle
    best = np.maximum.accumulate(paused)
    where = np.maximum.accumulate(np.where(paused >= best, np.arange(len(paused)), -1))
    waited = best - idle - _PAUSE
    at_once = ended >= waited
    return np.where(at_once, ended, waited), np.where(at_once, np.arange(len(ended)), where)

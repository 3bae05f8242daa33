"""A recording without a timeline, as a line: what was heard of the mouth in it takes the phonemes' place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.signal import find_peaks

from studio.performance import Speech, arkit_index
from talking_head.listening import RATE, Heard, hear
from talking_head.motion.curves import Array
from talking_head.motion.line import PAUSE, Line, Segment
from talking_head.motion.lips import Articulation

_JAW = arkit_index("jawOpen")
# What stands for whatever vowel and whatever consonant was said: only where they are is known, and how open the mouth.
_VOWEL, _CONSONANT = "ə", "h"
# Of `Heard.voice`, which rises to 1 before somebody speaks and falls from it after.
_SPEAKS = 0.999
# A syllable opens the jaw by so much more than what is around it, and is so far from the next (seconds).
_OPENING, _SYLLABLE = 0.03, 0.09


def heard_line(speech: Speech, fps: float) -> tuple[Line, Heard]:
    """The recording on the grid of film frames, and what was heard in it."""
    heard = hear(speech.samples, speech.sample_rate)
    return Line.of(speech, fps, _segments(heard, speech.seconds)), heard


def _segments(heard: Heard, seconds: float) -> tuple[Segment, ...]:
    """Syllables as vowels between consonants, and pauses; they tile the recording."""
    found: list[Segment] = []
    at = 0.0
    for first, last in _stretches(heard.voice):
        start, end = first / RATE, min(last / RATE, seconds)
        if start > at:
            found.append(Segment("", at, start))
        found += _syllables(heard.pose[first:last, _JAW], start)
        at = end
    if at < seconds or not found:
        found.append(Segment("", at, seconds))
    return tuple(found)


def articulation_of(heard: Heard, line: Line, effort: Array) -> Articulation:
    """The mouth of the recording on the line's frames. effort: [F], 1 for ordinary speech, larger for wider."""
    said = heard.articulation(line.times)
    # As in `articulate`: lips spread and round with effort too, but less than the jaw drops.
    pose = said.pose * np.sqrt(effort)[:, None]
    pose[:, _JAW] = said.pose[:, _JAW] * effort
    return Articulation(np.clip(pose, 0.0, 1.0), said.contact)


def _stretches(voice: npt.NDArray[np.float32]) -> list[tuple[int, int]]:
    """[first, last) frames of each stretch of speech; pauses too short for a mouth to rest in belong to it."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (voice > _SPEAKS).astype(np.int8), [0]])))
    joined: list[tuple[int, int]] = []
    for first, last in edges.reshape(-1, 2).tolist():
        joins = joined and first - joined[-1][1] < PAUSE * RATE
        joined.append((joined.pop()[0] if joins else first, last))
    return joined


def _syllables(jaw: npt.NDArray[np.float32], start: float) -> list[Segment]:
    """A stretch's syllables: about each opening of the jaw the vowel, the middle half of the time between its edges."""
    peaks, _ = find_peaks(jaw, prominence=_OPENING, distance=max(1, round(_SYLLABLE * RATE)))
    if not len(peaks):
        return [Segment(_VOWEL, start, start + len(jaw) / RATE)]
    valleys = [int(a + jaw[a:b].argmin()) for a, b in pairwise(peaks)]
    edges = [0, *valleys, len(jaw)]
    found: list[Segment] = []
    at = 0.0
    for peak, a, b in zip(peaks.tolist(), edges, edges[1:], strict=False):
        opens, closes = (a + peak) / 2, (peak + b) / 2
        found += [Segment(_CONSONANT, at, opens), Segment(_VOWEL, opens, closes)]
        at = closes
    found.append(Segment(_CONSONANT, at, float(len(jaw))))
    return [Segment(s.symbol, start + s.start / RATE, start + s.end / RATE) for s in found if s.seconds > 0]

"""Silence: where the acoustic model is silent, and how much of it a line keeps at its ends and between sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tts.text.sentence import Sentence

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FRAMES_PER_SECOND = 40
# Kokoro's energy below this sounds under -40 dB of its loudest (measured on six voices): a pause or a stop's closure.
_SILENT = 0.0
# A silence of this many frames is a pause; closures of stops are shorter.
_SHORTEST_PAUSE = 4
# Kokoro leads in with 13-17 frames of silence and trails off with 15-20. A line starts and ends more promptly.
LEAD, TRAIL = 4, 8
# A long pause Kokoro fills with breath and a soft vowel, 25 to 30 dB under speech. Where one is asked for there is
# silence, but for these frames: the last sound's release, and the next one's start (heard two frames early).
RELEASE, ONSET = 5, 3
# Between sentences a TRAIL is followed by one of these: 0.45 s of silence in all, or 0.8 s between paragraphs.
NEXT_SENTENCE, NEXT_PARAGRAPH = 10, 24


@dataclass(frozen=True)
class Edges:
    """Frames of silence heard before and after a sentence."""

    lead: int = LEAD
    trail: int = TRAIL


def edges(sentences: Sequence[Sentence], index: int, before: float = 0.0, after: float = 0.0) -> Edges:
    """The silences around one of a text's sentences; before, after: seconds of pause asked for besides."""
    previous = sentences[index - 1] if index else None
    lead = LEAD if previous is None else NEXT_PARAGRAPH if previous.ends_paragraph else NEXT_SENTENCE
    return Edges(lead + round(before * FRAMES_PER_SECOND), TRAIL + round(after * FRAMES_PER_SECOND))


def heard(energy: npt.NDArray[np.float32]) -> tuple[int, int]:
    """The first frame with sound and the one after the last, from the model's energy [2F]."""
    sounding = np.flatnonzero(energy.reshape(-1, 2).max(axis=1) >= _SILENT)
    return (int(sounding[0]), int(sounding[-1]) + 1) if len(sounding) else (0, len(energy) // 2)


def pauses(energy: npt.NDArray[np.float32]) -> Bools:
    """Which frames [F] belong to a pause, from the model's energy [2F]; silence at both ends counts however short."""
    silent: Bools = np.all(energy.reshape(-1, 2) < _SILENT, axis=1)
    borders = np.flatnonzero(np.diff(np.concatenate(([0], silent.astype(np.int8), [0]))))
    paused: Bools = np.zeros(len(silent), np.bool_)
    for start, end in borders.reshape(-1, 2):
        if end - start >= _SHORTEST_PAUSE or start == 0 or end == len(silent):
            paused[start:end] = True
    return paused


def within_pauses(tokens: Ints, pauses: Iterable[int]) -> Bools:
    """The frames [F] of `pauses` (tokens), but for what the sounds beside them need to end and to begin."""
    silent: Bools = np.zeros(int(tokens.sum()), np.bool_)
    ends = np.cumsum(tokens)
    for token in pauses:
        silent[ends[token] - tokens[token] + RELEASE : ends[token] - ONSET] = True
    return silent

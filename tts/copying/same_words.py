"""The same words, said again: token by token as they were said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tts.alignment import Alignment
from tts.copying.reading import CopiedReading, shared
from tts.copying.recorded import STEP, Recorded
from tts.prosody import lengths
from tts.prosody.reading import Prepared, Stretch, Take
from tts.text import Sentence, symbols
from tts.text.symbols import Kind

# Frames that a space without a mark may last: Kokoro drags the sounds beside a longer one. It takes a mark to pause.
_LONGEST_SPACE = 4


@dataclass(frozen=True, eq=False)
class SameWords:
    """A `tts.prosody.reading.Prosody` for the one line it was made for. Every take of it is the recording's."""

    recorded: Recorded
    aligned: Sequence[Alignment]

    def read(self, prepared: Prepared, take: Take, stretches: Sequence[Stretch] | None = None) -> CopiedReading:
        alignment = self.aligned[prepared.index]
        tokens = _tokens(alignment.sentence, prepared.sentence)
        starts = np.array([alignment.starts[t] if new is None else new for t, new in _times(alignment, tokens)])
        ends = np.array([alignment.ends[t] if new is None else new for t, new in _times(alignment, tokens)])
        wanted = (ends - starts) * lengths.FRAMES_PER_SECOND
        kinds = [Kind.PAD, *(symbols.kind(s) for s in prepared.sentence.symbols), Kind.PAD]
        sound, _, _ = lengths.parts(prepared.encoding.durations, prepared.energy)
        for i, kind in enumerate(kinds):
            # Silence at the ends is the line's, not the recording's.
            if prepared.margin[i] and kind in (Kind.PAD, Kind.GAP):
                wanted[i] = sound[i]
            elif i and prepared.sentence.symbols[i - 1 : i] == " ":
                wanted[i] = min(wanted[i], _LONGEST_SPACE)
        for token, seconds in prepared.pauses.items():
            wanted[token] = max(wanted[token], seconds * lengths.FRAMES_PER_SECOND)
        level = np.array([self._level(a, b) for a, b in zip(starts, ends, strict=True)])
        return CopiedReading(
            frames=shared(wanted, prepared, stretches),
            starts=starts,
            ends=ends,
            level=level,
            contour=self.recorded.at,
            prepared=prepared,
        )

    def read_many(self, prepared: Prepared, takes: Sequence[Take]) -> list[CopiedReading]:
        return [self.read(prepared, take) for take in takes]

    def _level(self, start: float, end: float) -> float:
        own = slice(int(start / STEP), max(int(end / STEP), int(start / STEP) + 1))
        loud = self.recorded.level[own][self.recorded.voiced[own]]
        return float(loud.mean()) if len(loud) else np.nan


def _tokens(recorded: Sentence, said: Sentence) -> list[int | None]:
    """For each token of the sentence as it is to be said, the one of the recording; None for marks put in."""
    found: list[int | None] = [0]
    at = 0
    for symbol in said.symbols:
        if at < len(recorded.symbols) and recorded.symbols[at] == symbol:
            at += 1
            found.append(at)
        else:
            found.append(None)
    return [*found, len(recorded.symbols) + 1]


def _times(alignment: Alignment, tokens: Sequence[int | None]) -> list[tuple[int, float | None]]:
    """(token, None), or for a mark put in (0, the time at which it stands)."""
    out: list[tuple[int, float | None]] = []
    last = 0
    for token in tokens:
        if token is None:
            out.append((0, float(alignment.ends[last])))
        else:
            last = token
            out.append((token, None))
    return out

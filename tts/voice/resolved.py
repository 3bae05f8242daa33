"""A voice as the speaker uses it: a style for each length of sentence, and a colour."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tts.acoustic.kokoro import Floats
from tts.voice import stock
from tts.voice.colour import FLAT
from tts.voice.file import FittedVoice
from tts.voice.notation import Blend, is_file, parse


@dataclass(frozen=True, eq=False)
class ResolvedVoice:
    """name: as it was written.  language: BCP-47 tag, of its prosody.  gender: "female" or "male", of its timbre.

    table: a style for each length of sentence, [510, 256].  bands: dB at `tts.voice.colour.CENTRES`.
    """

    name: str
    language: str
    gender: str
    table: Floats = field(repr=False)
    bands: Floats = field(repr=False)

    def style(self, symbols: int) -> Floats:
        """For a sentence of so many symbols (pads not counted), [1, 256]."""
        return self.table[min(max(symbols, 1), len(self.table)) - 1][None]


@dataclass(frozen=True, eq=False)
class _Source:
    language: str
    gender: str
    table: Floats
    bands: Floats


def resolve(spec: str | Path) -> ResolvedVoice:
    """The voice that `spec` names: see `tts.voice.notation`.

    Raises InputError for a name that is not known (with near ones), a weight that is none, a file that is missing or
    damaged.
    """
    written = str(spec)
    if isinstance(spec, Path) or Path(written).is_file():
        source = _of_file(written)
        return ResolvedVoice(written, source.language, source.gender, source.table, source.bands)
    timbre, prosody = parse(written)
    ours = {part.name: _source(part.name) for part in (*timbre, *prosody)}
    table = np.concatenate(
        [
            _weighted(timbre, {n: s.table[:, : stock.TIMBRE] for n, s in ours.items()}),
            _weighted(prosody, {n: s.table[:, stock.TIMBRE :] for n, s in ours.items()}),
        ],
        axis=1,
    )
    bands = _weighted(timbre, {n: s.bands for n, s in ours.items()})
    return ResolvedVoice(written, ours[_main(prosody)].language, ours[_main(timbre)].gender, table, bands)


def _weighted(blend: Blend, values: dict[str, Floats]) -> Floats:
    return np.sum([np.float32(part.weight) * values[part.name] for part in blend], axis=0, dtype=np.float32)


def _main(blend: Blend) -> str:
    return max(blend, key=lambda part: part.weight).name


def _source(name: str) -> _Source:
    if is_file(name):
        return _of_file(name)
    known = stock.voice(name)
    return _Source(known.language, known.gender, stock.table(name), FLAT)


def _of_file(path: str) -> _Source:
    fitted = FittedVoice.load(path)
    return _Source(fitted.language, fitted.gender, fitted.table, fitted.bands)

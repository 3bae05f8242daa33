"""EMO-DB as the levels of its frames' bands, with what sounds in each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from studio.errors import InputError
from tts.effort.bands import Analysis
from tts.effort.phones import NONE, Phone

Floats = npt.NDArray[np.float64]

# The sixth letter of a file's name: the German word for the emotion.
NEUTRAL = "neutral"
LETTERS = {"W": "angry", "L": "bored", "E": "disgusted", "A": "afraid", "F": "happy", "T": "sad", "N": NEUTRAL}
# Its phone labels, an extended SAMPA; "!" marks a burst, "asp" its breath. What is left out is rare or unclear.
_SYMBOLS = {
    Phone.CLOSE: "i I y Y u U i6 I6",
    Phone.MID: "e E @ o O 9 OY @6 E6 e@",
    Phone.OPEN: "a aI aU 6 a6",
    Phone.SONORANT: "m n N l j R L",
    Phone.FRICATIVE: "f v s z S C x X h H B D",
    Phone.STOP: "p t k b d g !p !t !k !b !d !g tasp kasp pasp dasp gasp basp",
}
_PHONE = {symbol: int(phone) for phone, listed in _SYMBOLS.items() for symbol in listed.split()}
_LINE = re.compile(r"^\s*([\d.]+)\s+-1 ([^\t\s]*)")


@dataclass(frozen=True, eq=False)
class Clip:
    """bands: dB beside the frame's level, [N, BANDS]; level: dB, [N]; phone: [N]."""

    speaker: str
    emotion: str
    bands: Floats
    level: Floats
    phone: npt.NDArray[np.int64]


def clips(folder: Path) -> Iterator[Clip]:
    """EMO-DB's clips with hand-made phone times. Raises InputError when the folder holds none."""
    files = sorted(folder.glob("wav/*.flac"))
    if not files:
        raise InputError(f"{folder} holds no wav/*.flac: give the folder of EMO-DB.")
    for path in files:
        labels = sorted(folder.glob(f"labels/{path.stem}*.lablaut"))
        if labels:
            samples, rate = soundfile.read(path)
            analysis = Analysis(rate)
            bands, level = analysis.envelope(analysis.spectra(samples))
            times = np.arange(len(level)) * analysis.hop / rate
            yield Clip(path.stem[:2], LETTERS[path.stem[5]], bands, level, _phones(labels[0], times))


def _phones(path: Path, times: Floats) -> npt.NDArray[np.int64]:
    """The Phone at each of the times; a label without a symbol goes on with the sound before it."""
    ends, found = [0.0], [NONE]
    for line in path.read_text(encoding="latin-1").splitlines():
        if match := _LINE.match(line):
            ends.append(float(match[1]))
            found.append(_PHONE.get(match[2], NONE) if match[2] else found[-1])
    at = np.searchsorted(ends, times, side="right")
    return np.array([*found, NONE])[np.minimum(at, len(found))]

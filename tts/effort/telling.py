"""What gains on bands make a reader of emotion surer of the emotion that was meant, on top of what people do.

The reader of functionals is asked (`studio.emotion.reading.voice`). The one of learned features, which judges in the
end, is not: what only pleases one reader would show there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.voice.features import features
from studio.emotion.reading.voice.model import CLASSES, load
from tts.acoustic import SAMPLE_RATE
from tts.effort.bands import BANDS
from tts.effort.context import WIDTH
from tts.effort.corpus import NEUTRAL
from tts.effort.phones import Phone
from tts.effort.rendered import Rendered
from tts.effort.shaping import ANCHORS

Floats = npt.NDArray[np.float64]

# Figures are taken on other voices and lines.
SAID = (
    ("af_heart", "The boxes are still in the hall upstairs."),
    ("am_michael", "You left the radio on in the kitchen again."),
    ("bf_emma", "The boxes are still in the hall upstairs."),
)
# A curve of this many points, straight between them over mel, for vowels, sonorants and the other consonants, and one
# for what vowels gain with their strength.
_POINTS = 6
_GROUPS = (
    (Phone.CLOSE, Phone.MID, Phone.OPEN),
    (Phone.SONORANT,),
    (Phone.FRICATIVE, Phone.STOP),
    tuple(len(Phone) + p for p in (Phone.CLOSE, Phone.MID, Phone.OPEN)),
)
_PROBE_DB = 2.0


def steepest(lines: Sequence[Rendered], emotion: str, bands: Floats, limit: float) -> Floats:
    """The way the log probability of an emotion rises most steeply with its gains `bands` [WIDTH, BANDS], held within
    `limit` dB: a table like them, whose curves' points have the norm 1 dB. lines: of SAID, plain and felt."""
    plain = {line.voice: _heard(line.finished({})) for line in lines if line.emotion == NEUTRAL}
    felt = [line for line in lines if line.emotion == emotion]
    slope = _gradient(partial(_sureness, emotion, felt, plain, limit), bands)
    return _table(slope / np.linalg.norm(slope))


def _gradient(worth: Callable[[Floats], float], table: Floats) -> Floats:
    here = worth(table)
    probes = _PROBE_DB * np.eye(len(_GROUPS) * _POINTS)
    return np.array([(worth(table + _table(probe)) - here) / _PROBE_DB for probe in probes])


def _table(points: Floats) -> Floats:
    """[groups * points] -> [WIDTH, BANDS]."""
    out = np.zeros((WIDTH, BANDS))
    places = np.linspace(0, _POINTS - 1, BANDS)
    for group, curve in zip(_GROUPS, points.reshape(-1, _POINTS), strict=True):
        out[list(group)] = np.interp(places, np.arange(_POINTS), curve)
    return out


def _sureness(
    emotion: str, felt: Sequence[Rendered], plain: Mapping[str, Floats], limit: float, table: Floats
) -> float:
    """Mean log probability of the emotion, each line beside the same said plainly."""
    bands = np.zeros((len(ANCHORS), *table.shape))
    bands[ANCHORS.index(emotion)] = table
    tables = {"bands": bands, "limit": np.full(len(ANCHORS), limit), "breath": np.zeros(len(ANCHORS))}
    moved = np.stack([_heard(line.finished(tables)) - plain[line.voice] for line in felt])
    return float(np.log(load("relative").probabilities(moved)[:, CLASSES.index(emotion)]).mean())


def _heard(samples: npt.NDArray[np.float32]) -> Floats:
    found = features(samples, SAMPLE_RATE)
    return np.array([found[name] for name in load("relative").names])

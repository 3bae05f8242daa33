"""Two readers of the emotion in a voice, beside the same voice speaking plainly: what the bench judges by.

"learned" listens with the encoder of Moonshine tiny, a recogniser of English words (Useful Sensors 2024, MIT), whose
weights come with the package moonshine-voice 0.1.0 of the ``test`` extra; a linear discriminant, learned from EMO-DB
(checkpoints/learned_emotion_reader.md), says what is felt. "functionals" is the reader that the project uses
(`studio.emotion.reading.voice`). Neither has heard this project's own voice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from studio.checkpoints import bundled
from studio.emotion.reading.voice.features import features as functionals
from studio.emotion.reading.voice.framing import RATE, at_rate, trimmed
from studio.emotion.reading.voice.model import CLASSES, NEUTRAL_CLASS, LinearModel, load
from studio.errors import InputError
from studio.evaluation.onnx_session import session

Floats = npt.NDArray[np.floating]
Samples = npt.NDArray[np.floating]

WEIGHTS = "learned_emotion_reader.safetensors"
# What the encoder gives for a stretch of about 40 ms.
WIDTH = 288
# Level is taken out: of the recordings learned from it says nothing, and the encoder hears it.
_LEVEL = 0.05
# It learned from utterances of 1.2 to 9 s, and its time grows with the square of the length.
_LONGEST_SECONDS = 9.0
_SHORTEST_SECONDS = 0.4


@dataclass(frozen=True)
class EmotionReader:
    """features: (mono samples [T], rate) -> [D].  model: of differences of two such; classes as in CLASSES."""

    name: str
    features: Callable[[Samples, int], Floats]
    model: LinearModel

    def probabilities(self, voice: Floats, neutral: Floats) -> Floats:
        """Of each class, [7], from the features of a recording and of the same voice, best the same words, plain."""
        return self.model.probabilities(np.asarray(voice - neutral, np.float64)[None])[0]

    def moved(self, voice: Floats, neutral: Floats) -> Floats:
        """How far a voice has gone from `neutral`: how each class's log odds against neutral have changed, [7]."""
        there, here = self.model.logits(np.stack([voice - neutral, np.zeros_like(voice)]).astype(np.float64))
        towards = there - here
        return towards - towards[NEUTRAL_CLASS]

    def shift(self, voice: Floats, neutral: Floats, emotion: str) -> float:
        """How far a voice has gone from `neutral` towards one class."""
        return float(self.moved(voice, neutral)[CLASSES.index(emotion)])


@cache
def readers() -> tuple[EmotionReader, EmotionReader]:
    """The learned one, then the functionals. Raises InputError when moonshine-voice is not installed."""
    _encoder()
    return (
        EmotionReader("learned", learned_features, load("relative", bundled(WEIGHTS))),
        EmotionReader("functionals", _functionals, load("relative")),
    )


def learned_features(samples: Samples, rate: int) -> Floats:
    """The mean over time of what Moonshine's encoder hears in mono sound [T], [WIDTH]; of its first 9 s.

    Raises InputError for less than 0.4 s, and when moonshine-voice is not installed.
    """
    sound = trimmed(at_rate(np.asarray(samples, np.float64), rate))[: int(_LONGEST_SECONDS * RATE)]
    if len(sound) < _SHORTEST_SECONDS * RATE:
        raise InputError(f"An emotion is heard in {_SHORTEST_SECONDS:g} s or more, not {len(sound) / RATE:.2f} s.")
    sound = (sound * (_LEVEL / np.sqrt((sound**2).mean() + 1e-12))).astype(np.float32)[None]
    inputs = {"input_values": sound, "attention_mask": np.ones(sound.shape, np.int64)}
    (heard,) = _encoder().run(None, inputs)
    return np.asarray(heard[0].mean(axis=0), np.float64)


def _functionals(samples: Samples, rate: int) -> Floats:
    found = functionals(samples, rate)
    return np.array([found[name] for name in load("relative").names])


@cache
def _encoder() -> ort.InferenceSession:
    try:
        import moonshine_voice
    except ModuleNotFoundError as e:
        raise InputError(
            "Reading emotion by learned features needs moonshine-voice: `pip install 'affetto[test]'`."
        ) from e
    path = Path(moonshine_voice.get_model_path("tiny-en")) / "encoder_model.ort"
    # A sentence takes 30 ms on one thread; a second one gains nothing.
    return session(path, threads=1)

"""Which way of the decoder's style sounds like each emotion: tried on two voices, heard by both readers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.voice.model import CLASSES, NEUTRAL_CLASS
from studio.evaluation.emotion_reader import readers
from tts.acoustic import SAMPLE_RATE, Encoding, Kokoro
from tts.prosody import lengths
from tts.text import Reader
from tts.voice import VOICES, resolve

Floats = npt.NDArray[np.float64]

# A woman and a man, each with a line of their own; figures are taken on other voices and lines.
_SAID = {
    "af_heart": "I told you that the letter would come today.",
    "am_michael": "She put the keys on the kitchen table and left.",
}
# The decoder's half; of how voices of one sex differ in it, the ten largest components (86 % of the variance).
HALF = 128
_COMPONENTS = 10
_SYMBOLS = range(40, 120, 10)
# The pitch of anger: the readers are asked where they are undecided.
_SEMITONES = 4.0
# Standard deviations moved for each logit that one of them gains.
_STEP = 0.55


def directions(anchors: tuple[str, ...]) -> Floats:
    """What each anchor adds to the decoder's style, [A, HALF].

    Each component is moved one standard deviation both ways; what it gains an emotion over neutral counts where both
    readers hear it in both voices with one sign, as the mean of the four. The rest is chance, or one reader's taste.
    """
    axes = _components()
    gains = np.stack([_gains(voice, text, axes) for voice, text in _SAID.items()])  # [voices, components, readers, C]
    gains = gains.transpose(0, 2, 1, 3).reshape(-1, len(axes), len(CLASSES))
    agreed = np.where(np.abs(np.sign(gains).sum(axis=0)) == len(gains), gains.mean(axis=0), 0.0)
    return np.stack([_STEP * agreed[:, CLASSES.index(anchor)] @ axes for anchor in anchors])


def _components() -> Floats:
    """Principal components of the voices' styles, as long as their standard deviation, [_COMPONENTS, HALF]."""
    names = list(VOICES)
    styles = np.stack([np.mean([resolve(n).style(s)[0, :HALF] for s in _SYMBOLS], axis=0) for n in names])
    sexes = np.array([VOICES[n].gender for n in names])
    for sex in np.unique(sexes):
        styles[sexes == sex] -= styles[sexes == sex].mean(axis=0)
    _, sizes, axes = np.linalg.svd(styles.astype(np.float64), full_matrices=False)
    return axes[:_COMPONENTS] * (sizes[:_COMPONENTS, None] / np.sqrt(len(styles)))


def _gains(voice: str, text: str, axes: Floats) -> Floats:
    """Logits of each class over neutral that one step along each axis gains, [components, readers, C]."""
    kokoro = Kokoro("cpu")
    (sentence,) = Reader(british=False).read(text)
    encoding = kokoro.encode(sentence.ids, resolve(voice).style(len(sentence.symbols)))
    frames = lengths.whole(encoding.durations)
    f0, energy = kokoro.contour(encoding, frames)
    raised = (f0 * 2 ** (_SEMITONES / 12)).astype(np.float32)
    plain = [reader.features(kokoro.sound(encoding, frames, f0, energy).copy(), SAMPLE_RATE) for reader in readers()]

    def logits(move: Floats) -> Floats:
        sound = kokoro.sound(_moved(encoding, move), frames, raised, energy).copy()
        heard = [
            reader.model.logits((reader.features(sound, SAMPLE_RATE) - neutral)[None])[0]
            for reader, neutral in zip(readers(), plain, strict=True)
        ]
        return np.stack([h - h[NEUTRAL_CLASS] for h in heard])

    return np.stack([(logits(axis) - logits(-axis)) / 2 for axis in axes])


def _moved(encoding: Encoding, move: Floats) -> Encoding:
    style = encoding.style.copy()
    style[0, :HALF] += move
    return replace(encoding, style=style)

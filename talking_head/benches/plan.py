"""What faces are asked to do: which coefficients, emotions and mouth shapes, as coefficients [52]."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from studio.emotion import Emotion
from studio.performance import ARKIT_NAMES, arkit_index
from studio.performance.action_units import sides
from talking_head.motion.affects import AFFECTS, ANCHORS
from talking_head.motion.visemes import viseme

Floats = npt.NDArray[np.float32]

SIDE = 512
"""Photographs are cut around the head and scaled to at most so many pixels."""

# The same seven as of the voice's bench.
EMOTIONS = ("happy", "sad", "angry", "afraid", "surprised", "disgusted", "bored")

MOUTHS = {
    "m": "mat",
    "f": "fan",
    "θ": "thin",
    "s": "sun",
    "ʃ": "ship",
    "ɹ": "red",
    "i": "see",
    "ɛ": "bed",
    "æ": "man",
    "ɑ": "father",
    "ɔ": "law",
    "u": "who",
}
"""Twelve sounds whose mouths can be told apart (Jeffers & Barley 1971), with a word that has each."""

# Of the 52 those that MediaPipe's blendshape graph can say anything about, both sides together. It says 0 for noseSneer
# and cheekSquint whatever it is shown, and has no tongue.
JAW = ("jawOpen",)
LIPS = (
    *("mouthSmile", "mouthFrown", "mouthPucker", "mouthFunnel", "mouthStretch", "mouthPress", "mouthUpperUp"),
    *("mouthLowerDown", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
)
BROWS = ("browInnerUp", "browDown", "browOuterUp")
EYES = ("eyeBlink", "eyeSquint", "eyeWide", "eyeLookUp")
COEFFICIENTS = (*JAW, *LIPS, *BROWS, *EYES)


def pose(**coefficients: float) -> Floats:
    """Coefficients [52]; a name without its side sets both."""
    out = np.zeros(len(ARKIT_NAMES), np.float32)
    for name, value in coefficients.items():
        out[list(sides(name))] = value
    return out


def felt(emotion: str, intensity: float = 1.0) -> Floats:
    """The still expression of an emotion, of nobody speaking."""
    out = np.zeros(len(ARKIT_NAMES), np.float32)
    for anchor, weight in Emotion.parse(f"{emotion}:{intensity:g}").blend(ANCHORS).items():
        for name, size in AFFECTS[anchor].face.items():
            out[list(sides(name))] += weight * size
    return np.clip(out, 0.0, 1.0)


def mouthed(sound: str) -> Floats:
    """The mouth of a sound held for its own sake; m with its lips closed."""
    shape = viseme(sound)
    out = pose(**shape.pose)
    if shape.closes:
        out[arkit_index("mouthClose")] = out[arkit_index("jawOpen")]
        out += pose(mouthPress=0.35)
    return out

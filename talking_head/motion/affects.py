"""How each emotion shows: on the face, in the posture, in how lively and how wide one speaks.

Which muscles each basic emotion moves: action units (AU) of Ekman & Friesen's EMFACS (Ekman, Friesen & Hager 2002, FACS
Investigator's Guide), here as ARKit coefficients: AU1 browInnerUp, AU2 browOuterUp, AU4 browDown, AU5
eyeWide, AU6 cheekSquint, AU7 eyeSquint, AU9 noseSneer, AU10 mouthUpperUp, AU12 mouthSmile, AU14 mouthDimple, AU15
mouthFrown, AU16 mouthLowerDown, AU17 mouthShrugLower, AU20 mouthStretch, AU23/24 mouthPress, AU26 jawOpen, AU43
eyeBlink. Sizes are those of an intensity of 1, a strong but still conversational expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Affect:
    """How an emotion shows. Everything but `face` and the posture is a factor of what a neutral speaker does.

    face: coefficients at intensity 1, ``Left``/``Right`` left out.
    effort: width of articulation; liveliness: size of nods and brow raises; blinks: their rate.
    pitch, yaw, roll: degrees the head is held at; up, forward: centimetres.
    """

    face: Mapping[str, float] = field(default_factory=dict)
    effort: float = 1.0
    liveliness: float = 1.0
    blinks: float = 1.0
    pitch: float = 0.0
    yaw: float = 0.0
    roll: float = 0.0
    up: float = 0.0
    forward: float = 0.0


AFFECTS: dict[str, Affect] = {
    "happy": Affect(  # AU 6+12
        {
            "mouthSmile": 1.0,
            "cheekSquint": 0.9,
            "eyeSquint": 0.42,
            "mouthUpperUp": 0.14,
            "mouthDimple": 0.15,
            "browInnerUp": 0.15,
            "browOuterUp": 0.22,
        },
        effort=1.1,
        liveliness=1.25,
        blinks=1.1,
        pitch=0.6,
        roll=1.8,
        up=0.05,
    ),
    "sad": Affect(  # AU 1+4+15
        {
            "browInnerUp": 1.0,
            "browDown": 0.3,
            "mouthFrown": 1.0,
            "mouthShrugLower": 0.3,
            "eyeBlink": 0.26,
            "eyeSquint": 0.15,
            "eyeLookDown": 0.12,
        },
        effort=0.78,
        liveliness=0.5,
        blinks=0.85,
        pitch=-3.0,
        roll=1.0,
        up=-0.1,
    ),
    "angry": Affect(  # AU 4+5+7+23
        {
            "browDown": 1.0,
            "eyeWide": 0.35,
            "eyeSquint": 0.5,
            "noseSneer": 0.6,
            "mouthPress": 0.4,
            "mouthFrown": 0.4,
            "mouthUpperUp": 0.16,
            "mouthLowerDown": 0.16,
            "jawForward": 0.25,
        },
        effort=1.25,
        liveliness=1.3,
        blinks=0.7,
        pitch=-1.8,
        forward=0.5,
    ),
    "afraid": Affect(  # AU 1+2+4+5+7+20+26
        {
            "browInnerUp": 1.0,
            "browOuterUp": 0.4,
            "browDown": 0.35,
            "eyeWide": 1.0,
            "eyeSquint": 0.12,
            "mouthStretch": 0.85,
            "mouthLowerDown": 0.3,
            "mouthFrown": 0.25,
            "jawOpen": 0.14,
        },
        effort=1.0,
        liveliness=0.8,
        blinks=1.35,
        pitch=-0.8,
        forward=-0.4,
    ),
    "surprised": Affect(  # AU 1+2+5+26
        {
            "browInnerUp": 0.95,
            "browOuterUp": 1.0,
            "eyeWide": 0.95,
            "jawOpen": 0.32,
            "mouthFunnel": 0.12,
        },
        effort=1.15,
        liveliness=1.15,
        blinks=0.75,
        pitch=1.8,
        up=0.15,
        forward=-0.4,
    ),
    "disgusted": Affect(  # AU 9+15+16, with AU 4 and 10 as they come along with AU 9
        {
            "noseSneer": 1.0,
            "browDown": 0.75,
            "mouthUpperUp": 0.5,
            "mouthFrown": 0.7,
            "mouthLowerDown": 0.25,
            "mouthShrugLower": 0.3,
            "eyeSquint": 0.6,
            "cheekSquint": 0.45,
        },
        effort=0.95,
        liveliness=0.9,
        pitch=0.8,
        yaw=1.8,
        roll=1.0,
        forward=-0.25,
    ),
    # Calm and bored are no basic emotions: relaxed lids, a trace of a smile; heavy lids, a slack face, a hanging head.
    "calm": Affect(
        {
            "mouthSmile": 0.38,
            "cheekSquint": 0.22,
            "eyeBlink": 0.15,
            "browInnerUp": 0.05,
        },
        effort=0.93,
        liveliness=0.7,
        blinks=0.9,
        roll=0.8,
    ),
    "bored": Affect(
        {
            "eyeBlink": 0.37,
            "browDown": 0.1,
            "mouthFrown": 0.42,
            "mouthDimple": 0.15,
            "mouthShrugLower": 0.2,
            "eyeLookDown": 0.14,
        },
        effort=0.74,
        liveliness=0.4,
        blinks=0.75,
        pitch=-1.2,
        roll=2.2,
        up=-0.1,
    ),
}
ANCHORS = tuple(AFFECTS)

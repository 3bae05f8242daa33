"""Mouth shapes of the sounds: targets in ARKit coefficients and how strongly each sound insists on them.

Symbols are those of Kokoro's English phonemes (misaki): IPA, with A I O Q W Y for the diphthongs of *day, my, go (US),
go (GB), now, boy*, ʤ ʧ for the affricates and T for the flap of *butter*. Jaw heights follow vowel openness, rounding
and spreading the vowel chart, consonants the usual descriptions of visible articulation: Fisher (1968), Confusions
among visually perceived consonants; Jeffers & Barley (1971), Speechreading; Ladefoged & Johnson, A Course in Phonetics.
How much a sound resists its neighbours follows Recasens' articulatory constraint and Cohen & Massaro (1993): the
sibilants fix the jaw, labials and rounded sounds fix the lips, velars, h and the glottal stop leave both to the vowels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Viseme:
    """pose: target per coefficient, ``Left``/``Right`` left out. jaw, lips: dominance over the neighbours.

    lead: seconds over which the lips make ready. closes: the lips must touch.
    """

    pose: Mapping[str, float] = field(default_factory=dict)
    jaw: float = 1.0
    lips: float = 0.8
    lead: float = 0.05
    closes: bool = False


# Rounding starts well before the sound it is for: 50-80 ms and more ahead of the acoustic onset (Bell-Berti & Harris
# 1982; Perkell & Matthies 1992). This is the width of the Gaussian by which its weight rises.
_ROUNDING_LEAD = 0.085


def _vowel(jaw: float, lips: float = 0.8, **pose: float) -> Viseme:
    return Viseme({"jawOpen": jaw, **pose}, 1.0, lips)


def _round(jaw: float, pucker: float, funnel: float, lips: float = 1.2, jaw_weight: float = 1.0) -> Viseme:
    pose = {"jawOpen": jaw, "mouthPucker": pucker, "mouthFunnel": funnel}
    return Viseme(pose, jaw_weight, lips, _ROUNDING_LEAD)


REST = Viseme({}, 1.0, 1.0)

_OPEN = _vowel(0.46, mouthLowerDown=0.22, mouthUpperUp=0.06)
_CENTRAL = Viseme({"jawOpen": 0.2, "mouthLowerDown": 0.12}, 0.5, 0.4)
_SPREAD = _vowel(0.12, mouthSmile=0.2, mouthStretch=0.3, mouthLowerDown=0.22, mouthUpperUp=0.08)
_NEAR_SPREAD = _vowel(0.18, 0.6, mouthSmile=0.12, mouthStretch=0.16, mouthLowerDown=0.16, mouthUpperUp=0.04)
_MID_FRONT = _vowel(0.31, mouthSmile=0.12, mouthStretch=0.14, mouthLowerDown=0.2, mouthUpperUp=0.07)
_CLOSE_ROUND = _round(0.11, 0.72, 0.22)
_NEAR_ROUND = _round(0.18, 0.5, 0.25, 0.9)
_MID_ROUND = _round(0.3, 0.42, 0.45)
_R_COLOURED = Viseme({"jawOpen": 0.19, "mouthPucker": 0.28, "mouthFunnel": 0.26}, 0.8, 0.9, 0.07)
_BILABIAL = Viseme({"jawOpen": 0.06}, 0.9, 0.5, closes=True)
_LABIODENTAL = Viseme({"jawOpen": 0.06, "mouthRollLower": 0.72, "mouthUpperUp": 0.25}, 1.2, 2.5)
_DENTAL = Viseme({"jawOpen": 0.13, "mouthLowerDown": 0.16, "mouthUpperUp": 0.06, "tongueOut": 0.3}, 0.9, 0.5)
_ALVEOLAR = Viseme({"jawOpen": 0.1, "mouthLowerDown": 0.14}, 0.7, 0.15)
_SIBILANT = Viseme({"jawOpen": 0.045, "mouthStretch": 0.16, "mouthLowerDown": 0.24, "mouthUpperUp": 0.1}, 1.8, 0.6)
_POSTALVEOLAR = Viseme(
    {"jawOpen": 0.06, "mouthFunnel": 0.5, "mouthPucker": 0.3, "mouthUpperUp": 0.08, "mouthLowerDown": 0.12},
    1.8,
    1.5,
    _ROUNDING_LEAD,
)
_VELAR = Viseme({"jawOpen": 0.17, "mouthLowerDown": 0.1}, 0.35, 0.1)
_TRANSPARENT = Viseme({"jawOpen": 0.2, "mouthLowerDown": 0.1}, 0.06, 0.06)

VISEMES: dict[str, Viseme] = {
    **dict.fromkeys("ɑaɒ", _OPEN),
    "æ": _vowel(0.42, mouthSmile=0.12, mouthStretch=0.22, mouthLowerDown=0.28, mouthUpperUp=0.1),
    **dict.fromkeys("ʌɐ", _vowel(0.34, 0.6, mouthLowerDown=0.16)),
    **dict.fromkeys("əᵊ", _CENTRAL),
    **dict.fromkeys("ɪᵻɨ", _NEAR_SPREAD),
    **dict.fromkeys("ɛe", _MID_FRONT),
    "i": _SPREAD,
    **dict.fromkeys("uʉy", _CLOSE_ROUND),
    "ʊ": _NEAR_ROUND,
    "ɔ": _round(0.37, 0.22, 0.34),
    **dict.fromkeys("oøœ", _MID_ROUND),
    **dict.fromkeys("ɜɝɚ", _R_COLOURED),
    "ɹ": Viseme({"jawOpen": 0.12, "mouthPucker": 0.34, "mouthFunnel": 0.3}, 0.7, 0.9, 0.07),
    "r": Viseme({"jawOpen": 0.12, "mouthPucker": 0.34, "mouthFunnel": 0.3}, 0.7, 0.9, 0.07),
    "w": _round(0.07, 0.85, 0.12, 2.2),
    "j": Viseme({"jawOpen": 0.11, "mouthSmile": 0.16, "mouthStretch": 0.18, "mouthLowerDown": 0.14}, 0.6, 0.4),
    **dict.fromkeys("mbp", _BILABIAL),
    **dict.fromkeys("fv", _LABIODENTAL),
    **dict.fromkeys("θð", _DENTAL),
    **dict.fromkeys("tdn", _ALVEOLAR),
    "l": Viseme({"jawOpen": 0.2, "mouthLowerDown": 0.16}, 0.45, 0.15),
    **dict.fromkeys("ɾT", Viseme({"jawOpen": 0.16, "mouthLowerDown": 0.12}, 0.35, 0.1)),
    **dict.fromkeys("sz", _SIBILANT),
    **dict.fromkeys("ʃʒʧʤ", _POSTALVEOLAR),
    **dict.fromkeys("kɡgŋxɫcqç", _VELAR),
    **dict.fromkeys("hʔɦ", _TRANSPARENT),
    # Sounds that are no words. A laugh is an open vowel said with a smile (Ruch & Ekman 2001).
    "[laugh]": _vowel(0.4, mouthSmile=0.5, mouthLowerDown=0.25, mouthUpperUp=0.2),
    "[sigh]": _round(0.24, 0.1, 0.2, 0.6),
    "[gasp]": _vowel(0.38, 0.6, mouthLowerDown=0.16, mouthUpperUp=0.06),
    "[breath]": Viseme({"jawOpen": 0.16, "mouthLowerDown": 0.08}, 0.6, 0.4),
}

# Diphthongs move from one shape to another; they leave the first one after this share of their time.
GLIDES: dict[str, tuple[str, str, float]] = {
    "A": ("e", "ɪ", 0.45),
    "I": ("a", "ɪ", 0.5),
    "O": ("o", "u", 0.45),
    "Q": ("ə", "u", 0.4),
    "W": ("a", "u", 0.5),
    "Y": ("ɔ", "ɪ", 0.45),
}


def viseme(symbol: str) -> Viseme:
    """The shape of a sound (stress and length marks already taken off); an unknown one leaves the mouth half open."""
    return VISEMES.get(symbol) or VISEMES.get(symbol[:1], _TRANSPARENT) if symbol else REST

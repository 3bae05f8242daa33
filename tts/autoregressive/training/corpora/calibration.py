"""Acted German departures moved to English at ordinary strength: each emotion's mean set, its variation kept.

EMO-DB's actors go further than people do, and in German; what they differ in (which actor, which sentence, how the
parts go together) is what its departures are for. The mean comes from the rules (`tts.prosody.rules`), which were tuned
on this acoustic model, and for what these don't have from RAVDESS or, failing that, from EMO-DB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tts.autoregressive.training.corpora.departure import LENGTH, PITCH, STRENGTH, Departure
from tts.prosody.rules import RULES, Rule

Floats = npt.NDArray[np.float64]

# Surprise and calm were not acted: they vary as their neighbours in valence and arousal do.
NEIGHBOURS = {"surprised": "happy", "calm": "bored"}
# How much of the actors' distance from their mean stays, and how far it may reach: every draw has to be someone.
_KEPT, _KEPT_NEUTRAL = 0.6, 0.5
_WIDEST_SHIFT, _WIDEST_TEMPO = 3.0, float(np.log(1.2))
# Strong acting to ordinary: RAVDESS' normal intensity moves pitch, level and length by .2 to .8 of its strong one.
_ORDINARY = 0.6
# Semitones where the rules' are not taken. Angry: the mean of the corpora (RAVDESS +2.8 and +11.4, EMO-DB +9.0, nEMO
# +2.9, EmoTale +1.7) is 5.6; at the rules' 2.5 neither reader took one line in eight for anything but neutral. Afraid:
# RAVDESS +4.1, nEMO +4.3, EMO-DB +6.7; at the rules' 7 a high voice strains (DistillMOS 2.1 for af_bella).
SHIFT = {"angry": 5.0, "afraid": 5.5}
# RAVDESS, strong: change of F0's rise inside stressed vowels (semitones) and of stressed over unstressed vowels (dB).
_STRESSED_SLOPE = {"angry": -1.8, "happy": -1.0, "afraid": -0.8, "sad": 0.2}
_STRESSED_LEVEL = {"angry": 4.4, "afraid": 4.0, "happy": 2.8, "sad": 2.6}
# Stressed over unstressed vowels in the acoustic model's plain readings, dB: dynamics raise that too.
_ABOVE = 6.9
# How a rule's lengthening of consonants falls to sonorants, fricatives and stops (RAVDESS: 1.26-1.48, 1.1-1.3,
# 1.06-1.17), and how much of its final lengthening lies in the whole last fifth.
_BY_CONSONANT = {"sonorant": 1.5, "fricative": 0.95, "stop": 0.55}
_IN_FIFTH = 0.3
# Share of a sentence's time that each term of LENGTH covers, in the acoustic model's plain reading.
_COVERS = {
    "global": 1.0,
    "vowel": 0.42,
    "sonorant": 0.17,
    "fricative": 0.06,
    "stop": 0.16,
    "stressed": 0.26,
    "final_fifth": 0.15,
    "last_vowel": 0.1,
}


def calibrated(acted: Sequence[Departure]) -> list[Departure]:
    """Departures for all of the rules' emotions and for neutral (mean zero)."""
    by_emotion = {e: [d for d in acted if d.emotion == e] for e in {d.emotion for d in acted}}
    out = _moved(by_emotion["neutral"], "neutral", Rule(), _KEPT_NEUTRAL)
    for emotion, rule in RULES.items():
        out += _moved(by_emotion[NEIGHBOURS.get(emotion, emotion)], emotion, rule, _KEPT)
    return out


def _moved(group: Sequence[Departure], emotion: str, rule: Rule, kept: float) -> list[Departure]:
    length, pitch, strength = (np.array([getattr(d, f) for d in group]) for f in ("length", "pitch", "strength"))
    ordinary = 0.0 if emotion == "neutral" else _ORDINARY
    means = (
        _length_mean(rule, ordinary * length.mean(axis=0)),
        _pitch_mean(rule, emotion, ordinary * pitch.mean(axis=0)),
        _strength_mean(rule, emotion, ordinary * strength.mean(axis=0)),
    )
    length, pitch, strength = (kept * (x - x.mean(axis=0)) for x in (length, pitch, strength))
    shift = PITCH.index("shift")
    pitch[:, shift] = np.clip(pitch[:, shift], -_WIDEST_SHIFT, _WIDEST_SHIFT)
    pitch[:, shift] -= pitch[:, shift].mean()
    tempo = length @ np.array([_COVERS.get(n, 0.0) for n in LENGTH])
    length[:, LENGTH.index("global")] += np.clip(tempo, -_WIDEST_TEMPO, _WIDEST_TEMPO) - tempo
    pauses = _pauses(np.array([d.pause for d in group]), rule.pause, kept)
    return [
        replace(d, emotion=emotion, length=means[0] + a, pitch=means[1] + b, strength=means[2] + c, pause=float(p))
        for d, a, b, c, p in zip(group, length, pitch, strength, pauses, strict=True)
    ]


def _length_mean(rule: Rule, acted: Floats) -> Floats:
    consonants = {k: share * np.log(rule.consonants) for k, share in _BY_CONSONANT.items()}
    final = np.log(rule.final)
    known = {
        "global": -np.log(rule.rate),
        "vowel": np.log(rule.vowels),
        **consonants,
        "final_fifth": _IN_FIFTH * final,
        "last_vowel": (1 - _IN_FIFTH) * final,
    }
    return _with(LENGTH, acted, known)


def _pitch_mean(rule: Rule, emotion: str, acted: Floats) -> Floats:
    known = {
        "shift": SHIFT.get(emotion, rule.pitch),
        "range": np.log(rule.pitch_range),
        "declination": rule.declination,
        "final": rule.final_rise,
        "stressed_slope": _ORDINARY * _STRESSED_SLOPE.get(NEIGHBOURS.get(emotion, emotion), 0.0),
    }
    return _with(PITCH, acted, known)


def _strength_mean(rule: Rule, emotion: str, acted: Floats) -> Floats:
    known = {"level": rule.level, "dynamics": np.log(rule.dynamics)}
    stressed = _STRESSED_LEVEL.get(NEIGHBOURS.get(emotion, emotion))
    if stressed is not None:
        known["stressed"] = max(_ORDINARY * stressed - _ABOVE * (rule.dynamics - 1), 0.0)
    return _with(STRENGTH, acted, known)


def _with(names: tuple[str, ...], acted: Floats, known: dict[str, float]) -> Floats:
    return np.array([known.get(n, a) for n, a in zip(names, acted, strict=True)])


def _pauses(acted: Floats, mean: float, kept: float) -> Floats:
    """The rule's pause on average, longer or shorter by how long the actor paused."""
    if not mean:
        return np.zeros(len(acted))
    relative = 1 + kept * np.clip(acted / max(float(acted.mean()), 1e-3) - 1, -1.0, 1.5)
    return mean * relative / relative.mean()

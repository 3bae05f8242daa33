"""A bout of laughter: calls, ever softer and lower, and the breath drawn in after them.

Bachorowski, Smoski & Owren (2001), "The acoustic features of human laughter", JASA 110: 4.4 calls a second, F0 about
twice that of speech and of great variety, no articulation, open central vowels. Provine & Yong (1991), "Laughter: a
stereotyped human vocalization", Ethology 89: notes of 75 ms every 210 ms, and a decrescendo. Trouvain (2003),
"Segmenting phonetic units in laughter", ICPhS: a bout ends in an audible inhalation. Kipper & Todt (2003): bouts whose
calls are all alike are not taken for laughter; hence every call has draws of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.emotion import Emotion
from tts.nonverbal.score import Floats, Score, steps, swell

# Of a call, seconds: the glottis closes at once, and opens gradually; breath is heard before, and long after.
_RISE, _RELEASE, _BREATH_BEFORE, _BREATH_AFTER = 0.014, 0.022, 0.018, 0.06
_FIRST = 0.08


@dataclass(frozen=True)
class _Call:
    start: float
    seconds: float
    pitch: float
    decibels: float


def laugh(emotion: Emotion, rng: np.random.Generator) -> Score:
    """From a chuckle of two or three breathy calls to seven loud ones an octave over speech."""
    valence, arousal, _ = emotion.at("voice").vad
    # 0 a chuckle, 1 a hearty laugh: plain amusement is neither, and joy or excitement make it more.
    size = float(np.clip(0.3 + 0.35 * valence + 0.55 * arousal, 0.0, 1.0))
    calls = _calls(size, rng)
    end = calls[-1].start + calls[-1].seconds + _BREATH_AFTER
    inhalation = (0.24 + 0.12 * size) * float(np.exp(rng.normal(0.0, 0.1)))
    at = steps(end + inhalation + 0.03)
    pitch, tilt = np.full(len(at), calls[0].pitch), np.full(len(at), 4.0)
    voice, breath = np.zeros(len(at)), np.zeros(len(at))
    # From pressed and bright to breathy and dull.
    bright, airy = 2.0 - 8.0 * size, 1.0 - 0.45 * size
    for call in calls:
        since = at - call.start
        gain = 10 ** (call.decibels / 20)
        near = (since > -_FIRST) & (since < call.seconds + 0.25)
        pitch = np.where(
            (since > -0.04) & (since < call.seconds + 0.12), call.pitch * _arch(since, call.seconds), pitch
        )
        tilt = np.where(near, bright + 6.0 * np.clip((since - call.seconds) / 0.04, 0.0, 1.0), tilt)
        voice += gain * _closing(since, call.seconds)
        breath += gain * airy * np.where(near, _breath(since, call.seconds), 0.0)
    drawn_in = (0.1 + 0.25 * size) * swell(at - end, inhalation, 0.55, 0.15)
    borders = [0.0, *(c.start - 0.02 for c in calls[1:]), end, float(len(at) * 0.005)]
    names = ["[laugh]"] * len(calls) + ["[breath]"]
    return Score(
        pitch=pitch,
        voice=voice,
        tilt=tilt,
        breath=breath,
        inhaled=drawn_in,
        brightness=np.full(len(at), 3.0),
        damped=0.0,
        open=float(rng.uniform(0.85, 1.0)),
        roughness=0.02,
        level=-9.0 + 9.0 * size,
        spans=tuple((n, a, b) for n, a, b in zip(names, borders, borders[1:], strict=False)),
    )


def _calls(size: float, rng: np.random.Generator) -> list[_Call]:
    count = int(np.clip(round(2.3 + 4.2 * size + rng.normal(0.0, 0.5)), 2, 8))
    period = 1.0 / (4.6 + 0.5 * size + rng.normal(0.0, 0.2))
    highest = (1.25 + 0.75 * size) * 2 ** (rng.normal(0.0, 1.0) / 12)
    # Over the bout, semitones and dB from call to call.
    falling, fading = 0.6 + 0.5 * size, 2.6 - 0.7 * size
    calls, start = [], _FIRST
    for i in range(count):
        seconds = 0.07 * np.exp(rng.normal(0.0, 0.2)) * (1.3 if i == 0 else 1.0)
        pitch = highest * 2 ** (-(max(i - 1, 0) * falling + rng.normal(0.0, 0.9)) / 12)
        decibels = -fading * max(i - 1, 0) + rng.normal(0.0, 1.0) - (2.0 if i == 0 else 0.0)
        calls.append(_Call(start, float(seconds), float(pitch), float(decibels)))
        start += period * (1 + 0.02 * i) * float(np.exp(rng.normal(0.0, 0.07))) + (0.03 if i == 0 else 0.0)
    return calls


def _arch(since: Floats, seconds: float) -> Floats:
    """F0 in a call rises and falls by some five semitones, ending lower than it began."""
    x = np.clip(since / (1.6 * seconds), 0.0, 1.0)
    return np.asarray(2 ** ((5.0 * (np.sin(np.pi * (0.08 + 0.8 * x)) - 0.6) - x) / 12))


def _closing(since: Floats, seconds: float) -> Floats:
    up = np.sin(np.pi / 2 * np.clip(since / _RISE, 0.0, 1.0)) ** 2
    held = 1.0 - 0.25 * np.clip(since / seconds, 0.0, 1.0)
    return np.asarray(up * held * np.exp(-np.maximum(since - seconds, 0.0) / _RELEASE))


def _breath(since: Floats, seconds: float) -> Floats:
    before = np.exp(np.minimum(since, 0.0) / _BREATH_BEFORE)
    after = np.exp(-np.maximum(since - seconds, 0.0) / _BREATH_AFTER)
    return np.asarray(before * after)

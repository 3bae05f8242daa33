"""Phonemes -> lips, jaw and tongue, with coarticulation.

The dominance model of Cohen & Massaro (1993), Modeling coarticulation in synthetic visual speech: each sound pulls the
mouth toward its target with a weight that rises before it and falls after it, and the mouth is where the weighted
targets balance. Here the weight is a Gaussian of the distance to the sound's core, so that paths have no corners.
Contact of the lips is not left to that balance: it is a gesture of its own that reaches its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from studio.performance import ARKIT_NAMES, arkit_index
from talking_head.motion.curves import Array, pulse, step
from talking_head.motion.line import PAUSE, Line, Segment
from talking_head.motion.visemes import GLIDES, REST, Viseme, viseme

# Shapes are formed this much before they are heard: the vocal tract has to be there first, and viewers notice pictures
# that are late much sooner than ones that are early (ITU-R BT.1359: 45 against 125 ms).
_AHEAD = 0.02
# The width by which a sound's weight fades after its core.
_TRAIL = 0.04
_RELAXING = 0.1
# Sounds further away than this have no weight left.
_REACH = 0.8
# Frames worked on at once: bounds memory on long recordings.
_CHUNK = 500
# About how long lips take to meet and to part around a bilabial (kinematics: Löfqvist & Gracco 1997; the release is
# the faster). Chosen short, by eye, so that the vowel between two of them still opens.
_CLOSING, _RELEASE = 0.065, 0.045
# The burst of p, b is at the closure's end; what follows it (aspiration) is said with open lips.
_HELD = {"m": 0.85, "b": 0.75, "p": 0.6}
# Vowels longer than this are followed in parts, seconds.
_SYLLABLE = 0.15
# Jaw opening grows by this power of the sound's amplitude: +6 dB opens it by a quarter. Chosen by eye.
_LOUDNESS_POWER = 0.33


def columns(name: str) -> list[int]:
    """The columns of a coefficient; of both sides when its name lacks ``Left`` or ``Right``."""
    if name in ARKIT_NAMES:
        return [arkit_index(name)]
    return [arkit_index(name + "Left"), arkit_index(name + "Right")]


# What parts the lips besides the jaw; none of it may show while they touch.
PARTING = [i for n in ("mouthLowerDown", "mouthUpperUp", "mouthFunnel", "mouthShrugUpper") for i in columns(n)]
SPREADING = [i for n in ("mouthSmile", "mouthStretch", "mouthDimple") for i in columns(n)]
ROUNDING = [arkit_index("mouthPucker"), arkit_index("mouthFunnel")]
_JAW = arkit_index("jawOpen")
_TONGUE = arkit_index("tongueOut")


@dataclass(frozen=True, eq=False)
class Articulation:
    """pose: float64 [F, 52], the mouth without feeling. contact: [F], 1 where the lips must touch."""

    pose: Array
    contact: Array


@dataclass(frozen=True)
class _Gesture:
    shape: Viseme
    core: tuple[float, float]
    opening: float = 1.0
    weight: float = 1.0
    lead: float = _TRAIL
    trail: float = _TRAIL


def articulate(line: Line, effort: Array) -> Articulation:
    """Move the mouth through the line. effort: [F], 1 for ordinary speech, larger for wider articulation."""
    efforts = np.interp([(s.start + s.end) / 2 for s in line.segments], line.times, effort).tolist()
    gestures = _relaxed([g for s, e in zip(line.segments, efforts, strict=True) for g in _gestures(line, s, e)])
    targets = np.zeros((len(gestures), len(ARKIT_NAMES)))
    for i, g in enumerate(gestures):
        for name, value in g.shape.pose.items():
            # Lips spread and round with effort too, but less than the jaw drops.
            scale = g.opening if name == "jawOpen" else g.opening**0.5
            targets[i, columns(name)] = value * scale
    pose = np.zeros((len(line.times), len(ARKIT_NAMES)))
    cores = np.array([g.core for g in gestures])
    for first in range(0, len(line.times), _CHUNK):
        times = line.times[first : first + _CHUNK] + _AHEAD
        near = np.flatnonzero((cores[:, 1] > times[0] - _REACH) & (cores[:, 0] < times[-1] + _REACH))
        pose[first : first + _CHUNK] = _balance(times, [gestures[i] for i in near], targets[near])
    pose[:, _JAW] += _inhale(line)
    return Articulation(np.clip(pose, 0.0, 1.0), _contact(line))


def _gestures(line: Line, s: Segment, effort: float) -> list[_Gesture]:
    if not s.symbol:
        # A gap between words says nothing about the mouth; a real pause brings it to rest.
        core = (s.start + min(0.16, 0.4 * s.seconds), s.end - min(0.1, 0.3 * s.seconds))
        return [_Gesture(REST, core, weight=float(step((s.seconds - 0.05) / PAUSE)), trail=_RELAXING)]
    if s.symbol in GLIDES:
        return _glide(line, s, effort)
    if not s.is_vowel:
        return [_Gesture(viseme(s.symbol), _core(s.start, s.end))]
    # A long vowel opens and eases as its loudness does.
    edges = np.linspace(s.start, s.end, 1 + int(np.ceil(s.seconds / _SYLLABLE)))
    return [_Gesture(viseme(s.symbol), _core(a, b), effort * _opening(line.loudness(a, b))) for a, b in pairwise(edges)]


def _glide(line: Line, s: Segment, effort: float) -> list[_Gesture]:
    """A diphthong stays a while where it starts, then moves until it ends; a long one moves slowly."""
    first, second, share = GLIDES[s.symbol]
    leaves, arrives = s.start + share * s.seconds, s.end - 0.1 * s.seconds
    slow = 0.22 * s.seconds
    return [
        _Gesture(
            viseme(first),
            (s.start + 0.2 * s.seconds, leaves),
            effort * _opening(line.loudness(s.start, leaves)),
            trail=max(_TRAIL, slow),
        ),
        _Gesture(
            viseme(second),
            (arrives, s.end),
            effort * _opening(line.loudness(leaves, s.end)),
            lead=max(_TRAIL, slow),
        ),
    ]


def _opening(loudness: float) -> float:
    return float(10.0 ** (_LOUDNESS_POWER * loudness / 20.0))


def _relaxed(gestures: list[_Gesture]) -> list[_Gesture]:
    """The last sound before a pause fades slowly: no next one pulls the mouth away from it."""
    ends = [after.shape is REST and after.weight > 0.5 for after in gestures[1:]] + [False]
    return [replace(g, trail=_RELAXING) if last else g for g, last in zip(gestures, ends, strict=True)]


def _core(start: float, end: float) -> tuple[float, float]:
    quarter = 0.25 * (end - start)
    return start + quarter, end - quarter


def _balance(times: Array, gestures: list[_Gesture], targets: Array) -> Array:
    """[F, 52]: at each time the mean of the targets, weighted by dominance; jaw and lips have weights of their own."""
    start, end = np.array([g.core for g in gestures]).T[:, :, None]
    before, after = np.maximum(start - times, 0.0), np.maximum(times - end, 0.0)
    lead = np.array([g.lead for g in gestures])[:, None]
    lips_lead = np.array([max(g.lead, g.shape.lead) for g in gestures])[:, None]
    trail = np.array([g.trail for g in gestures])[:, None]
    strength = np.array([g.weight for g in gestures])[:, None] + 1e-6

    def mean(dominance: list[float], lead: Array) -> Array:
        log_weight = np.log(np.array(dominance)[:, None] * strength) - (before / lead) ** 2 - (after / trail) ** 2
        weight = np.exp(log_weight - log_weight.max(axis=0))
        return np.asarray((weight / weight.sum(axis=0)).T @ targets)

    pose = mean([g.shape.lips for g in gestures], lips_lead)
    jaw = mean([g.shape.jaw for g in gestures], lead)
    pose[:, [_JAW, _TONGUE]] = jaw[:, [_JAW, _TONGUE]]
    return pose


def _inhale(line: Line) -> Array:
    """[F] The lips part for a breath before each phrase that follows a pause."""
    breath = np.zeros_like(line.times)
    ended = 0.0
    for start, end in line.phrases:
        pause = start - ended
        if pause > 0.2:
            deep = min(1.0, pause / 0.5)
            breath += 0.07 * deep * pulse(line.times, start - 0.17, start - 0.1, min(0.18, pause / 2), 0.1)
        ended = end
    return breath


def _contact(line: Line) -> Array:
    """[F] 1 where the lips touch for m, b, p. Each of them gets at least the frame that shows its middle."""
    closures = []
    for s in line.segments:
        if viseme(s.symbol).closes:
            shown = line.times[min(int((s.start + s.end) / 2 * line.fps), len(line.times) - 1)]
            held = s.start + _HELD.get(s.symbol[:1], 1.0) * s.seconds
            closures.append((min(s.start - _AHEAD, shown), max(held - _AHEAD, shown)))
    return touching(line.times, closures)


def touching(times: Array, closures: Iterable[tuple[float, float]]) -> Array:
    """[F] the gesture of the lips: 1 while they touch, from the first to the second of each pair of seconds."""
    contact = np.zeros_like(times)
    for first, last in closures:
        # It is 0 everywhere else, and a recording may hold thousands.
        near = slice(*np.searchsorted(times, (first - _CLOSING, last + _RELEASE)))
        contact[near] = np.maximum(contact[near], pulse(times[near], first, last, _CLOSING, _RELEASE))
    # Exactly 1 where it is 1 but for rounding, so that contact is contact.
    return np.where(contact > 1.0 - 1e-9, 1.0, contact)

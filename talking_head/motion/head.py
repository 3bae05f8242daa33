"""Head motion: a slow drift, movements on accents, and the posture of the emotion."""

from __future__ import annotations

import numpy as np

from talking_head.motion.curves import Array, drift, step, stream
from talking_head.motion.feeling import Feeling
from talking_head.motion.line import Line

# How far a talking head turns at most here, degrees of pitch, yaw, roll; reached softly.
LIMITS = np.array([6.5, 8.0, 5.5])
# RMS-like sizes of the slow drift, degrees. Speakers' heads move mostly below 1 Hz (Hadar et al. 1983).
_DRIFT = np.array([1.9, 4.4, 2.4])
# A nod on an accent, degrees, and its two halves in seconds; the head leads the vowel's peak a little (Munhall et al.
# 2004; Graf et al. 2002).
_NOD, _NOD_DOWN, _NOD_UP = 3.6, 0.24, 0.4
# Every syllable moves the head a little, the more the louder it is (Munhall et al. 2004: head and voice share their
# rhythm): degrees of pitch, yaw, roll, and its two halves in seconds. Sizes are those that bring speed and spectrum to
# those of speakers to a camera (decision 22).
_BEAT, _BEAT_RISE, _BEAT_FALL = np.array([1.1, 0.9, 0.7]), 0.16, 0.2
# Natural frequency of the posture's spring, radians a second: it settles in about 0.8 s; and its steps a frame.
_SPRING, _TICKS = 6.0, 4
# At the ends of the line the head is nearly where the portrait holds it.
_ENDS = 0.12


def move_head(line: Line, feeling: Feeling, shown: Array, seed: int, turns: Array | None = None) -> tuple[Array, Array]:
    """Rotation in radians [F, 3] (pitch, yaw, roll) and translation in centimetres [F, 3] (right, up, forward).

    shown: [F] how much of the expression shows (`expression.swell`).
    turns: [F, 3] radians, of a motion that is learned; None drifts and nods.
    """
    t = line.times
    liveliness = feeling.mixed("liveliness", 1.0)[:, None]
    if turns is None:
        wander = np.stack([drift(t, stream(seed, f"head {axis}"), 0.07, 0.45) for axis in range(3)], axis=1) * _DRIFT
        moving = wander * (0.6 + 0.4 * liveliness) + (_accent_movements(line, seed) + _beats(line, seed)) * liveliness
    else:
        moving = np.rad2deg(turns) * (0.5 + 0.5 * liveliness)
    moving = moving * _between(t)[:, None]
    held = _settled(_posture(feeling, seed) * shown[:, None], line.fps)
    degrees = moving + held[:, :3]
    rotation = np.deg2rad(LIMITS * np.tanh(degrees / LIMITS))
    sway = np.stack([drift(t, stream(seed, f"sway {axis}"), 0.06, 0.3) for axis in range(3)], axis=1)
    translation = 0.12 * sway * _between(t)[:, None] + held[:, 3:]
    return rotation, translation


def _between(t: Array) -> Array:
    """[F] 1 within the line, small at both ends."""
    grown = step((t + 0.1) / 0.9) * step((t[-1] + 0.15 - t) / 0.9)
    return np.asarray(_ENDS + (1.0 - _ENDS) * grown)


def _settled(posture: Array, fps: float) -> Array:
    """[F, 6] The posture follows the feeling, but heavier than a face: a critically damped spring."""
    settled = np.empty_like(posture)
    at, speed = 0.6 * posture[0], np.zeros(posture.shape[1])
    tick = 1.0 / (fps * _TICKS)
    for i, goal in enumerate(posture):
        for _ in range(_TICKS):
            speed = speed + (_SPRING**2 * (goal - at) - 2.0 * _SPRING * speed) * tick
            at = at + speed * tick
        settled[i] = at
    return settled


def _posture(feeling: Feeling, seed: int) -> Array:
    """[F, 6] degrees of pitch, yaw, roll; centimetres right, up, forward."""
    rng = stream(seed, "posture")
    turn, tilt = np.where(rng.uniform(size=2) < 0.5, -1.0, 1.0) * rng.uniform(0.8, 1.2, 2)
    courses = {trait: feeling.mixed(trait, 0.0) for trait in ("pitch", "yaw", "roll", "up", "forward")}
    turned = (courses["pitch"], turn * courses["yaw"], tilt * courses["roll"])
    return np.stack([*turned, np.zeros_like(courses["up"]), courses["up"], courses["forward"]], axis=1)


def _accent_movements(line: Line, seed: int) -> Array:
    """[F, 3] degrees: nods on accents, most of them down, some with a turn or a tilt."""
    rng = stream(seed, "nods")
    moved = np.zeros((len(line.times), 3))
    for time, weight in line.accents:
        way, turn, tilt, size, early = rng.uniform(size=5)
        sizes = [_NOD * (-1.0 if way < 0.75 else 0.6), 2.6 * (2 * turn - 1) ** 3, 2.2 * (2 * tilt - 1) ** 3]
        peak = time - 0.02 - 0.05 * early
        _move(moved, line.times, peak, _NOD_DOWN, _NOD_UP, weight * (0.6 + 0.8 * size) * np.array(sizes))
    return moved


def _beats(line: Line, seed: int) -> Array:
    """[F, 3] degrees: a small movement with every syllable, down more often than up, otherwise any way."""
    rng = stream(seed, "beats")
    moved = np.zeros((len(line.times), 3))
    for s in line.segments:
        if s.is_vowel:
            way = rng.normal((-0.4, 0.0, 0.0), (0.9, 1.0, 1.0))
            loud = np.clip(0.6 + line.loudness(s.start, s.end) / 12.0, 0.1, 1.4)
            _move(moved, line.times, s.start + 0.4 * s.seconds, _BEAT_RISE, _BEAT_FALL, loud * way * _BEAT)
    return moved


def _move(moved: Array, t: Array, peak: float, rise: float, fall: float, size: Array) -> None:
    """Add to `moved` [F, 3] a movement by `size` [3] that is there at `peak` and gone after `fall`."""
    near = slice(*np.searchsorted(t, (peak - rise, peak + fall)))
    course = step((t[near] - peak + rise) / rise) * step((peak + fall - t[near]) / fall)
    moved[near] += course[:, None] * size

"""Blinks and gaze."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.performance.face_motion import GAZE_RANGE
from talking_head.motion.curves import Array, pulse, step, stream
from talking_head.motion.line import PAUSE, Line

# Blinks a minute within a phrase; those at phrase ends come on top: 26 in all with a pause every 2.5 s. People: 17 at
# rest, 26 in free conversation, 4.5 reading (Bentivoglio et al. 1997); 30 of those tracked here (decision 22).
_BLINK_RATE = 16.0
# The lid falls faster than it rises (Evinger, Manning & Sibony 1991; VanderWerf et al. 2003), in seconds.
_LID_DOWN, _LID_CLOSED, _LID_UP = 0.085, 0.02, 0.17
# How much likelier a blink is at the end of a phrase than within it (Nakano & Kitazawa 2010).
_AT_PHRASE_END = 4.0
# A small saccade lasts about this long (Bahill, Clark & Stark 1975: 2.2 ms a degree + 21 ms, and the lid's lag).
_SACCADE = 0.045


def blink_times(line: Line, rate: Array, seed: int) -> list[float]:
    """When the eyes blink, seconds. rate: factor of the usual rate, [F]."""
    rng = stream(seed, "blinks")
    t = line.times
    hazard = np.ones_like(t)
    for _, end in line.phrases:
        hazard += _AT_PHRASE_END * pulse(t, end - 0.05, end + 0.2, 0.1, 0.15)
    # Time as the blinks feel it: a change of rate stretches the same sequence rather than drawing another.
    felt = np.cumsum(hazard) * rate * _BLINK_RATE / 60.0 / line.fps
    found: list[float] = []
    due = rng.uniform(0.25, 0.9)
    while due < felt[-1]:
        time = float(t[np.searchsorted(felt, due)])
        # Intervals vary by about half their mean; two blinks never touch.
        due += rng.lognormal(-0.11, 0.47)
        if (not found or time - found[-1] >= 0.5) and t[-1] - time >= 0.1:
            found.append(time)
    return found


def blink(t: Array, blinks: Sequence[float], seed: int) -> Array:
    """How far the lids are closed, [F, 2 (left, right)] in 0..1, at times `t` by `blinks` at those seconds."""
    rng = stream(seed, "lids")
    lids = np.zeros((len(t), 2))
    reach = _LID_DOWN + _LID_UP
    for time in blinks:
        lags = min(0.03 * rng.uniform(-1.0, 1.0), 0.0)
        near = slice(*np.searchsorted(t, (time - reach, time + reach)))
        shut = pulse(t[near], time - _LID_CLOSED / 2, time + _LID_CLOSED / 2, _LID_DOWN, _LID_UP)
        lids[near] = np.maximum(lids[near], np.stack([shut, shut * (1.0 + lags)], axis=1))
    return lids


def look(t: Array, looks: Sequence[tuple[float, Array]], head: Array) -> Array:
    """Where the eyes turn in the head, radians [F, 2 (pitch, yaw)], at times `t`.

    looks: (second, [2] line of sight in radians from the viewer's eyes) they jump to, in time.
    head: rotation [F, 3] (pitch, yaw, roll).
    """
    target = np.zeros((len(t), 2))
    at = np.zeros(2)
    for time, place in looks:
        first, landed = np.searchsorted(t, (time, time + _SACCADE))
        target[first:landed] += step((t[first:landed] - time) / _SACCADE)[:, None] * (place - at)
        target[landed:] = place
        at = place
    # The vestibulo-ocular reflex keeps the eyes on the viewer while the head moves; its gain is a little under 1.
    return np.asarray(target - 0.9 * head[:, :2])


def fixations(line: Line, seed: int) -> list[tuple[float, Array]]:
    """(time, place) the eyes jump to, place in radians (pitch, yaw) from the viewer's eyes: mostly at the viewer."""
    rng = stream(seed, "gaze")
    away: list[tuple[float, float]] = []
    found: list[tuple[float, Array]] = []
    # Speakers look away as they begin a phrase and back when it is under way (Kendon 1967).
    for (_, ended), (start, end) in zip(line.phrases, line.phrases[1:], strict=False):
        averts, size, side, down, stays = rng.uniform(size=5)
        if start - ended > PAUSE and averts < 0.5 and end - start > 0.8:
            leave = start - 0.1 + 0.1 * stays
            place = np.deg2rad([-3.0 * down + 0.5, (4.0 + 3.5 * size) * (1.0 if side > 0.5 else -1.0)])
            found.append((leave, place))
            away.append((leave, leave + 0.4 + 0.4 * stays))
    # Between, the gaze moves about within the viewer's face.
    time = 0.0
    while time < line.times[-1]:
        place = np.deg2rad(rng.normal(0.0, (0.5, 0.9)).clip(-1.8, 1.8))
        time += 0.35 + rng.gamma(2.0, 0.45)
        if not any(a <= time < b for a, b in away):
            found.append((time, place))
    found += [(back, np.zeros(2)) for _, back in away]
    return sorted(found, key=lambda f: f[0])


def eye_coefficients(gaze: Array, lids: Array) -> dict[str, Array]:
    """ARKit's eye coefficients for a gaze [F, 2 (pitch, yaw)] in radians and blinks [F, 2]; lids follow the gaze."""
    up, left = (gaze / GAZE_RANGE).T
    out = {"eyeLookOutLeft": left, "eyeLookInRight": left, "eyeLookInLeft": -left, "eyeLookOutRight": -left}
    for side, lid in zip(("Left", "Right"), lids.T, strict=True):
        out[f"eyeLookUp{side}"] = up
        out[f"eyeLookDown{side}"] = -up
        lowered = 0.5 * np.maximum(-up, 0.0)
        out[f"eyeBlink{side}"] = lid + (1.0 - lid) * lowered
        out[f"eyeWide{side}"] = 0.3 * np.maximum(up, 0.0) * (1.0 - lid)
    return {name: np.clip(value, 0.0, 1.0) for name, value in out.items()}

"""Speech + Emotion + seed -> FaceMotion."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from studio.acting import LifeName
from studio.emotion import Emotion, EmotionTrack
from studio.performance import FaceMotion, Speech, arkit_index, timed_words
from talking_head.motion.attention import turned
from talking_head.motion.curves import Array
from talking_head.motion.expression import express, swell
from talking_head.motion.eyes import blink, blink_times, eye_coefficients, fixations, look
from talking_head.motion.feeling import Feeling
from talking_head.motion.head import move_head
from talking_head.motion.line import Line
from talking_head.motion.lips import PARTING, ROUNDING, SPREADING, Articulation, articulate, columns
from talking_head.motion.mouthing import mouthing, opened

if TYPE_CHECKING:
    from talking_head.motion.living.life import Life

_JAW, _CLOSE = arkit_index("jawOpen"), arkit_index("mouthClose")
_PRESS = columns("mouthPress")


def compose_motion(
    speech: Speech,
    emotion: Emotion | EmotionTrack,
    seed: int,
    fps: float = 25.0,
    *,
    lip_scale: float = 1.0,
    held: npt.NDArray[np.float32] | None = None,
    life: LifeName = "procedural",
    toward: float | npt.NDArray[np.floating] = 0.0,
) -> FaceMotion:
    """The motion of a face that says `speech` with `emotion`: ``max(1, round(speech.seconds * fps))`` frames.

    A track counts in seconds or in the words of the speech; of its marks, "mouth" says how wide words are mouthed.
    lip_scale: how wide all of them are.  held: [52] an expression that is made throughout (`driving.expression_from`).
    life: what moves head, brows, lids and eyes: "procedural", rules with figures of people, or "diffusion", learned
        from a few minutes of them (decision 22).
    toward: radians, a number or [F], of where somebody listened to sits, positive to this person's left: eyes turn
        there, and the head a part of the way (`motion.attention`).

    Lips follow the phonemes with coarticulation and touch on every m, b, p; of a recording without a timeline (no
    phonemes) they are heard (`talking_head.listening`). Jaw and lips open with loudness and the emotion's effort. The
    expression breathes with the line. Blinks, gaze and head motion are drawn from `seed`: the same one gives the same
    motion. Sources are named in the modules of this package.
    """
    line, said = _line(speech, fps)
    track = EmotionTrack.constant(emotion) if isinstance(emotion, Emotion) else emotion
    track = track.in_seconds(timed_words(speech.text, speech.words))
    feeling = Feeling.of(track, line.times, fps)
    shown = swell(line, seed)
    learned = _learned(line, track, seed) if life == "diffusion" else None
    rotation, translation = move_head(line, feeling, shown, seed, learned.turns if learned else None)
    rotation, aside = turned(rotation, line, toward)
    mouth = opened(said(feeling.mixed("effort", 1.0)), mouthing(track, line.times, lip_scale))
    face = _with_speech(express(line, feeling, seed, held, learned.face if learned else None), mouth)
    blinks = learned.blinks if learned else blink_times(line, feeling.mixed("blinks", 1.0), seed)
    lids = blink(line.times, blinks, seed)
    looks = learned.looks if learned else fixations(line, seed)
    for name, value in eye_coefficients(look(line.times, looks, rotation) + aside, lids).items():
        column = arkit_index(name)
        if name.startswith("eyeLook"):
            face[:, column] += value
        else:
            face[:, column] = _both(face[:, column], value)
    for name in ("eyeWide", "eyeSquint"):
        face[:, columns(name)] *= 1.0 - lids
    return FaceMotion(
        coefficients=np.clip(face, 0.0, 1.0).astype(np.float32),
        rotation=rotation.astype(np.float32),
        translation=translation.astype(np.float32),
        fps=fps,
    )


def _learned(line: Line, track: EmotionTrack, seed: int) -> Life:
    # Its weights and what hears pitch are loaded by those who want it.
    from talking_head.motion.living import learned_life

    return learned_life(line, track, seed)


def _line(speech: Speech, fps: float) -> tuple[Line, Callable[[Array], Articulation]]:
    """The line on the film's frames, and what its mouth does at an effort [F]: as its timeline says, or as heard."""
    if speech.phonemes:
        line = Line.of(speech, fps)
        return line, partial(articulate, line)
    # What listens is built on this package, which must not need it to be imported.
    from talking_head.motion.heard import articulation_of, heard_line

    line, heard = heard_line(speech, fps)
    return line, partial(articulation_of, heard, line)


def _both(a: Array, b: Array) -> Array:
    """Two causes of one action: it grows with each and stays within 0..1."""
    return a + b - a * b


def _with_speech(face: Array, mouth: Articulation) -> Array:
    """Lay the articulation over the expression, [F, 52]; what a sound needs wins over what a feeling wants."""
    pose, contact = mouth.pose, mouth.contact[:, None]
    face = face.copy()
    rounded = pose[:, ROUNDING].max(axis=1, keepdims=True)
    face[:, SPREADING] *= 1.0 - 0.6 * rounded
    tucked = pose[:, [arkit_index("mouthRollLower")]]
    face[:, columns("mouthLowerDown")] *= 1.0 - np.minimum(1.5 * tucked, 1.0)
    face = _both(face, pose)
    face[:, PARTING] *= 1.0 - contact
    face[:, SPREADING] *= 1.0 - 0.1 * contact
    # The jaw rises with the lower lip, so that a closure in a shout is not a stretched face.
    face[:, [_JAW]] *= 1.0 - 0.6 * contact
    face[:, _PRESS] = _both(face[:, _PRESS], 0.35 * contact)
    face[:, _CLOSE] = face[:, _JAW] * mouth.contact
    return face

"""A composed motion led by a driver: expression, pose, lips and eyes separately, each as strongly as asked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from studio.acting import Drive
from studio.performance import ARKIT_NAMES, FaceMotion, arkit_index
from studio.performance.tracked import Tracked
from talking_head.driving.performance import Performance
from talking_head.motion.curves import step
from talking_head.motion.expression import while_speaking
from talking_head.motion.eyes import eye_coefficients
from talking_head.motion.lips import PARTING, ROUNDING, SPREADING, columns

Array = npt.NDArray[np.float64]

# How far a driver turns and moves the head at most, degrees of pitch, yaw, roll and centimetres right, up, forward;
# reached softly. The photo renderer shows turns of up to 13 and 18 degrees, likewise softly (decision 6).
_TURNS = np.deg2rad([10.0, 13.0, 12.0])
_MOVES = np.array([1.2, 1.0, 1.0])
# Eyes turn at most this far in the head, a glance's range.
_GLANCE = np.deg2rad(25.0)
# Half a blink looks like a twitch: below the first share of the eyes the composed blinks stay, from the second on the
# driver's are whole.
_BLINKS = (0.35, 0.65)
# What stays on the mouth for this long is its expression, what comes and goes is speech; seconds.
_HELD = 0.4
# The jaw of somebody who speaks goes up and down by this much within that time.
_SPEAKING = 0.08

_JAW, _CLOSE = arkit_index("jawOpen"), arkit_index("mouthClose")
_LIPS = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(("jaw", "mouth", "tongue"))]
_EYES = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(("eyeBlink", "eyeLook"))]
_UPPER = [i for i in range(len(ARKIT_NAMES)) if i not in (*_LIPS, *_EYES)]
# The mouth's share in an expression.
_MANNERS = (
    *("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch"),
    *("mouthUpperUp", "mouthLowerDown", "mouthShrugLower"),
)
_MANNER = [i for name in _MANNERS for i in columns(name)]


def driven(composed: FaceMotion, driver: Tracked, drive: Drive | None = None) -> FaceMotion:
    """`composed`, led by the face that was tracked in a film; as many frames, at the same rate.

    The driver counts relative to the driver's own rest. Where the driver is not to be seen, and after the end of a
    shorter film, the composed motion goes on. Lips that touch in `composed` touch as far as its lips are kept.
    """
    drive = drive or Drive()
    lead = Performance.of(driver).played(len(composed), composed.fps, drive.back_and_forth)
    face = composed.coefficients.astype(np.float64)
    touching = _contact(face)
    face[:, _UPPER] = _led(face[:, _UPPER], lead.face[:, _UPPER], drive.expression, lead)
    _colour_mouth(face, touching, drive.expression, lead, composed.fps)
    face[:, _LIPS] = _led(face[:, _LIPS], lead.face[:, _LIPS], drive.lips, lead)
    face[:, [_CLOSE]] = face[:, [_JAW]] * touching * (1.0 - _share(drive.lips, lead))
    rotation = _led(composed.rotation, lead.rotation, drive.pose, lead, _TURNS)
    _lead_eyes(face, composed, rotation, drive.eyes, lead)
    closing = face[:, columns("eyeBlink")] * _share(drive.expression, lead)
    for name in ("eyeWide", "eyeSquint"):
        face[:, columns(name)] *= 1.0 - closing
    return FaceMotion(
        coefficients=np.clip(face, 0.0, 1.0).astype(np.float32),
        rotation=rotation.astype(np.float32),
        translation=_led(composed.translation, lead.translation, drive.pose, lead, _MOVES).astype(np.float32),
        fps=composed.fps,
    )


def _share(strength: float, lead: Performance) -> Array:
    """[F, 1] how much of what was composed the driver takes the place of."""
    return np.minimum(strength * lead.present, 1.0)[:, None]


def _led(
    composed: npt.NDArray[np.floating], by: Array, strength: float, lead: Performance, limit: Array | None = None
) -> Array:
    """Between what was composed and the driver, [F, n]; beyond `limit` [n] the driver is followed less and less."""
    wanted = strength * by if limit is None else limit * np.tanh(strength * by / limit)
    return np.asarray((1.0 - _share(strength, lead)) * composed + lead.present[:, None] * wanted)


def _contact(face: Array) -> Array:
    """[F, 1] how far lips touch over an open jaw."""
    jaw = face[:, [_JAW]]
    return np.asarray(np.clip(face[:, [_CLOSE]] / np.maximum(jaw, 1e-6), 0.0, 1.0) * (jaw > 1e-3))


def _colour_mouth(face: Array, touching: Array, strength: float, lead: Performance, fps: float) -> None:
    """Put the driver's manner in the place of the mouth's own expression, and leave what it says."""
    window = max(1, round(_HELD * fps))
    spread = _HELD * fps / 4

    def calm(values: Array) -> Array:
        return np.asarray(gaussian_filter1d(values, spread, axis=0, mode="nearest"))

    shown = face[:, _MANNER]
    own = np.minimum(calm(minimum_filter1d(shown, window, axis=0)), shown)
    said = (shown - own) / np.maximum(1.0 - own, 1e-6)
    swing = maximum_filter1d(face[:, _JAW], window) - minimum_filter1d(face[:, _JAW], window)
    manner = while_speaking(lead.manner, np.clip(calm(swing) / _SPEAKING, 0.0, 1.0))
    manner[:, SPREADING] *= 1.0 - 0.6 * face[:, ROUNDING].max(axis=1, keepdims=True)
    manner[:, SPREADING] *= 1.0 - 0.1 * touching
    manner[:, PARTING] *= 1.0 - touching
    manner[:, columns("mouthLowerDown")] *= 1.0 - np.minimum(1.5 * face[:, [arkit_index("mouthRollLower")]], 1.0)
    new = np.clip(_led(own, manner[:, _MANNER], strength, lead), 0.0, 1.0)
    face[:, _MANNER] = new + (1.0 - new) * said


def _lead_eyes(face: Array, composed: FaceMotion, rotation: Array, strength: float, lead: Performance) -> None:
    """Blinks of one or of the other; eyes that look where the driver looks, whatever the head does."""
    low, high = _BLINKS
    change = step((_share(strength, lead) - low) / (high - low))
    blinks = columns("eyeBlink")
    lids = (1.0 - change) * face[:, blinks] + change * np.clip(strength * lead.lids, 0.0, 1.0)
    glance = composed.gaze.mean(axis=1)[:, ::-1]
    sight = _led(glance + composed.rotation[:, :2], lead.gaze + lead.rotation[:, :2], strength, lead)
    gaze = glance + _GLANCE * np.tanh((sight - rotation[:, :2] - glance) / _GLANCE)
    for name, value in eye_coefficients(gaze, lids).items():
        if name.startswith("eyeLook"):
            face[:, arkit_index(name)] = value
    face[:, blinks] = lids

"""The rig carried to one person's face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from studio.performance import arkit_index
from talking_head.landmarks import topology
from talking_head.landmarks.topology import N_LANDMARKS
from talking_head.rig.anny import Floats
from talking_head.rig.contact import Contact
from talking_head.rig.frame import Frame
from talking_head.rig.lips import LIP_RINGS, halves, thinning
from talking_head.rig.neutral import close_mouth, source_expression
from talking_head.rig.rig import Rig
from talking_head.smoothstep import step

Array = npt.NDArray[np.float32]

_LIPS = (topology.LIPS_INNER_UPPER, topology.LIPS_INNER_LOWER)
_LIDS = {
    "Left": (topology.LEFT_EYE_UPPER, topology.LEFT_EYE_LOWER),
    "Right": (topology.RIGHT_EYE_UPPER, topology.RIGHT_EYE_LOWER),
}
_LIP_REACH, _LID_REACH = 0.7, 0.45  # cm; how far a lip's or a lid's contact moves the skin
_UPPER_LID_SHARE = 0.85  # lids that would cross yield mostly by the upper one, as lids do

_JAW, _CLOSE = arkit_index("jawOpen"), arkit_index("mouthClose")
_PRESS = [arkit_index("mouthPressLeft"), arkit_index("mouthPressRight")]
_ROLL = [arkit_index("mouthRollUpper"), arkit_index("mouthRollLower")]
_BLINK = [arkit_index("eyeBlinkLeft"), arkit_index("eyeBlinkRight")]
_WIDE = [arkit_index("eyeWideLeft"), arkit_index("eyeWideRight")]
_SMILE = [arkit_index("mouthSmileLeft"), arkit_index("mouthSmileRight")]
_UPPER_UP = [arkit_index("mouthUpperUpLeft"), arkit_index("mouthUpperUpRight")]
_LOWER_DOWN = [arkit_index("mouthLowerDownLeft"), arkit_index("mouthLowerDownRight")]
# Smiles that part the lips, none and wholly; and how far: mouthUpperUp, mouthLowerDown and jawOpen. By
# eye, on four portraits.
_BROAD = (0.35, 0.95)
_SMILE_PARTS = (0.6, 0.2, 0.12)
# Of eyeWide's drop of the lower lid: startled eyes show white above the iris, hardly below.
_LOWER_LID_WIDENS = 0.55
_PARTING = [
    arkit_index(name)
    for name in (
        *("mouthUpperUpLeft", "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight"),
        *("mouthFunnel", "mouthShrugUpper"),
    )
]


@dataclass(frozen=True, eq=False)
class FittedRig:
    """One person's face, ready to move.

    neutral: float32 [478, 3] px, the portrait's landmarks without its expression and with closed lips.
    deltas: float32 [52, 478, 3] px at a coefficient of 1.
    frame: where the canonical face lies.  lips, lids: what keeps lips and lids from crossing.

    `shape` is the face for given coefficients: ``neutral + sum_k c_k deltas[k]``, then contact.
    """

    neutral: Array
    deltas: Array
    frame: Frame
    lips: Contact
    lids: tuple[Contact, Contact]

    def shape(self, coefficients: npt.NDArray[np.floating]) -> Array:
        """Absolute ARKit coefficients [52] -> landmarks float32 [478, 3] px; 0 gives `neutral`.

        Lips and lids never cross. Lips that are asked to touch do: when mouthClose takes back what jawOpen opened, or
        the lips are pressed or both rolled in over a closed jaw, what else parts them yields.
        """
        c = np.array(coefficients, np.float32)
        seal = self.seal(c)
        show_teeth(c, seal)
        c[_PARTING] *= 1 - 0.9 * seal
        c[_WIDE] *= 1 - np.clip(c[_BLINK], 0, 1)
        points = self.neutral + (c @ self.deltas.reshape(len(c), -1)).reshape(N_LANDMARKS, 3)
        errors = self.lips.errors(points)
        crossing = self.lips.along(np.minimum(errors @ self.lips.down, 0))
        points = self.lips.correct(points, seal * errors + (1 - seal) * crossing)
        for lids in self.lids:
            points = lids.correct(points, lids.along(np.minimum(lids.gaps(points), 0)))
        return points

    @staticmethod
    def seal(coefficients: npt.NDArray[np.floating]) -> float:
        """How firmly lips are asked to touch, 0..1."""
        jaw, close = float(coefficients[_JAW]), float(coefficients[_CLOSE])
        press, roll = float(coefficients[_PRESS].mean()), float(coefficients[_ROLL].min())
        closed = step(0.75, 0.97, close / max(jaw, 0.01)) * step(0.002, 0.015, close)
        pressed = max(step(0.05, 0.2, press), step(0.1, 0.4, roll))
        return float(max(closed, pressed * (1 - step(0.01, 0.06, jaw - close))))


def show_teeth(c: Array, seal: float) -> None:
    """Let a broad smile draw apart, in coefficients [52] in place, lips that aren't asked to touch (see `seal`).

    People's smiles bare the teeth; the CC0 head's keeps the lips shut, however broad.
    """
    broad = step(*_BROAD, float(c[_SMILE].mean())) * (1 - seal)
    for columns, parted in zip((_UPPER_UP, _LOWER_DOWN, [_JAW]), _SMILE_PARTS, strict=True):
        c[columns] = np.maximum(c[columns], parted * broad)


def fit(rig: Rig, landmarks: npt.NDArray[np.floating], coefficients: npt.NDArray[np.floating]) -> FittedRig:
    """Carry the rig to a face with landmarks [478, 3] px that shows coefficients [52], both as in `FaceLandmarks`."""
    points = landmarks.astype(float)
    removed = source_expression(coefficients.astype(float))
    plain = rig.deltas.astype(float)
    frame = Frame.of(points)
    for _ in range(2):  # the expression bends the fit of the head a little, and the other way round
        frame = Frame.of(points - np.tensordot(removed, frame.turn(plain), 1))
    deltas = frame.turn(plain)
    relaxed = points - np.tensordot(removed, deltas, 1)
    lips = Contact.between(_LIPS, relaxed, frame, 0.5, _LIP_REACH)
    neutral = close_mouth(relaxed, deltas, removed, lips, frame)
    lips = Contact.between(_LIPS, neutral, frame, 0.5, _LIP_REACH)
    left, right = (Contact.between(edges, neutral, frame, _UPPER_LID_SHARE, _LID_REACH) for edges in _LIDS.values())
    _design_lips(deltas, neutral, frame.to_cm(neutral))
    _round_lips(deltas[arkit_index("mouthFunnel")], neutral, frame, lips)
    _meet_lips(deltas, neutral, lips)
    for side, lids in (("Left", left), ("Right", right)):
        _meet_lids(deltas[arkit_index(f"eyeBlink{side}")], neutral, lids)
        _hold_lower_lid(deltas[arkit_index(f"eyeWide{side}")], lids)
    return FittedRig(
        neutral.astype(np.float32),
        np.ascontiguousarray(deltas, np.float32),
        frame,
        lips,
        (left, right),
    )


def _design_lips(deltas: Floats, neutral: Floats, cm: Floats) -> None:
    """Make pressed and rolled lips thin; the shares were set by eye on the portraits of the test set."""
    upper, lower = (thinning(neutral, cm, upper=u) for u in (True, False))
    for side, half in zip(("Left", "Right"), halves(cm), strict=True):
        k = arkit_index(f"mouthPress{side}")
        deltas[k] = 0.25 * deltas[k] + 0.45 * half[:, None] * (upper + lower)
    k_upper, k_lower = _ROLL
    deltas[k_upper] = 0.6 * deltas[k_upper] + 0.35 * upper
    deltas[k_lower] = 0.6 * deltas[k_lower] + 0.6 * lower


def _round_lips(delta: Floats, neutral: Floats, frame: Frame, lips: Contact) -> None:
    """Make mouthFunnel's red bow evenly and its opening round; the CC0 head's is a diamond, as high."""
    for ring in LIP_RINGS:
        across = frame.to_cm(neutral[list(ring)])[:, 0]
        bow = 1 - (2 * (across - across[0]) / (across[-1] - across[0]) - 1) ** 2
        along = delta[list(ring), :2] @ frame.down
        even = along[len(ring) // 2] * bow + (along[0] + along[-1]) / 2 * (1 - bow)
        delta[list(ring), :2] += (even - along)[:, None] * frame.down
    points = neutral + delta
    across = frame.to_cm(points)[:, 0]
    right, left = (across[_LIPS[0][end]] for end in (0, -1))
    off_middle = np.clip((across[lips.upper] - (left + right) / 2) / ((left - right) / 2), -1, 1)
    gaps = lips.gaps(points)
    delta += lips.correct(points, lips.along(gaps - gaps.max() * (1 - off_middle**2) ** 0.75)) - points


def _meet_lips(deltas: Floats, neutral: Floats, lips: Contact) -> None:
    """Make mouthClose take back exactly what jawOpen opens: the CC0 head's lips are not this person's."""
    both = neutral + deltas[_JAW] + deltas[_CLOSE]
    deltas[_CLOSE] += lips.correct(both, lips.errors(both)) - both


def _meet_lids(delta: Floats, neutral: Floats, lids: Contact) -> None:
    """Make a full blink close this eye: the lids meet a tenth of the way up, where the lower lid goes."""
    gaps = lids.gaps(neutral)
    shares = lids.shares.astype(float)
    upper_moves = np.maximum(shares, 0) / _UPPER_LID_SHARE
    lower_moves = np.maximum(-shares, 0) / (1 - _UPPER_LID_SHARE)
    upper_error = 0.9 * gaps - delta[lids.upper, :2] @ lids.down
    lower_error = -0.1 * gaps - delta[lids.lower, :2] @ lids.down
    delta[:, :2] += lids.along(upper_moves @ upper_error + lower_moves @ lower_error)


def _hold_lower_lid(delta: Floats, lids: Contact) -> None:
    """Let the lower lid, and the skin that goes with it, drop less."""
    lower_moves = np.maximum(-lids.shares.astype(float), 0) / (1 - _UPPER_LID_SHARE)
    drop = np.maximum(delta[lids.lower, :2] @ lids.down, 0)
    delta[:, :2] -= lids.along((1 - _LOWER_LID_WIDENS) * (lower_moves @ drop))

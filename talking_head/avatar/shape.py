"""What becomes of MakeHuman's parts on the bust: cut, closed where they should touch, and with new texture coordinates.

Lengths are in the mesh's units, decimetres. Used when the head is built, not when it is drawn.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from studio.performance import ARKIT_NAMES
from talking_head.avatar.source import Body, Part
from talking_head.rig.anny import Floats, Ints
from talking_head.rig.picture import vertex_normals

MIDDLE = 0.35  # z of the axis the skin is unrolled around
_CROWN = np.array([0.0, 8.45, 0.15])  # where the hair parts to all sides

# The bust's edges, in the mesh's units: shoulders and chest are cut here, and the jumper's neck stands here.
_SIDE, _FOOT, _COLLAR, _COLLAR_TILT = 1.75, 5.3, 6.17, 0.27
_TEETH_DOWN, _TEETH_BACK = 0.055, 0.03
_TONGUE_DOWN, _TONGUE_BACK = 0.035, 0.08
_SEAM = 6.71  # where the lips meet
# The mesh's eyes are narrow at rest, half shut on what ARKit reads of a wide-awake face: so much of eyeWide.
_WAKE = 0.22
_SNUG = 0.09  # of a blink, past where the lids meet: coarse edges leave a slit otherwise
# Half the width of lips that are funnelled, and how far from where they meet the skin goes along.
_FUNNEL_HALF, _FUNNEL_REACH = 0.20, 0.10
_SIDES = ("Left", "Right")

# The hairline: its height y over depth z, from the nape over the ear and the temple to the forehead.
_HAIRLINE = (
    (-0.6, 0.05, 0.22, 0.30, 0.60, 0.66, 0.80, 0.92, 1.05, 1.20, 1.40, 1.70),
    (6.72, 6.78, 7.05, 7.44, 7.46, 7.28, 7.24, 7.46, 7.72, 7.90, 8.02, 8.06),
)


def skin_of(body: Body) -> tuple[Part, npt.NDArray[np.bool_]]:
    """The skin down into the jumper, unrolled anew, and which of its vertices are inside the mouth."""
    part = body.parts["body"]
    part = part.clipped(part.point[:, 1] + _COLLAR_TILT * part.point[:, 2] - (_COLLAR - 0.17))
    part = part.clipped(_SIDE - np.abs(part.point[:, 0]))
    inside = look_up(body.masks["inside-mouth"], part.uv) > 0.5
    part = part.moved(_closed(part) + _WAKE * sum(part.targets[ARKIT_NAMES.index(f"eyeWide{s}")] for s in _SIDES))
    part = replace(part, targets=_rounded(replace(part, targets=_meeting(part, body))))
    part, order = _split_behind(part)
    return part, inside[order]


def _meeting(part: Part, body: Body) -> Floats:
    """The targets with an eyeBlink that ends where the lids meet: the mesh's own runs on over the lower lid."""
    targets = part.targets.copy()
    for side, name in ((1, "eyeBlinkLeft"), (-1, "eyeBlinkRight")):
        centre, radius = _ball(body.parts[f"helper-{'l' if side > 0 else 'r'}-eye"])
        delta = targets[ARKIT_NAMES.index(name)]
        off = part.point - centre
        edge = np.flatnonzero((np.linalg.norm(off, axis=1) < 1.09 * radius) & (off[:, 2] > 0.2 * radius))
        upper = edge[delta[edge, 1] < -0.02]
        lower = edge[delta[edge, 1] > -0.01]
        columns = np.linspace(-0.75, 0.75, 13) * radius + centre[0]
        ratios = []
        for x in columns:
            # The lowest of the upper lid meets the highest of the lower one.
            u, low = (e[np.abs(part.point[e, 0] - x) < 0.12 * radius] for e in (upper, lower))
            if len(u) == 0 or len(low) == 0:
                ratios.append(np.nan)
                continue
            u, low = u[part.point[u, 1].argmin()], low[part.point[low, 1].argmax()]
            gap = part.point[u, 1] - part.point[low, 1] - delta[low, 1]
            ratios.append(gap / -delta[u, 1])
        across = (columns - centre[0]) / radius
        known = (np.array(ratios) > 0.3) & (np.array(ratios) < 1.0)
        bow = np.polynomial.Polynomial.fit(across[known], np.array(ratios)[known], 2)
        print(
            f"{name}: lids meet at {bow(0.0):.2f} of the target; {bow(-0.5):.2f} and {bow(0.5):.2f} towards the corners"
        )
        ratio = bow(np.clip((part.point[:, 0] - centre[0]) / radius, -0.6, 0.6)) + _SNUG
        delta *= np.where(delta[:, 1] < 0, np.clip(ratio, 0.45, 1.0), 1.0)[:, None]
    return targets


def _rounded(part: Part) -> Floats:
    """The targets with a mouthFunnel that opens round: the mesh's lips part in a diamond half as wide as they are."""
    targets = part.targets.copy()
    delta = targets[ARKIT_NAMES.index("mouthFunnel")]
    drop = -targets[ARKIT_NAMES.index("jawOpen")][:, 1]
    x, y = np.abs(part.point[:, 0]), part.point[:, 1]
    lips = (x < 2 * _FUNNEL_HALF) & (np.abs(y - _SEAM) < 0.2) & (part.point[:, 2] > 1.0)
    lower = np.clip((drop - 0.03) / 0.22, 0, 1)  # the jaw takes the lower lip along
    columns = np.linspace(0.0, 0.75, 7) * _FUNNEL_HALF
    lift = np.zeros(len(x))
    for share, rows in ((1 - lower, lips & (lower < 0.3)), (lower, lips & (lower > 0.7))):
        sign = 1.0 if share is not lower else -1.0
        rim = []
        for column in columns:  # the lowest of the upper lip, the highest of the lower one
            near = np.flatnonzero(rows & (np.abs(x - column) < 0.15 * _FUNNEL_HALF))
            rim.append(delta[near[(sign * y[near]).argmin()], 1])
        now = np.interp(x, columns, rim)
        corner = rim[-1]
        bow = np.clip(1 - (x / _FUNNEL_HALF) ** 2, 0, 1) ** 0.75
        lift += share * np.where(x < columns[-1], corner + (rim[0] - corner) * bow - now, (rim[0] - corner) * bow)
    reach = np.exp(-(((y - _SEAM) / _FUNNEL_REACH) ** 2)) * np.clip((part.point[:, 2] - 0.85) / 0.2, 0, 1)
    delta[:, 1] += reach * lift
    return targets


def _closed(part: Part) -> Floats:
    """[V, 3] with lips that touch: the mesh's part by a millimetre beside the middle, and teeth shine through."""
    close = part.targets[ARKIT_NAMES.index("mouthClose")][:, 1]
    lips = (np.abs(part.point[:, 0]) < 0.27) & (np.abs(part.point[:, 1] - _SEAM) < 0.15) & (part.point[:, 2] > 1.25)
    off = np.exp(-(((part.point[:, 1] - _SEAM) / 0.035) ** 2)) * np.clip((0.27 - np.abs(part.point[:, 0])) / 0.06, 0, 1)
    lift = np.where(close > 0.05, 0.016, -0.010) * off * lips
    return part.point + lift[:, None] * np.array([0.0, 1.0, 0.0])


def _split_behind(part: Part) -> tuple[Part, Ints]:
    """With its own vertices on either side of the line down the back, where the unrolled skin ends."""
    point = part.point
    behind = (np.abs(point[:, 0]) < 1e-4) & (point[:, 2] < MIDDLE)
    left = point[part.triangles].mean(axis=1)[:, 0] < 0
    twin = np.full(len(point), -1)
    twin[behind] = len(point) + np.arange(behind.sum())
    triangles = part.triangles.copy()
    triangles[left] = np.where(behind[triangles[left]], twin[triangles[left]], triangles[left])
    order = np.concatenate([np.arange(len(point)), np.flatnonzero(behind)])
    return Part(point[order], part.uv[order], part.targets[:, order], part.weld[order], triangles), order


def unrolled(part: Part) -> Floats:
    """[V, 2] texture coordinates around the vertical axis; the face takes more of the width than the back."""
    x, z = part.point[:, 0], part.point[:, 2] - MIDDLE
    side = np.sign(x)
    # The line down the back is on either side by the triangles that use it.
    of = np.zeros(len(x))
    np.add.at(of, part.triangles, part.point[part.triangles][:, :, 0].mean(axis=1)[:, None].repeat(3, 1))
    side[np.abs(x) < 1e-4] = np.sign(of)[np.abs(x) < 1e-4]
    turn = np.arctan2(np.abs(x), z) / np.pi
    low, high = 5.7, 8.5
    return np.column_stack([0.5 + 0.5 * side * (1.6 * turn - 0.6 * turn**2), (part.point[:, 1] - low) / (high - low)])


def above_hairline(point: Floats) -> Floats:
    """How far a point of the skin lies above the hairline; below it, less than 0."""
    x, y, z = np.moveaxis(point, -1, 0)
    front = np.clip((z - 1.0) / 0.2, 0, 1)
    recess = 0.03 * np.exp(-(((np.abs(x) - 0.40) / 0.16) ** 2)) - 0.03 * np.exp(-((x / 0.16) ** 2))
    return np.asarray(y - np.interp(z, *_HAIRLINE) - front * recess)


def hair_of(skin: Part, field: Floats) -> Part:
    """Short hair: the scalp, raised from nothing at the hairline to a centimetre and a half on top."""
    cap = replace(skin, uv=np.column_stack([field, np.zeros(len(field))])).clipped(field)
    raised = np.clip(cap.uv[:, 0] / 0.3, 0, 1)
    top = np.clip((cap.point[:, 1] - 7.9) / 0.5, 0, 1)
    height = 0.006 + 0.060 * raised * (2 - raised) + 0.050 * top * raised
    outward = vertex_normals(at_weld(cap.point, cap.weld), cap.weld[cap.triangles])[cap.weld]
    cap = cap.moved(cap.point + height[:, None] * outward)
    cap = replace(cap, targets=np.zeros_like(cap.targets))
    away = cap.point - _CROWN
    around = np.arctan2(away[:, 0], away[:, 2]) / (2 * np.pi) + 0.5
    down = np.hypot(np.hypot(away[:, 0], away[:, 2]), away[:, 1])
    return _wrapped(replace(cap, uv=np.column_stack([around, 1 - np.clip(down / 2.2, 0, 1)])))


def _wrapped(part: Part) -> Part:
    """With its own vertices where the texture goes round: u runs on past 1 there."""
    across = np.ptp(part.uv[part.triangles, 0], axis=1) > 0.5
    corners = part.triangles[across]
    again = np.unique(corners[part.uv[corners, 0] < 0.5])
    twin = np.arange(len(part.point))
    twin[again] = len(part.point) + np.arange(len(again))
    triangles = part.triangles.copy()
    triangles[across] = twin[corners]
    order = np.concatenate([np.arange(len(part.point)), again])
    uv = part.uv[order]
    uv[len(part.point) :, 0] += 1
    return Part(part.point[order], uv, part.targets[:, order], part.weld[order], triangles)


def jumper_of(body: Body) -> Part:
    part = body.parts["helper-tights"]
    part = part.clipped(_COLLAR - part.point[:, 1] - _COLLAR_TILT * part.point[:, 2])
    part = part.clipped(part.point[:, 1] - _FOOT)
    return part.clipped(_SIDE - np.abs(part.point[:, 0]))


def teeth_of(part: Part, upper: bool) -> Part:
    """With the texture's row of teeth along the arch: gum to the root, edges to the bite."""
    x, y, z = part.point.T
    back = z.min()
    around = np.arctan2(x, z - back) / np.pi + 0.5
    height = (y.max() - y) / np.ptp(y)
    uv = np.column_stack([around, 1 - (height if upper else 1 - height)])
    # The mesh's upper row hides behind the lip; in a mouth at rest a hair's breadth of it would show (about 2 mm).
    return replace(part.moved(part.point - [0, _TEETH_DOWN if upper else 0, _TEETH_BACK]), uv=uv)


def tongue_of(tongue: Part) -> Part:
    """The tongue lying between the lower teeth, and behind them."""
    return tongue.moved(tongue.point - [0, _TONGUE_DOWN, _TONGUE_BACK])


def eye_of(part: Part) -> Part:
    centre, radius = _ball(part)
    off = (part.point - centre) / radius
    # Beyond the rim the texture goes on with its edge.
    flat = off[:, :2] / np.maximum(np.linalg.norm(off, axis=1, keepdims=True), 1e-6)
    behind = off[:, 2] < 0
    flat[behind] /= np.maximum(np.linalg.norm(flat[behind], axis=1, keepdims=True), 1e-6)
    return replace(part, uv=0.5 + 0.5 * flat, targets=np.zeros_like(part.targets))


def _ball(part: Part) -> tuple[Floats, float]:
    """Middle and radius of an eyeball, whose cornea stands out in front."""
    used = part.point[np.unique(part.triangles)]
    low, high = used.min(axis=0), used.max(axis=0)
    radius = float(high[0] - low[0]) / 2
    return np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, high[2] - radius]), radius


def look_up(mask: Floats, uv: Floats) -> Floats:
    height, width = mask.shape
    at_x, at_y = (uv[:, 0] * width - 0.5).astype(np.float32), ((1 - uv[:, 1]) * height - 0.5).astype(np.float32)
    tall = 16384  # cv2.remap's sides are at most 32,767
    rows = [
        cv2.remap(
            mask.astype(np.float32),
            at_x[i : i + tall, None],
            at_y[i : i + tall, None],
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for i in range(0, len(uv), tall)
    ]
    return np.asarray(np.concatenate(rows)[:, 0], float)


def at_weld(vertices: Floats, weld: Ints) -> Floats:
    out = np.zeros((weld.max() + 1, 3))
    out[weld] = vertices
    return out

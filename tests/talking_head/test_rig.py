"""The rig: what each coefficient does to a face, on the canonical one and on people's."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.checkpoints import bundled
from studio.errors import InputError
from studio.performance import ARKIT_NAMES, arkit_index
from talking_head.landmarks import FaceLandmarks, Landmarker
from talking_head.landmarks.canonical import CANONICAL_VERTICES
from talking_head.landmarks.topology import (
    LEFT_EYE_LOWER,
    LEFT_EYE_UPPER,
    LIPS_INNER_LOWER,
    LIPS_INNER_UPPER,
    RIGHT_EYE_LOWER,
    RIGHT_EYE_UPPER,
)
from talking_head.rig import FittedRig, Rig, fit
from talking_head.rig.build import main

FACES = Path(__file__).parents[1] / "fixtures" / "faces"
PORTRAITS = ("neutral.jpeg", "surprised.jpeg", "angry.jpeg", "group.jpeg")
LEFT, RIGHT, UPPER_LIP, LOWER_LIP, CHIN = 291, 61, 13, 14, 152
X, Y, Z = range(3)


@pytest.fixture(scope="module")
def rig() -> Rig:
    return Rig.load()


@pytest.fixture(scope="module")
def faces() -> dict[str, FaceLandmarks]:
    landmarker = Landmarker()
    return {n: landmarker.detect(np.asarray(Image.open(FACES / n).convert("RGB")))[0] for n in PORTRAITS}


@pytest.fixture(scope="module", params=PORTRAITS)
def person(request: pytest.FixtureRequest, rig: Rig, faces: dict[str, FaceLandmarks]) -> FittedRig:
    face = faces[request.param]
    return fit(rig, face.points, face.coefficients)


def pose(**values: float) -> np.ndarray:
    """[52]; a name without a side sets both."""
    c = np.zeros(len(ARKIT_NAMES))
    for name, value in values.items():
        for full in (name,) if name in ARKIT_NAMES else (f"{name}Left", f"{name}Right"):
            c[arkit_index(full)] = value
    return c


def outline_gaps(points: np.ndarray, upper: tuple[int, ...], lower: tuple[int, ...], down: np.ndarray) -> np.ndarray:
    """Distance between two drawn edges where a line across the picture meets them, whichever landmarks are near."""
    across = np.array([down[1], -down[0]])
    edges = []
    for edge in (upper, lower):
        e = points[list(edge), :2]
        order = np.argsort(e @ across)
        edges.append(((e @ across)[order], (e @ down)[order]))
    low, high = max(e[0][0] for e in edges), min(e[0][-1] for e in edges)
    at = np.linspace(low, high, 100)[5:-5]  # the corners, where both meet anyway, left out
    return np.interp(at, *edges[1]) - np.interp(at, *edges[0])


def lip_gaps(person: FittedRig, points: np.ndarray) -> np.ndarray:
    return outline_gaps(points, LIPS_INNER_UPPER, LIPS_INNER_LOWER, person.frame.down)


def mouth_width(person: FittedRig) -> float:
    return float(np.linalg.norm(person.neutral[LEFT, :2] - person.neutral[RIGHT, :2]))


# --- the rig as shipped


def test_is_the_file_its_card_describes() -> None:
    card = bundled("arkit_rig.md").read_text(encoding="utf-8")
    data = bundled("arkit_rig.safetensors").read_bytes()
    assert hashlib.sha256(data).hexdigest() in re.findall(r"[0-9a-f]{64}", card)
    assert len(data) < 3e6


def test_left_mirrors_right(rig: Rig) -> None:
    mirrored = CANONICAL_VERTICES * (-1, 1, 1)
    other = np.linalg.norm(mirrored[:, None] - CANONICAL_VERTICES, axis=-1).argmin(axis=1)
    for name in ARKIT_NAMES:
        swapped = re.sub("Left$|Right$", lambda m: "Right" if m[0] == "Left" else "Left", name)
        here = rig.deltas[arkit_index(name), :468]
        there = rig.deltas[arkit_index(swapped), other]
        np.testing.assert_allclose(here, there * (-1, 1, 1), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "landmark", "axis", "low", "high"),
    [  # canonical centimetres; the ranges hold what strong voluntary actions of adults reach, generously
        ("jawOpen", CHIN, Y, -5.0, -1.5),
        ("jawOpen", LOWER_LIP, Y, -5.0, -2.5),
        ("jawOpen", UPPER_LIP, Y, -0.3, 0.3),
        ("jawForward", CHIN, Z, 0.4, 1.5),
        ("jawLeft", CHIN, X, 0.4, 1.5),
        ("mouthLeft", 0, X, 0.4, 1.5),
        ("mouthClose", LOWER_LIP, Y, 2.0, 4.5),
        ("mouthSmileLeft", LEFT, X, 0.4, 1.5),
        ("mouthSmileLeft", LEFT, Y, 0.7, 2.0),
        ("mouthFrownLeft", LEFT, Y, -1.5, -0.4),
        ("mouthStretchLeft", LEFT, X, 0.3, 1.5),
        ("mouthDimpleLeft", LEFT, X, 0.2, 1.2),
        ("mouthPucker", LEFT, X, -1.5, -0.5),
        ("mouthPucker", LOWER_LIP, Z, 0.4, 1.5),
        ("mouthFunnel", UPPER_LIP, Z, 0.4, 1.5),
        ("mouthUpperUpLeft", 271, Y, 0.4, 1.2),
        ("mouthLowerDownLeft", 402, Y, -1.2, -0.4),
        ("mouthShrugLower", LOWER_LIP, Y, 0.3, 1.0),
        ("mouthShrugUpper", 0, Y, 0.2, 1.0),
        ("eyeBlinkLeft", 386, Y, -1.8, -0.8),
        ("eyeWideLeft", 386, Y, 0.2, 0.8),
        ("eyeSquintLeft", 374, Y, 0.1, 0.7),
        ("eyeLookUpLeft", 473, Y, 0.2, 0.9),
        ("eyeLookDownLeft", 473, Y, -0.9, -0.2),
        ("eyeLookInLeft", 473, X, -0.9, -0.3),
        ("eyeLookOutLeft", 473, X, 0.3, 0.9),
        ("browInnerUp", 336, Y, 0.4, 1.3),
        ("browInnerUp", 107, Y, 0.4, 1.3),
        ("browOuterUpLeft", 283, Y, 0.4, 1.3),
        ("browDownLeft", 296, Y, -1.3, -0.4),
        ("browDownLeft", 336, X, -0.8, -0.2),
        ("noseSneerLeft", 278, Y, 0.2, 0.8),
        ("cheekSquintLeft", 280, Y, 0.3, 1.2),
        ("cheekPuff", 434, Z, 0.3, 1.8),
    ],
)
def test_moves_the_right_way_by_a_plausible_amount(
    rig: Rig, name: str, landmark: int, axis: int, low: float, high: float
) -> None:
    assert low < rig.deltas[arkit_index(name), landmark, axis] < high


def test_actions_stay_where_their_muscles_are(rig: Rig) -> None:
    size = np.linalg.norm(rig.deltas, axis=-1)
    lips, brows = [0, 17, 61, 291, 13, 14], [105, 334, 107, 336]
    for name, row in zip(ARKIT_NAMES, size, strict=True):
        if name.startswith(("brow", "eye")):
            assert row[lips].max() < 0.02, name
        if name.startswith(("jaw", "mouth")):
            assert row[brows].max() < 0.02, name
    assert size[arkit_index("tongueOut")].max() == 0  # the tongue is not skin
    down = rig.incisors[:, 1]
    assert down[arkit_index("jawOpen")] == down.min() < -1.0  # the lower teeth go with the jaw, not with the lips
    assert abs(down[arkit_index("mouthLowerDownLeft")]) < 0.05


# --- on people


def test_neutral_is_the_person_at_rest(rig: Rig, faces: dict[str, FaceLandmarks]) -> None:
    calm, open_mouthed = (fit(rig, faces[n].points, faces[n].coefficients) for n in ("neutral.jpeg", "surprised.jpeg"))
    moved = np.linalg.norm(calm.neutral - faces["neutral.jpeg"].points, axis=1).max()
    assert moved < 0.1 * calm.frame.pixels_per_cm  # she is at rest already
    before = lip_gaps(open_mouthed, faces["surprised.jpeg"].points).max()
    assert before > 0.1 * mouth_width(open_mouthed)
    assert np.abs(lip_gaps(open_mouthed, open_mouthed.neutral)).max() < 1e-3 * before
    # The jaw did it, not the lips alone: the chin came up with the lower lip.
    chin = (faces["surprised.jpeg"].points - open_mouthed.neutral)[CHIN, :2] @ open_mouthed.frame.down
    assert chin > 0.2 * before


@pytest.mark.parametrize("name", ["neutral.jpeg", "surprised.jpeg", "group.jpeg"])
def test_a_laugh_taken_off_gives_back_the_mouth_at_rest(rig: Rig, faces: dict[str, FaceLandmarks], name: str) -> None:
    face = faces[name]
    person = fit(rig, face.points, face.coefficients)
    laugh = person.shape(pose(mouthSmile=0.9, mouthUpperUp=0.6, mouthLowerDown=0.8, jawOpen=0.3))
    # On laughing portraits the landmarker reads neither the lowered lip nor the open jaw.
    again = fit(rig, laugh, pose(mouthSmile=0.91, mouthUpperUp=0.65))

    def moved(landmark: int) -> float:
        off = (again.neutral - person.neutral)[landmark, :2] @ person.frame.down
        return float(abs(off) / person.frame.pixels_per_cm)

    # Measured: .1 to .3 cm at the lips, .2 to .3 at the chin; twice that with lips that come down but for half of it.
    assert max(moved(UPPER_LIP), moved(LOWER_LIP)) < 0.4
    assert moved(CHIN) < 0.35


def test_zero_is_neutral(person: FittedRig) -> None:
    np.testing.assert_allclose(person.shape(np.zeros(52)), person.neutral, atol=1e-3)


def test_the_jaw_opens_the_mouth_in_proportion(person: FittedRig) -> None:
    gaps = [lip_gaps(person, person.shape(pose(jawOpen=x))).max() for x in (0.1, 0.2, 0.4, 0.8)]
    width = mouth_width(person)
    assert 0.02 * width < gaps[0] < 0.15 * width
    np.testing.assert_allclose(gaps, gaps[0] * np.array([1, 2, 4, 8]), rtol=0.1)


def test_lips_meet_whatever_else_the_face_does(person: FittedRig) -> None:
    rng = np.random.default_rng(5)
    for _ in range(100):
        c = rng.uniform(0, 1, 52) ** 2
        c[arkit_index("jawOpen")] = c[arkit_index("mouthClose")] = rng.uniform(0.02, 0.6)
        gaps = lip_gaps(person, person.shape(c))
        assert np.abs(gaps).max() < 0.005 * mouth_width(person)  # a hundredth of a lip


def test_half_a_closure_half_opens(person: FittedRig) -> None:
    wide, half = (lip_gaps(person, person.shape(pose(jawOpen=0.4, mouthClose=c))).max() for c in (0.0, 0.2))
    assert 0.35 * wide < half < 0.65 * wide


def test_lips_part_again_without_a_jump(person: FittedRig) -> None:
    steps = np.linspace(0, 1, 51)
    gaps = [
        lip_gaps(person, person.shape(pose(jawOpen=0.3, mouthClose=0.3 * x, mouthSmile=0.5, mouthUpperUp=0.3))).max()
        for x in steps
    ]
    assert np.diff(gaps).max() < 0.01 * gaps[0]  # closes all the way
    assert np.abs(np.diff(gaps)).max() < 0.15 * gaps[0]  # and in no step by more than seven even ones


def test_lips_and_lids_never_cross(person: FittedRig) -> None:
    rng = np.random.default_rng(6)
    for _ in range(100):
        points = person.shape(rng.uniform(0, 1, 52))
        for contact in (person.lips, *person.lids):
            assert contact.gaps(points).min() > -0.01


@pytest.mark.parametrize("also", [{}, {"eyeWide": 0.8}, {"eyeSquint": 0.8}, {"eyeLookUp": 0.7}, {"browInnerUp": 1.0}])
def test_a_blink_closes_the_eyes(person: FittedRig, also: dict[str, float]) -> None:
    shut = person.shape(pose(eyeBlink=1.0, **also))
    half = person.shape(pose(eyeBlink=0.5))
    for upper, lower in ((LEFT_EYE_UPPER, LEFT_EYE_LOWER), (RIGHT_EYE_UPPER, RIGHT_EYE_LOWER)):
        width = np.linalg.norm(person.neutral[upper[0], :2] - person.neutral[upper[-1], :2])
        rest, middle, closed = (
            np.median(outline_gaps(p, upper, lower, person.frame.down)) for p in (person.neutral, half, shut)
        )
        assert closed < 0.06 * width
        assert 0.3 * rest < middle < 0.7 * rest


def test_pressed_and_rolled_lips_are_thin(person: FittedRig) -> None:
    def red(points: np.ndarray, outer: int, inner: int) -> float:
        return abs(float((points[outer, :2] - points[inner, :2]) @ person.frame.down))

    upper, lower = red(person.neutral, 0, 13), red(person.neutral, 17, 14)
    pressed = person.shape(pose(mouthPress=1.0))
    assert 0.35 < red(pressed, 0, 13) / upper < 0.7
    assert 0.35 < red(pressed, 17, 14) / lower < 0.7
    assert np.abs(lip_gaps(person, pressed)).max() < 0.005 * mouth_width(person)
    # The lower lip of f and v: half gone behind the upper teeth.
    tucked = person.shape(pose(mouthRollLower=1.0, jawOpen=0.1))
    assert red(tucked, 17, 14) < 0.55 * lower


def test_smile_and_pucker_on_a_person(person: FittedRig) -> None:
    def width(**values: float) -> float:
        points = person.shape(pose(**values))
        return float(np.linalg.norm(points[LEFT, :2] - points[RIGHT, :2]))

    assert width(mouthSmile=1.0) > 1.15 * width()
    assert width(mouthPucker=1.0) < 0.8 * width()
    smile = person.shape(pose(mouthSmile=1.0))
    rise = (person.neutral - smile)[[LEFT, RIGHT], :2] @ person.frame.down
    assert (rise > 0.15 * width()).all()


def test_sides_are_the_persons_own(person: FittedRig) -> None:
    moved = np.linalg.norm(person.shape(pose(mouthSmileLeft=1.0)) - person.neutral, axis=1)
    assert moved[LEFT] > 10 * moved[RIGHT]


def test_follows_the_photograph_when_it_is_turned_and_scaled(rig: Rig, faces: dict[str, FaceLandmarks]) -> None:
    face = faces["neutral.jpeg"]
    angle = np.deg2rad(25)
    turn = 2 * np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    here = fit(rig, face.points, face.coefficients)
    there = fit(rig, face.points @ turn.T + (30, 500, 0), face.coefficients)
    c = pose(jawOpen=0.4, mouthSmile=0.5, eyeBlink=0.7, mouthPress=0.2)
    # Skin shared out by distance is the same in both, to rounding.
    np.testing.assert_allclose(there.shape(c), here.shape(c) @ turn.T + (30, 500, 0), atol=0.05)


def test_the_build_wants_the_wheel(tmp_path: Path) -> None:
    wrong, target = tmp_path / "wrong.whl", tmp_path / "rig.safetensors"
    wrong.write_bytes(b"no wheel")
    with pytest.raises(InputError, match=r"wrong\.whl"):
        main([str(wrong), str(target)])
    assert not target.exists()

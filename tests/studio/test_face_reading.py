"""The emotion a face shows: photographs and a film of real people, EMFACS's own combinations, what must not matter."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from studio.emotion.reading.face import READING_FPS, own_neutral, read_face, read_face_track
from studio.emotion.reading.face.neutral import USUAL_NEUTRAL
from studio.errors import InputError
from studio.performance import ARKIT_NAMES, FaceMotion
from studio.performance.action_units import ACTION_UNITS, sides
from talking_head.tracker import LandmarkTracker

FACES = Path(__file__).parents[1] / "fixtures" / "faces"

# Ekman, Friesen & Hager, FACS Investigator's Guide, 2002: each emotion's prototype and variants of it.
EMFACS = [
    ("happy", (6, 12)),
    ("happy", (12,)),
    ("sad", (1, 15)),
    ("sad", (1, 15, 17)),
    ("surprised", (1, 2, 5, 26)),
    ("surprised", (1, 2, 5)),
    ("afraid", (1, 5, 20, 26)),
    ("afraid", (1, 5)),
    ("angry", (4, 5, 7, 23)),
    ("angry", (4, 7, 17, 24)),
    ("disgusted", (9,)),
    ("disgusted", (9, 15, 16)),
    ("disgusted", (10, 17)),
]


def face(units, level=0.9, rest=USUAL_NEUTRAL):
    """Coefficients [52] of a face with these action units at work, both sides alike."""
    shown = rest.copy()
    for unit in units:
        for name in ACTION_UNITS[unit].coefficients:
            columns = list(sides(name))
            shown[columns] = np.maximum(shown[columns], level)
    return shown


def film(*stretches, fps=10.0):
    """(seconds, face) after one another, head still."""
    faces = np.concatenate([np.tile(f, (round(s * fps), 1)) for s, f in stretches]).astype(np.float32)
    still = np.zeros((len(faces), 3), np.float32)
    return FaceMotion(faces, still, still, fps), np.ones(len(faces), bool)


def top(emotion):
    return max(emotion.labels, key=emotion.labels.get) if emotion.labels else "neutral"


@pytest.fixture(scope="module")
def tracker():
    return LandmarkTracker(device="cpu")


# --- real people


@pytest.mark.parametrize(("name", "shown"), [("angry", "angry"), ("surprised", "surprised"), ("neutral", "neutral")])
def test_photograph_reads_as_what_it_shows(tracker, name, shown):
    motion = tracker.track(FACES / f"{name}.jpeg").motion
    emotion = read_face(motion.coefficients, rotation=motion.rotation)
    assert top(emotion) == shown
    # Seen: angry 0.64, surprised 0.53 (a hat hides half of his brows), neutral 0.
    assert emotion.intensity > 0.3 or shown == "neutral"


@pytest.mark.slow
def test_people_in_a_meeting_show_nothing_strong(tracker):
    """Turned, bowed, pensive faces: none of the four whole ones may be taken for a strong feeling."""
    read = []
    for i in (1, 2, 4, 5):
        motion = tracker.track(FACES / "group.jpeg", face=i).motion
        read.append(read_face(motion.coefficients, rotation=motion.rotation).intensity)
    assert max(read) < 0.4  # 0, 0.33, 0, 0


def test_film_of_a_woman_who_weeps_and_then_laughs(tracker):
    tracked = tracker.track(FACES / "weeping_laughing.mp4", fps=READING_FPS)
    course = read_face_track(tracked.motion, tracked.seen)

    def during(start, end):
        return [e for t, e in course if start <= t <= end]

    assert all(top(e) == "sad" and e.vad[0] < 0 for e in during(0.4, 1.2))
    assert max(e.intensity for e in during(0.4, 1.2)) > 0.5  # 0.71
    assert all(e.intensity < 0.25 for e in during(1.8, 2.2)), "she looks up, her hand at her face"
    assert all(top(e) == "happy" and e.vad[0] > 0.3 for e in during(3.0, 4.0))
    assert max(e.intensity for e in during(3.0, 4.0)) > 0.6  # 0.89
    assert np.diff([t for t, _ in course]) == pytest.approx(0.2)


# --- the rules


@pytest.mark.parametrize(("emotion", "units"), EMFACS)
def test_prototypes_of_emfacs_read_as_their_emotion(emotion, units):
    read = read_face(face(units))
    assert top(read) == emotion
    assert read.intensity > 0.3


@pytest.mark.parametrize(("emotion", "units"), [(e, u) for e, u in EMFACS if len(u) > 1])
def test_a_stronger_expression_is_a_stronger_emotion(emotion, units):
    rest = np.full(52, 0.01)
    levels = [read_face(face(units, x, rest), rest).intensity for x in (0.01, 0.05, 0.12, 0.25, 0.45, 0.65, 0.85)]
    assert levels[0] == 0
    assert all(b >= a - 1e-9 for a, b in pairwise(levels))
    assert levels[-1] > 0.4


def test_a_corner_of_the_mouth_raised_on_one_side_is_contempt_unless_the_head_is_turned():
    smirk = USUAL_NEUTRAL.copy()
    smirk[sides("mouthDimple")[0]] = 0.8
    assert top(read_face(smirk)) == "contemptuous"
    assert top(read_face(smirk, rotation=np.deg2rad([0.0, 30.0, 0.0]))) == "neutral"


def test_brows_lowered_by_a_bowed_head_are_not_anger():
    bowed = USUAL_NEUTRAL.copy()
    bowed[list(sides("browDown"))] = 0.3
    upright = read_face(bowed)
    assert top(upright) == "angry"
    assert read_face(bowed, rotation=np.deg2rad([-30.0, 0.0, 0.0])).intensity < upright.intensity


def test_weeping_with_stretched_lips_is_no_smile():
    weeping = face((12, 17, 43, 1), 0.8)
    assert top(read_face(weeping)) == "sad"
    laughing = face((6, 10, 12, 16, 43), 0.8)
    assert top(read_face(laughing)) == "happy"


@given(arrays(np.float64, 52, elements=st.floats(0, 1)))
def test_a_face_beside_itself_at_rest_is_neutral(rest):
    assert read_face(rest, rest).labels == {}


@given(arrays(np.float64, 52, elements=st.floats(0, 1)))
def test_any_face_reads_as_a_mixture_and_its_mirror_image_as_the_same(coefficients):
    emotion = read_face(coefficients)
    assert set(emotion.labels) <= {"happy", "sad", "surprised", "afraid", "angry", "disgusted", "contemptuous"}
    assert all(w > 0 for w in emotion.labels.values())
    assert sum(emotion.labels.values()) <= 1 + 1e-9
    mirror = [ARKIT_NAMES.index(_other_side(n)) for n in ARKIT_NAMES]
    assert read_face(coefficients[mirror]).labels == pytest.approx(emotion.labels)


def _other_side(name):
    for a, b in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(a):
            return name.removesuffix(a) + b
    return name


# --- one's own neutral


def test_a_brow_that_is_always_low_is_that_faces_neutral():
    frowning = face((4,), 0.3)
    assert top(read_face(frowning)) == "angry"
    motion, seen = film((3, frowning), (1, np.maximum(frowning, face((6, 12), 0.8))))
    course = read_face_track(motion, seen)
    assert all(e.intensity < 0.15 for t, e in course if t < 2.5)
    assert top(course[-1][1]) == "happy"


@pytest.mark.parametrize(("emotion", "units"), [("happy", (6, 12)), ("angry", (4, 7, 23)), ("sad", (1, 15))])
def test_who_feels_the_same_all_along_is_not_taken_to_be_at_rest(emotion, units):
    motion, seen = film((4, face(units, 0.8)))
    assert all(top(e) == emotion and e.intensity > 0.5 for _, e in read_face_track(motion, seen))


def test_own_neutral_of_a_speaking_face_is_what_it_is_in_pauses():
    pause = face((4,), 0.2)
    motion, _ = film((1, pause), (2, np.maximum(pause, face((26, 16, 12), 0.4))))
    assert own_neutral(motion.coefficients) == pytest.approx(pause, abs=0.01)


# --- over time


def test_a_blink_changes_nothing():
    rest, shut = face(()), face((43,), 0.9)
    motion, seen = film((1.5, rest), (0.2, shut), (1.5, rest))
    assert all(e.intensity < 0.1 for _, e in read_face_track(motion, seen))


def test_what_is_not_seen_is_neither_told_nor_heeded():
    motion, seen = film((2, face((6, 12))), (1, face((4, 7, 23))), (2, face((6, 12))))
    seen[20:30] = False
    course = read_face_track(motion, seen)
    assert not [t for t, _ in course if 2.0 <= t < 3.0]
    assert len(course) == 20
    assert all(top(e) == "happy" for _, e in course)


def test_a_single_frame_is_a_course_of_one():
    motion, seen = film((0.1, face((1, 2, 5, 26))))
    ((time, emotion),) = read_face_track(motion, seen)
    assert time == 0
    assert top(emotion) == "surprised"


# --- what can't be read


@pytest.mark.parametrize(
    "wrong", [np.zeros((3, 51)), np.zeros((0, 52)), np.full((2, 52), np.nan), np.zeros((2, 3, 52))]
)
def test_coefficients_that_are_none_are_told(wrong):
    with pytest.raises(InputError, match="coefficients"):
        read_face(wrong)


def test_a_neutral_of_another_length_is_told():
    with pytest.raises(InputError, match="neutral"):
        read_face(np.zeros(52), np.zeros(51))


# --- the shared table


def test_action_units_name_coefficients_that_are_there_and_none_twice():
    named = [c for unit in ACTION_UNITS.values() for c in unit.coefficients]
    assert len(named) == len(set(named))
    for name in named:
        left, right = (ARKIT_NAMES[i] for i in sides(name))
        assert (left, right) in ((name, name), (name + "Left", name + "Right"))

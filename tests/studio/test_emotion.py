"""Emotion is a vector space with neutral as its zero, and engines get a sensible mixture out of it."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.emotion import CATEGORIES, NEUTRAL, SYNONYMS, Emotion
from studio.emotion.labels import CATEGORY_VAD
from studio.errors import InputError

ANCHORS = ("happy", "sad", "angry", "afraid", "surprised", "disgusted", "calm", "bored")
ANGRY, SURPRISED, HAPPY, SAD = (Emotion.parse(x) for x in ("angry", "surprised", "happy", "sad"))

weights = st.floats(-1, 1, allow_subnormal=False).map(lambda x: round(x, 3))
mixtures = st.dictionaries(st.sampled_from(CATEGORIES), weights, max_size=4).map(Emotion.of)
points = st.tuples(weights, weights, weights).map(lambda p: Emotion.from_vad(*p))
emotions = st.one_of(mixtures, points, st.builds(lambda a, b: a + b, mixtures, points))
amounts = st.floats(0, 1, allow_subnormal=False)


def close(a: Emotion, b: Emotion) -> bool:
    labels = {*a.labels, *b.labels}
    same_labels = all(math.isclose(a.labels.get(c, 0), b.labels.get(c, 0), abs_tol=1e-6) for c in labels)
    return same_labels and np.allclose(a.offset, b.offset, atol=1e-6)


@given(emotions, emotions, emotions)
def test_sums_commute_and_associate(a, b, c):
    assert close(a + b, b + a)
    assert close((a + b) + c, a + (b + c))


@given(emotions, amounts)
def test_neutral_is_the_zero(a, t):
    assert a + NEUTRAL == a
    assert close(a + -a, NEUTRAL)
    assert 0 * a == NEUTRAL
    assert NEUTRAL.vad == (0, 0, 0)
    assert NEUTRAL.intensity == 0
    assert not NEUTRAL.vector().any()


@given(emotions, emotions, amounts)
def test_multiples_distribute(a, b, t):
    assert close(t * (a + b), t * a + t * b)


@given(emotions, emotions, amounts)
def test_toward_is_the_straight_path(a, b, t):
    assert close(a.toward(b, 0), a)
    assert close(a.toward(b, 1), b)
    assert close(a.toward(b, t), b.toward(a, 1 - t))


@given(emotions)
def test_notation_reads_back(a):
    # To the six digits it writes.
    assert close(Emotion.parse(str(a)), a)


@given(emotions, amounts)
def test_intensity_and_blend_grow_with_the_emotion(a, t):
    assert (t * a).intensity <= a.intensity + 1e-9
    whole, part = a.blend(ANCHORS), (t * a).blend(ANCHORS)
    assert all(part[k] <= whole[k] + 1e-6 or sum(whole.values()) > 1 - 1e-6 for k in ANCHORS)


@given(emotions)
def test_readings_stay_in_range(a):
    assert all(-1 <= x <= 1 for x in a.vad)
    assert 0 <= a.intensity <= 1
    blend = a.blend(ANCHORS)
    assert min(blend.values()) >= 0
    assert sum(blend.values()) <= 1 + 1e-9
    assert a.vector().shape == (len(CATEGORIES) + 3,)
    assert a.vector().dtype == np.float32


def test_vad_of_a_label_is_that_of_the_norms():
    assert ANGRY.vad == CATEGORY_VAD["angry"]
    valence, arousal, dominance = ANGRY.vad
    assert valence < -0.5
    assert arousal > 0.3
    assert dominance > Emotion.parse("afraid").vad[2]


def test_intensity_is_what_was_written():
    assert Emotion.parse("angry:0.8").intensity == pytest.approx(0.8)
    assert Emotion.parse("happy:0.5+surprised:0.3").intensity == pytest.approx(0.8)
    assert (3 * ANGRY).intensity == 1


def test_anchors_keep_their_weights_and_share_the_rest():
    assert (0.8 * ANGRY + 0.1 * SURPRISED).blend(ANCHORS)["angry"] == pytest.approx(0.8)
    assert sum((2 * ANGRY).blend(ANCHORS).values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("emotion", "nearest"),
    [
        ("nervous", "afraid"),
        ("excited", "happy"),
        ("contemptuous", "disgusted"),
        ("lonely", "sad"),
        ("tired", "bored"),
        ("frustrated", "angry"),
        ("loving", "happy"),
        ("tender", "calm"),
        ("ashamed", "sad"),
    ],
)
def test_other_emotions_are_told_by_their_neighbours(emotion, nearest):
    blend = Emotion.parse(emotion).blend(ANCHORS)
    assert max(blend, key=blend.__getitem__) == nearest


def test_a_point_is_told_as_the_emotion_that_lies_there():
    for anchor in ANCHORS:
        blend = Emotion.from_vad(*CATEGORY_VAD[anchor]).blend(ANCHORS)
        assert max(blend, key=blend.__getitem__) == anchor


@given(emotions, emotions)
def test_blend_moves_continuously(a, b):
    # A hundredth of the way may not move a blend by more than a tenth: what engines do must not jump.
    steps = [a.toward(b, t).blend(ANCHORS) for t in np.linspace(0, 0.01, 11)]
    largest = max(abs(x[k] - y[k]) for x, y in pairwise(steps) for k in ANCHORS)
    assert largest < 0.1


def test_the_opposite_of_joy_is_told_as_sadness():
    assert (-HAPPY).nearest == "sad"
    blend = (-HAPPY).blend(ANCHORS)
    assert max(blend, key=blend.__getitem__) == "sad"
    assert (-ANGRY).nearest == "calm"


def test_a_path_has_both_its_ends():
    path = HAPPY.path(SAD, 5)
    assert path[0] == HAPPY and path[-1] == SAD and len(path) == 5
    assert path[2] == HAPPY.toward(SAD, 0.5)
    with pytest.raises(InputError, match="at least 2"):
        HAPPY.path(SAD, 1)


@given(emotions, emotions, emotions)
def test_distance_is_a_metric(a, b, c):
    assert a.distance(b) == pytest.approx(b.distance(a))
    assert a.distance(a) == 0
    assert a.distance(c) <= a.distance(b) + b.distance(c) + 1e-9


@pytest.mark.parametrize("category", CATEGORIES)
def test_label_to_vad_to_nearest_label_returns_the_label(category):
    assert Emotion.from_vad(*Emotion.parse(category).vad).nearest == category
    assert (0.3 * Emotion.parse(category)).nearest == category


def test_channels_are_felt_by_themselves():
    bitter = HAPPY + SAD.only("brow")
    assert bitter.at("voice") == bitter.at("mouth") == HAPPY
    assert bitter.at("brow") == HAPPY + SAD
    assert bitter - SAD.only("brow") == HAPPY
    assert Emotion.parse(str(bitter)) == bitter
    # As a whole it is the mean of its channels.
    assert bitter.labels == pytest.approx({"happy": 1.0, "sad": 1 / 3})
    for wrong in (lambda: HAPPY.only("nose"), lambda: HAPPY.at("ear")):
        with pytest.raises(InputError, match="voice, brow, mouth"):
            wrong()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Emotion((("joyous", 1.0),)),
        lambda: Emotion((("sad", 0.5), ("happy", 0.5))),
        lambda: Emotion(channels=(("nose", SAD),)),
        lambda: Emotion.of({"sad": "much"}),
    ],
)
def test_what_is_no_emotion_is_refused(wrong):
    with pytest.raises(InputError):
        wrong()


def test_every_synonym_names_a_category():
    assert set(SYNONYMS.values()) <= set(CATEGORIES)
    assert not set(SYNONYMS) & set(CATEGORIES)


def test_what_is_no_number_is_refused():
    for wrong in (lambda: Emotion.from_vad(math.nan, 0, 0), lambda: Emotion.of({"happy": math.inf})):
        with pytest.raises(InputError, match="finite numbers"):
            wrong()
    with pytest.raises(InputError, match=r"not 0\.5"):
        Emotion.coerce(0.5)


def test_emotions_are_values():
    assert Emotion.parse("Angry : 0.8") == Emotion.parse("anger:0.8")
    assert len({ANGRY, Emotion.of({"anger": 1.0}), HAPPY}) == 2
    vad = list(CATEGORY_VAD["sad"])
    assert SAD.describe() == {"labels": {"sad": 1.0}, "intensity": 1.0, "vad": vad, "nearest": "sad"}

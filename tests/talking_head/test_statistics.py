"""Figures of a motion: known motions are measured as they were made."""

from __future__ import annotations

import numpy as np
import pytest

from studio import EmotionTrack, FaceMotion, Speech
from studio.performance import ARKIT_NAMES, arkit_index
from talking_head.motion.eyes import blink
from talking_head.motion.statistics import difference_between, statistics_of


def still(seconds: float, fps: float = 25.0) -> FaceMotion:
    n = round(seconds * fps)
    return FaceMotion(np.zeros((n, len(ARKIT_NAMES)), np.float32), *np.zeros((2, n, 3), np.float32), fps)


def seconds_of(motion: FaceMotion) -> np.ndarray:
    return np.arange(len(motion)) / motion.fps


@pytest.mark.parametrize("fps", [24.0, 25.0, 60.0])
def test_blinks_are_counted_and_their_length_is_that_of_lids(fps: float) -> None:
    motion = still(60.0, fps)
    lids = blink(seconds_of(motion), np.arange(2.0, 58.0, 3.0).tolist(), seed=0)
    motion.coefficients[:, arkit_index("eyeBlinkLeft")], motion.coefficients[:, arkit_index("eyeBlinkRight")] = lids.T
    # A glance down lowers the lids a little, and eyes kept shut are no blink.
    motion.coefficients[round(59.0 * fps) :, arkit_index("eyeBlinkLeft")] = 0.2
    found = statistics_of(motion)
    assert found["blinks_per_minute"] == pytest.approx(19.0)
    # Half of the 0.085 s down and of the 0.17 s up, and 0.02 s closed; frames of 24 fps blur it by a third of one.
    assert found["blink_seconds"] == pytest.approx(0.148, abs=0.015)


def test_a_head_is_told_by_how_far_and_how_fast_it_moves() -> None:
    for hertz, band in ((0.5, "head_slow"), (2.0, "head_mid"), (4.0, "head_fast"), (8.0, "head_tremble")):
        motion = still(20.0, 50.0)
        motion.rotation[:, 1] = np.deg2rad(3.0) * np.sin(2 * np.pi * hertz * seconds_of(motion))
        found = statistics_of(motion)
        # A sine of 3 degrees has an RMS of 2.1; its speed is 2 pi f times that, less what a difference over two frames
        # of 50 fps loses (a sixth at 8 Hz).
        assert found["head_degrees"] == pytest.approx(2.12, rel=0.01)
        assert found["head_speed"] == pytest.approx(2.12 * 2 * np.pi * hertz, rel=0.18)
        assert found[band] > 0.9
        assert sum(found[b] for b in ("head_slow", "head_mid", "head_fast", "head_tremble")) == pytest.approx(1.0)


def test_trembling_is_found_at_rest_and_not_in_a_nod() -> None:
    smooth, shaky = still(20.0), still(20.0)
    nod = np.deg2rad(4.0) * np.exp(-(((seconds_of(smooth) - 10.0) / 0.4) ** 2))
    smooth.rotation[:, 0] = nod
    shaky.rotation[:, 0] = nod + np.deg2rad(0.2) * np.random.default_rng(0).standard_normal(len(nod))
    assert statistics_of(smooth)["head_jitter"] < 0.01
    assert statistics_of(shaky)["head_jitter"] > 0.05


def test_eyes_that_jump_every_second() -> None:
    motion = still(20.0)
    aside = (seconds_of(motion) // 1.0) % 2 == 1
    for name in ("eyeLookOutLeft", "eyeLookInRight"):
        motion.coefficients[aside, arkit_index(name)] = 0.2
    found = statistics_of(motion)
    assert found["saccades_per_minute"] == pytest.approx(57.0)
    assert found["fixation_seconds"] == pytest.approx(1.0, abs=0.05)


def test_a_head_that_moves_with_the_voice_correlates_with_it() -> None:
    motion = still(20.0)
    rng = np.random.default_rng(1)
    loud = ((seconds_of(motion) // 1.0) % 2 == 0).astype(float)
    motion.rotation[:, 0] = np.cumsum(loud * rng.choice([-1.0, 1.0], len(loud))) * np.deg2rad(0.5)
    samples = (np.repeat(loud, 320) * 0.1 * rng.standard_normal(len(loud) * 320)).astype(np.float32)
    speech = Speech(samples, 8000, "", (), (), EmotionTrack(), "", 0)
    found = statistics_of(motion, speech)
    assert found["head_with_voice"] > 0.7
    assert found["head_speech_to_pause"] > 3.0
    assert np.isnan(statistics_of(motion)["head_with_voice"])


@pytest.mark.parametrize("frames", [0, 1, 2, 9])
def test_a_motion_too_short_to_tell_has_the_same_names(frames: int) -> None:
    found = statistics_of(still(frames / 25.0))
    assert found.keys() == statistics_of(still(10.0)).keys()
    assert np.isnan(found["head_jitter"])


def test_other_motions_differ_and_the_same_do_not() -> None:
    rng = np.random.default_rng(0)
    motions = [still(10.0) for _ in range(3)]
    for motion in motions:
        motion.rotation[:] = np.deg2rad(np.cumsum(rng.standard_normal(motion.rotation.shape), axis=0))
    assert difference_between(motions)["head_degrees"] > 1.0
    same = difference_between([motions[0], motions[0]])
    assert same["head_degrees"] == 0.0
    assert same["head_correlation"] == pytest.approx(1.0)
    with pytest.raises(ValueError, match="same length"):
        difference_between([motions[0], still(1.0)])

"""A recording without a timeline moves the face as its timeline would have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio import EmotionTrack, FaceMotion, Speech, Studio
from studio.performance import arkit_index
from talking_head.motion import compose_motion
from talking_head.motion.heard import heard_line

TEXT = "My mother bought five perfect blueberry pies. Nobody wanted to pay for them."
PEOPLE = Path(__file__).parents[1] / "fixtures" / "people"


@pytest.fixture(scope="module")
def speech() -> Speech:
    return Studio(device="cpu").speak(TEXT, voice="am_michael")


@pytest.fixture(scope="module")
def both(speech: Speech) -> tuple[FaceMotion, FaceMotion]:
    """The motion by the timeline, and by ear."""
    known, heard = (compose_motion(s, EmotionTrack(), seed=0) for s in (speech, replace(speech, phonemes=())))
    return known, heard


def course(motion: FaceMotion, name: str) -> np.ndarray:
    return motion.coefficients[:, arkit_index(name)].astype(float)


def test_the_jaw_and_the_rounding_follow_the_sounds(both: tuple[FaceMotion, FaceMotion]) -> None:
    known, heard = both
    assert len(known) == len(heard)
    # Three voices reached .85 to .88, .70 to .71 and .51 to .71.
    for name, least in (("jawOpen", 0.8), ("mouthLowerDownLeft", 0.6), ("mouthPucker", 0.4)):
        a, b = course(known, name), course(heard, name)
        fits = {late: np.corrcoef(np.roll(a, late)[5:-5], b[5:-5])[0, 1] for late in range(-3, 4)}
        assert fits[0] > least
        # No frame late or early.
        assert max(fits, key=lambda late: fits[late]) == 0


def test_most_closures_are_heard_and_reach_the_film(both: tuple[FaceMotion, FaceMotion]) -> None:
    touching = [(course(m, "jawOpen") == course(m, "mouthClose")) & (course(m, "jawOpen") > 1e-3) for m in both]
    first = np.flatnonzero(np.diff(np.concatenate([[0], touching[0].astype(int)])) > 0)
    assert len(first) >= 8
    # Within two frames (80 ms). Three voices reached six to eight of these ten; by chance it would be two or three.
    found = [touching[1][max(f - 2, 0) : f + 4].any() for f in first]
    assert np.mean(found) >= 0.5


def test_pauses_and_accents_are_found(speech: Speech) -> None:
    line, _ = heard_line(replace(speech, phonemes=()), 25.0)
    pause = next(p for p in speech.phonemes if p.symbol == ".")
    assert len(line.phrases) == 2
    assert abs(line.phrases[0][1] - pause.start) < 0.15 and abs(line.phrases[1][0] - pause.end) < 0.15
    # About one in two or three of the 21 syllables stands out.
    assert 3 <= len(line.accents) <= 14


def test_any_recording_is_a_speech_without_a_timeline() -> None:
    speech = Speech.of_file(PEOPLE / "2033_a.flac")
    assert not speech.phonemes and not speech.words and speech.seconds > 5
    motion = compose_motion(speech, EmotionTrack(), seed=0)
    assert len(motion) == round(speech.seconds * 25)
    assert np.ptp(course(motion, "jawOpen")) > 0.2

"""The face's bench measures what it says: on signals whose answer is known, and on one small portrait."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from studio.errors import InputError
from studio.performance import Phoneme, arkit_index
from talking_head.benches import emotions
from talking_head.benches.judging import likenesses, readings
from talking_head.benches.lips import lagged, lip_figures, openness
from talking_head.benches.photographs import FIXTURES, photographs, sitters
from talking_head.benches.plan import BROWS, COEFFICIENTS, EMOTIONS, JAW, LIPS, MOUTHS, felt, mouthed, pose
from talking_head.benches.redetection import Sweep, face_in, ratio, readable, sweeps
from talking_head.benches.speed import STAGES, babble, drawing, framed
from talking_head.benches.stillness import changes, stillness
from talking_head.benches.stopwatch import Stopwatch, watched
from talking_head.landmarks import Landmarker
from talking_head.motion import compose_motion
from talking_head.renderer import PhotoRenderer
from talking_head.rig import Rig

FPS = 50.0
LEVELS = np.linspace(0, 1, 6)


def test_a_ramp_that_is_read_back_has_r_1_and_its_slope() -> None:
    sweep = Sweep(LEVELS, 0.1 + 0.7 * LEVELS)
    assert sweep.r == pytest.approx(1)
    assert sweep.slope == pytest.approx(0.7)
    assert ratio(sweep, Sweep(LEVELS, 0.35 * LEVELS)) == pytest.approx(2)


def test_what_does_not_move_is_not_re_detected() -> None:
    still = Sweep(LEVELS, np.full(6, 0.3))
    assert still.r == 0
    assert still.slope == pytest.approx(0)
    assert np.isnan(ratio(Sweep(LEVELS, LEVELS), still))
    assert readable({"moves": Sweep(LEVELS, LEVELS), "stays": still}) == ["moves"]
    # A face that is lost at one level has its figures from the others.
    lost = Sweep(LEVELS, np.array([0, 0.1, np.nan, 0.3, 0.4, 0.5]))
    assert (lost.r, lost.slope) == (pytest.approx(1), pytest.approx(0.5))
    assert np.isnan(Sweep(LEVELS, np.array([0, 0.1, np.nan, np.nan, np.nan, 0.5])).r)


@pytest.mark.parametrize("late", [-0.07, 0.0, 0.033, 0.1])
def test_the_lag_of_a_shifted_curve_is_found(late: float) -> None:
    t = np.arange(400) / FPS
    course = np.sin(2 * np.pi * 1.3 * t) + 0.6 * np.sin(2 * np.pi * 2.9 * t + 1)
    shifted = np.interp(t - late, t, course)
    lag, r, plain = lagged(course, shifted, FPS)
    assert lag == pytest.approx(late, abs=0.004)  # a fifth of a frame
    assert r > 0.98
    assert plain <= r + 1e-9


def _babbled() -> list[Phoneme]:
    symbols = ["m", "ɑ", "b", "i", "p", "æ", "s", "u", "m", "A", "b", "ɛ"] * 2
    return [Phoneme(s, 0.15 * i, 0.15 * (i + 1)) for i, s in enumerate(symbols)]


def test_lips_that_follow_the_timeline_are_in_time_and_close() -> None:
    phonemes = _babbled()
    times = (np.arange(180) + 0.5) / FPS
    asked = openness(phonemes, times, FPS)
    late = np.interp(times - 0.06, times, asked)
    figures = lip_figures(phonemes, late, 0.0, FPS)
    assert figures.lag == pytest.approx(0.06, abs=0.004)
    assert figures.r > 0.99
    assert figures.closures == figures.closed == 10
    # A mouth that only half closes is not closed, and one never seen has no figures.
    half = lip_figures(phonemes, np.maximum(asked, 0.4 * asked.max()) + 0.01 * np.sin(times), 0.0, FPS)
    assert half.closed < 10
    assert np.isnan(lip_figures(phonemes, np.full(180, np.nan), 0.0, FPS).lag)


def test_open_vowels_ask_for_more_than_closures() -> None:
    phonemes = [Phoneme("m", 0, 0.3), Phoneme("ˈɑ", 0.3, 0.6), Phoneme(" ", 0.6, 0.9)]
    at = openness(phonemes, (np.arange(45) + 0.5) / FPS, FPS)
    assert at[7] < 0.01
    assert at[22] > 0.4
    assert at[40] < 0.01


def test_jitter_is_told_from_motion() -> None:
    ramp = [np.full((4, 4, 3), 10 * i, np.uint8) for i in range(6)]
    assert changes(ramp) == (10.0, 0.0)
    back_and_forth = [np.full((4, 4, 3), 50 + 3 * (i % 2), np.uint8) for i in range(6)]
    assert changes(back_and_forth) == (3.0, 3.0)
    assert changes([ramp[1]] * 4) == (0.0, 0.0)


def test_time_within_a_part_is_counted_once() -> None:
    def busy(seconds: float) -> None:
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass

    watch = Stopwatch()
    inner = watch.timed("inner", lambda: busy(0.02))

    def outer() -> None:
        busy(0.01)
        inner()

    begun = time.thread_time()
    watch.timed("outer", outer)()
    whole = time.thread_time() - begun
    assert watch.seconds["inner"] >= 0.02
    assert 0.01 <= watch.seconds["outer"] <= whole - watch.seconds["inner"]


def test_the_way_from_rest_is_what_counts_beside_it() -> None:
    """A face that looks angry at rest and less so now has not moved towards anger."""
    rest = np.array([0.6, 0.05, 0.05, 0.05, 0.15, 0.05, 0.05])
    now = np.array([0.5, 0.05, 0.05, 0.2, 0.1, 0.05, 0.05])
    assert emotions.CLASSES[int(now.argmax())] == "angry"
    assert emotions.furthest(now, rest) == "happy"


def test_the_plan_asks_for_what_the_figures_are_told_of() -> None:
    assert len(COEFFICIENTS) == len(set(COEFFICIENTS)) == 20
    assert {*JAW, *LIPS, *BROWS} < set(COEFFICIENTS)
    assert len(MOUTHS) == 12
    poses = [felt(e) for e in EMOTIONS] + [mouthed(s) for s in MOUTHS]
    assert len({p.tobytes() for p in poses}) == 7 + 12
    assert all(p.max() <= 1 and p.min() >= 0 for p in poses)
    assert mouthed("m")[arkit_index("mouthClose")] == mouthed("m")[arkit_index("jawOpen")] > 0
    assert felt("happy", 0.5) == pytest.approx(0.5 * felt("happy"))


def test_photographs_are_taken_once_and_missed_by_name(tmp_path: Path) -> None:
    picture = FIXTURES / "neutral.jpeg"
    (tmp_path / "again.jpeg").write_bytes(picture.read_bytes())
    assert photographs([picture, tmp_path]) == [picture]
    with pytest.raises(InputError, match="nowhere"):
        photographs([tmp_path / "nowhere"])
    (tmp_path / "again.jpeg").unlink()
    with pytest.raises(InputError, match="no photograph"):
        photographs([tmp_path])


@pytest.mark.slow
def test_one_portrait_is_measured() -> None:
    """The cheap parts, end to end: stages add up to a frame, and a face is found, read and recognised."""
    landmarker = Landmarker()
    (sitter,) = sitters([FIXTURES / "neutral.jpeg"], landmarker, side=512)
    assert sitter.name == "neutral"
    renderer = PhotoRenderer(sitter.portrait, Rig.load())

    motion = compose_motion(babble(), babble().track, seed=0)
    drawing(renderer, motion, 1)
    begun = time.thread_time()
    with watched(STAGES) as watch:
        drawing(renderer, motion, 20)
    busy = time.thread_time() - begun
    assert all(seconds > 0 for seconds in watch.seconds.values())
    # What is around the stages is a copy of the picture and a lock.
    assert 0.7 * busy < sum(watch.seconds.values()) < busy

    found = sweeps(renderer.draw, landmarker)
    assert found["jawOpen"].r > 0.9
    assert found["jawOpen"].slope > 0.4
    alike = likenesses(renderer, sitter.portrait.image, landmarker)
    assert min(alike.values()) < np.mean(list(alike.values())) < 1
    assert alike["mat"] > 0.9  # 0.98: hardly anything moves
    read = readings(renderer, landmarker)
    assert read["neutral", 1.0].network == read["neutral", 1.0].rules == "neutral"
    assert read["sad", 1.0].furthest == "sad"
    assert read["happy", 1.0].rules == "happy"
    still = stillness(renderer, sitter.portrait, 25.0)
    assert still.held == 0
    assert 0 < still.jitter < still.alive


def test_a_frame_of_any_size_shows_the_face_in_its_middle() -> None:
    wide = framed(np.repeat(np.arange(200, dtype=np.uint8)[:, None, None], 150, 1).repeat(3, 2), (320, 180))
    assert wide.shape == (180, 320, 3)
    assert np.array_equal(wide[:, 0], wide[:, 160])


def test_no_face_is_none() -> None:
    assert face_in(np.full((256, 256, 3), 128, np.uint8), Landmarker()) is None
    assert not pose().any()

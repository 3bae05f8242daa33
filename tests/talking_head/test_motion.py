"""The motion a line gives: lips in time, closures, expression, life. On lines that Kokoro really speaks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from studio import Emotion, EmotionTrack, FaceMotion, Speech, Studio
from studio.performance import Phoneme, arkit_index
from talking_head.motion import compose_motion
from talking_head.motion.affects import AFFECTS, ANCHORS
from talking_head.motion.head import LIMITS

TEXT = "My mother bought five perfect blueberry pies, but nobody wanted to pay for them."


@pytest.fixture(scope="module")
def speech() -> Speech:
    return Studio(device="cpu").speak(TEXT)


def timed(symbols: list[tuple[str, float]], rate: int = 24_000) -> Speech:
    """A line with a timeline of its own making, and a steady hum to carry it."""
    ends = np.cumsum([seconds for _, seconds in symbols])
    starts = np.concatenate([[0.0], ends[:-1]])
    phonemes = tuple(Phoneme(s, a, b) for (s, _), a, b in zip(symbols, starts, ends, strict=True))
    t = np.arange(round(ends[-1] * rate)) / rate
    hum = 0.1 * np.sin(2 * np.pi * 120 * t).astype(np.float32)
    return Speech(hum, rate, "", phonemes, (), EmotionTrack(), "none", 0)


def track(motion: FaceMotion, name: str) -> np.ndarray:
    return motion.coefficients[:, arkit_index(name)].astype(float)


def shown(motion: FaceMotion, phoneme: Phoneme) -> slice:
    """The frames on screen during a phoneme."""
    return slice(int(phoneme.start * motion.fps), max(int(np.ceil(phoneme.end * motion.fps)), 1))


def closed(motion: FaceMotion) -> np.ndarray:
    """Frames in which nothing parts the lips."""
    apart = ("mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthFunnel")
    parted = np.max([track(motion, n) for n in apart], axis=0)
    return (track(motion, "jawOpen") == track(motion, "mouthClose")) & (parted == 0.0)


def sound(phoneme: Phoneme) -> str:
    return phoneme.symbol.strip("ˈˌː")


@pytest.mark.parametrize("seconds", [0.01, 0.5, 1.999, 2.5])
def test_has_a_frame_for_each_25th_of_the_sound(seconds: float) -> None:
    motion = compose_motion(timed([("ɑ", seconds)]), Emotion(), seed=0)
    assert len(motion) == max(1, round(seconds * 25))
    assert np.isfinite(motion.coefficients).all()


def test_silence_keeps_the_mouth_shut_and_the_face_alive() -> None:
    motion = compose_motion(timed([(" ", 8.0)]), Emotion(), seed=0)
    assert track(motion, "jawOpen").max() == 0.0
    assert track(motion, "eyeBlinkLeft").max() > 0.9
    assert np.ptp(motion.rotation[:, 1]) > np.deg2rad(0.5)


def test_a_timeline_without_phonemes_still_moves() -> None:
    motion = compose_motion(replace(timed([("ɑ", 4.0)]), phonemes=()), Emotion.parse("happy"), seed=0)
    assert len(motion) == 100
    assert track(motion, "mouthSmileLeft").max() > 0.3


@pytest.mark.parametrize("emotion", ["neutral", "happy", "angry", "surprised", "afraid", "disgusted"])
def test_lips_touch_on_every_m_b_p_of_a_line(speech: Speech, emotion: str) -> None:
    motion = compose_motion(speech, Emotion.parse(emotion), seed=0)
    together = closed(motion)
    bilabials = [p for p in speech.phonemes if sound(p) in ("m", "b", "p")]
    assert len(bilabials) >= 10
    for p in bilabials:
        assert together[shown(motion, p)].any(), f"{p} stays open"


@pytest.mark.parametrize("offset", [0.0, 0.009, 0.017, 0.033])
@pytest.mark.parametrize("symbol", ["m", "b", "p"])
def test_lips_touch_even_for_ten_milliseconds_between_open_vowels(symbol: str, offset: float) -> None:
    speech = timed([("ɑ", 0.3 + offset), (symbol, 0.01), ("ɑ", 0.3)])
    motion = compose_motion(speech, Emotion.parse("surprised"), seed=0)
    assert closed(motion)[shown(motion, speech.phonemes[1])].any()
    apart = track(motion, "jawOpen") - track(motion, "mouthClose")
    assert apart[4] > 0.3
    assert apart[11] > 0.3


def test_lips_are_open_in_the_vowels_and_at_rest_after_the_line(speech: Speech) -> None:
    motion = compose_motion(speech, Emotion(), seed=0)
    apart = track(motion, "jawOpen") - track(motion, "mouthClose")
    for p in speech.phonemes:
        if sound(p) in ("I", "æ", "ɑ", "ɔ", "ʌ") and p.end - p.start > 0.08:
            assert apart[shown(motion, p)].max() > 0.15, f"{p} is said with closed lips"
    assert apart[-1] < 0.02
    assert track(motion, "mouthPucker")[-1] < 0.02


def test_lower_lip_meets_the_upper_teeth_on_f_and_v(speech: Speech) -> None:
    motion = compose_motion(speech, Emotion(), seed=0)
    roll = track(motion, "mouthRollLower")
    labiodentals = [p for p in speech.phonemes if sound(p) in ("f", "v")]
    assert len(labiodentals) >= 3
    for p in labiodentals:
        assert roll[shown(motion, p)].max() > 0.3
    assert np.median(roll) < 0.1


def test_open_vowels_open_wider_than_close_ones_and_round_ones_round() -> None:
    def at_middle(symbol: str) -> dict[str, float]:
        motion = compose_motion(timed([(" ", 0.3), (symbol, 0.24), (" ", 0.3)]), Emotion(), seed=0)
        return {n: track(motion, n)[10] for n in ("jawOpen", "mouthPucker", "mouthSmileLeft")}

    shapes = {v: at_middle(v) for v in ("ɑ", "æ", "ɛ", "ɪ", "i", "u")}
    jaw = {v: s["jawOpen"] for v, s in shapes.items()}
    assert jaw["ɑ"] > jaw["ɛ"] > jaw["ɪ"] > jaw["i"]
    assert shapes["u"]["mouthPucker"] > 0.5 > 0.05 > shapes["i"]["mouthPucker"]
    assert shapes["i"]["mouthSmileLeft"] > 0.1 > shapes["u"]["mouthSmileLeft"]


def test_diphthongs_move_between_two_shapes() -> None:
    motion = compose_motion(timed([(" ", 0.2), ("ˈW", 0.32), (" ", 0.3)]), Emotion(), seed=0)
    jaw, pucker = track(motion, "jawOpen"), track(motion, "mouthPucker")
    assert jaw[7] > 1.5 * jaw[12]
    assert pucker[12] > pucker[7] + 0.2


def test_rounding_begins_before_the_round_vowel_is_heard() -> None:
    # 50-80 ms ahead is what speakers do (Perkell & Matthies 1992).
    onset = 0.6
    motion = compose_motion(timed([("i", 0.3), ("s", 0.15), ("t", 0.15), ("u", 0.3)]), Emotion(), seed=0)
    pucker = track(motion, "mouthPucker")
    begun = (np.flatnonzero(pucker > 0.15 * pucker.max())[0] + 0.5) / 25
    assert 0.04 <= onset - begun <= 0.16


def test_jaw_moves_with_the_sound_not_after_it(speech: Speech) -> None:
    """Lip opening follows the openness of the vowels, best without a delay (a frame is 40 ms)."""
    motion = compose_motion(speech, Emotion(), seed=0)
    height = {"ɑ": 1.0, "æ": 0.9, "I": 0.9, "ɔ": 0.8, "ʌ": 0.7, "ɛ": 0.7, "A": 0.6, "O": 0.5, "W": 0.9, "Y": 0.7}
    times = (np.arange(len(motion)) + 0.5) / 25
    wanted = np.zeros(len(motion))
    for p in speech.phonemes:
        wanted[(times >= p.start) & (times < p.end)] = height.get(
            sound(p), 0.3 if sound(p) in tuple("ɪiuʊəɜᵊ") else 0.0
        )
    apart = track(motion, "jawOpen") - track(motion, "mouthClose")
    fits = {lag: np.corrcoef(np.roll(wanted, lag)[4:-4], apart[4:-4])[0, 1] for lag in range(-4, 5)}
    best = max(fits, key=lambda lag: fits[lag])
    assert abs(best) <= 1
    # Short vowels undershoot and neighbours colour each other, so it cannot be near 1; two frames off it is below 0.25.
    assert fits[best] > 0.5


def test_louder_speech_opens_wider() -> None:
    line = timed([(" ", 0.2), ("ɑ", 0.2), ("t", 0.1), ("ɑ", 0.2), ("t", 0.1), ("ɑ", 0.2), (" ", 0.2)])
    louder = line.samples.copy()
    louder[round(0.5 * 24_000) : round(0.7 * 24_000)] *= 2.0
    even = track(compose_motion(line, Emotion(), seed=0), "jawOpen")
    stressed = track(compose_motion(replace(line, samples=louder), Emotion(), seed=0), "jawOpen")
    assert stressed[15] > 1.15 * even[15]
    assert abs(stressed[7] - even[7]) < 0.02


def test_anger_articulates_wider_than_sadness(speech: Speech) -> None:
    angry, sad = (track(compose_motion(speech, Emotion.parse(e), seed=0), "jawOpen") for e in ("angry", "sad"))
    assert np.percentile(angry, 90) > 1.3 * np.percentile(sad, 90)


SHOWS = {
    "happy": ("mouthSmileLeft", "mouthSmileRight", "cheekSquintLeft"),
    "sad": ("browInnerUp", "mouthFrownLeft", "mouthFrownRight"),
    "angry": ("browDownLeft", "browDownRight", "eyeSquintLeft"),
    "afraid": ("browInnerUp", "eyeWideLeft", "mouthStretchLeft"),
    "surprised": ("browInnerUp", "browOuterUpLeft", "eyeWideRight"),
    "disgusted": ("noseSneerLeft", "noseSneerRight", "mouthUpperUpLeft"),
    "calm": ("mouthSmileLeft", "eyeBlinkLeft"),
    "bored": ("eyeBlinkLeft", "mouthFrownLeft"),
}


@pytest.mark.parametrize("emotion", SHOWS)
def test_expression_grows_with_intensity(speech: Speech, emotion: str) -> None:
    levels = [compose_motion(speech, Emotion.parse(f"{emotion}:{w}"), seed=0) for w in (0.0001, 0.4, 0.8, 1.0)]
    for name in SHOWS[emotion]:
        middle = [np.median(track(m, name)) for m in levels]
        assert middle == sorted(middle)
        assert middle[3] - middle[0] > 0.08


@pytest.mark.parametrize("emotion", ["happy", "sad", "angry", "afraid", "surprised", "disgusted"])
def test_the_first_frame_is_not_blank_and_the_feeling_swells(speech: Speech, emotion: str) -> None:
    motion = compose_motion(speech, Emotion.parse(f"{emotion}:0.8"), seed=0)
    course = track(motion, SHOWS[emotion][0])
    assert course[0] > 0.15
    assert course[12:-12].max() > 1.4 * course[0]
    assert np.ptp(course[12:-12]) > 0.04


def test_a_mixture_lies_between_its_parts(speech: Speech) -> None:
    both = ("happy", "surprised")
    parts = [compose_motion(speech, Emotion.parse(e), seed=3) for e in both]
    mixture = compose_motion(speech, 0.5 * Emotion.parse("happy") + 0.5 * Emotion.parse("surprised"), seed=3)
    for name in ("mouthSmileLeft", "browInnerUp", "browOuterUpLeft", "eyeWideLeft", "cheekSquintLeft"):
        a, b = sorted(track(m, name).mean() for m in parts)
        assert a - 1e-6 <= track(mixture, name).mean() <= b + 1e-6
    assert track(mixture, "mouthSmileLeft").mean() > 0.15
    assert track(mixture, "browOuterUpLeft").mean() > 0.15


def test_every_category_and_point_of_vad_moves_the_face(speech: Speech) -> None:
    for notation in ("nervous", "proud", "grieving", "vad(-0.6,0.7,0.5)", "vad(0.5,-0.3,0)"):
        motion = compose_motion(speech, Emotion.parse(notation), seed=0)
        neutral = compose_motion(speech, Emotion(), seed=0)
        assert np.abs(motion.coefficients - neutral.coefficients).mean() > 0.005


def test_a_seed_may_be_numpys(speech: Speech) -> None:
    ours, numpys = (compose_motion(speech, Emotion(), seed=s) for s in (3, np.int64(3)))
    assert np.array_equal(ours.coefficients, numpys.coefficients)


def test_same_seed_same_motion_other_seed_other(speech: Speech) -> None:
    emotion = Emotion.parse("happy:0.8")
    first, again, other = (compose_motion(speech, emotion, seed=s) for s in (5, 5, 6))
    assert np.array_equal(first.coefficients, again.coefficients)
    assert np.array_equal(first.rotation, again.rotation)
    assert np.abs(first.rotation - other.rotation).max() > np.deg2rad(0.5)
    blinks = [track(m, "eyeBlinkLeft") for m in (first, other)]
    assert not np.array_equal(*blinks)
    # What is said does not depend on the seed.
    assert np.abs(track(first, "mouthClose") - track(other, "mouthClose")).max() < 0.02


def long_line(minutes: float = 4.0) -> Speech:
    """Phrases of two seconds with half-second pauses, for statistics over minutes."""
    phrase = [("ˈɑ", 0.2), ("t", 0.1), ("ə", 0.1), ("n", 0.1)] * 4 + [(",", 0.5)]
    return timed(phrase * round(minutes * 60 / 2.5), rate=8000)


def test_blinks_at_a_human_rate_fast_down_slow_up_and_mostly_in_pauses() -> None:
    line = long_line()
    motion = compose_motion(line, Emotion(), seed=1)
    lid = track(motion, "eyeBlinkLeft")
    shut = np.flatnonzero((lid[1:-1] > 0.9) & (lid[1:-1] >= lid[2:]) & (lid[1:-1] > lid[:-2])) + 1
    # 17 at rest, 26 in conversation (Bentivoglio et al. 1997); phrases pull more in.
    assert 13 <= len(shut) / (line.seconds / 60) <= 30
    down = [next(k for k in range(1, 6) if lid[i - k] < 0.2) for i in shut]
    up = [next(k for k in range(1, 12) if lid[i + k] < 0.2) for i in shut]
    assert np.mean(down) <= 2.1
    assert np.mean(up) > np.mean(down) + 0.9
    pause = (shut / 25) % 2.5
    in_pause = np.mean((pause > 1.85) | (pause < 0.1))
    assert in_pause > 1.5 * 0.75 / 2.5
    assert np.std(np.diff(shut)) > 10


def test_blink_rate_changes_with_emotion() -> None:
    def count(emotion: str) -> int:
        lid = track(compose_motion(long_line(), Emotion.parse(emotion), seed=1), "eyeBlinkLeft")
        return int(np.count_nonzero((lid[1:] > 0.8) & (lid[:-1] <= 0.8)))

    assert count("afraid") > 1.2 * count("neutral") > 1.2 * count("angry")


def test_gaze_stays_near_the_viewer_and_still_moves() -> None:
    motion = compose_motion(long_line(), Emotion(), seed=2)
    gaze = motion.gaze.mean(axis=1)[:, ::-1] + motion.rotation[:, :2]  # (pitch, yaw) of the line of sight
    degrees = np.rad2deg(np.abs(gaze)).max(axis=1)
    assert np.mean(degrees < 3.0) > 0.8
    assert degrees.max() < 10.0
    jumps = np.count_nonzero(np.abs(np.diff(np.rad2deg(gaze), axis=0)).max(axis=1) > 0.5)
    assert 20 < jumps / 4 < 150


@pytest.mark.parametrize("emotion", ["neutral", "angry", "surprised", "sad"])
def test_head_moves_within_bounds_smoothly_and_comes_back(speech: Speech, emotion: str) -> None:
    for seed in range(4):
        motion = compose_motion(speech, Emotion.parse(emotion), seed=seed)
        degrees = np.rad2deg(motion.rotation.astype(float))
        assert (np.abs(degrees) <= LIMITS).all()
        assert np.ptp(degrees, axis=0).max() > 1.0
        # Heads tracked here peak at 200 to 380 degrees/s^2 where somebody reads, 470 to 1,240 in an address.
        acceleration = np.diff(degrees, n=2, axis=0) * 25**2
        assert np.abs(acceleration).max() < 600
        # Half of the power lies below 1 Hz, nearly all below 4 Hz.
        power = np.abs(np.fft.rfft((degrees - degrees.mean(axis=0)) * np.hanning(len(degrees))[:, None], axis=0)) ** 2
        hertz = np.fft.rfftfreq(len(degrees), 1 / 25)
        assert power[hertz > 4].sum() < 0.01 * power.sum()
        assert power[hertz < 1].sum() > 0.5 * power.sum()
        if emotion == "neutral":
            assert np.abs(degrees[[0, -1]]).max() < 1.0


def test_no_coefficient_trembles(speech: Speech) -> None:
    """Away from speech and blinks nothing changes direction from frame to frame."""
    motion = compose_motion(speech, Emotion.parse("sad:0.8"), seed=0)
    for name in ("browInnerUp", "browDownLeft", "cheekSquintLeft", "noseSneerRight", "mouthFrownLeft"):
        assert np.abs(np.diff(track(motion, name), n=2)).max() < 0.06
    assert np.abs(np.diff(motion.translation, n=2, axis=0)).max() < 0.02


def test_nothing_moves_in_lock_step(speech: Speech) -> None:
    motion = compose_motion(speech, Emotion.parse("happy:0.8"), seed=0)
    assert np.abs(np.corrcoef(motion.rotation.T) - np.eye(3)).max() < 0.97
    left, right = track(motion, "mouthSmileLeft"), track(motion, "mouthSmileRight")
    assert 0.002 < np.abs(left - right).mean() < 0.1


def test_postures_tell_the_emotions_apart(speech: Speech) -> None:
    sad, angry, surprised = (compose_motion(speech, Emotion.parse(e), seed=0) for e in ("sad", "angry", "surprised"))
    assert sad.rotation[:, 0].mean() < surprised.rotation[:, 0].mean() - np.deg2rad(2)
    assert angry.translation[:, 2].mean() > 0.2 > -0.2 > surprised.translation[:, 2].mean()


def test_every_anchor_is_a_known_category_with_a_face() -> None:
    for anchor in ANCHORS:
        assert anchor in Emotion.parse(anchor).labels
        assert AFFECTS[anchor].face


def test_the_face_turns_with_the_line(speech: Speech) -> None:
    middle = speech.seconds / 2
    turn = EmotionTrack.by_cue([(0, middle, Emotion.parse("sad")), (middle, speech.seconds, Emotion.parse("happy"))])
    motion = compose_motion(speech, turn, seed=0)
    half = len(motion) // 2
    frown, smile = track(motion, "mouthFrownLeft"), track(motion, "mouthSmileLeft")
    assert frown[: half - 5].mean() > 4 * frown[half + 10 :].mean()
    assert smile[half + 10 :].mean() > 4 * smile[: half - 5].mean()
    # A turn is a movement, not a cut: over half a second, about an eighth of it in a frame, and speech moves it too.
    assert np.abs(np.diff(smile)).max() < 0.35


def test_brow_and_mouth_may_feel_different_things(speech: Speech) -> None:
    bitter = compose_motion(speech, Emotion.parse("happy@mouth+sad@brow"), seed=0)
    happy, sad = (compose_motion(speech, Emotion.parse(e), seed=0) for e in ("happy", "sad"))
    assert np.allclose(track(bitter, "mouthSmileLeft"), track(happy, "mouthSmileLeft"), atol=0.05)
    assert np.allclose(track(bitter, "browInnerUp"), track(sad, "browInnerUp"), atol=0.1)
    assert track(bitter, "mouthFrownLeft").max() < 0.1


def test_what_only_the_voice_feels_does_not_show(speech: Speech) -> None:
    held = compose_motion(speech, Emotion.parse("angry@voice"), seed=0)
    plain = compose_motion(speech, Emotion(), seed=0)
    assert np.abs(track(held, "browDownLeft") - track(plain, "browDownLeft")).max() < 0.05

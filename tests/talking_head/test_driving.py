"""A face led by another one: films that drive, pictures that give an expression, lips that close all the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio import Emotion, EmotionTrack, FaceMotion, Speech
from studio.acting import Acting, Drive
from studio.errors import InputError
from studio.media.film import write_film
from studio.performance import ARKIT_NAMES, Phoneme, arkit_index
from studio.performance.action_units import sides
from studio.performance.tracked import Tracked
from talking_head.driving import acted_motion, driven, expression_from
from talking_head.landmarks import FaceLandmarks, Landmarker
from talking_head.motion import compose_motion
from talking_head.motion.expression import express
from talking_head.motion.feeling import Feeling
from talking_head.motion.line import Line
from talking_head.portrait import read_portrait
from talking_head.renderer import PhotoRenderer
from talking_head.rig import Rig
from talking_head.tracker import LandmarkTracker

FACES = Path(__file__).parents[1] / "fixtures" / "faces"
LANDMARKER = Landmarker()
FPS = 24.0
# What the landmarker reads on a face at rest that is not zero, about.
AT_REST = {"eyeBlink": 0.13, "eyeSquint": 0.3, "mouthPress": 0.1, "browDown": 0.07, "mouthShrugUpper": 0.05}
LINE = [("m", 0.12), ("ˈɑ", 0.2), ("m", 0.1), ("ə", 0.12), ("b", 0.1), ("ˈI", 0.24), ("p", 0.1), ("ˈæ", 0.2)]

Curve = npt.NDArray[np.float64]


def driver(n: int, fps: float = FPS, seen: npt.NDArray[np.bool_] | None = None, **moves: Curve | float) -> Tracked:
    """A face at rest as it is read, and readings that depart from there; ``yaw`` in degrees."""
    readings, rotation = np.zeros((n, len(ARKIT_NAMES)), np.float32), np.zeros((n, 3), np.float32)
    for name, value in AT_REST.items():
        readings[:, list(sides(name))] = value
    for name, move in moves.items():
        if name == "yaw":
            rotation[:, 1] = np.deg2rad(move)
        else:
            for column in sides(name):
                readings[:, column] = np.maximum(readings[:, column], move)
    motion = FaceMotion(readings, rotation, np.zeros((n, 3), np.float32), fps)
    return Tracked(motion, np.ones(n, bool) if seen is None else seen)


def spoken(repeats: int = 3) -> Speech:
    """Sounds that close and open the mouth, with a steady hum to carry them."""
    symbols = [(" ", 0.3), *LINE * repeats, (" ", 0.3)]
    ends = np.cumsum([seconds for _, seconds in symbols])
    phonemes = tuple(Phoneme(s, b - seconds, b) for (s, seconds), b in zip(symbols, ends.tolist(), strict=True))
    t = np.arange(round(ends[-1] * 8000)) / 8000
    hum = 0.1 * np.sin(2 * np.pi * 120 * t).astype(np.float32)
    return Speech(hum, 8000, "", phonemes, (), EmotionTrack(), "none", 0)


def still(n: int, fps: float = 25.0) -> FaceMotion:
    return FaceMotion(*(np.zeros((n, k), np.float32) for k in (len(ARKIT_NAMES), 3, 3)), fps)


def track(motion: FaceMotion, name: str) -> Curve:
    return motion.coefficients[:, list(sides(name))].mean(axis=1).astype(float)


def closed(motion: FaceMotion) -> npt.NDArray[np.bool_]:
    """Frames in which the lips touch over an open jaw, and nothing parts them."""
    names = ("mouthLowerDown", "mouthUpperUp", "mouthFunnel", "mouthShrugUpper")
    parted = np.max([track(motion, n) for n in names], axis=0)
    jaw, close = track(motion, "jawOpen"), track(motion, "mouthClose")
    return np.asarray((jaw == close) & (jaw > 0) & (parted == 0))


def hump(n: int, middle: float, width: float, fps: float = FPS) -> Curve:
    return np.asarray(np.exp(-0.5 * ((np.arange(n) / fps - middle) / width) ** 2))


# --- a film of a known motion, drawn, tracked and played back


@pytest.fixture(scope="module")
def known() -> FaceMotion:
    """4.5 seconds: a smile, raised brows, an open mouth, a turn to each side, three blinks."""
    n = 108
    asked = still(n, FPS)
    times = np.arange(n) / FPS
    for name, curve in {
        "mouthSmile": 0.8 * hump(n, 1.2, 0.35),
        "browInnerUp": 0.8 * hump(n, 2.6, 0.25),
        "browOuterUp": 0.8 * hump(n, 2.6, 0.25),
        "jawOpen": 0.6 * hump(n, 3.6, 0.15),
        "eyeBlink": sum((hump(n, at, 0.06) for at in (0.4, 2.0, 3.2)), np.zeros(n)),
    }.items():
        asked.coefficients[:, list(sides(name))] = curve[:, None]
    asked.rotation[:, 1] = np.deg2rad(7.0) * np.sin(2 * np.pi * times / 3.0)
    return asked


@pytest.fixture(scope="module")
def filmed(known: FaceMotion, tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    renderer = PhotoRenderer(read_portrait(FACES / "neutral.jpeg", landmarker=LANDMARKER, max_side=320), Rig.load())
    path = write_film(
        tmp_path_factory.mktemp("driver") / "driver.mp4",
        renderer.render(known),
        n_frames=len(known),
        size=(renderer.width, renderer.height),
        fps=FPS,
        samples=np.zeros(round(len(known) / FPS * 8000), np.float32),
        sample_rate=8000,
    )
    return LandmarkTracker().track(path)


@pytest.mark.slow
def test_a_drawn_motion_comes_back_from_its_film_as_large_and_on_time(known: FaceMotion, filmed: Tracked) -> None:
    silence = Speech.silence(filmed.motion.seconds)
    acting = Acting(driver=filmed, drive=Drive(lips=1.0))
    motion = acted_motion(silence, EmotionTrack(), 0, acting)
    assert len(motion) == pytest.approx(4.5 * 25, abs=1)
    at = np.minimum(np.arange(len(motion)) / 25.0, (len(known) - 1) / FPS)
    yaw = (known.rotation[:, 1].astype(float), motion.rotation[:, 1].astype(float))
    pairs = {n: (track(known, n), track(motion, n)) for n in ("mouthSmile", "browInnerUp", "jawOpen", "eyeBlink")}
    for name, (asked, given) in {**pairs, "yaw": yaw}.items():
        fits = {
            late: np.corrcoef(np.interp(at - late, np.arange(len(asked)) / FPS, asked), given)[0, 1]
            for late in (-0.1, -0.08, -0.06, -0.04, -0.02, 0.0, 0.02, 0.04, 0.06, 0.08, 0.1)
        }
        assert fits[0.0] > 0.93, name  # a brow is read as raised only from half of its way on
        assert abs(max(fits, key=lambda late: fits[late])) < 0.041, name  # half a frame of either film
        # The landmarker reads more of one coefficient than of another, and of each person's its own.
        assert 0.65 < np.ptp(given) / np.ptp(asked) < 1.4, name


def test_a_driver_at_rest_leaves_the_composed_motion_as_it_was() -> None:
    composed = compose_motion(spoken(), Emotion(), seed=0)
    motion = driven(composed, driver(200), Drive(pose=0.0, eyes=0.0))
    lips = [i for i, n in enumerate(ARKIT_NAMES) if n.startswith(("jaw", "mouth"))]
    # What is taken for the mouth's own expression, and gives way, is the least that it shows over a syllable or two.
    assert np.abs(motion.coefficients - composed.coefficients)[:, lips].max() < 0.06
    assert np.array_equal(motion.rotation, composed.rotation)
    assert np.allclose(driven(composed, driver(200), Drive(0, 0, 0, 0)).coefficients, composed.coefficients, atol=1e-6)


def test_each_region_is_led_by_itself_and_as_strongly_as_asked() -> None:
    n = 96
    wave = hump(n, 2.0, 0.4)
    lead = driver(n, mouthSmile=0.6 * wave, browInnerUp=0.4 * wave, jawOpen=0.3 * wave, yaw=6.0 * wave)
    composed = still(100)

    def peaks(drive: Drive) -> dict[str, float]:
        motion = driven(composed, lead, drive)
        names = ("browInnerUp", "jawOpen", "mouthSmile")
        return {"yaw": float(np.abs(motion.rotation[:, 1]).max()), **{x: track(motion, x).max() for x in names}}

    pose = peaks(Drive(expression=0, pose=1, lips=0, eyes=0))
    assert pose["yaw"] > np.deg2rad(4.5)
    assert pose["browInnerUp"] == pose["jawOpen"] == 0.0
    lips = peaks(Drive(expression=0, pose=0, lips=1, eyes=0))
    assert lips["jawOpen"] > 0.3
    assert lips["yaw"] == lips["browInnerUp"] == 0.0
    face = [peaks(Drive(expression=s, pose=0, lips=0, eyes=0)) for s in (0.5, 1.0, 1.5)]
    assert all(f["jawOpen"] == f["yaw"] == 0.0 for f in face)
    for name in ("browInnerUp", "mouthSmile"):
        half, whole, more = (f[name] for f in face)
        assert half == pytest.approx(0.5 * whole, rel=0.05)
        assert more > 1.25 * whole > 0.3


def test_the_drivers_feeling_takes_the_place_of_the_composed_one_and_the_speech_stays() -> None:
    speech = spoken()
    n = round(speech.seconds * FPS)
    happy = compose_motion(speech, Emotion.parse("happy"), seed=0)
    neutral = compose_motion(speech, Emotion(), seed=0)
    scowl = driver(
        n, browDown=0.5 * np.clip(np.arange(n) / 12, 0, 1), mouthFrown=0.3 * np.clip(np.arange(n) / 12, 0, 1)
    )
    motion = driven(happy, scowl, Drive())
    middle = slice(30, -20)
    assert track(motion, "browDown")[middle].min() > 0.5 > 0.2 > track(happy, "browDown")[middle].max()
    assert np.median(track(motion, "mouthSmile")[middle]) < 0.4 * np.median(track(happy, "mouthSmile")[middle])
    assert np.array_equal(track(motion, "jawOpen"), track(happy, "jawOpen"))
    spread = np.corrcoef(track(motion, "mouthStretch")[middle], track(neutral, "mouthStretch")[middle])[0, 1]
    assert spread > 0.9, "the lips still spread where a sound spreads them"


def test_lips_of_the_driver_replace_those_of_the_speech() -> None:
    speech = spoken()
    n = round(speech.seconds * FPS)
    composed = compose_motion(speech, Emotion(), seed=0)
    silent = driven(composed, driver(n), Drive(lips=1.0))
    assert track(silent, "jawOpen").max() < 0.02 < 0.3 < track(composed, "jawOpen").max()
    talking = driven(composed, driver(n, jawOpen=0.4 * (1 + np.sin(np.arange(n) / 3)) / 2), Drive(lips=1.0))
    assert np.ptp(track(talking, "jawOpen")) > 0.4
    assert track(talking, "mouthClose").max() == 0.0


def test_where_the_driver_is_not_seen_the_composed_motion_goes_on_and_nothing_jumps() -> None:
    n = 240
    seen = np.ones(n, bool)
    seen[[60, 61]] = False  # a hand that passes
    seen[96:168] = False
    smile = np.where(np.arange(n) < 20, 0.0, 0.7)
    motion = driven(still(250), driver(n, seen=seen, mouthSmile=smile, browInnerUp=0.5 * smile), Drive())
    for name in ("mouthSmile", "browInnerUp"):
        course = track(motion, name)
        assert course[63] > 0.9 * course[55], "a short gap is passed over"
        assert course[125:150].max() < 0.01, "a long one is not"
        assert course[200] > 0.9 * course[80]
        # A full expression in 0.35 s, with minimum jerk, takes at most 1.9/0.35/25 = 0.22 of itself in a frame.
        assert np.abs(np.diff(course[30:])).max() < 0.23 * course.max()


def test_a_shorter_film_ends_softly_or_goes_back_and_forth_and_a_longer_one_is_cut() -> None:
    n = 72
    ramp = np.linspace(0.0, 0.8, n)
    lead = driver(n, mouthSmile=ramp)
    ends = track(driven(still(200), lead, Drive()), "mouthSmile")
    assert ends[60] > 0.4
    assert ends[90:].max() == 0.0
    assert np.abs(np.diff(ends)).max() < 0.12
    swings = track(driven(still(260), lead, Drive(back_and_forth=True)), "mouthSmile")
    period = 2 * (n - 1) / FPS * 25
    assert swings[round(period)] < 0.06
    assert swings[round(1.4 * period)] > 0.4
    assert np.abs(np.diff(swings)).max() < 0.05
    cut = track(driven(still(40), lead, Drive()), "mouthSmile")
    assert len(cut) == 40
    assert np.array_equal(cut[:35], swings[:35])


@pytest.mark.parametrize("film", [23.976, 30.0, 60.0])
@pytest.mark.parametrize("shown", [25.0, 60.0])
def test_blinks_stay_whole_and_short_at_any_frame_rate(film: float, shown: float) -> None:
    n = round(6 * film)
    lids = np.full(n, AT_REST["eyeBlink"])
    blinks = (1.013, 2.48, 4.271)
    for at in blinks:
        lids += 0.6 * hump(n, at, 0.045, film)
    closing = track(driven(still(round(6 * shown), shown), driver(n, film, eyeBlink=lids), Drive()), "eyeBlink")
    for at in blinks:
        near = slice(round((at - 0.4) * shown), round((at + 0.4) * shown))
        assert closing[near].max() > 0.9
        # Half as wide as the hump drawn, 0.106 s, a frame of each film, and what saturates above 0.9.
        assert np.count_nonzero(closing[near] > 0.5) / shown < 0.106 + 1 / film + 1 / shown + 0.03
    assert np.median(closing) < 0.05


def test_large_turns_are_compressed_and_noise_is_not_shown() -> None:
    n = 240
    rng = np.random.default_rng(0)
    turn = 45.0 * np.sin(2 * np.pi * np.arange(n) / n) + rng.normal(0, 0.4, n)
    smile = 0.5 + rng.normal(0, 0.02, n)
    motion = driven(still(250), driver(n, yaw=turn, mouthSmile=smile), Drive(pose=1.5))
    yaw = np.rad2deg(motion.rotation[:, 1])
    assert 11.0 < yaw.max() <= 13.0
    assert 11.0 < -yaw.min() <= 13.0
    # 0.4 degrees a frame of noise would be 2.5 in the second difference, at most; the sine's own is 0.04.
    assert np.abs(np.diff(yaw, n=2))[5:-15].max() < 0.3
    assert np.abs(np.diff(track(motion, "mouthSmile")))[5:-15].max() < 0.02
    assert np.isfinite(motion.coefficients).all()
    assert motion.coefficients.min() >= 0.0
    assert motion.coefficients.max() <= 1.0


def test_eyes_keep_looking_where_the_driver_looks_when_the_head_turns_less() -> None:
    """A driver who turns the head and keeps the eyes on the camera."""
    n = 120
    turn = np.deg2rad(20.0) * hump(n, 2.5, 0.5)
    lead = driver(n, yaw=np.rad2deg(turn))
    for name in ("eyeLookInLeft", "eyeLookOutRight"):  # to the person's right, against the turn
        lead.motion.coefficients[:, arkit_index(name)] = turn / np.deg2rad(30.0)
    motion = driven(still(125), lead, Drive())
    sight = motion.gaze[:, :, 0].mean(axis=1) + motion.rotation[:, 1]
    assert np.rad2deg(np.abs(motion.rotation[:, 1])).max() > 8.0
    assert np.rad2deg(np.abs(sight)).max() < 2.5


@pytest.mark.parametrize("region", ["expression", "pose", "lips", "eyes"])
@pytest.mark.parametrize("strength", [-0.1, 1.6, float("nan")])
def test_a_strength_out_of_range_is_told(region: str, strength: float) -> None:
    with pytest.raises(InputError, match=f"drive of the {region} .* from 0 to 1.5"):
        Drive(**{region: strength})


# --- closures under every expression

LAUGH = {"mouthSmile": 0.95, "mouthUpperUp": 0.9, "mouthLowerDown": 0.3, "eyeSquint": 0.6, "jawOpen": 0.1}


def laughing(n: int) -> Tracked:
    """At rest for half a second, then laughing, all that the landmarker ever reads of it."""
    rise = np.clip(np.arange(n) / FPS - 0.5, 0.0, 1.0)
    return driver(n, **{name: rise * size for name, size in LAUGH.items()})


@pytest.mark.parametrize("emotion", ["neutral", "happy", "angry", "afraid", "surprised", "disgusted"])
def test_lips_that_touch_in_speech_touch_while_a_laughing_face_drives(emotion: str) -> None:
    speech = spoken()
    composed = compose_motion(speech, Emotion.parse(emotion), seed=0)
    motion = driven(composed, laughing(round(speech.seconds * FPS)), Drive(expression=1.5))
    touching = closed(composed)
    assert np.count_nonzero(touching) >= 12
    assert closed(motion)[touching].all()
    assert track(motion, "mouthSmile")[touching].max() > 0.5, "they do so in a grin"


@pytest.fixture(scope="module")
def renderers() -> dict[str, PhotoRenderer]:
    rig = Rig.load()

    def renderer(name: str) -> PhotoRenderer:
        return PhotoRenderer(read_portrait(FACES / f"{name}.jpeg", landmarker=LANDMARKER, max_side=400), rig)

    return {name: renderer(name) for name in ("neutral", "surprised", "angry")}


@pytest.mark.slow
@pytest.mark.parametrize("person", ["neutral", "surprised", "angry"])
@pytest.mark.parametrize("emotion", ["happy", "angry", "afraid", "driven"])
def test_drawn_lips_close_in_a_grin_in_anger_and_in_fear(
    renderers: dict[str, PhotoRenderer], person: str, emotion: str
) -> None:
    speech = spoken()
    composed = compose_motion(speech, Emotion.parse(emotion if emotion != "driven" else "neutral"), seed=0)
    motion = composed if emotion != "driven" else driven(composed, laughing(round(speech.seconds * FPS)), Drive())

    def gap(frame: int) -> float:
        shown = (motion.coefficients[frame], motion.rotation[frame], motion.translation[frame])
        face: FaceLandmarks = LANDMARKER.detect(renderers[person].draw(*shown))[0]
        p = face.points[:, :2]
        return float(np.linalg.norm(p[13] - p[14]) / np.linalg.norm(p[78] - p[308]))

    shut = np.flatnonzero(closed(composed))[::5]
    opened = np.argsort(track(motion, "jawOpen") - track(motion, "mouthClose"))[-2:]
    # Of the mouth's width, the bound of the renderer's own test; .002 to .032 measured, open .1 to .4.
    assert max(gap(i) for i in shut) < 0.05
    assert min(gap(i) for i in opened) > 0.08


# --- the expression of a picture


def photograph(**readings: float) -> Tracked:
    return driver(1, 1.0, **readings)


def test_a_picture_at_rest_gives_nothing_with_or_without_its_neutral() -> None:
    assert expression_from(photograph()).max() < 0.06
    grinning = photograph(mouthSmile=0.8, eyeSquint=0.55)
    always = photograph(mouthSmile=0.5, eyeSquint=0.5)
    beside, alone = expression_from(grinning, always), expression_from(grinning)
    smile = arkit_index("mouthSmileLeft")
    assert 0.5 < beside[smile] < 0.75 < alone[smile], "who always smiles smiles less"


def test_glances_and_blinks_of_a_picture_are_left_out() -> None:
    shown = expression_from(photograph(eyeBlink=0.8, eyeLookUp=0.7, mouthSmile=0.6))
    names = [n for n, v in zip(ARKIT_NAMES, shown, strict=True) if n.startswith("eyeLook") and v > 0]
    assert not names
    assert shown[arkit_index("eyeBlinkLeft")] <= 0.4


def test_the_same_picture_twice_is_told() -> None:
    picture = photograph(mouthSmile=0.5)
    with pytest.raises(InputError, match="are the same"):
        expression_from(picture, picture)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size"), [("mouthSmile", 0.8), ("browInnerUp", 0.8), ("browDown", 0.9), ("jawOpen", 0.5)]
)
def test_a_drawn_expression_is_taken_from_its_picture(
    renderers: dict[str, PhotoRenderer], name: str, size: float
) -> None:
    asked = np.zeros(len(ARKIT_NAMES), np.float32)
    asked[list(sides(name))] = size
    tracker, renderer = LandmarkTracker(), renderers["neutral"]
    neutral, shown = (tracker.track(renderer.draw(c)) for c in (np.zeros_like(asked), asked))
    taken = expression_from(shown, neutral)
    assert taken[list(sides(name))].mean() == pytest.approx(size, abs=0.2)


def test_an_expression_held_under_speech_breathes_and_leaves_the_lips_to_it() -> None:
    speech = spoken()
    line = Line.of(speech, 25.0)
    feeling = Feeling.of(EmotionTrack((), "seconds"), line.times, 25.0)
    held = expression_from(photograph(mouthSmile=0.9, mouthPress=0.6, browInnerUp=0.5))
    face = express(line, feeling, 0, held)
    plain = express(line, feeling, 0)
    smile = face[:, arkit_index("mouthSmileLeft")]
    assert smile[0] < 0.7 * smile.max()
    assert np.ptp(smile[10:-10]) > 0.03
    assert smile[20:-20].min() > 0.4
    pressed = face[:, arkit_index("mouthPressLeft")]
    assert pressed[line.speaking > 0.99].max() < 0.3 * held[arkit_index("mouthPressLeft")]
    assert (face >= plain - 1e-12).all()
    assert face.max() <= 1.0

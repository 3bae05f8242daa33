"""One person followed through photographs and films, and Affetto's own faces read back from the films it draws."""

import subprocess
from itertools import pairwise
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from studio.emotion.reading.face import READING_FPS, own_neutral, read_face
from studio.errors import InputError
from studio.media.film import write_film
from studio.media.images import read_photo
from studio.media.video import open_video
from studio.performance import FaceMotion, arkit_index
from studio.performance.action_units import sides
from talking_head.landmarks import Landmarker
from talking_head.motion.affects import AFFECTS
from talking_head.portrait import read_portrait
from talking_head.renderer import PhotoRenderer
from talking_head.rig import Rig
from talking_head.tracker import LandmarkTracker

FACES = Path(__file__).parents[1] / "fixtures" / "faces"


@pytest.fixture(scope="module")
def tracker():
    return LandmarkTracker(device="cpu")


def small(name, width):
    image = Image.fromarray(read_photo(FACES / f"{name}.jpeg"))
    return np.asarray(image.resize((width, round(image.height * width / image.width)), Image.Resampling.BOX))


def head(name, side):
    """A face with little around it, RGB uint8 [side, side, 3]."""
    box = {"neutral": (190, 270, 790, 870), "surprised": (640, 200, 1180, 740)}[name]
    return np.asarray(Image.open(FACES / f"{name}.jpeg").convert("RGB").crop(box).resize((side, side)))


def on_wall(*placed):
    """A frame of 640 x 360 with pictures laid on it: (picture, left, top)."""
    frame = np.full((360, 640, 3), 120, np.uint8)
    for picture, left, top in placed:
        frame[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return frame


def film_of(path, frames, fps=10.0):
    height, width = frames[0].shape[:2]
    silence = np.zeros(round(len(frames) / fps * 8000), np.float32)
    return write_film(
        path, iter(frames), n_frames=len(frames), size=(width, height), fps=fps, samples=silence, sample_rate=8000
    )


# --- photographs


def test_photograph_is_one_frame_with_the_landmarkers_coefficients(tracker):
    photo = read_photo(FACES / "surprised.jpeg")
    expected = Landmarker().detect(photo)[0]
    for source in (photo, FACES / "surprised.jpeg", str(FACES / "surprised.jpeg")):
        tracked = tracker.track(source)
        assert len(tracked.motion) == 1
        assert tracked.seen.tolist() == [True]
        assert np.array_equal(tracked.motion.coefficients[0], expected.coefficients)


def test_face_of_a_group_is_chosen_by_its_number(tracker, caplog):
    yaws = [np.rad2deg(tracker.track(FACES / "group.jpeg", face=i).motion.rotation[0, 1]) for i in (1, 2)]
    assert yaws[0] < -20, "the man with glasses, the largest, looks to the picture's left"
    assert yaws[1] > 25, "the sitting woman looks to its right"
    assert not caplog.records
    tracker.track(FACES / "group.jpeg")
    assert "5 faces" in caplog.text
    with pytest.raises(InputError, match="no face 6"):
        tracker.track(FACES / "group.jpeg", face=6)


# --- films


def test_film_is_followed_at_its_own_rate_or_the_one_asked_for(tracker):
    told = []
    path = FACES / "weeping_laughing.mp4"
    tracked = tracker.track(path, fps=READING_FPS, progress=lambda *step: told.append(step))
    assert tracked.motion.fps == READING_FPS
    assert len(tracked.motion) == pytest.approx(5.4 * READING_FPS, abs=1)
    assert tracked.seen.all()
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[-1][1] == told[-1][2]
    video = open_video(path)
    assert video.fps == pytest.approx(23.98, abs=0.01)
    assert sum(1 for _ in video.frames()) == pytest.approx(video.seconds * video.fps, abs=1.5)
    smile = tracked.motion.coefficients[:, arkit_index("mouthSmileLeft")]
    assert smile[36:40].min() > 0.6 > 0.1 > smile[18:22].max()


def test_the_same_person_is_followed_when_a_larger_face_comes_by(tracker, tmp_path):
    """She is there alone, he comes in larger, she leaves while he stays, and comes back."""
    her, him = head("neutral", 160), head("surprised", 240)
    alone, both, gone = (on_wall(*p) for p in ([(her, 40, 100)], [(her, 40, 100), (him, 380, 60)], [(him, 380, 60)]))
    tracked = tracker.track(film_of(tmp_path / "two.mp4", [alone] * 5 + [both] * 5 + [gone] * 3 + [both] * 5))
    assert tracked.seen.tolist() == [True] * 10 + [False] * 3 + [True] * 5
    raised = tracked.motion.coefficients[:, arkit_index("browInnerUp")]
    assert raised.max() < 0.2, "his brows are raised (0.5), hers are not (0.01)"


def test_unseen_frames_hold_the_nearest_that_was_seen(tracker, tmp_path):
    her = head("neutral", 200)
    wall = on_wall()
    frames = [wall] * 4 + [on_wall((her, 100, 80))] * 4 + [wall] * 4
    tracked = tracker.track(film_of(tmp_path / "late.mp4", frames))
    assert tracked.seen.tolist() == [False] * 4 + [True] * 4 + [False] * 4
    coefficients = tracked.motion.coefficients
    assert (coefficients[:4] == coefficients[4]).all()
    assert (coefficients[8:] == coefficients[7]).all()


def test_a_face_that_moves_over_the_picture_moves_in_centimetres(tracker, tmp_path):
    her = head("neutral", 200)
    frames = [on_wall((her, 60 + 8 * i, 120 - 4 * i)) for i in range(16)]
    moved = tracker.track(film_of(tmp_path / "moving.mp4", frames)).motion.translation
    # The photograph's face is 509 pixels of 600 high, 170 here; a face is about 18 cm from hairline to chin.
    assert moved[-1] == pytest.approx((120 / 170 * 18, 60 / 170 * 18, 0), rel=0.15, abs=0.01)
    assert all(b > a for a, b in pairwise(moved[:, 0]))


def test_a_film_held_on_its_side_by_its_header_is_read_upright(tracker, tmp_path):
    """As telephones write them: the pixels lie on their side, and the header says by how much to turn."""
    upright = film_of(tmp_path / "upright.mp4", [on_wall((head("neutral", 240), 200, 60))] * 3)
    lying = film_of(tmp_path / "lying.mp4", [np.rot90(on_wall((head("neutral", 240), 200, 60)))] * 3)
    turned = tmp_path / "turned.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-display_rotation", "-90", "-i", lying, "-c", "copy"]
    subprocess.run([*command, turned], check=True)
    assert next(open_video(turned).frames()).shape == next(open_video(upright).frames()).shape == (360, 640, 3)
    seen, expected = (tracker.track(f).motion for f in (turned, upright))
    assert seen.rotation[0] == pytest.approx(expected.rotation[0], abs=np.deg2rad(3))
    assert np.abs(seen.coefficients[0] - expected.coefficients[0]).max() < 0.1  # coded twice, in other blocks


def test_large_frames_are_scaled_down_and_small_ones_stay(tmp_path):
    film = film_of(tmp_path / "wide.mp4", [on_wall()] * 3)
    assert next(open_video(film).frames(max_side=320)).shape == (180, 320, 3)
    assert next(open_video(film).frames(max_side=2000)).shape == (360, 640, 3)


# --- Affetto's own faces, drawn and read back

STRENGTHS = (0.4, 0.7, 1.0)


@pytest.fixture(scope="module")
def read_back():
    """{emotion: what is read off a portrait that shows it at each of STRENGTHS}, beside the same portrait at rest."""
    renderer = PhotoRenderer(read_portrait(small("neutral", 480)), Rig.load())
    emotions = ("happy", "sad", "angry", "afraid", "surprised", "disgusted")
    faces = np.zeros((1 + len(emotions) * len(STRENGTHS), 52), np.float32)
    for i, (emotion, strength) in enumerate((e, s) for e in emotions for s in STRENGTHS):
        for name, size in AFFECTS[emotion].face.items():
            faces[1 + i, list(sides(name))] = strength * size
    still = np.zeros((len(faces), 3), np.float32)
    landmarker = Landmarker()
    seen = np.array(
        [landmarker.detect(f)[0].coefficients for f in renderer.render(FaceMotion(faces, still, still, 25.0))]
    )
    rest = own_neutral(seen[:1])
    read = [read_face(c, rest) for c in seen[1:]]
    return {e: read[i * len(STRENGTHS) : (i + 1) * len(STRENGTHS)] for i, e in enumerate(emotions)}


@pytest.mark.slow
@pytest.mark.parametrize("emotion", ["happy", "sad", "angry", "afraid", "surprised", "disgusted"])
def test_a_drawn_emotion_is_read_back_and_grows_with_its_strength(read_back, emotion):
    read = read_back[emotion]
    assert max(read[-1].labels, key=read[-1].labels.get) == emotion
    sizes = [e.labels.get(emotion, 0.0) for e in read]
    assert all(b > a for a, b in pairwise(sizes))
    assert sizes[-1] > 0.4


# --- what can't be followed


def test_what_is_no_photograph_or_film_is_told(tracker, tmp_path):
    note = tmp_path / "note.mp4"
    note.write_text("not a film")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes((FACES / "weeping_laughing.mp4").read_bytes()[:3000])
    damaged = tmp_path / "damaged.jpeg"
    damaged.write_bytes((FACES / "neutral.jpeg").read_bytes()[:3000])
    for source, said in [
        (tmp_path / "nobody.mp4", r"no photograph or film at .*nobody\.mp4"),
        (tmp_path, "no photograph or film"),
        ("face\0.mp4", "no photograph or film"),
        (note, r"note\.mp4 is neither a photograph nor a film"),
        (damaged, r"damaged\.jpeg is a damaged picture"),
        (cut, r"cut\.mp4"),
        (np.full((200, 200, 3), 127, np.uint8), "No face was found in the photograph"),
        (np.zeros((4, 4)), "RGB uint8"),
        (None, "photograph"),
    ]:
        with pytest.raises(InputError, match=said) as caught:
            tracker.track(source)
        assert "\n" not in str(caught.value)


def test_a_film_without_a_face_is_told(tracker, tmp_path):
    with pytest.raises(InputError, match=r"No face was found in .*wall\.mp4"):
        tracker.track(film_of(tmp_path / "wall.mp4", [on_wall()] * 3))


def test_a_playlist_cannot_make_it_open_other_files(tracker, tmp_path):
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"ffconcat version 1.0\nfile '{FACES / 'weeping_laughing.mp4'}'\n")
    with pytest.raises(InputError):
        tracker.track(playlist)


@pytest.mark.parametrize("fps", [0, -5, 1000, float("nan")])
def test_a_rate_out_of_range_is_told(tracker, fps):
    with pytest.raises(InputError, match="times a second"):
        tracker.track(FACES / "weeping_laughing.mp4", fps=fps)


def test_a_device_that_is_none_is_told():
    with pytest.raises(InputError, match="banana"):
        LandmarkTracker(device="banana")

"""Photographs as people have them, and the one sentence that those get which can't be used."""

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.errors import InputError
from talking_head.landmarks import Landmarker
from talking_head.portrait import read_portrait

FACES = Path(__file__).parents[1] / "fixtures" / "faces"
NEUTRAL = FACES / "neutral.jpeg"
ORIENTATION = 0x0112


@pytest.fixture(scope="module")
def landmarker():
    return Landmarker()


@pytest.fixture(scope="module")
def neutral(landmarker):
    return read_portrait(NEUTRAL, landmarker=landmarker)


def apart(a, b):
    """Median distance of landmarks in pixels of the picture."""
    return np.median(np.linalg.norm((a.landmarks - b.landmarks)[:, :2], axis=1))


def rank(landmarker, x, y):
    """Which face of the group, counted from the largest, lies around a place in the picture."""
    boxes = [face.box for face in landmarker.detect(np.asarray(Image.open(FACES / "group.jpeg")))]
    return 1 + next(i for i, box in enumerate(boxes) if box[0] < x < box[2] and box[1] < y < box[3])


def refusal(source, landmarker, **options):
    with pytest.raises(InputError) as caught:
        read_portrait(source, landmarker=landmarker, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


# --- what a portrait holds


def test_portrait_of_a_photograph(neutral):
    assert neutral.image.shape == (1024, 882, 3)
    assert neutral.image.dtype == np.uint8
    assert neutral.landmarks.shape == (478, 3)
    assert neutral.coefficients.shape == (52,)
    # The irises' middles in the full photograph as an eye finds them, to about 3 pixels.
    for centre, seen in ((468, (402, 536)), (473, (593, 548))):
        assert neutral.landmarks[centre, :2] == pytest.approx(np.array(seen) * 1024 / 1116, abs=5)


def test_array_gives_the_same_as_its_file(neutral, landmarker):
    again = read_portrait(np.asarray(Image.open(NEUTRAL)), landmarker=landmarker)
    assert np.array_equal(again.image, neutral.image)
    assert np.array_equal(again.landmarks, neutral.landmarks)


@pytest.mark.parametrize("orientation, turn", [(3, 180), (6, 90), (8, 270)])
def test_turned_by_exif(tmp_path, neutral, landmarker, orientation, turn):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = tmp_path / "turned.jpeg"
    Image.open(NEUTRAL).rotate(turn, expand=True).save(path, quality=95, exif=exif)
    assert Image.open(path).size == ((961, 1116) if turn == 180 else (1116, 961))
    portrait = read_portrait(path, landmarker=landmarker)
    assert portrait.image.shape == neutral.image.shape
    # JPEG blocks fall differently on the turned picture.
    assert apart(portrait, neutral) < 1.5


def test_transparent_png(tmp_path, neutral, landmarker):
    picture = Image.open(NEUTRAL).convert("RGBA")
    alpha = Image.new("L", picture.size, 255)
    alpha.paste(0, (0, 0, 961, 150))
    picture.putalpha(alpha)
    picture.save(tmp_path / "cut-out.png", compress_level=1)
    portrait = read_portrait(tmp_path / "cut-out.png", landmarker=landmarker)
    assert (portrait.image[:130] == 255).all()
    assert apart(portrait, neutral) < 1.5


def test_one_grey_channel(landmarker):
    portrait = read_portrait(FACES / "angry.jpeg", landmarker=landmarker)
    assert Image.open(FACES / "angry.jpeg").mode == "L"
    assert portrait.image.shape == (960, 640, 3)


@pytest.mark.parametrize("box", [(140, 0, 861, 1116), (0, 300, 961, 961), (61, 101, 960, 1100)])
def test_any_size_gives_even_sides(neutral, landmarker, box):
    """Tall, wide, and odd both ways: the same face, where the crop puts it."""
    picture = np.asarray(Image.open(NEUTRAL).crop(box))
    portrait = read_portrait(picture, landmarker=landmarker)
    height, width = portrait.image.shape[:2]
    assert height % 2 == width % 2 == 0
    ratio = min(1, 1024 / max(picture.shape[:2]))
    assert (width, height) == pytest.approx((picture.shape[1] * ratio, picture.shape[0] * ratio), abs=2)
    expected = (neutral.landmarks[:, :2] * 1116 / 1024 - box[:2]) * ratio
    assert np.median(np.linalg.norm(portrait.landmarks[:, :2] - expected, axis=1)) < 2


def test_wide_border_does_not_hide_the_face(neutral, landmarker):
    page = Image.new("RGB", (2400, 1116), "white")
    page.paste(Image.open(NEUTRAL), (1300, 0))
    portrait = read_portrait(np.asarray(page), landmarker=landmarker)
    expected = (neutral.landmarks[:, :2] * 1116 / 1024 + (1300, 0)) * 1024 / 2400
    assert np.median(np.linalg.norm(portrait.landmarks[:, :2] - expected, axis=1)) < 2


# --- choosing a face


def test_several_faces_take_the_largest_and_say_so(landmarker, caplog):
    with caplog.at_level(logging.WARNING, logger="affetto"):
        portrait = read_portrait(FACES / "group.jpeg", landmarker=landmarker)
    assert portrait.landmarks[1, 0] > 700, "the man with glasses, at the right"
    (record,) = caplog.records
    assert "5 faces" in record.getMessage()
    assert "--face N" in record.getMessage()


def test_chosen_face_is_taken_without_a_word(landmarker, caplog):
    standing = rank(landmarker, 300, 80)
    with caplog.at_level(logging.WARNING, logger="affetto"):
        portrait = read_portrait(FACES / "group.jpeg", face=standing, landmarker=landmarker)
    assert portrait.landmarks[1, :2] == pytest.approx((300, 80), abs=30)
    assert not caplog.records


@pytest.mark.parametrize("face", [0, -1, 6])
def test_face_that_is_not_there(landmarker, face):
    message = refusal(FACES / "group.jpeg", landmarker, face=face)
    assert f"no face {face}" in message
    assert "5 faces" in message
    assert "largest" in message


# --- what can't be used


def test_no_face(landmarker):
    wall = np.asarray(Image.open(FACES / "surprised.jpeg"))[:500, :500]
    assert "No face" in refusal(wall, landmarker)
    assert "No face" in refusal(np.zeros((1, 700, 3), np.uint8), landmarker)


def test_face_too_small_says_how_large_it_is(landmarker):
    picture = Image.open(NEUTRAL).resize((138, 160), Image.Resampling.LANCZOS)
    message = refusal(np.asarray(picture), landmarker)
    pixels = int(message.split(" pixels")[0].split()[-1])
    assert pixels == pytest.approx(509 * 160 / 1116, rel=0.05)
    assert "96" in message


def test_small_face_in_a_large_photograph_asks_for_a_crop(landmarker):
    page = Image.new("RGB", (6000, 4000), "white")
    page.paste(Image.open(NEUTRAL), (1000, 1000))
    message = refusal(np.asarray(page), landmarker)
    assert "1024 x 683" in message
    assert "crop" in message


@pytest.mark.parametrize("place, degrees, way", [((182, 273), 36, "right"), ((550, 129), 41, "down")])
def test_face_turned_too_far(landmarker, place, degrees, way):
    message = refusal(FACES / "group.jpeg", landmarker, face=rank(landmarker, *place))
    found = int(message.split(" degrees")[0].split()[-1])
    assert found == pytest.approx(degrees, abs=2)
    assert way in message


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_photograph_on_its_side_without_exif(landmarker, quarters):
    assert "upright" in refusal(np.rot90(np.asarray(Image.open(NEUTRAL)), quarters), landmarker)


def test_face_cut_off_by_the_edge(neutral, landmarker):
    assert "cut off" in refusal(FACES / "group.jpeg", landmarker, face=rank(landmarker, 829, 10))
    picture = np.asarray(Image.open(NEUTRAL))
    mouth = picture[: int(neutral.landmarks[17, 1] * 1116 / 1024)]
    assert "cut off" in refusal(mouth, landmarker)
    forehead = picture[int(neutral.landmarks[10, 1] * 1116 / 1024) + 40 :]
    assert read_portrait(forehead, landmarker=landmarker).landmarks[10, 1] < 0, "a forehead may be cut"


def test_files_that_are_no_pictures(tmp_path, landmarker):
    text = tmp_path / "letter.jpeg"
    text.write_text("Dear reader")
    damaged = tmp_path / "half.jpeg"
    damaged.write_bytes(NEUTRAL.read_bytes()[:60_000])
    assert "letter.jpeg" in refusal(text, landmarker)
    assert "damaged" in refusal(damaged, landmarker)
    assert "There is no picture" in refusal(tmp_path / "absent.png", landmarker)


@pytest.mark.parametrize("thing", [Image.new("RGB", (64, 64)), None, b"face.jpeg", [[0, 0, 0]]])
def test_things_that_are_no_photographs(landmarker, thing):
    message = refusal(thing, landmarker)
    assert "a file's name or as an array, RGB uint8 [height, width, 3]" in message
    assert type(thing).__name__ in message


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((64, 64), np.uint8),
        np.zeros((64, 64, 4), np.uint8),
        np.zeros((64, 64, 3)),
        np.zeros((0, 4, 3), np.uint8),
    ],
)
def test_arrays_that_are_no_photographs(landmarker, array):
    message = refusal(array, landmarker)
    assert str(array.dtype) in message
    assert str(list(array.shape)) in message

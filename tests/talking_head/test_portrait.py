"""Photographs as people have them, and the one sentence that those get which can't be used."""

import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.errors import InputError
from studio.media.video import open_video
from talking_head.landmarks import Landmarker
from talking_head.landmarks.topology import LIPS_OUTER
from talking_head.portrait import read_group, read_portrait

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
    assert neutral.image.shape == (1116, 960, 3)  # sides are even
    assert neutral.image.dtype == np.uint8
    assert neutral.landmarks.shape == (478, 3)
    assert neutral.coefficients.shape == (52,)
    # The irises' middles in the full photograph as an eye finds them, to about 3 pixels.
    for centre, seen in ((468, (402, 536)), (473, (593, 548))):
        assert neutral.landmarks[centre, :2] == pytest.approx(np.array(seen), abs=5)


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
    portrait = read_portrait(picture, landmarker=landmarker, max_side=1024)
    height, width = portrait.image.shape[:2]
    assert height % 2 == width % 2 == 0
    ratio = min(1, 1024 / max(picture.shape[:2]))
    assert (width, height) == pytest.approx((picture.shape[1] * ratio, picture.shape[0] * ratio), abs=2)
    expected = (neutral.landmarks[:, :2] - box[:2]) * ratio
    assert np.median(np.linalg.norm(portrait.landmarks[:, :2] - expected, axis=1)) < 2


def test_wide_border_does_not_hide_the_face(neutral, landmarker):
    page = Image.new("RGB", (2400, 1116), "white")
    page.paste(Image.open(NEUTRAL), (1300, 0))
    portrait = read_portrait(np.asarray(page), landmarker=landmarker)
    expected = (neutral.landmarks[:, :2] + (1300, 0)) * 1920 / 2400
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


def test_several_faces_share_a_picture(landmarker):
    chosen = [rank(landmarker, 300, 80), 1]
    standing, glasses = read_group(FACES / "group.jpeg", chosen, landmarker=landmarker)
    assert standing.image is glasses.image
    assert standing.landmarks[1, :2] == pytest.approx((300, 80), abs=30)
    assert glasses.landmarks[1, 0] > 700
    for portrait, other in ((standing, glasses), (glasses, standing)):
        assert len(portrait.others) == 4
        middles = portrait.others.reshape(-1, 2, 2).mean(1)
        assert np.abs(middles - other.landmarks[1, :2]).max(axis=1).min() < 60, "the other is known of"
        assert np.abs(middles - portrait.landmarks[1, :2]).max(axis=1).min() > 80, "it is not among its others"


@pytest.mark.parametrize("faces", [[], [1, 1]])
def test_each_face_of_a_group_is_named_once(landmarker, faces):
    with pytest.raises(InputError, match="named once"):
        read_group(FACES / "group.jpeg", faces, landmarker=landmarker)


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


@pytest.fixture(scope="module")
def far_away():
    """A man of 320 pixels' face in a photograph of 24 megapixels."""
    page = Image.new("RGB", (6000, 4000), (90, 120, 90))
    page.paste(Image.open(NEUTRAL).resize((600, 697)), (1000, 1000))
    return np.asarray(page)


def test_small_face_in_a_large_photograph_asks_for_a_crop_or_a_larger_film(far_away, landmarker):
    message = refusal(far_away, landmarker, max_side=1024)
    assert "1024 x 682" in message
    assert "--crop head" in message
    assert "--size" in message


# --- sizes


def test_crop_around_the_head_has_the_photographs_own_pixels(far_away, landmarker):
    portrait = read_portrait(far_away, landmarker=landmarker, max_side=1024, crop="head")
    height, width = portrait.image.shape[:2]
    assert height == width
    face = np.ptp(portrait.landmarks[:468, :2], axis=0).max()
    assert face == pytest.approx(509 * 697 / 1116, rel=0.03)
    assert 2.1 < height / face < 2.7, "head and shoulders"
    # Nothing was resampled: the crop is a part of the page.
    left, top = 1000 + np.array((498, 545)) * 697 / 1116 - portrait.landmarks[[473, 468], :2].mean(0)
    found = [
        np.array_equal(far_away[y : y + height, x : x + width], portrait.image)
        for y in range(int(top) - 5, int(top) + 6)
        for x in range(int(left) - 5, int(left) + 6)
    ]
    assert any(found)


def test_crop_takes_the_face_that_was_asked_for(landmarker):
    standing = rank(landmarker, 300, 80)
    portrait = read_portrait(FACES / "group.jpeg", face=standing, landmarker=landmarker, crop="head")
    (alone,) = landmarker.detect(portrait.image)[:1]
    assert np.abs(alone.points - portrait.landmarks)[:468, :2].mean() < 0.02 * alone.size
    assert max(portrait.image.shape) == 512, "scaled up from some 250 pixels"


def test_head_at_the_edge_is_cropped_within_the_picture(neutral, landmarker):
    left = np.asarray(Image.open(NEUTRAL).crop((140, 0, 861, 1116)))
    portrait = read_portrait(left, landmarker=landmarker, crop="head")
    assert portrait.image.shape == (720, 720, 3)


@pytest.mark.parametrize(("side", "expected"), [(256, 512), (480, 512), (700, 700)])
def test_small_photographs_are_scaled_up(landmarker, side, expected):
    picture = Image.open(NEUTRAL).crop((0, 80, 961, 1041)).resize((side, side), Image.Resampling.LANCZOS)
    portrait = read_portrait(np.asarray(picture), landmarker=landmarker)
    assert portrait.image.shape == (expected, expected, 3)
    where = landmarker.detect(portrait.image)[0].points
    assert np.median(np.linalg.norm((where - portrait.landmarks)[:, :2], axis=1)) < 1.5


def test_large_photographs_keep_their_pixels(landmarker):
    picture = np.asarray(Image.open(NEUTRAL).resize((3444, 4000), Image.Resampling.BICUBIC))
    assert np.array_equal(read_portrait(picture, landmarker=landmarker, max_side=4096).image, picture)
    assert read_portrait(picture, landmarker=landmarker).image.shape == (1920, 1652, 3)


@pytest.mark.parametrize("side", [0, -512, 255, 4097])
def test_sizes_that_no_film_has(landmarker, side):
    assert "256 to 4096" in refusal(NEUTRAL, landmarker, max_side=side)


def test_crop_that_is_none(landmarker):
    assert "whole or head" in refusal(NEUTRAL, landmarker, crop="feet")


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


# --- something before the mouth

BEFORE = "Something lies before the mouth"


def film_frame(seconds):
    """Of a woman who weeps, holds her hand to her mouth from 1.7 to 2.4 s, and laughs."""
    video = open_video(FACES / "weeping_laughing.mp4")
    return next(frame for k, frame in enumerate(video.frames()) if k >= seconds * 23.98).copy()


def slab(picture, landmarks, reach=(0.75, 0.45), ink=(35, 36, 40)):
    """Something dark and flat held before the mouth, in sizes of its width; the picture is RGB [H, W, 3]."""
    lips = landmarks[list(LIPS_OUTER), :2]
    width = np.ptp(lips[:, 0])
    low, high = (lips.mean(0) + sign * width * np.array(reach) for sign in (-1, 1))
    out = picture.copy()
    out[int(low[1]) : int(high[1]), int(low[0]) : int(high[0])] = ink
    return out


@pytest.mark.parametrize("seconds", [1.8, 2.1])
def test_a_hand_before_the_mouth_is_told(landmarker, caplog, seconds):
    assert read_portrait(film_frame(seconds), landmarker=landmarker).covered
    assert BEFORE in caplog.text


@pytest.mark.parametrize("person", ["neutral", "surprised", "angry"])
def test_a_thing_before_the_mouth_is_told(landmarker, person):
    plain = read_portrait(FACES / f"{person}.jpeg", landmarker=landmarker)
    assert read_portrait(slab(plain.image, plain.landmarks), landmarker=landmarker).covered


@pytest.mark.parametrize("person", ["neutral", "surprised", "angry", "group 1", "group 3"])
def test_beards_glasses_teeth_and_shade_hide_no_mouth(landmarker, caplog, person):
    """Lipstick; a white beard, glasses and open lips; bared teeth in grey; a grey beard; a face in shade."""
    name, *face = person.split()
    portrait = read_portrait(FACES / f"{name}.jpeg", int(face[0]) if face else None, landmarker)
    assert not portrait.covered
    assert BEFORE not in caplog.text


@pytest.mark.parametrize("seconds", [0.3, 3.2, 4.2, 5.2])
def test_weeping_and_laughing_hide_no_mouth(landmarker, seconds):
    assert not read_portrait(film_frame(seconds), landmarker=landmarker).covered

"""Pictures of emotions: the right thing in the right place, and no name over another."""

import numpy as np
import pytest
from PIL import Image

from studio.emotion import CATEGORIES, NEUTRAL, Emotion, EmotionTrack
from studio.emotion.drawing import draw_plane, save_plane
from studio.emotion.drawing.page import drawable, shortened, width_of
from studio.emotion.drawing.palette import color_at
from studio.emotion.drawing.placement import place_labels
from studio.emotion.labels import CATEGORY_VAD
from studio.errors import InputError

# Where the plane lies in a picture 1200 wide: the origin, and one of valence or arousal, in pixels.
ORIGIN, UNIT = np.array([462, 438]), 338


def plane_of(picture):
    return picture[60:816, 84:842].astype(int)


def spot(picture, valence, arousal):
    x, y = np.round(ORIGIN + UNIT * np.array([valence, -arousal])).astype(int)
    return picture[y, x].astype(int)


@pytest.mark.parametrize("notation", ["angry", "calm", "vad(1,1,-1)", "vad(-1,-1,1)", "sad:0.6+afraid:0.3", "neutral"])
def test_a_point_lies_at_its_valence_and_arousal(notation):
    emotion = Emotion.parse(notation)
    picture = draw_plane([(notation, emotion)])
    assert picture.shape == (900, 1200, 3)
    assert picture.dtype == np.uint8
    # The marker's own colour, to the rounding of scaling down.
    assert np.abs(spot(picture, *emotion.vad[:2]) - color_at(*emotion.vad[:2], 0.6, 0.17)).max() <= 3


def test_every_category_has_its_dot_in_its_colour():
    picture = draw_plane([("", Emotion.parse("vad(0,-0.9,0)"))])
    for category, (v, a, _) in CATEGORY_VAD.items():
        assert np.abs(spot(picture, v, a) - color_at(v, a)).max() <= 6, category


def test_the_course_of_a_track_is_a_line_from_its_beginning_to_its_end():
    track = EmotionTrack.by_second([(0, Emotion.parse("vad(-0.5,-0.7,0)")), (2, Emotion.parse("vad(0.6,-0.9,0)"))])
    picture = draw_plane(track)
    for share in (0.25, 0.4, 0.7):
        v, a, _ = track.at(2 * share).vad
        assert np.abs(spot(picture, v, a) - color_at(v, a, 0.6)).max() <= 12
    # A ring where it begins, a dot where it ends.
    assert spot(picture, -0.5, -0.7).min() >= 250
    assert spot(picture, 0.6, -0.9).min() < 150
    # Turned round, the ring is at the other end.
    back = draw_plane(EmotionTrack.by_second([(0, track.at(2)), (2, track.at(0))]))
    assert spot(back, 0.6, -0.9).min() >= 250


def test_a_constant_track_is_a_point():
    sad = Emotion.parse("sad")
    assert np.array_equal(draw_plane(EmotionTrack.constant(sad)), draw_plane([("sad", sad)]))
    assert np.array_equal(draw_plane(EmotionTrack()), draw_plane([("neutral", NEUTRAL)]))


def test_dominance_mixture_and_channels_show_beside_the_plane():
    base = draw_plane([("x", Emotion.parse("vad(0.2,0.2,-0.5)"))])
    higher = draw_plane([("x", Emotion.parse("vad(0.2,0.2,0.5)"))])
    assert np.array_equal(plane_of(base), plane_of(higher))
    assert not np.array_equal(base, higher)
    happy = Emotion.parse("happy:0.5")
    apart = draw_plane([("x", happy + Emotion.parse("sad:0.3").only("brow"))])
    whole = draw_plane([("x", (happy + Emotion.parse("sad:0.3").only("brow")).whole)])
    assert not np.array_equal(apart, whole)


def test_names_do_not_cover_each_other_or_the_dots():
    rng = np.random.default_rng(3)
    for _ in range(5):
        dots = np.vstack(
            [rng.uniform(90, 830, (1, 2)), [ORIGIN + UNIT * np.array([v, -a]) for v, a, _ in CATEGORY_VAD.values()]]
        )
        sizes = np.array([(190.0, 32.0), *((width_of(c, 15) + 4, 17.0) for c in CATEGORIES)])
        radii = np.array([17.0, *[6.0] * len(CATEGORIES)])
        boxes = place_labels(dots, radii, sizes, [], (84, 60, 840, 816))
        low, high = boxes[:, None, :2], boxes[:, None, 2:]
        shared = np.clip(np.minimum(high, boxes[None, :, 2:]) - np.maximum(low, boxes[None, :, :2]), 0, None).prod(2)
        np.fill_diagonal(shared, 0)
        assert shared.max() == 0
        assert (boxes[:, :2] >= 84).all()
        assert (boxes[:, 2] <= 840).all()
        assert (boxes[:, 3] <= 816).all()
        gaps = np.linalg.norm(dots[None] - np.clip(dots[None], low, high), axis=2)
        assert (gaps >= 5).all()
        assert np.allclose(boxes[:, 2:] - boxes[:, :2], sizes)
        # A name stays by its own dot.
        assert gaps.diagonal().max() < 100


def test_opposite_directions_have_other_colours():
    for category in CATEGORIES:
        v, a, _ = CATEGORY_VAD[category]
        assert np.abs(np.subtract(color_at(v, a), color_at(-v, -a))).max() > 60


def test_what_the_font_lacks_is_not_drawn_as_boxes():
    assert drawable("Ärger – naïve") == "Arger - naive"
    assert drawable("怒り") == ""
    angry = Emotion.parse("angry")
    assert np.array_equal(draw_plane([("怒り", angry)]), draw_plane([("angry", angry)]))


def test_long_names_are_cut_to_their_room():
    cut = shortened("a description that goes on and on", 18, 120)
    assert cut.endswith("…")
    assert width_of(cut, 18) <= 120
    assert shortened("short", 18, 120) == "short"


def test_a_picture_is_saved_as_png(tmp_path):
    path = save_plane([("sad", Emotion.parse("sad"))], tmp_path / "sad.png", width=480)
    with Image.open(path) as opened:
        assert opened.format == "PNG"
        assert opened.size == (480, 360)
    with pytest.raises(InputError, match=r"should end in \.png"):
        save_plane([], tmp_path / "sad.jpg")
    with pytest.raises(InputError, match="400 to 4000"):
        draw_plane([], width=90)
    assert [p.name for p in tmp_path.iterdir()] == ["sad.png"]


def test_several_points_are_listed():
    one = draw_plane([("a", Emotion.parse("sad:0.3")), ("b", Emotion.parse("happy:0.4"))])
    assert (
        np.abs(spot(one, *Emotion.parse("sad:0.3").vad[:2]) - color_at(*Emotion.parse("sad").vad[:2], 0.6, 0.17)).max()
        <= 8
    )
    many = draw_plane([(f"line {i}", (i + 1) / 30 * Emotion.parse("happy")) for i in range(30)])
    assert not np.array_equal(many[:, 860:], one[:, 860:])

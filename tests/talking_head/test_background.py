"""Another background: the person is cut out, hair and all, and the cut moves with the head."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from studio.errors import InputError
from studio.performance import arkit_index
from talking_head.landmarks import Landmarker
from talking_head.portrait import Portrait, read_portrait
from talking_head.renderer import PhotoRenderer
from talking_head.renderer.backdrop import read_background
from talking_head.rig import Rig

FACES = Path(__file__).parents[1] / "fixtures" / "faces"
Picture = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    return read_portrait(FACES / "neutral.jpeg", landmarker=Landmarker(), max_side=512)


@pytest.fixture(scope="module")
def cut(portrait: Portrait) -> PhotoRenderer:
    return PhotoRenderer(portrait, Rig.load(), background="transparent")


def rest() -> npt.NDArray[np.float32]:
    return np.zeros(52, np.float32)


def test_the_person_is_there_and_the_wall_is_not(portrait, cut):
    frame = cut.draw(rest())
    assert cut.channels == 4
    assert frame.shape == (512, 440, 4)
    alpha = frame[..., 3]
    x, y = portrait.landmarks[:468, :2].round().astype(int).T
    assert (alpha[y, x] == 255).mean() > 0.96  # those of the jaw and the temples lie on the edge
    assert alpha[:150, :60].max() == 0
    assert alpha[:150, -60:].max() == 0
    # Within the person, away from its edge, the colours are the photograph's.
    inner = np.s_[int(y.min()) + 30 : int(y.max()) - 30, int(x.min()) + 30 : int(x.max()) - 30]
    assert np.abs(frame[inner][..., :3].astype(float) - portrait.image[inner]).mean() < 3


def test_strands_of_hair_are_cut_out_without_the_wall(portrait, cut):
    """Beside the neck hang strands of dark hair before a wall of 250: dark in the cut, with gaps between."""
    frame = cut.draw(rest())
    beside = np.s_[300:420, 315:360]  # px of the portrait at 512
    alpha, colour = frame[beside][..., 3] / 255.0, frame[beside][..., :3].mean(-1)
    strands = alpha > 0.5
    assert 0.02 < strands.mean() < 0.5
    assert (alpha < 0.1).mean() > 0.3
    assert colour[strands].mean() < 150
    # Where hair and wall mix, the photograph is bright with the wall; the cut has the hair's colour.
    mixed = (alpha > 0.2) & (alpha < 0.6)
    assert colour[mixed].mean() < portrait.image[beside].mean(-1)[mixed].mean() - 40


def test_the_cut_moves_with_the_head(cut):
    def middle(frame: Picture) -> float:
        upper = frame[40:200, :, 3].astype(float)
        return float((upper * np.arange(upper.shape[1])).sum() / upper.sum())

    here, there = (middle(cut.draw(rest(), (0, 0, 0), (cm, 0, 0))) for cm in (0.0, 1.0))
    # A centimetre is 16 pixels here; the head's top follows by most of it, the picture's edge by nothing.
    assert 5 < there - here < 20


def test_a_colour_or_a_picture_behind(portrait, cut):
    wall = Image.fromarray(np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (128, 1, 3)))
    for background, corner in (("#204080", (32, 64, 128)), ((1, 2, 3), (1, 2, 3)), (np.asarray(wall), None)):
        renderer = PhotoRenderer(portrait, Rig.load(), background=background)
        assert renderer.channels == 3
        c = rest()
        c[arkit_index("jawOpen")] = 0.4
        frame, over = renderer.draw(c, (0, 0.1, 0)), cut.draw(c, (0, 0.1, 0))
        expected = read_background(background, (renderer.width, renderer.height))
        assert expected is not None
        if corner is not None:
            assert tuple(frame[5, 5]) == corner
        alpha = over[..., 3:] / 255.0
        laid = over[..., :3] * alpha + expected * (1 - alpha)
        assert np.abs(frame - laid).max() <= 1


def test_a_picture_behind_covers_the_film_without_distortion(tmp_path):
    wide = np.zeros((100, 400, 3), np.uint8)
    wide[:, 150:250] = 255  # a white square in the middle
    Image.fromarray(wide).save(tmp_path / "wall.png")
    behind = read_background(tmp_path / "wall.png", (200, 200))
    assert behind is not None
    assert behind.shape == (200, 200, 3)
    assert (behind[:, 5:-5] > 250).all()


@pytest.mark.parametrize(
    "background",
    ["no such colour", "nowhere.png", (1, 2), (1, 2, 300), np.zeros((4, 4)), np.zeros((4, 4, 4), np.uint8)],
)
def test_backgrounds_that_are_none(background):
    with pytest.raises(InputError) as caught:
        read_background(background, (64, 64))
    assert "background" in str(caught.value)

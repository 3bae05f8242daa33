"""Several faces of one photograph: each moves by its own motion and leaves the others alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.media.images import read_photo
from studio.performance import FaceMotion, Speech, arkit_index
from talking_head.landmarks import Landmarker
from talking_head.motion import compose_motion
from talking_head.portrait import Portrait, read_group, read_portrait
from talking_head.renderer import GroupRenderer, PhotoRenderer
from talking_head.rig import Rig

GROUP = Path(__file__).parents[1] / "fixtures" / "faces" / "group.jpeg"
Picture = npt.NDArray[np.uint8]


_LANDMARKER = Landmarker()


@pytest.fixture(scope="module")
def pair() -> tuple[Portrait, ...]:
    """The man with glasses at the right, and the woman who stands at the left."""
    found = _LANDMARKER.detect(read_photo(GROUP))
    left = next(i for i, face in enumerate(found) if np.abs(face.points[1, :2] - (300, 80)).max() < 30)
    return read_group(GROUP, (1, left + 1), landmarker=_LANDMARKER)


@pytest.fixture(scope="module")
def group(pair: tuple[Portrait, ...]) -> GroupRenderer:
    return GroupRenderer(pair, Rig.load())


def motion(jaw: float, yaw: float, frames: int = 1, fps: float = 25.0) -> FaceMotion:
    coefficients = np.zeros((frames, 52), np.float32)
    coefficients[:, arkit_index("jawOpen")] = jaw
    rotation = np.zeros((frames, 3), np.float32)
    rotation[:, 1] = yaw
    return FaceMotion(coefficients, rotation, np.zeros((frames, 3), np.float32), fps)


def changed(frame: Picture, photo: Picture, box: npt.NDArray[np.float32]) -> float:
    """Mean change of the pixels in a box, grey levels."""
    x0, y0, x1, y1 = np.maximum(box, 0).astype(int)
    part = np.s_[y0:y1, x0:x1]
    return float(np.abs(frame[part].astype(float) - photo[part]).mean())


def box(portrait: Portrait) -> npt.NDArray[np.float32]:
    points = portrait.landmarks[:468, :2]
    return np.concatenate([points.min(0), points.max(0)])


def test_each_face_moves_by_its_own_motion(pair, group):
    right, left = pair
    speaking, at_rest = motion(0.5, 0.15), motion(0, 0)
    first = next(group.render((speaking, at_rest))).copy()
    second = next(group.render((at_rest, speaking))).copy()
    # A face at rest differs by the trace of expression that the landmarker reads in it.
    assert changed(first, right.image, box(right)) > 3 * changed(second, right.image, box(right))
    assert changed(second, left.image, box(left)) > 3 * changed(first, left.image, box(left))
    both = next(group.render((speaking, speaking))).copy()
    half = both.shape[1] // 2
    assert np.array_equal(both[:, half:], first[:, half:])
    assert np.array_equal(both[:, :half], second[:, :half])


def test_neighbours_that_were_not_chosen_stay_as_they_are(pair, group):
    """Heads that turn as far as they can drag no neighbour's face along, in a group or alone."""
    turned = motion(0.3, 0.3)
    frame = next(group.render((turned, turned)))
    right, left = pair
    still = [b for b in right.others if not any(np.allclose(b, box(p), atol=6) for p in pair)]
    assert len(still) == 3
    alone = PhotoRenderer(left, Rig.load()).draw(turned.coefficients[0], turned.rotation[0])
    for other in still:
        assert changed(frame, right.image, other) == 0
        assert changed(alone, left.image, other) == 0
    assert changed(alone, left.image, box(left)) > 5


def test_faces_cheek_to_cheek_do_not_mix():
    """Two copies of one head, side by side so that they touch: what one does is not seen in the other."""
    photo = np.asarray(read_portrait(GROUP.with_name("neutral.jpeg"), landmarker=_LANDMARKER, max_side=512).image)
    head = photo[:, 60:380]
    twice = np.concatenate([head, head], axis=1)
    pair = read_group(twice, (1, 2), landmarker=_LANDMARKER)
    pair = tuple(sorted(pair, key=lambda p: p.landmarks[1, 0]))
    group = GroupRenderer(pair, Rig.load())
    seam = head.shape[1]
    rest = next(group.render((motion(0, 0), motion(0, 0)))).copy()
    left_only = next(group.render((motion(0.4, 0.3), motion(0, 0)))).copy()
    assert changed(left_only, rest, box(pair[0])) > 5
    assert changed(left_only, rest, box(pair[1])) == 0
    both = next(group.render((motion(0.4, 0.3), motion(0.4, -0.3)))).copy()
    # Half the distance between the faces is the seam, to a few pixels.
    assert np.array_equal(both[:, : seam - 8], left_only[:, : seam - 8])


def test_listener_is_alive(pair, group):
    """Silence gives a listener a motion: in eight seconds lids close and the head moves, the lips do not speak."""
    silence = Speech(np.zeros(8 * 24_000, np.float32), 24_000, "", (), (), EmotionTrack(), "", 0)
    listening = compose_motion(silence, EmotionTrack(), seed=3)
    assert listening.coefficients[:, arkit_index("eyeBlinkLeft")].max() > 0.6
    assert listening.coefficients[:, arkit_index("jawOpen")].max() < 0.1
    rest = motion(0, 0, len(listening))
    left = pair[1]
    moved = [changed(f, left.image, box(left)) for f in group.beside((listening,)).render(rest)]
    assert np.ptp(moved) > 1


def test_beside_is_the_first_face_while_the_rest_goes_on(group):
    speaking, listening = motion(0.5, 0.1, 3), motion(0, -0.1, 3)
    one = [f.copy() for f in group.render((speaking, listening))]
    other = [f.copy() for f in group.beside((listening,)).render(speaking)]
    assert len(one) == 3
    assert np.array_equal(one, other)


def test_motions_that_do_not_fit(group):
    with pytest.raises(InputError, match="2 faces and 1 motions"):
        group.render((motion(0, 0),))
    with pytest.raises(InputError, match="equally long"):
        group.render((motion(0, 0, 3), motion(0, 0, 4)))
    with pytest.raises(InputError, match="equally long and fast"):
        group.render((motion(0, 0), motion(0, 0, fps=30.0)))


def test_portraits_of_different_photographs(pair):
    other = read_portrait(GROUP, face=1, landmarker=_LANDMARKER)
    with pytest.raises(InputError, match="one photograph"):
        GroupRenderer((pair[0], other), Rig.load())

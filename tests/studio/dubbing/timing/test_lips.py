"""Words placed along a mouth: on synthetic mouths whose words are known."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dubbing.timing import Limits, Mouth, Sound, follow, sounds_of
from studio.dubbing.timing.lips import LEAD
from studio.errors import InputError
from studio.performance import Phoneme, Word

# A frame of the speaker is 25 ms, one of the film 40 ms.
FRAME = 0.045


def spoken(words):
    """Sounds of so many words, each 0.3 s: lips shut, wide open, half open."""
    shapes = ((0.0, 1.0, 0.3), (0.3, 0.65, 0.0), (1.0, 0.1, 0.4))
    return [
        Sound(w, 0.3 * w + 0.1 * i, 0.3 * w + 0.1 * (i + 1), shapes[w % 3][i]) for w in range(words) for i in range(3)
    ]


def mouthing(sounds, starts, tempo, film=12.0, fps=25.0):
    """A mouth that says each word at its start, so many times as long as `sounds` have it."""
    times = np.arange(0, film, 1 / fps)
    aperture = np.zeros(len(times))
    moving = []
    for word, start in enumerate(starts):
        own = [s for s in sounds if s.word == word]
        for s in own:
            begin = start + (s.start - own[0].start) * tempo[word]
            aperture[(times >= begin) & (times < begin + (s.end - s.start) * tempo[word])] = s.openness
        end = start + (own[-1].end - own[0].start) * tempo[word]
        if moving and start - moving[-1][1] < 0.05:
            moving[-1] = (moving[-1][0], end)
        else:
            moving.append((start, end))
    return Mouth(times, aperture, moving)


def placed(found):
    return [found.start + pin.start for pin in found.pins]


def test_words_go_where_the_mouth_says_them():
    sounds = spoken(8)
    starts, at = [], 2.0
    tempo = [0.9, 1.15, 1.0, 1.1, 0.95, 1.0, 1.2, 0.85]
    for word, t in enumerate(tempo):
        # The mouth rests before the fifth word.
        at += 0.7 if word == 4 else 0.0
        starts.append(at)
        at += 0.3 * t
    found = follow(sounds, mouthing(sounds, starts, tempo), 1.5, 7.0)
    assert placed(found) == pytest.approx(starts, abs=FRAME)
    assert found.start == pytest.approx(2.0 - LEAD, abs=FRAME)
    assert found.start + found.seconds == pytest.approx(at, abs=0.1)
    assert found.agreement > 0.85
    assert [p.word for p in found.pins] == list(range(8))


def test_a_rest_of_the_mouth_is_a_pause_and_the_cue_is_not_binding():
    sounds = spoken(4)
    found = follow(sounds, mouthing(sounds, [3.0, 3.3, 5.0, 5.3], [1.0] * 4), 1.0, 8.0)
    assert placed(found) == pytest.approx([3.0, 3.3, 5.0, 5.3], abs=FRAME)


def test_it_does_better_than_words_at_an_even_tempo():
    sounds = spoken(9)
    rng = np.random.default_rng(5)
    starts = np.cumsum([1.0, *rng.uniform(0.27, 0.36, 8)])
    mouth = mouthing(sounds, starts, [1.0] * 9)
    noisy = Mouth(mouth.times, np.clip(mouth.aperture + rng.normal(0, 0.15, len(mouth.times)), 0, 1), mouth.moving)
    off = np.abs(np.array(placed(follow(sounds, noisy, 0.5, 5.0))) - starts)
    even = np.abs(1.0 + np.arange(9) * (starts[-1] - 1.0 + 0.3) / 9 - starts)
    assert off.mean() < 0.5 * even.mean()


@given(st.integers(1, 6), st.floats(0.5, 3.0), st.integers(0, 10_000))
def test_words_stay_in_order_in_reach_and_in_their_time(words, start, seed):
    rng = np.random.default_rng(seed)
    sounds = spoken(words)
    times = np.arange(0, 10, 0.04)
    mouth = Mouth(times, rng.random(len(times)), [(start, start + 2.0), (start + 2.5, start + 4.0)])
    limits = Limits()
    found = follow(sounds, mouth, start, start + 4.0, limits)
    assert found is not None
    at = [*placed(found), found.start + found.seconds]
    assert at[0] >= start - 0.026
    assert at[-1] <= start + 4.0 + 0.08
    # Frames are whole, so that a word of 12 may be a frame off its fastest.
    assert all(b - a >= 0.3 / limits.speed[1] - 0.026 for a, b in pairwise(at))
    assert -1.0 <= found.agreement <= 1.0
    assert found == follow(sounds, mouth, start, start + 4.0, limits)


def test_where_there_is_nothing_to_follow_there_are_no_pins():
    sounds = spoken(4)
    mouth = mouthing(sounds, [3.0, 3.3, 3.6, 3.9], [1.0] * 4)
    assert follow([], mouth, 2.0, 5.0) is None
    assert follow(sounds, Mouth(mouth.times, mouth.aperture, []), 2.0, 5.0) is None
    assert follow(sounds, mouth, 6.0, 9.0) is None
    assert follow(sounds, mouth, 3.0, 3.8) is None
    assert follow(sounds, mouth, 20.0, 22.0) is None
    assert follow(sounds, mouth, 3.0, 3.01) is None


@pytest.mark.parametrize(("times", "aperture"), [([0, 1], [0.0]), ([0.0], [0.0]), ([1, 0], [0.0, 0.0])])
def test_a_mouth_without_times_is_refused(times, aperture):
    with pytest.raises(InputError):
        Mouth(times, aperture, [])


def test_sounds_are_as_open_as_vowels_and_lips_are():
    words = [Word("My", 0.1, 0.4), Word("bee.", 0.5, 0.8)]
    phonemes = [
        Phoneme(" ", 0.0, 0.1),
        Phoneme("m", 0.1, 0.2),
        Phoneme("ˈI", 0.2, 0.4),
        Phoneme(" ", 0.4, 0.5),
        Phoneme("b", 0.5, 0.6),
        Phoneme("i", 0.6, 0.8),
        Phoneme(".", 0.8, 1.0),
    ]
    found = sounds_of(words, phonemes)
    assert [(s.word, s.openness) for s in found] == [(0, 0.0), (0, 1.0), (1, 0.0), (1, 0.4)]
    assert [s.start for s in found] == [0.1, 0.2, 0.5, 0.6]
    assert sounds_of([], phonemes) == []

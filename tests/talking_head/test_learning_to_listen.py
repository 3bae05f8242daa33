"""What the network that hears lips is taught: the sounds of a timeline, in clips that say what they hold."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from studio.performance import Phoneme
from talking_head.listening.closures import closures
from talking_head.listening.mel import BANDS
from talking_head.listening.training.augmentation import hidden
from talking_head.listening.training.clips import FRAMES, Clips
from talking_head.listening.training.heldout import is_held_out, is_settling
from talking_head.listening.training.takes import RATE, Take
from talking_head.listening.training.targets import CONTACT, PHONE, VOICE, targets

# "a map", with a pause around it.
SAID = (("", 0.0, 0.5), ("ə", 0.5, 0.6), ("m", 0.6, 0.72), ("ˈ", 0.72, 0.75), ("æ", 0.75, 0.95), ("p", 0.95, 1.1))


@pytest.fixture
def take() -> Take:
    """One whose sound swells where something is said."""
    t = np.arange(2 * RATE) / RATE
    samples = np.where((t > 0.5) & (t < 1.1), 0.3, 0.001) * np.sin(2 * np.pi * 200 * t)
    phonemes = tuple(Phoneme(symbol or " ", a, b) for symbol, a, b in (*SAID, ("", 1.1, 2.0)))
    return Take("emodb", "08", "a map", samples.astype(np.float32), phonemes)


def test_each_sound_is_told_where_it_is_said_and_a_mark_of_stress_is_part_of_its_vowel(take: Take) -> None:
    phone = targets(take)[:, PHONE]
    schwa, m, stress, a, p = (phone[n] for n in (55, 66, 73, 85, 100))
    assert len({0.0, schwa, m, a, p}) == 5
    assert stress == a
    assert phone[20] == phone[150] == 0.0


def test_lips_are_told_to_touch_in_m_and_p_only(take: Take) -> None:
    touching = targets(take)[:, CONTACT]
    middles = [(c.start + c.end) / 2 for c in closures(touching, 100.0)]
    # Shown 20 ms ahead of the sound, and m parts before its end, p at its burst.
    assert middles == pytest.approx([0.63, 0.975], abs=0.03)


def test_a_clip_says_what_it_holds_and_a_seed_gives_the_same_ones(take: Take) -> None:
    first, again = (list(islice(Clips([take]).batches(4, seed), 3)) for seed in (5, 5))
    other = next(Clips([take]).batches(4, 6))
    for (heard, said), (heard_again, said_again) in zip(first, again, strict=True):
        assert heard.shape == (4, FRAMES, BANDS)
        assert np.array_equal(heard, heard_again) and np.array_equal(said, said_again)
        # Where a sound is told, somebody speaks; between sounds of one phrase nobody pauses so long.
        assert said[said[..., PHONE] > 0][:, VOICE].min() > 0.0
        assert np.array_equal(said[..., PHONE], np.rint(said[..., PHONE]))
    assert not np.array_equal(other[0], first[0][0])


def test_hiding_parts_of_what_is_heard_leaves_most_of_it_and_the_original_as_it_was() -> None:
    rng = np.random.default_rng(3)
    bands = rng.uniform(-0.9, 0.9, (FRAMES, BANDS)).astype(np.float32)
    before = bands.copy()
    seen = [hidden(bands, rng) for _ in range(20)]
    assert np.array_equal(bands, before)
    assert all(np.corrcoef(s.ravel(), bands.ravel())[0, 1] > 0.6 for s in seen)
    assert min(np.corrcoef(s.ravel(), bands.ravel())[0, 1] for s in seen) < 0.95


def test_nobody_who_judges_the_network_settles_its_thresholds(take: Take) -> None:
    speakers = [replace(take, corpus=c, speaker=s) for c, s in [("emodb", f"{n:02}") for n in range(3, 17)]]
    speakers += [replace(take, corpus="librispeech", speaker=str(n)) for n in range(1, 200)]
    assert not [t.speaker for t in speakers if is_held_out(t) and is_settling(t)]
    assert {t.speaker for t in speakers if t.corpus == "emodb" and is_held_out(t)} == {"03", "16"}
    assert sum(map(is_settling, speakers)) > 20

"""The planner's rules: on cue, apart, within the speed allowed, local, and in the order they are promised in."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dubbing.timing import Limits, Slot, Wanted, plan
from studio.errors import InputError

# Rounding of sums of seconds.
EXACT = 1e-6
FILM = 60.0


def line(start, end, natural, speaker=None, words=10, shortest=None, longest=None):
    return Wanted(start, end, natural, shortest or 0.5 * natural, longest or 2.0 * natural, speaker, words)


def only(*lines, film=FILM, limits=None):
    return plan(lines, film, limits)


# One line by itself


@pytest.mark.parametrize(
    ("natural", "seconds"),
    [
        (2.0, 2.0),  # as long as its cue
        (1.9, 2.0),  # a little short: it fills the cue
        (1.0, 1.0 / 0.9),  # short: no slower than is easy
        (2.1, 2.0),  # a little long: no faster than is easy
    ],
)
def test_a_line_near_its_cue_fills_it_at_an_easy_tempo(natural, seconds):
    (slot,) = only(line(5, 7, natural))
    assert slot.start == 5.0
    assert slot.seconds == pytest.approx(seconds, abs=EXACT)
    assert slot.spoken == slot.seconds
    assert slot.speed == pytest.approx(natural / seconds, abs=EXACT)
    assert slot.done == ()
    assert slot.fits
    assert slot.is_on_cue


def test_a_long_line_takes_as_little_silence_as_an_easy_tempo_needs():
    (slot,) = only(line(5, 7, 3.3))
    assert slot.seconds == pytest.approx(3.3 / 1.1, abs=EXACT)
    assert slot.after == pytest.approx(1.0, abs=EXACT)
    assert slot.done == ("Uses 1.00 s of the silence after its cue.",)


def test_where_silence_is_short_a_line_is_hurried_up_to_the_pause_before_the_next():
    slot, following = only(line(5, 7, 3.0), line(7.75, 9, 1.2))
    assert slot.end == pytest.approx(7.75 - 0.15, abs=EXACT)
    assert slot.speed == pytest.approx(3.0 / 2.6, abs=EXACT)
    assert "Is said at 1.15 times its natural tempo." in slot.done
    assert following.start == 7.75


def test_the_pause_goes_before_a_neighbour_is_moved():
    slot, following = only(line(5, 7, 3.3), line(7.7, 9, 1.2))
    assert slot.seconds == pytest.approx(3.3 / 1.25, abs=EXACT)
    assert slot.end > 7.7 - 0.15
    assert following.shift == 0.0


def test_the_next_line_starts_late_before_this_one_starts_early():
    needs = 2.0 + 0.1
    slot, following = only(line(5, 7, needs * 1.25), line(7, 9, 1.2))
    assert slot.shift == 0.0
    assert slot.end == pytest.approx(7.1, abs=EXACT)
    assert following.shift == pytest.approx(0.1, abs=EXACT)
    assert following.done == ("Starts 0.10 s after its cue, for the line before it.",)


def test_lateness_and_earliness_are_bounded_and_the_rest_is_words_too_many():
    slot, following = only(line(5, 7, 3.75, words=20), line(7, 9, 1.2))
    assert following.shift == pytest.approx(0.185, abs=EXACT)
    assert slot.shift == pytest.approx(-0.09, abs=EXACT)
    assert slot.spoken == pytest.approx(3.0, abs=EXACT)
    assert slot.seconds == pytest.approx(2.275, abs=EXACT)
    # 0.725 of 3 s at 20 words in all: 4.8, and a part of a word is one too many.
    assert slot.overflow_words == 5
    assert not slot.fits
    assert slot.speed == pytest.approx(1.25, abs=EXACT)
    assert (
        slot.done[-1] == "Has 5 words too many: at 1.25 times its natural tempo it takes 3.00 s, and there are 2.27 s."
    )


def test_one_word_too_many_is_told_as_one():
    slot, _ = only(line(5, 7, 2.9, words=10), line(7, 8, 1.2), limits=Limits.on_cue())
    assert slot.overflow_words == 2
    slot, _ = only(line(5, 7, 2.6, words=10), line(7, 8, 1.2), limits=Limits.on_cue())
    assert slot.overflow_words == 1
    assert "1 word too many" in slot.done[-1]


def test_a_line_without_words_counted_overflows_without_a_number():
    slot, _ = only(line(5, 7, 9, words=0), line(7, 8, 1))
    assert slot.overflow_words == 0
    assert not slot.fits


def test_who_lends_keeps_what_it_needs():
    # The second needs 1.9 of its 2 s: it lends 0.1, though 0.185 would be allowed.
    slot, lender, last = only(line(5, 7, 2.75), line(7, 9, 1.9 * 1.25), line(9, 11, 2))
    assert lender.shift == pytest.approx(0.1, abs=EXACT)
    assert lender.fits
    assert last.shift == 0.0
    assert slot.shift == pytest.approx(-0.09, abs=EXACT)


def test_who_lacks_time_does_not_lend():
    first, second, third = only(line(5, 7, 2.7), line(7, 9, 2.7), line(9, 11, 1))
    assert second.shift <= 0.0
    assert third.shift > 0.0
    assert first.end <= second.start + EXACT


def test_an_early_start_takes_from_the_line_before_only_what_it_can_spare():
    # The first needs 1.95 of its 2 s at its fastest.
    first, second, _ = only(line(5, 7, 1.95 * 1.25), line(7, 9, 4), line(9, 11, 2.5))
    assert second.shift == pytest.approx(-0.05, abs=EXACT)
    assert first.fits
    assert first.end == pytest.approx(second.start, abs=EXACT)


def test_who_starts_late_for_one_neighbour_has_less_to_spare_for_the_other():
    # The second can spare 0.15 s in all.
    _, second, third, _ = only(line(5, 7, 2.1 * 1.25), line(7, 9, 1.85 * 1.25), line(9, 11, 4), line(11, 13, 4))
    assert second.shift == pytest.approx(0.1, abs=EXACT)
    assert third.shift == pytest.approx(-0.05, abs=EXACT)
    assert second.fits


def test_nobody_starts_before_the_film():
    slot, _ = only(line(0.03, 2, 4), line(2, 4, 4))
    assert slot.start == pytest.approx(0.0, abs=EXACT)
    assert slot.shift == pytest.approx(-0.03, abs=EXACT)


def test_no_line_ends_after_the_film():
    (slot,) = only(line(58, 61, 4, words=8))
    assert slot.end == FILM
    assert slot.overflow_words == 4 - 1
    (slot,) = only(line(58, 59, 2.2), film=60.0)
    assert slot.end == pytest.approx(60.0, abs=EXACT)
    assert slot.seconds == pytest.approx(2.0, abs=EXACT)


def test_the_first_second_is_as_any_other():
    first, _ = only(line(0.1, 0.5, 0.66), line(0.95, 1.5, 0.5))
    assert first.seconds == pytest.approx(0.6, abs=EXACT)
    assert first.speed == pytest.approx(1.1, abs=EXACT)


# Several speakers


def test_the_cue_of_another_is_no_silence():
    slot, _ = only(line(5, 7, 2.5, "Anna"), line(7, 9, 2, "Bob"), limits=Limits.on_cue())
    assert slot.end == pytest.approx(7.0, abs=EXACT)


def test_speakers_overlap_as_their_cues_do_and_no_further():
    anna, bob = only(line(5, 9, 4, "Anna"), line(6, 7, 3, "Bob", words=9))
    assert anna.end == pytest.approx(9.0, abs=EXACT)
    assert bob.start == 6.0
    assert bob.end == pytest.approx(7.0, abs=EXACT)
    assert bob.overflow_words > 0


def test_an_overlapping_cue_of_the_same_speaker_ends_the_first():
    first, second = only(line(5, 9, 4, "Anna", words=8), line(7, 9, 2, "Anna"), limits=Limits.on_cue())
    assert first.end == pytest.approx(7.0, abs=EXACT)
    assert first.overflow_words == 3
    assert second.start == 7.0


def test_lines_without_a_name_are_one_voice():
    first, _ = only(line(5, 9, 4), line(7, 9, 2), limits=Limits.on_cue())
    assert first.end == pytest.approx(7.0, abs=EXACT)


def test_all_who_start_together_move_together():
    slot, bob, carl = only(line(5, 7, 2.6), line(7, 9, 1.5, "Bob"), line(7, 10, 1.5, "Carl"))
    assert bob.shift == carl.shift == pytest.approx(0.08, abs=EXACT)
    assert slot.end == pytest.approx(7.08, abs=EXACT)


def test_the_next_line_waits_for_whoever_lacks_most():
    anna, bob, carl = only(line(5, 7, 2, "Anna"), line(5.5, 7, 1.6 * 1.25, "Bob"), line(7, 9, 1.5, "Carl"))
    assert anna.end <= bob.end == pytest.approx(7.1, abs=EXACT)
    assert carl.shift == pytest.approx(0.1, abs=EXACT)


def test_no_one_is_moved_past_the_start_after():
    slot, bob, carl = only(line(5, 7, 2.8), line(7, 9, 1.0, "Bob"), line(7.05, 9, 1.0, "Carl"))
    assert bob.shift == pytest.approx(0.05, abs=EXACT)
    assert carl.shift == 0.0
    assert slot.end <= bob.start + EXACT


def test_a_line_amid_another_cue_does_not_start_early():
    _, bob, _ = only(line(5, 9, 4, "Anna"), line(6, 7, 3, "Bob"), line(7, 8, 2, "Bob"))
    assert bob.shift == 0.0


# Limits


def test_limits_of_speed_hold_at_both_ends():
    limits = Limits(speed=(0.95, 1.05))
    slow, fast = only(line(5, 9, 2), line(20, 21, 1.2), limits=limits)
    assert slow.seconds == pytest.approx(2 / 0.95, abs=EXACT)
    assert fast.seconds == pytest.approx(1.2 / 1.05, abs=EXACT)


def test_what_the_engine_can_do_holds_too():
    slow, fast, _ = only(
        line(5, 9, 2, longest=2.05), line(20, 21, 2, shortest=1.9), line(21, 23, 2), limits=Limits.on_cue()
    )
    assert slow.seconds == pytest.approx(2.05, abs=EXACT)
    assert fast.spoken == pytest.approx(1.9, abs=EXACT)


def test_on_cue_no_line_leaves_its_start():
    slots = only(*(line(i, i + 1, 3.0) for i in range(10)), limits=Limits.on_cue((0.7, 1.4)))
    assert [s.start for s in slots] == list(range(10))
    assert all(s.speed == pytest.approx(1.4) for s in slots[:-1])


@pytest.mark.parametrize("shift", [0.02, -0.02, 0.0])
def test_half_a_frame_is_on_cue(shift):
    assert Slot(1, 1, 1, 1, shift=shift).is_on_cue
    assert not Slot(1, 1, 1, 1, shift=shift + (0.001 if shift >= 0 else -0.001) + (0.02 if not shift else 0)).is_on_cue


@pytest.mark.parametrize(
    "make",
    [
        lambda: line(2, 2, 1),
        lambda: line(-1, 2, 1),
        lambda: line(1, float("nan"), 1),
        lambda: Wanted(1, 2, 1.0, 1.1, 2.0),
        lambda: Wanted(1, 2, 1.0, 0.5, 0.9),
        lambda: Wanted(1, 2, 1.0, 0.5, 2.0, words=-1),
        lambda: Limits(speed=(1.1, 1.2)),
        lambda: Limits(speed=(0.0, 1.2)),
        lambda: Limits(easy=(1.05, 1.1)),
        lambda: Limits(late=-0.1),
        lambda: Limits(pause=float("inf")),
        lambda: plan([], 0.0),
        lambda: plan([line(5, 6, 1)], 5.0),
    ],
)
def test_what_makes_no_sense_is_refused(make):
    with pytest.raises(InputError):
        make()


def test_no_lines_no_slots():
    assert plan([], 10.0) == []


# Whatever the script


@st.composite
def scripts(draw):
    """Lines on a grid of 50 ms, so that starts and ends meet, by up to three speakers, overlapping or apart."""
    lines = []
    for _ in range(draw(st.integers(1, 14))):
        start = draw(st.integers(0, 300)) / 20
        length = draw(st.integers(1, 60)) / 20
        natural = draw(st.integers(2, 80)) / 20
        shortest = natural * draw(st.sampled_from([0.5, 0.65, 0.95]))
        speaker = draw(st.sampled_from(["Anna", "Bob", None]))
        lines.append(Wanted(start, start + length, natural, shortest, 1.8 * natural, speaker, draw(st.integers(0, 12))))
    return lines


limits_of = st.sampled_from([Limits(), Limits.on_cue(), Limits(speed=(0.9, 1.1), early=0.3, late=0.3, pause=0.0)])


@given(scripts(), limits_of)
def test_no_speaker_overlaps_and_nothing_passes_the_end(lines, limits):
    film = 16.0
    slots = plan(lines, film, limits)
    for speaker in {w.speaker for w in lines}:
        own = sorted((w.start, i, s) for i, (w, s) in enumerate(zip(lines, slots, strict=True)) if w.speaker == speaker)
        for (_, _, a), (_, _, b) in pairwise(own):
            assert a.end <= b.start + EXACT
    assert all(s.end <= film + EXACT and s.start >= 0.0 and s.seconds >= 0.0 for s in slots)


@given(scripts(), limits_of)
def test_nobody_talks_into_a_cue_that_follows_its_own(lines, limits):
    slots = plan(lines, 16.0, limits)
    for a, x in zip(lines, slots, strict=True):
        for b, y in zip(lines, slots, strict=True):
            if b.start >= a.end:
                assert x.end <= y.start + EXACT


@given(scripts(), limits_of)
def test_speed_and_starts_keep_their_limits(lines, limits):
    for w, s in zip(lines, plan(lines, 16.0, limits), strict=True):
        assert w.shortest - EXACT <= s.spoken <= w.longest + EXACT
        assert s.speed <= limits.speed[1] + EXACT or s.spoken == pytest.approx(w.shortest)
        assert s.speed >= limits.speed[0] - EXACT
        assert -limits.early - EXACT <= s.shift <= limits.late + EXACT
        assert s.start == pytest.approx(w.start + s.shift, abs=EXACT)
        assert s.seconds <= s.spoken + EXACT
        assert s.fits == (s.spoken <= s.seconds + 1e-4)
        assert 0 <= s.overflow_words <= w.words
        assert (s.overflow_words == 0) == (s.fits or w.words == 0)


@given(scripts(), limits_of)
def test_a_line_that_moved_or_hurried_had_to(lines, limits):
    slots = plan(lines, 16.0, limits)
    for w, s in zip(lines, slots, strict=True):
        if s.shift < -1e-4:
            # Early only for its own sake: it is said as fast as may be.
            assert s.speed == pytest.approx(min(limits.speed[1], w.natural / w.shortest), abs=1e-6)
        if s.shift > 1e-4:
            # Late only for the one before it, which uses that.
            assert s.fits
            assert any(
                abs(x.end - s.start) < 1e-4 or not x.fits
                for v, x in zip(lines, slots, strict=True)
                if v.start < w.start
            )
        if s.after > 1e-4 and s.fits:
            assert s.speed >= min(limits.easy[1], limits.speed[1], w.natural / w.shortest) - 1e-6


@given(scripts(), st.randoms(use_true_random=False))
def test_the_order_of_lines_makes_no_difference(lines, rnd):
    # Two lines of one speaker at one moment are told apart by their order alone.
    lines = list({(w.start, w.speaker): w for w in lines}.values())
    slots = plan(lines, 16.0)
    order = list(range(len(lines)))
    rnd.shuffle(order)
    again = plan([lines[i] for i in order], 16.0)
    assert [slots[i] for i in order] == again


def test_a_change_of_one_line_stays_in_its_neighbourhood():
    rng = random.Random(3)
    lines, at = [], 0.0
    for i in range(300):
        length = rng.uniform(0.6, 3.0)
        lines.append(line(at, at + length, rng.uniform(0.6, 4.0), rng.choice(["Anna", "Bob"]), words=i % 9))
        at += length + rng.choice([0.0, 0.0, 0.04, 0.5])
    before = plan(lines, at + 5)
    for changed in (40, 41, 150, 222):
        for natural in (0.4, 9.0):
            new = list(lines)
            new[changed] = line(lines[changed].start, lines[changed].end, natural, lines[changed].speaker)
            after = plan(new, at + 5)
            moved = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
            assert changed in moved
            assert max(abs(i - changed) for i in moved) <= 2


def test_three_hours_do_not_drift():
    lines = [line(3.0 * i, 3.0 * i + 2.5, 2.4 + 0.9 * (i % 3)) for i in range(3600)]
    slots = plan(lines, 3600 * 3.0)
    assert max(abs(s.start - w.start) for s, w in zip(slots, lines, strict=True)) <= 0.185 + EXACT
    # The last hour is as the first.
    assert [s.shift for s in slots[-603:-3]] == pytest.approx([s.shift for s in slots[3:603]], abs=EXACT)

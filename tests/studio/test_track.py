"""The course of an emotion over a line obeys what its places and means promise."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.emotion import CATEGORIES, NEUTRAL, Emotion, EmotionTrack, Key, Mark, words_of
from studio.emotion.track import places_of
from studio.errors import InputError

SAD, ANGRY, CALM = (Emotion.parse(x) for x in ("sad", "angry", "calm"))

levels = st.integers(-100, 100).map(lambda n: n / 100)
emotions = st.builds(
    lambda labels, point: Emotion.of(labels) + Emotion.from_vad(*point),
    st.dictionaries(st.sampled_from(CATEGORIES), levels, max_size=2),
    st.tuples(levels, levels, levels),
)
places = st.integers(0, 32).map(lambda n: n / 4)
tracks = st.lists(st.tuples(places, emotions), min_size=1, max_size=5).map(
    lambda ks: EmotionTrack(tuple(Key(p, e) for p, e in sorted(ks, key=lambda k: k[0])))
)


@dataclass(frozen=True)
class Word:
    start: float
    end: float


@st.composite
def timed(draw, least=8):
    """Words one after another, at times with a gap before them."""
    words, now = [], 0.0
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9)), min_size=least, max_size=least)):
        words.append(Word(now + gap / 10, now + (gap + length) / 10))
        now = words[-1].end
    return words


def close(a: Emotion, b: Emotion) -> bool:
    # Rounding of sums of a few dozen terms.
    return a.distance(b) < 1e-9


@given(emotions, places, places)
def test_a_constant_is_itself_everywhere(emotion, a, b):
    track = EmotionTrack.constant(emotion)
    assert track.is_constant
    assert track.at(a) == emotion
    assert track.emotion == emotion
    assert close(track.mean(a, b), emotion)


@given(tracks, st.tuples(places, places, places).map(sorted).filter(lambda p: p[0] < p[1] < p[2]))
def test_the_mean_of_a_whole_is_that_of_its_parts(track, stretch):
    a, b, c = stretch
    of_parts = track.mean(a, b).toward(track.mean(b, c), (c - b) / (c - a))
    assert close(track.mean(a, c), of_parts)


@given(tracks, places, places)
def test_the_mean_is_the_integral(track, a, b):
    # Places are quarters: in the middles of small even parts the course is straight, so their mean is exact.
    a, b = sorted((a, b))
    n = max(1, round((b - a) * 8))
    total = sum((track.at(a + (i + 0.5) * (b - a) / n) * (1 / n) for i in range(n)), NEUTRAL)
    assert close(track.mean(a, b), total if b > a else track.at(a))


@given(tracks)
def test_keys_are_met_and_lines_between_them_straight(track):
    for a, b in pairwise(track.keys):
        if b.at > a.at:
            assert close(track.at((a.at + b.at) / 2), a.emotion.toward(b.emotion, 0.5))
            assert close(track.mean(a.at, b.at), a.emotion.toward(b.emotion, 0.5))
    assert track.at(track.keys[-1].at) == track.keys[-1].emotion
    assert track.at(-1) == track.keys[0].emotion
    assert track.at(99) == track.keys[-1].emotion


@given(st.lists(emotions, min_size=1, max_size=6))
def test_by_word_gives_each_word_its_own(felt):
    track = EmotionTrack.by_word(felt)
    for i, emotion in enumerate(felt):
        assert track.at(i) == emotion
        assert track.at(i + 0.5) == emotion
        assert close(track.mean(i, i + 1), emotion)


@given(tracks, timed())
def test_seconds_keep_the_order_and_the_ends(track, words):
    seconds = track.in_seconds(words)
    assert seconds.unit == "seconds"
    assert [k.emotion for k in seconds.keys] == [k.emotion for k in track.keys]
    assert all(words[0].start <= k.at <= words[-1].end for k in seconds.keys)
    assert seconds.in_seconds(words) is seconds


@settings(max_examples=30)
@given(st.lists(st.tuples(emotions, emotions), min_size=8, max_size=8), timed())
def test_seconds_keep_what_is_felt_at_each_share_of_a_word(felt, words):
    # Each word goes from an emotion of its own to another.
    track = EmotionTrack(tuple(Key(i + end, pair[end]) for i, pair in enumerate(felt) for end in (0, 1)))
    seconds = track.in_seconds(words)
    back = seconds.in_words(words)
    for i, word in enumerate(words):
        for share in (0.25, 0.5, 0.75):
            there = seconds.at(word.start + share * (word.end - word.start))
            assert there.distance(track.at(i + share)) < 1e-6
            assert back.at(i + share).distance(track.at(i + share)) < 1e-6


@settings(max_examples=30)
@given(st.lists(emotions, min_size=8, max_size=8), timed())
def test_steps_between_words_fall_on_their_starts(felt, words):
    track = EmotionTrack.by_word(felt).in_seconds(words)
    for emotion, word in zip(felt, words, strict=True):
        assert track.at(word.start) == emotion
        assert close(track.at((word.start + word.end) / 2), emotion)
        assert close(track.mean(word.start, word.end), emotion)


@given(timed())
def test_marks_move_with_their_words(words):
    marks = (Mark("laugh", 2, 2), Mark("emphasis", 3, 5, "strong"), Mark("sigh", 8, 8))
    told = EmotionTrack((Key(0, SAD),), "words", marks).in_seconds(words).marks
    assert (told[0].start, told[0].end) == (words[2].start, words[2].start)
    assert (told[1].start, told[1].end, told[1].value) == (words[3].start, words[4].end, "strong")
    assert told[2].start == words[7].end


def test_the_innermost_mark_is_the_one_that_counts():
    track = EmotionTrack(marks=(Mark("rate", 0, 5, 0.8), Mark("rate", 2, 3, 1.5), Mark("pause", 2, 2, 1.0)))
    assert [getattr(track.marked("rate", p), "value", None) for p in (0, 2, 3, 5)] == [0.8, 1.5, 0.8, None]


def test_of_marks_that_start_together_the_shorter_is_the_inner():
    long, short, again = Mark("rate", 1, 5, 0.8), Mark("rate", 1, 3, 1.5), Mark("rate", 1, 3, 2.0)
    for marks in ((long, short), (short, long)):
        track = EmotionTrack(marks=marks)
        assert [track.marked("rate", p) for p in (0.5, 1, 4)] == [None, short, long]
    # Of two alike the one that was opened later.
    assert EmotionTrack(marks=(short, again)).marked("rate", 2) == again


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("hum", 0, 0), "'hum' is no kind of mark; the kinds are laugh, "),
        (("laugh", 0, 0, 1.0), "[laugh] takes no value, not 1.0."),
        (("pause", 0, 0), "[pause] takes a number from 0 to 20 s, not nothing."),
        (("pause", 0, 0, 20.5), "[pause] takes a number from 0 to 20 s, not 20.5."),
        (("rate", 0, 1, 0.0), "[rate] takes a number from 0.25 to 4 times the normal rate, not 0.0."),
        (("rate", 0, 1, float("nan")), "times the normal rate, not nan."),
        (("rate", 0, 1, True), "times the normal rate, not True."),
        (("pitch", 0, 1, "high"), "[pitch] takes a number from -24 to 24 semitones, not 'high'."),
        (("volume", 0, 1, -96.0), "[volume] takes a number from -40 to 20 dB, not -96.0."),
        (("volume", 0, 1, 10**400), "[volume] takes a number from -40 to 20 dB, not 1000"),
        (("emphasis", 0, 1, "huge"), "[emphasis] takes one of strong, moderate, none, reduced, not 'huge'."),
        (("say-as", 0, 1, " "), "[say-as] takes a text, such as date, not ' '."),
        (("rate", 2, 1, 1.0), "[rate] ends at 1, before its start at 2."),
        (("sigh", 0, float("inf")), "[sigh] needs numbers for its places, not 0 and inf."),
        (("sigh", "a", "b"), "[sigh] needs numbers for its places, not 'a' and 'b'."),
    ],
)
def test_marks_that_no_engine_could_follow_are_refused(given, said):
    with pytest.raises(InputError) as error:
        Mark(*given)
    assert said in str(error.value)
    assert str(error.value).endswith(".")


def test_an_unknown_unit_is_refused():
    with pytest.raises(InputError, match="words or seconds, not 'beats'"):
        EmotionTrack((), "beats")


def test_cues_are_neutral_between():
    track = EmotionTrack.by_cue([(3.0, 4.0, ANGRY), (1.0, 2.0, SAD)])
    assert [track.at(t) for t in (1.0, 1.9, 2.0, 2.9, 3.5, 4.0, 9.0)] == [
        SAD,
        SAD,
        NEUTRAL,
        NEUTRAL,
        ANGRY,
        NEUTRAL,
        NEUTRAL,
    ]
    with pytest.raises(InputError, match=r"from 1\.5 to 3 s overlaps"):
        EmotionTrack.by_cue([(1.0, 2.0, SAD), (1.5, 3.0, ANGRY)])


def test_a_curve_goes_through_its_points_in_any_order():
    track = EmotionTrack.by_second([(2.0, ANGRY), (0.0, CALM)])
    assert close(track.at(0.5), CALM.toward(ANGRY, 0.25))
    assert str(track) == "0 calm, 2 angry"


def test_without_keys_it_is_neutral():
    assert EmotionTrack().at(3) == EmotionTrack().emotion == EmotionTrack().mean(0, 2) == NEUTRAL
    assert EmotionTrack().is_constant


def test_places_that_fall_are_refused():
    for keys in ((Key(1, SAD), Key(0, SAD)), (Key(float("nan"), SAD),)):
        with pytest.raises(InputError, match="must rise"):
            EmotionTrack(keys)


def test_words_are_what_blanks_part():
    assert words_of("Well — I can't, “no”... 3 times!") == ["Well", "I", "can't,", "“no”...", "3", "times!"]
    assert words_of(" … ") == []


def test_spoken_pieces_are_found_in_the_words_they_belong_to():
    text = "“Well,” — it's twenty-one."
    assert places_of(["Well", "it's", "twenty", "one"], text) == [0, 1, 2, 2]

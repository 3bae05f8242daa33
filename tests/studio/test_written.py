"""JSON of emotions and their course: exact, and read from what people write by hand."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.emotion import CATEGORIES, CHANNELS, NEUTRAL, Emotion, EmotionTrack, Key, Mark
from studio.emotion.written import (
    WrittenEmotion,
    WrittenTrack,
    emotion_from_json,
    emotion_to_json,
    track_from_json,
    track_to_json,
)
from studio.errors import InputError

ANGRY, HAPPY, SAD = (Emotion.parse(x) for x in ("angry", "happy", "sad"))

numbers = st.floats(-3, 3)
plain = st.builds(
    lambda labels, point: Emotion.of(labels) + Emotion.from_vad(*point),
    st.dictionaries(st.sampled_from(CATEGORIES), numbers, max_size=3),
    st.one_of(st.just((0.0, 0.0, 0.0)), st.tuples(numbers, numbers, numbers)),
)
emotions = st.builds(
    lambda e, felt: sum((f.only(channel) for channel, f in felt.items()), e),
    plain,
    st.dictionaries(st.sampled_from(CHANNELS), plain, max_size=2),
)
marks = st.one_of(
    st.builds(lambda k, p: Mark(k, p, p), st.sampled_from(["laugh", "sigh", "gasp", "breath"]), st.floats(0, 9)),
    st.builds(lambda p, s: Mark("pause", p, p, s), st.floats(0, 9), st.floats(0, 10)),
    st.builds(lambda p, v: Mark("pitch", p, p + 1, v), st.floats(0, 9), st.floats(-12, 12)),
    st.just(Mark("emphasis", 0.0, 1.0, "strong")),
    st.just(Mark("say-as", 0.0, 1.0, "date")),
)


@given(emotions)
def test_an_emotion_reads_back_exactly(emotion):
    assert emotion_from_json(json.dumps(emotion_to_json(emotion))) == emotion
    assert emotion_from_json(emotion_to_json(emotion)) == emotion
    # Also as a field of a larger document.
    assert WrittenEmotion.model_validate_json(WrittenEmotion.of(emotion).model_dump_json()).value() == emotion


@given(
    st.lists(st.tuples(st.floats(0, 9), plain), max_size=4),
    st.lists(marks, max_size=3),
    st.sampled_from(["words", "seconds"]),
)
def test_a_track_reads_back_exactly(points, along, unit):
    keys = tuple(Key(at, e) for at, e in sorted(points, key=lambda p: p[0]))
    track = EmotionTrack(keys, unit, tuple(along))
    assert track_from_json(json.dumps(track_to_json(track), allow_nan=False)) == track
    assert WrittenTrack.model_validate_json(WrittenTrack.of(track).model_dump_json()).value() == track


def test_it_tells_others_what_they_ask_for():
    told = emotion_to_json(Emotion.parse("sad:0.7+afraid:0.2"))
    assert set(told) == {"labels", "intensity", "vad", "nearest"}
    assert told["labels"] == {"sad": 0.7, "afraid": 0.2}
    assert told["nearest"] == "sad"


@pytest.mark.parametrize(
    ("text", "emotion"),
    [
        ('{"labels": {"anger": 0.8}}', 0.8 * ANGRY),
        ('{"labels": {"happy": 0.5, "joy": 0.25}}', 0.75 * HAPPY),
        ('{"vad": [-0.6, 0.7, 0.5]}', Emotion.from_vad(-0.6, 0.7, 0.5)),
        ('{"labels": {}, "vad": [-0.6, 0.7, 0.5]}', Emotion.from_vad(-0.6, 0.7, 0.5)),
        ('{"labels": {}, "intensity": 0, "vad": [0, 0, 0], "nearest": "neutral"}', NEUTRAL),
        ('{"labels": {"neutral": 1}}', NEUTRAL),
        ('{"emotion": "angry:0.8"}', 0.8 * ANGRY),
        ('"angry:0.8"', 0.8 * ANGRY),
        ("angry:0.8", 0.8 * ANGRY),
        (f'{{"labels": {{"happy": 1}}, "vad": {[round(x, 2) for x in HAPPY.vad]}}}', HAPPY),
        ('{"labels": {"happy": 1}, "channels": {"brow": "sad:0.5"}}', HAPPY + 0.5 * SAD.only("brow")),
        ("[0, 0.8, 0, 0, 0, 0, 0, 0]", 0.8 * ANGRY),
        ("[0, 0, 0, 0, 0, 0, 0, 0]", NEUTRAL),
    ],
)
def test_what_people_write_by_hand(text, emotion):
    assert emotion_from_json(text) == emotion
    assert emotion_from_json(text.encode()) == emotion if text.startswith(("{", "[", '"')) else True


def test_a_track_by_hand():
    track = track_from_json('{"keys": [{"at": 0, "emotion": "sad"}, {"at": 2, "emotion": {"vad": [0, 1, 0]}}]}')
    assert track == EmotionTrack((Key(0, SAD), Key(2, Emotion.from_vad(0, 1, 0))), "words")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"labels": {"happy": 1}, "vad": [0.1, 0.7, 0.6]}', '"vad" is 0.1, 0.7, 0.6 but'),
        ('{"labels": {"happy": 1}, "intensity": 0.5}', '"intensity" is 0.5 but'),
        ('{"labels": {"happy": 1}, "shared": {"sad": 1}, "channels": {"brow": "sad"}}', '"labels" disagree'),
        ('{"labels": {"happpy": 1}}', "labels: There is no emotion named 'happpy': did you mean happy"),
        ('{"labels": {"happy": "1"}}', "labels.happy: Input should be a valid number"),
        ('{"labels": {"happy": true}}', "labels.happy: "),
        ('{"labels": {"happy": NaN}}', "NaN is no number"),
        ('{"labels": {"happy": 1e999}}', "finite number"),
        ('{"vad": [0.1, 0.2]}', "vad: "),
        ('{"vad": [0.1, 0.2, 3]}', "vad[2]: "),
        ('{"lables": {"happy": 1}}', "lables: there is no such field"),
        ('{"emotion": "sad", "vad": [0, 0, 0]}', "says it all"),
        ('{"emotion": "sda"}', "There is no emotion named 'sda'"),
        ('{"channels": {"nose": {"labels": {}}}}', "there is no channel 'nose'"),
        ('{"channels": {"brow": {"labels": {}, "channels": {"mouth": "sad"}}}}', "no channels of its own"),
        ("{}", 'needs "labels", "vad" or "emotion"'),
        ('{"vad": null}', 'needs "labels", "vad" or "emotion"'),
        ('{\n "labels": }', "line 2, column 12"),
        ('{"labels": {}', "line 1, column 14"),
        ("[0.5, 1]", "vector of 8 numbers"),
        ("[" * 100_000, "nested too deep"),
        ('{"labels": {"happy": 1%s}}' % ("0" * 5000), "The emotion can't be used"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(text, part):
    with pytest.raises(InputError) as e:
        emotion_from_json(text)
    assert part in str(e.value)
    assert "\n" not in str(e.value)
    assert len(str(e.value)) < 400


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"keys": [{"at": 2, "emotion": "sad"}, {"at": 1, "emotion": "sad"}]}', "must rise"),
        ('{"keys": [{"at": 0, "emotion": "sdd"}]}', "keys[0].emotion: There is no emotion"),
        ('{"keys": [], "unit": "hours"}', "unit: "),
        (
            '{"keys": [], "marks": [{"kind": "pause", "start": 0, "end": 0, "value": "x"}]}',
            "marks[0]: [pause] takes a number from 0 to 20 s, not",
        ),
        (
            '{"keys": [], "marks": [{"kind": "pause", "start": 0, "end": 0, "value": -1}]}',
            "marks[0]: [pause] takes a number from 0 to 20 s, not",
        ),
        (
            '{"keys": [], "marks": [{"kind": "hum", "start": 0, "end": 0}]}',
            "marks[0]: 'hum' is no kind of mark; the kinds are laugh",
        ),
        ('{"keys": [], "marks": [{"kind": "laugh", "start": 2, "end": 1}]}', "before its start"),
        ("{}", "keys: this field is missing"),
        ("[]", "is not a JSON object"),
    ],
)
def test_a_track_that_cannot_be_used_says_where(text, part):
    with pytest.raises(InputError, match=r"^The emotion track can't be used: ") as e:
        track_from_json(text)
    assert part in str(e.value)
    assert "\n" not in str(e.value)


def test_what_python_holds_is_checked_too():
    for wrong in (None, 3, {"labels": {"sad": math.nan}}, {"vad": ("0", 0, 0)}, {1: 2}):
        with pytest.raises(InputError, match=r"^The emotion can't be used: "):
            emotion_from_json(wrong)

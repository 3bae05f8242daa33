"""What people type for an emotion, and what they are told when it can't be read."""

import pytest

from studio.emotion import NEUTRAL, Emotion
from studio.errors import InputError


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("angry", {"angry": 1.0}),
        ("ANGER", {"angry": 1.0}),
        ("angry:0.8", {"angry": 0.8}),
        (" happy : .5 + surprised:0.3 ", {"happy": 0.5, "surprised": 0.3}),
        ("happy:0.5-surprised:0.25", {"happy": 0.5, "surprised": -0.25}),
        ("-joy", {"happy": -1.0}),
        ("angry:0.5+anger:0.25", {"angry": 0.75}),
        ("angry:0", {}),
        ("neutral", {}),
        ("neutral+sad:0.5", {"sad": 0.5}),
    ],
)
def test_labels(text, labels):
    assert Emotion.parse(text).labels == labels


@pytest.mark.parametrize(
    ("text", "label", "strength"),
    [
        ("fears-confirmed:0.5", "fears confirmed", 0.5),
        ("happy-for:0.5", "happy for", 0.5),
        ("being hurt:0.5", "being hurt", 0.5),
        ("being_hurt : 0.25", "being hurt", 0.25),
        ("jealousy and envy:0.4", "Jealousy & Envy", 0.4),
        ("-being-hurt:0.5", "being hurt", -0.5),
    ],
)
def test_a_published_label_of_several_words_takes_an_intensity(text, label, strength):
    assert Emotion.parse(text) == Emotion.of({label: strength})
    assert Emotion.parse(f"neutral+sad:0.2{'' if text[0] == '-' else '+'}{text}") == Emotion.of(
        {"sad": 0.2, label: strength}
    )


def test_a_hyphen_between_labels_is_a_minus_sign():
    assert Emotion.parse("happy-sad:0.5").labels == {"happy": 1.0, "sad": -0.5}
    assert Emotion.parse("happy-for-sad:0.5") == Emotion.of({"happy-for": 1.0, "sad": -0.5})


def test_coordinates():
    assert Emotion.parse("vad(-0.6,0.7,0.5)").vad == (-0.6, 0.7, 0.5)
    assert Emotion.parse("VAD( -.6, +0.7, 5e-1 )").vad == (-0.6, 0.7, 0.5)
    assert Emotion.parse("vad(0,0,0)") == NEUTRAL
    mixed = Emotion.parse("angry:0.5+vad(0,0.1,0)")
    assert mixed.vad[1] == pytest.approx(0.5 * Emotion.parse("angry").vad[1] + 0.1)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("angrry", "did you mean angry"),
        ("sorpresa", "There is no emotion named 'sorpresa'"),
        ("qqqq", "known ones are happy"),
        ("angry:1.5", "must lie between 0 and 1"),
        ("vad(2,0,0)", "must lie between -1 and 1"),
        ("vad(0,0)", "vad(v,a,d)"),
        ("angry:0.8 happy", "can't be read from 'happy' on"),
        ("angry:", "can't be read"),
        ("angry++happy", "can't be read"),
        ("", "is empty"),
        ("angry:nan", "can't be read"),
        ("sad -> happy", "as a mark in the text, [sad -> happy]"),
        ("fears-confirmed:1.5", "must lie between 0 and 1"),
        ("怒り", "There is no emotion named"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(text, part):
    with pytest.raises(InputError) as e:
        Emotion.parse(text)
    assert part in str(e.value)
    assert "\n" not in str(e.value)

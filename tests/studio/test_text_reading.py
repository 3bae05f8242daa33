"""Free text read as Emotion: named feelings exactly, directions by the trained network, lines by what they imply."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from studio import InputError
from studio.emotion import NEUTRAL, Emotion
from studio.emotion.reading.text import read_direction, read_line, read_text
from studio.emotion.reading.text.agreement import judge, shares
from studio.emotion.reading.text.direction import network
from studio.emotion.reading.text.heads import HEADS
from studio.emotion.reading.text.phrases import read_phrase

# What torch said with the shipped weights, of anger, disgust, fear, joy, neutral, sadness and surprise.
TORCH_EKMAN = (-3.690, -6.345, -5.200, -2.051, -3.625, -3.257, 3.553)
DIRECTIONS = Path(__file__).parents[2] / "docs" / "directions.csv"


# What a feeling that is denied leaves of its opposite.
LEFT = -0.35


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("in a sad voice", {"sad": 1.0}),
        ("sad.", {"sad": 1.0}),
        ("a little sad", {"sad": 0.35}),
        ("in an utterly sad voice", {"sad": 1.0}),
        ("a little sad and a little tender", {"sad": 0.35, "tender": 0.35}),
        ("sad and tender", {"sad": 0.5, "tender": 0.5}),
        # 1 to 0.35, and 1 to 1.25.
        ("happy but a bit nervous", {"happy": 0.741, "nervous": 0.259}),
        ("happy but very nervous", {"happy": 0.444, "nervous": 0.556}),
        ("not angry, just sad", {"sad": 1.0}),
        ("not so much angry as sad", {"sad": 1.0}),
        ("not just angry but sad", {"angry": 0.5, "sad": 0.5}),
        ("more sad than angry", {"sad": 1.0}),
        ("more than a little sad", {"sad": 1.0}),
        ("neither happy nor sad", {"happy": LEFT, "sad": LEFT}),
        ("not very happy", {"happy": 0.2}),
        ("in an angry-sad voice", {"angry": 0.5, "sad": 0.5}),
        ("a self-assured voice", {"confident": 1.0}),
        ("😀 but sad", {"happy": 0.5, "sad": 0.5}),
        ("anything but calm", {"calm": LEFT}),
        ("without anger", {"angry": LEFT}),
    ],
)
def test_feelings_by_name_are_read_exactly(text: str, labels: dict[str, float]) -> None:
    assert read_text(text).labels == pytest.approx(labels, abs=1e-3)


def test_degrees_are_in_order() -> None:
    weaker = [read_text(f"{w}angry").labels["angry"] for w in ("barely ", "slightly ", "somewhat ", "quite ", "")]
    assert all(a < b for a, b in itertools.pairwise(weaker)) and weaker[0] < 0.3 and weaker[-1] == 1
    # Beside another feeling what strengthens has room to show.
    beside = [read_text(f"happy and {w}angry").labels["angry"] for w in ("quite ", "", "very ", "extremely ")]
    assert all(a < b for a, b in itertools.pairwise(beside))


@pytest.mark.parametrize("booster", ["very", "really", "deeply", "extremely", "utterly", "very very", "really very"])
def test_what_strengthens_never_weakens(booster: str) -> None:
    assert read_text(f"{booster} sad") == read_text("sad") == read_text("in a sad voice")
    assert read_text(f"{booster} sad and happy").labels["sad"] > read_text("sad and happy").labels["sad"]


def test_degrees_said_twice_add_to_each_other() -> None:
    def angry(words: str) -> float:
        return read_text(f"happy and {words} angry").labels["angry"]

    assert angry("very very") > angry("very") and angry("slightly slightly") < angry("slightly")
    assert read_text("somewhat slightly angry").labels["angry"] == pytest.approx(0.55 * 0.35)


@pytest.mark.parametrize("text", ["😀😢", "😀 😢", "😀😢!", "😀, 😢", "❤️☺️", "🤷🏽‍♀️ and 😡"])
def test_emoji_are_read_as_the_labels_they_are(text: str) -> None:
    first, second = {"😀": ("😀", "😢"), "❤": ("❤", "☺"), "🤷": ("🤷", "😡")}[text[0]]
    assert read_text(text) == 0.5 * Emotion.of({first: 1.0}) + 0.5 * Emotion.of({second: 1.0})


@pytest.mark.parametrize("text", ["happy 0.5", "50% happy", "happy (0.5)", "happy 0,5", "0.5 happy", "happy 50"])
def test_a_number_beside_a_feeling_is_not_passed_over(text: str) -> None:
    with pytest.raises(InputError, match=r"write an intensity after a colon, happy:0\.5\."):
        read_text(text)


def test_a_course_is_offered_as_a_mark() -> None:
    with pytest.raises(InputError, match=r"a mark in the text, \[sad -> happy\]"):
        read_text("sad -> happy")


@pytest.mark.parametrize("text", ["at 3:30", "she says: 5 apples", "sadly, at 10:15 the phone rings"])
def test_a_colon_in_plain_words_is_no_notation(text: str) -> None:
    assert read_text(text) == read_direction(text)


def test_a_phrase_with_anything_else_in_it_is_left_to_the_network() -> None:
    assert read_phrase("sad as a wet dog") is None
    assert read_phrase("on the verge of tears") is None
    assert read_phrase("angry: very") is None
    assert read_phrase("very") is None
    assert read_phrase("she is 30 and happy") is None


@pytest.mark.parametrize(
    ("direction", "nearest", "valence", "arousal"),
    [
        ("trembling, on the verge of tears", {"sad", "afraid", "grieving", "nervous"}, -1, 0),
        # Cheer with something false about it: see below.
        ("with the forced cheer of a flight attendant", {"happy"}, 0, 1),
        ("not angry, just disappointed", {"sad", "ashamed", "frustrated"}, -1, 0),
        ("shouting at the referee, veins on his neck", {"angry", "frustrated"}, -1, 1),
        ("like a child on Christmas morning", {"excited", "happy"}, 1, 1),
    ],
)
def test_directions_people_would_type(direction: str, nearest: set[str], valence: int, arousal: int) -> None:
    emotion = read_text(direction)
    assert emotion.nearest in nearest
    assert emotion.vad[0] * valence >= 0 and emotion.vad[1] * arousal >= 0
    assert emotion.intensity > 0.2


def test_forced_cheer_is_less_than_cheer() -> None:
    forced, cheer = (read_text(f"with the {f}cheer of a flight attendant") for f in ("forced ", ""))
    assert forced.vad[0] < cheer.vad[0] - 0.2
    assert set(forced.labels) & {"sad", "bored", "tired", "frustrated", "contemptuous"}


def test_a_plain_direction_asks_for_nothing() -> None:
    assert read_text("plain, like a bus timetable").intensity < 0.15


def test_the_sixty_directions_agree_with_their_writer() -> None:
    """Written by someone who knew nothing of the reader; what is missed stands in docs/directions.md."""
    judged = judge(DIRECTIONS)
    assert len(judged) == 60
    # 95, 96, 97 and 92 % were measured; 85 % was asked for.
    assert min(shares(judged).values()) >= 0.85
    page = (DIRECTIONS.parent / "directions.md").read_text(encoding="utf-8")
    for j in judged:
        assert f"| {j.direction} |" in page


@pytest.mark.parametrize(
    ("line", "nearest"),
    [
        ("I can't believe we won! This is the best day of my life!", {"happy", "excited", "surprised", "amused"}),
        ("She died in my arms, and I never told her I loved her.", {"sad", "grieving", "loving", "lonely"}),
        ("Get out of my house before I call the police, you thief!", {"angry", "frustrated"}),
        ("Did you hear that? There is someone in the house.", {"afraid", "nervous", "curious", "surprised"}),
        ("Thank you so much, you saved my day.", {"happy", "loving", "content", "proud", "tender"}),
    ],
)
def test_a_line_implies_its_feeling(line: str, nearest: set[str]) -> None:
    assert read_line(line).nearest in nearest


@pytest.mark.parametrize(
    "line", ["The meeting is at three.", "Turn left at the second street.", "It has four doors.", "…"]
)
def test_a_line_that_implies_nothing_is_neutral(line: str) -> None:
    assert read_line(line) == NEUTRAL


def test_the_lines_before_tell_what_a_short_line_means() -> None:
    good = read_line("Yes.", ["We won the lottery!", "Are you serious? I am so happy!"])
    bad = read_line("Yes.", ["Your mother died this morning.", "Are you sure? This is so sad."])
    assert good.vad[0] > 0.1 > bad.vad[0]
    assert read_line("He's gone.", ["We lost grandpa."]).vad[0] < -0.3
    assert read_line("Yes.") == NEUTRAL


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("angrry", "did you mean angry"),
        ("angry:2", "must lie between 0 and 1"),
        ("angry:0.8 happy", "can't be read from 'happy' on"),
        ("angrry:0.5", "did you mean angry"),
        ("angry:", "can't be read"),
        ("  ", "is empty"),
        ("vad(1,2)", "vad"),
    ],
)
def test_slips_of_the_keyboard_are_not_guessed_at(text: str, part: str) -> None:
    with pytest.raises(InputError) as e:
        read_text(text)
    assert part in str(e.value)


def test_what_is_too_long_or_holds_no_words_is_refused() -> None:
    with pytest.raises(InputError, match="at most 1000"):
        read_direction("sad " * 300)
    with pytest.raises(InputError, match="no direction to read"):
        read_direction("!?")


def test_the_network_says_what_it_said_in_training() -> None:
    """Held to the figures torch printed, so that numpy's reading is the trained one."""
    said = network().read("I can't believe we won!")
    assert {h: v.shape for h, v in said.items()} == {h: (n,) for h, n in HEADS.items()}
    assert np.allclose(said["ekman"], TORCH_EKMAN, atol=0.01)

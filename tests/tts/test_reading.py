"""Text becomes phonemes that know their written words."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studio.errors import InputError
from tts.prosody.breath import with_pauses
from tts.text import Reader, symbols
from tts.text.reader import MAX_SYMBOLS

AMERICAN, BRITISH = Reader(british=False), Reader(british=True)


def words(text: str) -> list[str]:
    return [w for s in AMERICAN.read(text) for w in s.words]


def sound_of(text: str, word: str) -> str:
    (sentence,) = AMERICAN.read(text)
    index = sentence.words.index(word)
    return "".join(s for s, w in zip(sentence.symbols, sentence.word_of, strict=True) if w == index)


def test_words_are_as_written_without_the_punctuation_around_them() -> None:
    text = 'Dr. Smith paid $3.50 for 24 "apples" at 7:30 pm on May 3, 2024 — didn\'t he?'
    expected = "Dr. Smith paid $3.50 for 24 apples at 7:30 pm on May 3 2024 didn't he"
    assert words(text) == expected.split()


def test_readings_belong_to_the_word_they_are_of() -> None:
    text = "Dr. Smith paid $3.50 for 24 apples."
    assert sound_of(text, "Dr.").startswith("dˈɑktəɹ")
    assert sound_of(text, "$3.50") == "θɹˈi dˈɑləɹz ænd fˈɪfti sˈɛnts"
    assert sound_of(text, "24") == "twˈɛnti fˈɔɹ"


def test_the_same_letters_are_read_by_their_sense() -> None:
    assert sound_of("I will read it.", "read") != sound_of("I have read it.", "read")


def test_no_is_a_word_and_no_before_a_digit_a_number() -> None:
    assert sound_of("I said no.", "no") == "nˈO"
    assert sound_of("It is no. 5 here.", "no").startswith("nˈʌmbəɹ")


def test_numerals_of_any_script_are_numbers() -> None:
    assert sound_of("It is ٣ here.", "٣") == "θɹˈi"
    assert "".join(AMERICAN.read("x²")[0].symbols).endswith("tˈu.")


def test_british_readers_say_it_their_way() -> None:
    assert AMERICAN.read("I can't go home.")[0].symbols != BRITISH.read("I can't go home.")[0].symbols
    assert "Q" in BRITISH.read("Go home.")[0].symbols  # the British diphthong of "go"


def test_what_cannot_be_spoken_is_left_out() -> None:
    assert words("Hello 🙂 world, 你好! Ça va\u200b?") == ["Hello", "world", "Ça", "va"]


@pytest.mark.parametrize("text", ["", "   \n", "🙂🎉", "你好", "...", "— ?!", "\u200b\x00", "Привет"])
def test_nothing_to_speak_is_said_plainly(text: str) -> None:
    with pytest.raises(InputError, match="no English word to speak"):
        AMERICAN.read(text)


def test_abbreviations_do_not_end_a_sentence_and_paragraphs_do() -> None:
    assert len(AMERICAN.read("Mr. Jones met Dr. J. Smith. They talked.")) == 2
    ends = [s.ends_paragraph for s in AMERICAN.read("One here. Two here.\n\nThree here.")]
    assert ends == [False, True, True]


def test_long_sentences_are_cut_between_words() -> None:
    text = " ".join(f"word number {i} of this endless sentence" for i in range(60))
    pieces = AMERICAN.read(text)
    assert len(pieces) > 3
    assert all(len(p.symbols) <= MAX_SYMBOLS + 1 for p in pieces)
    assert [w for p in pieces for w in p.words] == text.split()


@settings(max_examples=60)
@given(st.text(max_size=60))
@example("Account " + "9" * 40 + " is closed.")
@example("①0 ② 1①")
@example("word " * 3000)
def test_any_unicode_is_read_or_refused(text: str) -> None:
    try:
        sentences = AMERICAN.read(text)
    except InputError:
        return
    for s in sentences:
        assert len(s.symbols) == len(s.word_of)
        assert set(s.symbols) <= set(symbols.ID)
        assert {w for w in s.word_of if w is not None} == set(range(len(s.words)))


def test_a_pause_amid_a_phrase_falls_before_a_phrase_of_its_own() -> None:
    (sentence,) = AMERICAN.read("We have been walking in the rain since early morning.")
    broken, pauses = with_pauses(sentence, 0.25, {})
    ((comma, seconds),) = pauses.items()
    assert seconds == 0.25
    assert broken.symbols[comma - 1] == ","
    after = broken.word_of[comma + 1]
    assert after is not None and broken.words[after] in ("in", "since")
    assert with_pauses(sentence, 0.05, {}) == (sentence, {})

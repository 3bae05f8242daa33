"""Text becomes spoken words, and phonemes that know their written words."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from studio.emotion.track import Mark
from studio.errors import InputError
from tts.prosody.breath import with_pauses
from tts.text import Lexicon, Reader, symbols
from tts.text.cutting import MAX_SYMBOLS

AMERICAN, BRITISH = Reader(british=False), Reader(british=True)


# As a careful person would say it, written down before the reader could: `british` only where it differs.
CASES = list(csv.DictReader(Path(__file__).with_name("reading_cases.csv").read_text(encoding="utf-8").splitlines()))


def heard(text: str) -> str:
    """Words in small letters without punctuation; what is spelled as letters ("F.B.I." -> "f b i")."""
    letters = re.sub(r"(?:(?<![\w'])[A-Za-z]\.)+", lambda m: f" {m[0].replace('.', ' ').strip()} ", text)
    plain = re.sub(r"[^\w\s']", " ", re.sub(r"\s+'s\b", "'s", letters.lower()))
    return " ".join(w.strip("'") for w in plain.split())


@pytest.mark.parametrize("case", CASES, ids=[c["written"] for c in CASES])
def test_what_is_written_is_heard_as_a_person_would_say_it(case: dict[str, str]) -> None:
    assert heard(AMERICAN.spoken(case["written"])) == heard(case["heard"])
    assert heard(BRITISH.spoken(case["written"])) == heard(case["british"] or case["heard"])


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


@pytest.mark.parametrize(
    ("text", "word", "phonemes"),
    [
        ("I will read it.", "read", "ɹˈid"),
        ("I have read it.", "read", "ɹˈɛd"),
        ("I read books every day.", "read", "ɹˈid"),
        ("She took the lead.", "lead", "lˈid"),
        ("A lead pipe is heavy.", "lead", "lˈɛd"),
        ("We live here.", "live", "lˈɪv"),
        ("It was a live show.", "live", "lˈIv"),
        ("The wind blew.", "wind", "wˈɪnd"),
        ("I had to wind it up.", "wind", "wˈInd"),
        ("Record the show.", "Record", "ɹəkˈɔɹd"),
        ("He broke the record.", "record", "ɹˈɛkəɹd"),
        ("A tear ran down.", "tear", "tˈɪɹ"),
        ("Don't tear it.", "tear", "tˈɛɹ"),
        ("Take a bow.", "bow", "bˈW"),
        ("A bow and arrow.", "bow", "bˈO"),
        ("Close the door.", "Close", "klˈOz"),
        ("Stay close to me.", "close", "klˈOs"),
        ("I object to that.", "object", "əbʤˈɛkt"),
        ("A strange object.", "object", "ˈɑbʤəkt"),
        ("Plays the bass.", "bass", "bˈAs"),
        ("He caught a bass.", "bass", "bˈæs"),
        ("A minute detail.", "minute", "mInˈut"),
        ("Wait a minute.", "minute", "mˈɪnət"),
        ("I'm content.", "content", "kəntˈɛnt"),
        ("The content is bad.", "content", "kˈɑntɛnt"),
        ("Polish the shoes.", "Polish", "pˈɑlɪʃ"),
        ("A Polish poem.", "Polish", "pˈOlɪʃ"),
        ("Had a row with him.", "row", "ɹˈW"),
        ("Row the boat.", "Row", "ɹˈO"),
    ],
)
def test_the_same_letters_are_read_by_their_sense(text: str, word: str, phonemes: str) -> None:
    assert sound_of(text, word) == phonemes


def test_a_word_inside_quotation_marks_sounds_as_outside() -> None:
    assert sound_of("“I'll go,” he said.", "I'll") == sound_of("I'll go, he said.", "I'll") == "ˌIl"


def test_letters_are_spelled_as_one_word_with_its_ending() -> None:
    assert sound_of("The FBI came.", "FBI") == "ˌɛfbˌiˈI"
    assert sound_of("The FBI's report.", "FBI's") == "ˌɛfbˌiˈIz"
    assert sound_of("Two CEOs met.", "CEOs").endswith("ˈOz")


def test_a_reading_is_shared_out_among_the_words_it_is_written_with() -> None:
    text = "On May 3, 2024, they paid $5 million at 7:30 pm."
    assert words(text) == ["On", "May", "3", "2024", "they", "paid", "$5", "million", "at", "7:30", "pm"]
    assert sound_of(text, "3") == "θˈɜɹd"
    assert sound_of(text, "$5") == "fˈIv"
    assert sound_of(text, "million") == "mˈɪljᵊn dˈɑləɹz"
    assert sound_of(text, "pm") == "pˌiˈɛm"


@pytest.mark.parametrize(
    ("how", "text", "said"),
    [
        ("characters", "Take AB-12 now.", "take a b dash one two now"),
        ("spell-out", "Take hello now.", "take h e l l o now"),
        ("date", "It's 5/3 now.", "it's may third now"),
        ("ordinal", "Number 5 won.", "number fifth won"),
        ("cardinal", "Number XII won.", "number twelve won"),
        ("digits", "In 1984 then.", "in one nine eight four then"),
        ("telephone", "Ring 5550 now.", "ring five five five zero now"),
        ("fraction", "Have 3/17 now.", "have three seventeenths now"),
        ("time", "At 3:07 now.", "at three oh seven now"),
        ("unit", "Run 5km now.", "run five kilometers now"),
        ("currency", "Pay $2.00 now.", "pay two dollars now"),
    ],
)
def test_a_mark_says_how_a_word_is_read(how: str, text: str, said: str) -> None:
    mark = Mark("say-as", 1.0, 2.0, how)
    assert heard(AMERICAN.spoken(text, marks=[mark])) == said
    (sentence,) = AMERICAN.read(text, marks=[mark])
    assert list(sentence.words) == [w.strip(".") for w in text.split()]


def test_a_kind_of_reading_that_is_none_is_told_and_read_as_written(caplog: pytest.LogCaptureFixture) -> None:
    mark = Mark("say-as", 1.0, 2.0, "expletive")
    assert AMERICAN.read("Take 24 now.", marks=[mark]) == AMERICAN.read("Take 24 now.")
    assert "can't be read as expletive" in caplog.text


def lexicon_of(folder: Path, text: str) -> Lexicon:
    path = folder / "words.csv"
    path.write_text(text, encoding="utf-8")
    return Lexicon.load(path)


def test_a_lexicon_goes_before_the_reader_and_words_stay_as_written(tmp_path: Path) -> None:
    lexicon = lexicon_of(tmp_path, "word,phonemes\nAffetto,/əˈfɛtoʊ/\nnew york,nˈuː jˈɔːrk\nPat,pˈæt,en-GB\n")
    (sentence,) = AMERICAN.read("Affetto's home is New  York, Pat.", lexicon=lexicon)
    sounds = ["".join(s for s, o in zip(sentence.symbols, sentence.word_of, strict=True) if o == w) for w in range(6)]
    assert sentence.words == ("Affetto's", "home", "is", "New", "York", "Pat")
    assert sounds[0] == "əˈfɛtOz" and sounds[3:5] == ["nˈu", "jˈɔɹk"]
    assert "nˈuː jˈɔːɹk" in BRITISH.read("new york", lexicon=lexicon)[0].symbols


def test_an_entry_in_small_letters_stands_for_all_and_one_in_capitals_for_itself(tmp_path: Path) -> None:
    lexicon = lexicon_of(tmp_path, "polish,pˈɑlɪʃ\nSQL,ˌɛskjˌuˈɛl\n")
    assert AMERICAN.read("A POLISH poem.", lexicon=lexicon)[0].symbols == "ɐ pˈɑlɪʃ pˈOəm."
    assert "ˌɛskjˌuˈɛl" in AMERICAN.read("Use SQL.", lexicon=lexicon)[0].symbols
    assert "ˌɛskjˌuˈɛl" not in AMERICAN.read("Use sql.", lexicon=lexicon)[0].symbols


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("bad,ф", "line 2 .* 'ф' .* no phoneme"),
        ("bad", "line 2 .* parted by commas"),
        ("bad,ˈ", "line 2 .* no phonemes"),
    ],
)
def test_a_lexicon_that_is_none_is_refused_with_its_line(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        lexicon_of(tmp_path, f"word,phonemes\n{line}\n")


def test_a_line_of_nothing_but_emoji_names_them_and_another_leaves_them_unsaid() -> None:
    (sentence,) = AMERICAN.read("🎉🎉")
    assert sentence.words == ("🎉🎉",) and sentence.symbols.startswith("pˈɑɹTi pˈɑpəɹ")
    assert AMERICAN.read("We won! 🎉") == AMERICAN.read("We won!")


def test_no_is_a_word_and_no_before_a_digit_a_number() -> None:
    assert sound_of("I said no.", "no") == "nˈO"
    assert sound_of("It is no. 5 here.", "no").startswith("nˈʌmbəɹ")


def test_numerals_of_any_script_are_numbers() -> None:
    assert sound_of("It is ٣ here.", "٣") == "θɹˈi"
    assert AMERICAN.read("x ٥²")[0].symbols.endswith("fˈIv skwˈɛɹd.")


def test_british_readers_say_it_their_way() -> None:
    assert AMERICAN.read("I can't go home.")[0].symbols != BRITISH.read("I can't go home.")[0].symbols
    assert "Q" in BRITISH.read("Go home.")[0].symbols  # the British diphthong of "go"


def test_what_cannot_be_spoken_is_left_out() -> None:
    assert words("Hello 🙂 world, 你好! Ça va\u200b?") == ["Hello", "world", "Ça", "va"]


@pytest.mark.parametrize("text", ["", "   \n", "你好", "...", "— ?!", "\u200b\x00", "Привет"])
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

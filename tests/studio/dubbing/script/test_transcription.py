"""Cues out of words that are heard."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.dubbing.script import read_script, transcribe, write_srt
from studio.dubbing.script.spoken_cues import LONGEST, Heard, cues_of
from studio.dubbing.script.transcription import is_installed
from studio.dubbing.script.wrapping import LINE, wrapped
from studio.errors import InputError


def heard(text, start=0.0, each=0.3, gaps=()):
    """Words of `each` seconds; gaps: {word: seconds before it}."""
    words, at = [], start
    for i, word in enumerate(text.split()):
        at += dict(gaps).get(i, 0.0)
        words.append(Heard(f" {word}", at, at + each))
        at += each
    return words


def test_sentences_and_pauses_part_cues():
    cues = cues_of(heard("I never said that you should go. And now I am here again.", gaps={9: 0.8}.items()))
    assert [c.text for c in cues] == ["I never said that you should go. And now", "I am here again."]
    assert cues[1].start == pytest.approx(3.5)
    apart = cues_of(heard("I never said that. And now I am here."))
    assert [c.text for c in apart] == ["I never said that.", "And now I am here."]


def test_a_long_sentence_is_cut_at_its_comma():
    text = "This is a sentence that goes on for rather long, and after the comma it goes on for about as long again."
    first, second = cues_of(heard(text))
    assert first.text.endswith("long,")
    assert second.text.startswith("and after")


def test_a_short_word_gets_time_or_company():
    alone, later = cues_of(heard("Yes. Later.", gaps={1: 3.0}.items()))
    assert alone.end - alone.start == later.end - later.start == 1.0
    (both,) = cues_of(heard("Yes. Indeed I do."))
    assert both.text == "Yes. Indeed I do."


def test_nothing_heard_reads_as_a_mark():
    (cue,) = cues_of(heard("Well, [music] *yes*."))
    assert cue.text == "Well, music yes."


words_of_speech = st.lists(
    st.tuples(
        st.text("abcdefgh", min_size=1, max_size=12),
        st.sampled_from(["", "", "", ",", "."]),
        st.sampled_from([0.0, 0.0, 0.0, 0.1, 0.4, 2.0]),
        st.floats(0.1, 0.8),
    ),
    min_size=1,
    max_size=80,
)


@given(words_of_speech)
def test_every_cue_can_be_read_and_no_word_is_lost(spoken):
    words, at = [], 0.0
    for text, mark, gap, seconds in spoken:
        at += gap
        words.append(Heard(f" {text}{mark}", at, at + seconds))
        at += seconds
    cues = cues_of(words)
    assert " ".join(c.text for c in cues).split() == [w.text.strip() for w in words]
    for cue in cues:
        assert cue.end - cue.start <= LONGEST + 1e-6
        assert len(cue.written.split("\n")) <= 2
        assert all(len(line) <= LINE for line in cue.written.split("\n"))
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(cues))
    assert all(any(abs(c.start - w.start) < 1e-6 for w in words) for c in cues)


def test_lines_are_even_and_break_after_punctuation():
    assert wrapped("Get out.") == "Get out."
    broken = wrapped("I never said that to anybody, least of all to you.")
    assert broken == "I never said that to anybody,\nleast of all to you."


@pytest.mark.skipif(is_installed(), reason="faster-whisper is installed")
def test_without_a_recogniser_it_says_what_would_do(tmp_path):
    with pytest.raises(InputError, match=r"affetto\[dub\]"):
        transcribe(tmp_path / "film.mp4")


@pytest.mark.slow
@pytest.mark.skipif(not is_installed(), reason="faster-whisper is not installed")
def test_speech_comes_back_as_the_lines_it_was(tmp_path):
    from studio import Studio

    speech = Studio("cpu").speak("The train to Bristol leaves at nine. Where have you been all night?")
    script, language = transcribe(speech.save(tmp_path / "said.wav"))
    assert language == "en"
    again = read_script(write_srt(tmp_path / "said.srt", script))
    said = " ".join(c.text for c in again.cues).lower()
    assert "train to bristol" in said
    assert "where have you been" in said
    # Whisper's times of words are good to a fifth of a second.
    assert again.cues[0].start == pytest.approx(speech.words[0].start, abs=0.2)
    assert again.cues[-1].end == pytest.approx(speech.words[-1].end, abs=0.4)

"""A long text to a file: stopped anywhere, it goes on, and nobody could tell afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from studio import Speech, Studio
from studio.errors import InputError
from studio.long_speech import read_aloud
from studio.media.growing_wav import GrowingWav
from studio.pacing import paced
from tts.voice import stock
from tts.voice.colour import CENTRES
from tts.voice.file import FittedVoice

RATE = 24_000
TEXT = "Chapter One\n\nThe sun came up. Nobody said a word.\n\nShe waited.\n\n* * *\n\nIt was late. He left."
# Reads, and after 5 words says so and waits to be killed.
COMMAND = """
import signal, sys
from studio import Studio
from studio.long_speech import read_aloud

def progress(stage, done, total):
    if stage == "reading aloud" and done >= 5:
        print("5 words", flush=True)
        signal.pause()

read_aloud(Studio("cpu"), sys.argv[1], sys.argv[2], progress=progress)
"""


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio("cpu")


@pytest.fixture(scope="module")
def whole(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read without a stop."""
    return read_aloud(studio, TEXT, tmp_path_factory.mktemp("whole") / "book.wav").path


class StoppedError(Exception):
    """What stops a reading in these tests."""


def stop_after(words: int) -> Any:
    def progress(stage: str, done: float, total: float) -> None:
        if stage == "reading aloud" and done >= words:
            raise StoppedError

    return progress


def test_a_long_text_is_a_speech_as_any_other(whole: Path) -> None:
    speech = Speech.load(whole)
    assert [w.text for w in speech.words][:6] == ["Chapter", "One", "The", "sun", "came", "up"]
    assert speech.phonemes[-1].end == pytest.approx(speech.seconds, abs=1e-4)
    assert sorted(p.name for p in whole.parent.iterdir()) == ["book.json", "book.wav"]


def test_it_pauses_as_a_reader_would(whole: Path) -> None:
    words = Speech.load(whole).words
    gap = {b.text: b.start - a.end for a, b in pairwise(words)}
    # Sentence, paragraph, heading and section, each longer than the one before by what can be told apart (0.2 s).
    assert 0.3 < gap["Nobody"] < gap["She"] - 0.2
    assert gap["She"] < gap["The"] - 0.2 < gap["It"] - 0.3


def test_stopped_it_goes_on_and_is_the_same_to_the_sample(studio: Studio, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "book.wav"
    with pytest.raises(StoppedError):
        read_aloud(studio, TEXT, out, progress=stop_after(5))
    assert not out.exists()
    # What is there so far can be listened to.
    begun, _ = soundfile.read(tmp_path / "book.unfinished.wav")
    made = read_aloud(studio, TEXT, out)
    assert made.resumed == pytest.approx(len(begun) / RATE) and made.resumed > 1
    assert out.read_bytes() == whole.read_bytes()
    assert out.with_suffix(".json").read_bytes() == whole.with_suffix(".json").read_bytes()


@pytest.mark.slow
def test_killed_it_goes_on_and_is_the_same_to_the_sample(studio: Studio, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "book.wav"
    command = [sys.executable, "-c", COMMAND, TEXT, str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        process.kill()
    assert told == "5 words\n"
    assert not out.exists()
    assert read_aloud(studio, TEXT, out).resumed > 0
    assert out.read_bytes() == whole.read_bytes()


def test_what_was_half_written_is_made_again(studio: Studio, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "book.wav"
    with pytest.raises(StoppedError):
        read_aloud(studio, TEXT, out, progress=stop_after(5))
    # As a power cut may leave them: sound without its line, and half a line.
    with (
        (tmp_path / "book.unfinished.wav").open("ab") as sound,
        (tmp_path / "book.unfinished.jsonl").open("ab") as lines,
    ):
        sound.write(b"\x01" * 4321)
        lines.write(b'{"bookmark": [3, 9')
    read_aloud(studio, TEXT, out)
    assert out.read_bytes() == whole.read_bytes()


def test_another_text_or_voice_is_told_and_begins_only_when_asked(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "book.wav"
    with pytest.raises(StoppedError):
        read_aloud(studio, TEXT, out, progress=stop_after(2))
    with pytest.raises(InputError, match="differs in the voice"):
        read_aloud(studio, TEXT, out, voice="bf_emma")
    with pytest.raises(InputError, match="differs in the text"):
        read_aloud(studio, "She left.", out)
    assert read_aloud(studio, "She left.", out, anew=True).words == 2


def test_a_wrong_setting_leaves_nothing_and_costs_nothing(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "book.wav"
    with pytest.raises(InputError, match="af_haert"):
        read_aloud(studio, TEXT, out, voice="af_haert")
    assert not list(tmp_path.iterdir())
    with pytest.raises(StoppedError):
        read_aloud(studio, TEXT, out, progress=stop_after(2))
    begun = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with pytest.raises(InputError, match="af_haert"):
        read_aloud(studio, TEXT, out, voice="af_haert", anew=True)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == begun


def test_a_journal_without_a_sentence_is_of_no_reading(studio: Studio, tmp_path: Path) -> None:
    out, journal = tmp_path / "book.wav", tmp_path / "book.unfinished.jsonl"
    with pytest.raises(StoppedError):
        read_aloud(studio, TEXT, out, progress=stop_after(2))
    journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[0])
    made = read_aloud(studio, "She left.", out, voice="bf_emma")
    assert (made.words, made.resumed) == (2, 0)


@pytest.mark.parametrize("line", ['{"name": "notes"}', "[1, 2]", '{"settings": {}}\n{"words": []}'])
def test_what_is_no_journal_is_told_and_kept(studio: Studio, tmp_path: Path, line: str) -> None:
    notes = tmp_path / "book.unfinished.jsonl"
    notes.write_text(line + "\n")
    with pytest.raises(InputError, match="no journal"):
        read_aloud(studio, "She left.", tmp_path / "book.wav")
    assert notes.read_text() == line + "\n"


def test_own_pronunciations_are_followed_and_are_part_of_the_reading(studio: Studio, tmp_path: Path) -> None:
    out, lexicon = tmp_path / "book.wav", tmp_path / "own.csv"
    lexicon.write_text("word,phonemes\nLeigh,lˈaɪ\n", encoding="utf-8")
    text = "Leigh left. Nobody waited."
    with pytest.raises(StoppedError):
        read_aloud(studio, text, out, lexicon=lexicon, progress=stop_after(2))
    with pytest.raises(InputError, match="differs in the lexicon"):
        read_aloud(studio, text, out)
    before = lexicon.read_bytes()
    lexicon.write_text("word,phonemes\nLeigh,lˈeɪ\n", encoding="utf-8")
    with pytest.raises(InputError, match="differs in the lexicon"):
        read_aloud(studio, text, out, lexicon=lexicon)
    lexicon.write_bytes(before)
    assert read_aloud(studio, text, out, lexicon=lexicon).resumed > 0
    # Kokoro's symbol for the diphthong of "lie"; "lee" is what the reader would say.
    spoken = "".join(p["symbol"] for p in json.loads(out.with_suffix(".json").read_text())["phonemes"])
    assert spoken.replace("ˈ", "").lstrip(" ").startswith(("lI", "laɪ"))


def fitted_like(name: str, path: Path) -> None:
    """A voice file that speaks as a stock voice does."""
    FittedVoice(
        language="en-US",
        gender="female",
        consent="a stock voice",
        date="2026-01-01T00:00:00+00:00",
        recordings=(),
        nearest=name,
        nearest_similarity=1.0,
        similarity=1.0,
        made_with="test",
        table=stock.table(name),
        bands=np.zeros(len(CENTRES), np.float32),
    ).save(path)


@pytest.mark.parametrize("spec", ["{}", "am_michael*0.4+{}*0.6", "{}/am_michael", "am_michael/{}"])
def test_a_voice_fitted_again_is_another_voice(studio: Studio, tmp_path: Path, spec: str) -> None:
    out, file = tmp_path / "book.wav", tmp_path / "her.voice"
    voice = spec.format(file)
    fitted_like("af_heart", file)
    with pytest.raises(StoppedError):
        # A path may be given as one.
        given = file if voice == str(file) else voice
        read_aloud(studio, "She left. He waited.", out, given, progress=stop_after(2))
    fitted_like("af_bella", file)
    with pytest.raises(InputError, match="differs in the voice"):
        read_aloud(studio, "She left. He waited.", out, voice)


def test_a_failure_elsewhere_is_not_blamed_on_the_disk(studio: Studio, tmp_path: Path) -> None:
    def progress(stage: str, done: float, total: float) -> None:
        raise ConnectionError("the window has gone")

    with pytest.raises(ConnectionError):
        read_aloud(studio, "She left.", tmp_path / "book.wav", progress=progress)


def test_two_do_not_write_one_file(studio: Studio, tmp_path: Path) -> None:
    out = tmp_path / "book.wav"

    def meanwhile(stage: str, done: float, total: float) -> None:
        with pytest.raises(InputError, match="going on"):
            read_aloud(studio, "She left.", out)
        raise StoppedError

    with pytest.raises(StoppedError):
        read_aloud(studio, "She left.", out, progress=meanwhile)


def test_headings_and_sections_get_their_pauses() -> None:
    text = "# One\n\nIt rained.\n\n***\n\n“Go,” she said.\n\nThe end of it\n\nIt was late."
    marked = paced(text).split("\n\n")
    assert marked == [
        "One",
        "[pause 0.5s] It rained.",
        "[pause 1s] “Go,” she said.",
        "[pause 1.2s] The end of it",
        "[pause 0.5s] It was late.",
    ]


def test_plain_text_keeps_its_brackets() -> None:
    assert paced("As shown [3], *all* of it.", plain=True) == r"As shown \[3\], \*all\* of it."


def test_a_growing_wav_is_valid_after_every_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sound = (np.sin(np.arange(1001) / 20) * 0.5).astype(np.float32)
    with GrowingWav(path, RATE) as wav:
        for end in (333, 1001):
            wav.append(sound[0 if end == 333 else 333 : end])
            read, rate = soundfile.read(path, dtype="float32")
            assert rate == RATE
            np.testing.assert_allclose(read, sound[:end], atol=2**-23)
    with GrowingWav(path, RATE, 500) as wav:
        wav.append(sound[500:])
    np.testing.assert_allclose(soundfile.read(path, dtype="float32")[0], sound, atol=2**-23)
    assert soundfile.info(path).subtype == "PCM_24"

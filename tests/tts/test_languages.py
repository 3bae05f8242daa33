"""Languages other than English, read by eSpeak NG where it is installed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise

import librosa
import numpy as np
import pytest

from studio.emotion.track import Mark
from studio.errors import InputError
from studio.performance import Speech
from tts.text import LANGUAGES, Lexicon, reader_for, symbols
from tts.text.lexicon import Entry
from tts.text.symbols import Kind
from tts.text.words import matched

_HERE = importlib.util.find_spec("espeakng_loader") is not None
needs_espeak = pytest.mark.skipif(not _HERE, reason="eSpeak NG is not installed: pip install 'affetto[languages]'")


def sounds(text: str, language: str) -> list[tuple[str, str]]:
    """Each written word with what is heard of it."""
    out = []
    for s in reader_for(language).read(text):
        for i, word in enumerate(s.words):
            out.append((word, "".join(c for c, w in zip(s.symbols, s.word_of, strict=True) if w == i)))
    return out


def test_a_tag_finds_its_reader_whatever_its_region() -> None:
    assert [reader_for(tag).language for tag in LANGUAGES] == list(LANGUAGES)
    assert reader_for("pt").language == "pt-BR" and reader_for("es-MX").language == "es-ES"
    assert reader_for("en").language == "en-US" and reader_for("en_gb").language == "en-GB"


def test_a_language_without_a_reader_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match=r"no reader of the language 'tlh': there are en-US, en-GB, es-ES"):
        reader_for("tlh")


def test_without_espeak_one_sentence_says_what_to_install_and_english_goes_on() -> None:
    code = (
        "import sys; sys.modules['espeakng_loader'] = None\n"
        "from tts.text import reader_for\n"
        "reader_for('en-US').read('Hello.')\n"
        "reader_for('fr').read('Bonjour.')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip().splitlines()[-1].endswith("pip install 'affetto[languages]'.")


def test_english_loads_nothing_of_espeak() -> None:
    code = "import sys, tts.text; tts.text.reader_for('en').read('Hello.'); print('espeakng_loader' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_symbols_are_matched_to_words_by_the_least_edits() -> None:
    alone = [(c, w) for w, word in enumerate(["lez", "ami", "də"]) for c in word]
    assert matched("leami dl", alone) == [0, 0, 1, 1, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("symbol", "kind", "is_sound"),
    [
        ("ø", Kind.VOWEL, True),
        ("\u0303", Kind.VOWEL, False),
        ("ʁ", Kind.FRICATIVE, True),
        ("ʦ", Kind.FRICATIVE, True),
        ("ɲ", Kind.SONORANT, True),
        ("ʎ", Kind.SONORANT, True),
        ("ʈ", Kind.STOP, True),
        ("ɟ", Kind.STOP, True),
        ("ʰ", Kind.FRICATIVE, False),
    ],
)
def test_sounds_of_other_languages_have_their_kinds(symbol: str, kind: Kind, is_sound: bool) -> None:
    assert symbols.kind(symbol) is kind and symbols.is_spoken(symbol) is is_sound


@needs_espeak
@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("es", "Cuesta 3,50 € el 5/3/2024.", [("3,50", "tɾˈes ˈeʊɾos kon θinkwˈɛnta")]),
        ("es", "Son 1.234 euros.", [("1.234", "mˈil dosθjˈentos tɾˌAntaikwˈatɾo")]),
        ("fr", "Il est 14h30.", [("14h30", "katˈɔʁz ˈœʁ tʁˈɑ̃t")]),
        ("it", "Il 3/5/2024.", [("3/5/2024", "trˈe mˈaʤːo dˈue mˈiːla ventikwˈatːro")]),
        ("pt-BR", "Por R$ 3,50.", [("3,50", "trˈes xeˈIz i sˌiŋkwˈAŋtæ")]),
        ("hi", "मैंने ₹25 दिए।", [("₹25", "pˈʌcːis ɾˈʊpjˌeː"), ("दिए", "dˈɪeː")]),
    ],
)
def test_figures_are_read_in_the_language(language: str, text: str, expected: list[tuple[str, str]]) -> None:
    said = sounds(text, language)
    assert [pair for pair in said if pair[0] in dict(expected)] == expected


@needs_espeak
def test_words_keep_their_sounds_where_they_run_together() -> None:
    assert sounds("Les amis sont là.", "fr")[:2] == [("Les", "lez"), ("amis", "amˈi")]
    said = dict(sounds("El 24 de mayo.", "es"))
    assert said["24"] == "bAntikwˈatɾo" or said["24"].endswith("kwˈatɾo")
    assert said["mayo"].endswith("ˈaʝo")


@needs_espeak
def test_marks_and_lexicon_are_followed_in_other_languages() -> None:
    lexicon = Lexicon((Entry("Affetto", "afˈɛto"),))
    (sentence,) = reader_for("fr").read(
        "Affetto dit BC ici.", lexicon=lexicon, marks=[Mark("say-as", 2, 3, "characters")]
    )
    assert sentence.words == ("Affetto", "dit", "BC", "ici")
    assert sentence.symbols == "afˈɛto dˈi bˈe sˈe isˈi."


@needs_espeak
def test_punctuation_stands_as_the_voices_learned_it() -> None:
    (sentence,) = reader_for("es").read("¿Es «bueno» (sí): tú?")
    assert "“" in sentence.symbols and " ?" not in sentence.symbols and sentence.symbols.endswith("?")


@needs_espeak
@pytest.mark.parametrize("text", ["", "...", "你好"])
def test_nothing_to_speak_is_said_in_the_language_name(text: str) -> None:
    with pytest.raises(InputError, match="no Spanish word to speak"):
        reader_for("es").read(text)


@needs_espeak
def test_emoji_are_named_alone_and_left_unsaid_beside_words() -> None:
    assert reader_for("es").read("🎉")[0].words == ("🎉",)
    assert reader_for("es").read("¡Hola 🎉 amigo!")[0].symbols == reader_for("es").read("¡Hola amigo!")[0].symbols


@needs_espeak
@pytest.mark.slow
def test_emotion_and_length_work_in_another_language(say: Callable[..., Speech]) -> None:
    """The line is as long as asked, its words are timed as written, and happy lies higher than neutral."""
    line = "La niña abrió la puerta y vio un jardín lleno de flores."
    plain = say(line, "ef_dora")
    seconds = plain.seconds * 0.95
    happy = say(line, "ef_dora", "happy", seconds)
    assert len(happy.samples) == round(seconds * happy.sample_rate)
    assert [w.text for w in happy.words] == line.rstrip(".").split()
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(happy.words))
    # Spanish was read: English has no such sound.
    assert any(p.symbol == "ɲ" for p in happy.phonemes)
    # English voices go up by 5 to 6 semitones; half of that is well outside of what a take varies by.
    assert 12 * np.log2(median_f0(happy) / median_f0(plain)) > 2.5


def median_f0(speech: Speech) -> float:
    f0, voiced, _ = librosa.pyin(speech.samples, fmin=60, fmax=500, sr=speech.sample_rate)
    return float(np.median(f0[voiced]))

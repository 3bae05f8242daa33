"""A line becomes speech of the length asked for, with a timeline that fits the sound."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from studio.delivery import Delivery
from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.performance import Speech
from tts import KokoroSpeaker
from tts.text import symbols
from tts.text.symbols import Kind

RATE = 24_000
Say = Callable[..., Speech]
LINE = "I told you not to open that door, and you opened it anyway."
TWO = "Look at the sky. Nobody expected rain today."


def kinds_time(speech: Speech, kind: Kind) -> float:
    return sum(p.end - p.start for p in speech.phonemes if symbols.kind(p.symbol[-1]) is kind)


def test_vowels_and_pauses_stretch_more_than_stops(say: Say) -> None:
    natural = say(LINE)
    slow = say(LINE, seconds=natural.seconds * 1.5)
    ratio = {k: kinds_time(slow, k) / kinds_time(natural, k) for k in (Kind.VOWEL, Kind.STOP, Kind.FRICATIVE)}
    assert ratio[Kind.VOWEL] > 1.1 * ratio[Kind.STOP]
    assert ratio[Kind.VOWEL] > ratio[Kind.FRICATIVE]


@pytest.mark.parametrize("emotion", ["neutral", "sad"])
def test_phonemes_tile_the_sound_and_words_lie_in_it(say: Say, emotion: str) -> None:
    speech = say(f"{LINE} {TWO}", "am_michael", emotion)
    edges = [(p.start, p.end) for p in speech.phonemes]
    assert edges[0][0] == 0.0
    assert edges[-1][1] == pytest.approx(speech.seconds, abs=1e-9)
    assert all(a[1] == b[0] for a, b in pairwise(edges))
    assert all(end > start for start, end in edges)
    assert [w.text for w in speech.words] == f"{LINE} {TWO}".replace(",", "").replace(".", "").split()
    assert all(a.end <= b.start for a, b in pairwise(speech.words))
    assert all(p.symbol.lstrip("ˈˌ") == p.symbol[-1] and p.symbol[-1] not in symbols.STRESS for p in speech.phonemes)


def test_a_stressed_vowel_carries_its_mark(say: Say) -> None:
    speech = say(TWO)
    nobody = next(w for w in speech.words if w.text == "Nobody")
    sounds = [p.symbol for p in speech.phonemes if nobody.start <= p.start < nobody.end]
    assert sounds == ["n", "ˈO", "b", "ˌɑ", "d", "i"]
    # What carries a mark is a vowel, everywhere.
    assert all(p.symbol[-1] in symbols.VOWELS for p in speech.phonemes if p.symbol[0] in symbols.STRESS)


def test_the_timeline_agrees_with_the_sound(say: Say) -> None:
    speech = say(f"{LINE} {TWO}")
    level = [
        float(np.sqrt(np.mean(speech.samples[round(p.start * RATE) : round(p.end * RATE)] ** 2)))
        for p in speech.phonemes
    ]
    spoken = [x for x, p in zip(level, speech.phonemes, strict=True) if p.symbol[-1] in symbols.VOWELS]
    pauses = [x for x, p in zip(level, speech.phonemes, strict=True) if symbols.kind(p.symbol) is Kind.GAP]
    # Every pause lies 20 dB under the median vowel; a timeline shifted by two frames fails this.
    assert max(pauses) < np.median(spoken) / 10
    assert len(pauses) == 5  # both ends, the comma, and between the three sentences


def test_the_same_seed_repeats_a_take_and_another_varies_it_a_little(speaker: KokoroSpeaker, say: Say) -> None:
    first = say(TWO, seed=7)
    delivery = Delivery(seed=7, temperature=1.0, prosody="rules")
    again = speaker.speak(TWO, voice="af_heart", track=EmotionTrack(), delivery=delivery)
    other = say(TWO, seed=-8)
    assert np.array_equal(first.samples, again.samples) and first.phonemes == again.phonemes
    assert not np.array_equal(first.samples[: len(other.samples)], other.samples[: len(first.samples)])
    # Words vary by 3 % (standard deviation), so a line of eight by well under 8 %.
    assert abs(other.seconds / first.seconds - 1) < 0.08


@pytest.mark.slow
def test_a_long_text_is_spoken_sentence_by_sentence_with_progress(speaker: KokoroSpeaker) -> None:
    sentence = "The morning train was late, so we waited and talked about the weather for a while. "
    told: list[tuple[float, float]] = []
    speech = speaker.speak(
        sentence * 12,
        voice="af_heart",
        track=EmotionTrack(),
        delivery=Delivery(prosody="rules"),
        progress=lambda what, done, total: told.append((done, total)),
    )
    assert told[-1] == (12, 12) and len(told) >= 12
    assert len(speech.words) == 12 * len(sentence.split())
    pauses = [p.end - p.start for p in speech.phonemes if symbols.kind(p.symbol) is Kind.GAP and p.symbol != ","][1:-1]
    assert len(pauses) == 11
    # Sentences are 0.45 s apart, a frame or four either way.
    assert all(0.3 < p < 0.6 for p in pauses)
    # No click at the joints: the sound around the middle of each pause is near silence.
    starts = [p for p in speech.phonemes if symbols.kind(p.symbol) is Kind.GAP and p.symbol != ","][1:-1]
    for p in starts:
        middle = round((p.start + p.end) / 2 * RATE)
        assert np.abs(speech.samples[middle - 1200 : middle + 1200]).max() < 0.02


def test_a_length_for_several_sentences_is_spread_over_all(say: Say) -> None:
    natural = say(TWO)
    slow = say(TWO, seconds=natural.seconds * 1.4)
    for word in ("Look", "sky", "Nobody", "today"):
        (a,), (b,) = ([w for w in s.words if w.text == word] for s in (natural, slow))
        assert b.end - b.start > 1.1 * (a.end - a.start)


def test_samples_are_clean_and_levelled(say: Say) -> None:
    from studio.media.loudness import loudness, true_peak

    speech = say(LINE)
    assert speech.samples.dtype == np.float32 and np.isfinite(speech.samples).all()
    assert loudness(speech.samples, RATE) == pytest.approx(-16, abs=0.3)
    assert true_peak(speech.samples) <= 10 ** (-1 / 20)
    assert abs(float(speech.samples.mean())) < 1e-3


@pytest.mark.parametrize("text", ["", "你好", "?!"])
def test_text_without_a_word_is_refused(say: Say, text: str) -> None:
    with pytest.raises(InputError, match="no English word"):
        say(text)


def test_a_single_short_word_is_spoken(say: Say) -> None:
    speech = say("No")
    assert [w.text for w in speech.words] == ["No"]
    assert 0.3 < speech.seconds < 1.5


def test_a_hurried_line_warns_that_words_may_be_lost(say: Say, caplog: pytest.LogCaptureFixture) -> None:
    natural = say(TWO).seconds
    with caplog.at_level("WARNING", logger="affetto"):
        say(TWO, seconds=natural * 0.9)
        assert not caplog.records
        say(TWO, seconds=natural * 0.66)
    assert [r.getMessage().endswith("some words may be lost.") for r in caplog.records] == [True]

"""A line whose feeling turns is spoken so: pitch, tempo and pauses follow the track where it says."""

from __future__ import annotations

import numpy as np
import pytest

from studio import Emotion, EmotionTrack, Speech
from studio.delivery import Delivery
from studio.emotion import Key, Mark
from studio.evaluation.speech import pitch
from tts import KokoroSpeaker

TEXT = "I knew it would end like this. Get out of my house before I call the police."
HALF = 7
SAD, ANGRY, HAPPY = (Emotion.parse(e) for e in ("sad", "angry", "happy"))


def spoken(speaker: KokoroSpeaker, track: EmotionTrack, seconds: float | None = None) -> Speech:
    return speaker.speak(TEXT, voice="af_heart", track=track, delivery=Delivery(seconds=seconds, prosody="rules"))


def halves(speech: Speech) -> list[float]:
    """Median F0 in Hz of what is said before and from the word at HALF on."""
    middle = round(speech.words[HALF].start * speech.sample_rate)
    return [
        float(np.median(pitch(part, speech.sample_rate))) for part in (speech.samples[:middle], speech.samples[middle:])
    ]


@pytest.fixture(scope="module")
def neutral(speaker: KokoroSpeaker) -> Speech:
    return spoken(speaker, EmotionTrack())


def test_one_feeling_throughout_is_said_as_ever(speaker: KokoroSpeaker) -> None:
    once = spoken(speaker, EmotionTrack.constant(HAPPY))
    by_word = spoken(speaker, EmotionTrack.by_word([HAPPY] * 17))
    assert np.array_equal(once.samples, by_word.samples)


def test_a_turn_between_words_is_heard_from_that_word_on(speaker: KokoroSpeaker, neutral: Speech) -> None:
    turned = spoken(speaker, EmotionTrack.by_word([SAD] * HALF + [HAPPY] * 10))
    before, after = halves(turned)
    plain_before, plain_after = halves(neutral)
    # Happy lies 6 semitones over neutral by rule, sad about at it: half of that is heard whatever the words.
    assert 12 * np.log2(after / plain_after) > 12 * np.log2(before / plain_before) + 3
    # And what a track says of the spoken line is in its own seconds.
    assert turned.track.unit == "seconds"
    first, second = turned.words[HALF - 1], turned.words[HALF]
    assert turned.track.at((first.start + first.end) / 2) == SAD
    assert turned.track.at((second.start + second.end) / 2) == HAPPY


def test_seconds_and_words_say_the_same(speaker: KokoroSpeaker) -> None:
    by_word = spoken(speaker, EmotionTrack.by_word([SAD] * HALF + [HAPPY] * 10))
    turn = by_word.words[HALF].start
    by_second = spoken(speaker, EmotionTrack.by_cue([(0, turn, SAD), (turn, 99, HAPPY)]))
    # The time of the turn is met to within the word it falls in, so each half lies where it did: within a semitone.
    for a, b in zip(halves(by_second), halves(by_word), strict=True):
        assert abs(12 * np.log2(a / b)) < 1


def test_a_turning_line_has_exactly_the_length_asked_for(speaker: KokoroSpeaker) -> None:
    track = EmotionTrack((Key(0, SAD), Key(17, ANGRY)))
    assert len(spoken(speaker, track, seconds=4.71).samples) == round(4.71 * 24000)


@pytest.mark.parametrize(("word", "where"), [(4, "amid a sentence"), (HALF, "between sentences"), (17, "at the end")])
def test_a_pause_lasts_as_long_as_asked(speaker: KokoroSpeaker, neutral: Speech, word: int, where: str) -> None:
    paused = spoken(speaker, EmotionTrack(marks=(Mark("pause", word, word, 0.9),)))

    def gap(speech: Speech) -> float:
        end = speech.words[word].start if word < len(speech.words) else speech.seconds
        return end - speech.words[word - 1].end

    # Between sentences and at the end it comes on top of the silence that is there anyway. Amid a sentence the sounds
    # beside it take their release and onset from it: up to 0.15 s.
    if word < HALF:
        start, end = (round(t * 24000) for t in (paused.words[word - 1].end + 0.2, paused.words[word].start - 0.1))
        assert np.abs(paused.samples[start:end]).max() < 1e-3
    assert gap(paused) - (gap(neutral) if word in (HALF, 17) else 0.0) == pytest.approx(0.9, abs=0.15), where


def test_emphasis_rate_and_volume_are_heard_on_their_words(speaker: KokoroSpeaker, neutral: Speech) -> None:
    marks = (Mark("rate", HALF, 17, 0.75), Mark("volume", 0, HALF, -9.0))
    marked = spoken(speaker, EmotionTrack(marks=marks))

    def length(speech: Speech, a: int, b: int) -> float:
        return speech.words[b].end - speech.words[a].start

    assert length(marked, 0, HALF - 1) == pytest.approx(length(neutral, 0, HALF - 1), rel=0.05)
    # Slower by a third, of which pauses and the model's own lengths take some.
    assert length(marked, HALF, 16) > 1.2 * length(neutral, HALF, 16)

    def difference(speech: Speech) -> float:
        middle = round(speech.words[HALF].start * speech.sample_rate)
        first, second = (np.sqrt(np.square(p).mean()) for p in (speech.samples[:middle], speech.samples[middle:]))
        return 20 * float(np.log10(first / second))

    # The limiter and the glide from word to word take a little.
    assert difference(marked) - difference(neutral) == pytest.approx(-9, abs=1.5)


def test_the_voice_says_what_the_voice_feels(speaker: KokoroSpeaker, neutral: Speech) -> None:
    whole, alone, elsewhere = (
        spoken(speaker, EmotionTrack.constant(Emotion.parse(e))) for e in ("happy", "happy@voice", "happy@brow")
    )
    assert np.array_equal(alone.samples, whole.samples)
    assert np.array_equal(elsewhere.samples, neutral.samples)

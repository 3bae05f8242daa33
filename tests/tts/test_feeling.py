"""Emotion moves pitch, level and tempo the way people do, more with intensity, and the words stay clear.

Directions are those of RAVDESS, EMO-DB, nEMO and EmoTale (tts/prosody/rules.py); measured by pYIN and BS.1770 on the
sound, not read off what the synthesiser meant. Bounds are about half of what the rules ask, since Kokoro follows a
contour by some four fifths and pYIN's median moves by a few tenths of a semitone from take to take.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from studio.emotion import Emotion
from studio.evaluation import speech as measure
from studio.performance import Speech
from tts.prosody.rules import ANCHORS, RULES, Rule, rule_for

RATE = 24_000
Say = Callable[..., Speech]
LINE = "We walked along the river until the rain began. Then everyone went home."
VOICES = ["af_heart", "am_michael"]


_measured: dict[tuple[str, str], measure.Prosody] = {}


def prosody(say: Say, voice: str, emotion: str) -> measure.Prosody:
    if (voice, emotion) not in _measured:
        _measured[voice, emotion] = measure.prosody(say(LINE, voice, emotion).samples, RATE)
    return _measured[voice, emotion]


def moved(say: Say, voice: str, emotion: str) -> dict[str, float]:
    """Semitones, dB, and the factor on time, from the same voice's neutral."""
    neutral, felt = (prosody(say, voice, e) for e in ("neutral", emotion))
    return {
        "pitch": 12 * float(np.log2(felt.pitch / neutral.pitch)),
        "range": felt.pitch_range - neutral.pitch_range,
        "level": felt.level - neutral.level,
        "time": felt.active / neutral.active,
    }


@pytest.mark.slow
@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(
    ("emotion", "least"),
    [
        ("happy", {"pitch": 3.0, "range": 1.0, "level": 2.0}),
        ("angry", {"pitch": 1.2, "level": 2.5}),
        ("afraid", {"pitch": 3.5, "level": 1.2}),
        ("surprised", {"pitch": 2.3, "range": 1.0, "level": 2.0}),
        ("disgusted", {"pitch": 0.6, "level": 0.3}),
    ],
)
def test_what_is_raised_rises_and_grows_with_intensity(
    say: Say, voice: str, emotion: str, least: dict[str, float]
) -> None:
    some, much = moved(say, voice, f"{emotion}:0.4"), moved(say, voice, emotion)
    for what, bound in least.items():
        assert much[what] > bound, what
        assert much[what] > some[what] > 0, what


@pytest.mark.slow
@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("emotion", ["sad", "calm", "bored", "disgusted"])
def test_what_is_slow_slows_and_more_with_intensity(say: Say, voice: str, emotion: str) -> None:
    some, much = moved(say, voice, f"{emotion}:0.4"), moved(say, voice, emotion)
    assert much["time"] > some["time"] > 1.01
    assert much["time"] > 1.12


@pytest.mark.slow
@pytest.mark.parametrize("voice", VOICES)
def test_sad_and_calm_are_softer_and_fear_hurries_between_its_pauses(say: Say, voice: str) -> None:
    assert moved(say, voice, "sad")["level"] < -0.5
    assert moved(say, voice, "calm")["level"] < -1.2

    def talking(emotion: str) -> float:
        return sum(w.end - w.start for w in say(LINE, voice, emotion).words)

    assert talking("afraid") < talking("neutral")
    assert abs(moved(say, voice, "angry")["time"] - 1) < 0.25


@pytest.mark.slow
@pytest.mark.parametrize("voice", VOICES)
def test_sad_and_afraid_pause_amid_a_phrase(say: Say, voice: str) -> None:
    def pauses(emotion: str) -> int:
        return sum(p.symbol == "," for p in say(LINE, voice, emotion).phonemes)

    assert pauses("neutral") == 0
    assert pauses("sad") >= 1 and pauses("afraid") >= 1


def test_every_rule_grows_with_intensity_and_neutral_changes_nothing() -> None:
    assert rule_for(Emotion()) == Rule()
    for name in ANCHORS:
        rules = [vars(rule_for(Emotion.of({name: w}))) for w in (0.25, 0.5, 1.0)]
        full = vars(RULES[name])
        for field, end in full.items():
            a, b, c = (r[field] for r in rules)
            assert c == pytest.approx(end)
            assert (a < b < c) or (a > b > c) or a == b == c == vars(Rule())[field], (name, field)


def test_mixtures_and_other_emotions_lie_between_the_rules() -> None:
    mixed = rule_for(Emotion.parse("happy:0.5+surprised:0.3"))
    assert 0 < mixed.pitch < RULES["happy"].pitch
    excited, lonely = rule_for(Emotion.parse("excited")), rule_for(Emotion.parse("lonely"))
    assert excited.pitch > 3 and excited.level > 2
    assert lonely.rate < 0.95


LINES = [
    "The children are playing in the garden.",
    "She bought fresh bread and a bottle of milk.",
    "Please close the window before you leave.",
    "My brother works at a large hospital in the city.",
    "We should arrive at the station before noon.",
    "He forgot his keys on the kitchen table again.",
    "The weather was cold and the streets were empty.",
    "I have never seen such a beautiful morning.",
    "Can you tell me where the library is?",
    "They waited for the bus for almost an hour.",
    "The doctor said that everything will be fine.",
    "Nobody knew what happened after the party.",
]


@pytest.mark.slow
@pytest.mark.parametrize(("emotion", "most"), [("neutral", 0.04), ("angry:0.8", 0.06)])
def test_a_dozen_lines_are_understood(say: Say, emotion: str, most: float) -> None:
    """4 % is four words of the hundred here; Moonshine tiny's makers give 4.55 % on LibriSpeech test-clean."""
    errors = wanted = 0.0
    for i, line in enumerate(LINES):
        speech = say(line, ["af_heart", "am_michael", "bf_emma", "am_fenrir"][i % 4], emotion)
        count = len(line.split())
        errors += count * measure.word_error_rate(line, measure.transcribe(speech.samples, RATE))
        wanted += count
    assert errors / wanted <= most


def test_the_metrics_tell_words_and_pitch_apart() -> None:
    assert measure.word_error_rate("one two three four", "One, two three four.") == 0
    assert measure.word_error_rate("one two three four", "one too four") == 0.5
    time = np.arange(RATE) / RATE
    tone = (0.2 * np.sum([np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 9)], axis=0)).astype(np.float32)
    assert np.median(measure.pitch(tone, RATE)) == pytest.approx(150, rel=0.01)
    padded = np.concatenate([np.zeros(RATE // 4, np.float32), tone, np.zeros(RATE // 2, np.float32)])
    assert measure.silence(padded, RATE) == pytest.approx((0.25, 0.5), abs=0.02)


def test_silence_before_a_line_is_not_heard_as_a_word(say: Say) -> None:
    late = np.pad(say(LINES[0]).samples, (RATE // 3, RATE // 3))
    assert measure.word_error_rate(LINES[0], measure.transcribe(late, RATE)) == 0

"""The learned prosody: what it decides, within what it is given."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from studio.emotion import Emotion, EmotionTrack
from tts.acoustic import Kokoro
from tts.autoregressive import AutoregressiveProsody
from tts.autoregressive.network import Network
from tts.autoregressive.tokens import DURATION, PITCH, SCALES
from tts.line import Line, planned
from tts.prosody.reading import Prepared, Stretch, Take
from tts.text import Reader
from tts.voice import resolve

LINE = "When the sun came up over the hills, nobody said a word for a long time."
PLAIN = Take(0, 0.0)


@cache
def line(emotion: str, text: str = LINE, voice: str = "af_heart") -> Line:
    track = EmotionTrack.constant(Emotion.parse(emotion))
    return planned(Kokoro("cpu"), resolve(voice), text, Reader(british=False).read(text), track)


def sentence(emotion: str = "neutral", text: str = LINE) -> Prepared:
    (prepared,) = line(emotion, text).sentences
    return prepared


@pytest.fixture(scope="module")
def prosody() -> AutoregressiveProsody:
    return AutoregressiveProsody()


@settings(max_examples=25)
@given(values=st.lists(st.floats(-40, 40), min_size=1, max_size=20))
def test_codes_stand_for_values_within_half_a_step(values: list[float]) -> None:
    for scale in SCALES.values():
        back = scale.values(scale.codes(values))
        inside = np.clip(values, scale.low, scale.high)
        assert np.abs(back - inside).max() <= scale.step / 2 + 1e-9


def test_a_take_is_the_same_again_and_another_seed_is_another_take(prosody: AutoregressiveProsody) -> None:
    happy = sentence("happy")
    first, again, other = (prosody.read(happy, Take(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first.frames, again.frames)
    assert np.array_equal(first.semitones, again.semitones)
    assert np.abs(first.semitones - other.semitones).mean() > 0.3


def test_takes_drawn_together_are_those_drawn_alone(prosody: AutoregressiveProsody) -> None:
    angry = sentence("angry:0.8")
    together = prosody.read_many(angry, [Take(1), Take(2), Take(3)])
    for seed, reading in enumerate(together, 1):
        assert np.array_equal(reading.frames, prosody.read(angry, Take(seed)).frames)


def test_the_likeliest_plain_reading_stays_near_the_acoustic_models_own(prosody: AutoregressiveProsody) -> None:
    plain = sentence()
    reading = prosody.read(plain, PLAIN)
    own = plain.encoding.durations - plain.margin
    # 6 % of the line's length, 1.5 semitones: what differs between two neutral readings of one person.
    assert reading.frames.sum() == pytest.approx(own.clip(0).sum(), rel=0.06)
    assert abs(float(np.median(reading.semitones))) < 1.5


@settings(max_examples=20, deadline=None)
@given(tempo=st.floats(0.65, 1.8), emotion=st.sampled_from(["neutral", "angry", "sad:0.5"]), seed=st.integers(0, 99))
def test_a_budget_is_spent_to_the_frame(tempo: float, emotion: str, seed: int) -> None:
    prosody, prepared = AutoregressiveProsody(), sentence(emotion)
    natural = prosody.read(prepared, Take(seed)).frames
    total = max(round(tempo * natural.sum()), int(prepared.floors.sum()))
    whole = [Stretch(0, len(natural), total)]
    assert prosody.read(prepared, Take(seed), whole).frames.sum() == total
    half = len(natural) // 2
    parts = [Stretch(0, half, total - total // 2), Stretch(half, len(natural), total // 2)]
    frames = prosody.read(prepared, Take(seed), parts).frames
    assert [int(frames[:half].sum()), int(frames[half:].sum())] == [s.frames for s in parts]
    assert (frames >= prepared.floors).all()


@settings(max_examples=20, deadline=None)
@given(spare=st.floats(0.0, 3.0), seconds=st.floats(0.2, 4.0))
def test_a_budget_with_a_pause_asked_for_is_spent_to_the_frame(spare: float, seconds: float) -> None:
    """From the fewest frames a stretch can have to three times its plain length, however long the pause."""
    prosody, prepared = AutoregressiveProsody(), sentence()
    comma = prepared.sentence.symbols.index(",") + 1
    paused = replace(prepared, pauses={comma: seconds})
    least, plain = int(prepared.floors.sum()), float(prepared.encoding.durations.sum())
    total = round(least + spare * plain)
    frames = prosody.read(paused, PLAIN, [Stretch(0, len(prepared.margin), total)]).frames
    assert frames.sum() == total
    assert (np.delete(frames, comma) >= np.delete(prepared.floors, comma)).all()


def test_a_budget_is_spent_by_what_sounds_can_take(prosody: AutoregressiveProsody) -> None:
    """Twice the time goes to vowels more than to stops, and no sound at the end takes the rest."""
    prepared = sentence()
    natural = prosody.read(prepared, PLAIN).frames
    slow = prosody.read(prepared, PLAIN, [Stretch(0, len(natural), round(1.6 * natural.sum()))]).frames
    text = f" {prepared.sentence.symbols} "
    stops, vowels = ([i for i, s in enumerate(text) if s in group] for group in ("ptkbd", "AIOWəɪʌɛʊɜʌɑɔæui"))
    assert slow[vowels].sum() / natural[vowels].sum() > slow[stops].sum() / natural[stops].sum() + 0.1
    third = len(natural) // 3
    assert slow[-third:].sum() / natural[-third:].sum() < 1.6 * 1.25


@pytest.mark.parametrize(("emotion", "least", "most"), [("happy", 2.8, 8.9), ("afraid", 4.1, 11.7), ("bored", -4, 0.5)])
def test_an_emotion_moves_pitch_as_people_do(
    prosody: AutoregressiveProsody, emotion: str, least: float, most: float
) -> None:
    """Between what RAVDESS' actors do at ordinary and at strong intensity; bored (EMO-DB -1.0) is not raised."""
    plain = prosody.read(sentence(), PLAIN).semitones
    felt = sentence(emotion)
    moved = np.median(np.concatenate([prosody.read(felt, Take(s)).semitones for s in range(4)])) - np.median(plain)
    assert least < moved < most


def test_a_track_turns_within_the_line(prosody: AutoregressiveProsody) -> None:
    text = "I thought I had lost it and then I found it again in my coat."
    track = EmotionTrack.by_word([Emotion.parse("neutral")] * 7 + [Emotion.parse("happy")] * 7)
    (prepared,) = planned(Kokoro("cpu"), resolve("af_heart"), text, Reader(british=False).read(text), track).sentences
    plain = prosody.read(sentence("neutral", text), PLAIN)
    turned = prosody.read(prepared, PLAIN)
    words = np.array([-1, *(-1 if w is None else w for w in prepared.sentence.word_of), -1])
    before, after = (words >= 0) & (words < 6), words > 8
    moved = turned.semitones - plain.semitones
    assert moved[after].mean() > moved[before].mean() + 2.0


def test_the_network_is_the_one_that_was_trained(prosody: AutoregressiveProsody, fixtures_logits: dict) -> None:
    """Logits of shipped weights for a sentence, as torch gave them (tests/fixtures/prosody): equal but for rounding."""
    given = dict(fixtures_logits)
    network: Network = prosody.network
    state = network.begin(1, len(given["known"]))
    before = {name: np.array([scale.count]) for name, scale in SCALES.items()}
    for i, known in enumerate(given["known"]):
        x = network.step(state, known[None], given["budget"][i : i + 1], before)
        told: np.ndarray | float = 0.0
        for name in SCALES:
            logits = network.inner(name, x, told)
            assert np.abs(logits[0] - given[f"logits.{name}"][i]).max() < 1e-2
            before[name] = given[name][i : i + 1]
            told = told + network.given(name, before[name])


@pytest.fixture
def fixtures_logits(request: pytest.FixtureRequest) -> dict:
    return load_file(request.path.parents[1] / "fixtures" / "prosody" / "logits.safetensors")


def test_decisions_stay_within_what_a_voice_can_do(prosody: AutoregressiveProsody) -> None:
    for emotion in ("angry", "afraid", "vad(-1,1,1)", "-happy"):
        reading = prosody.read(sentence(emotion), Take(0, 2.0))
        assert reading.frames.max() < DURATION.count
        assert PITCH.low <= reading.semitones.min() <= reading.semitones.max() <= PITCH.high

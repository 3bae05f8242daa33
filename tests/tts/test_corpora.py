"""What actors do is measured as they do it, and laid over an English sentence as it was asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studio.errors import InputError
from tts.autoregressive.training.corpora import acting, emodb, measured
from tts.autoregressive.training.corpora.calibration import SHIFT, calibrated
from tts.autoregressive.training.corpora.departure import (
    LENGTH,
    PITCH,
    STRENGTH,
    Departure,
    Neutral,
    apply,
    load,
    save,
)
from tts.prosody.rules import RULES
from tts.text import Reader, Sentence
from tts.text.symbols import Kind

EMODB = Path(__file__).parents[1] / "fixtures" / "emodb"


@pytest.fixture(scope="module")
def sentence() -> Sentence:
    return Reader(british=False).read("I told you, the children are playing in the garden.")[0]


@pytest.fixture(scope="module")
def neutral(sentence: Sentence) -> Neutral:
    """Three frames a token, a pitch that falls by 6 semitones, levels that alternate by 10 dB."""
    count = len(sentence.symbols) + 2
    level = np.where(np.arange(count) % 2, 60.0, 50.0)
    return Neutral(np.full(count, 3.0), np.linspace(3, -3, count), np.zeros(count), level)


def departure(**terms: float) -> Departure:
    """Nothing but the terms named `length_<term>`, `pitch_<term>`, `strength_<term>`, `pause`."""
    arrays = {"length": np.zeros(len(LENGTH)), "pitch": np.zeros(len(PITCH)), "strength": np.zeros(len(STRENGTH))}
    names = {"length": LENGTH, "pitch": PITCH, "strength": STRENGTH}
    for key, value in terms.items():
        stream, _, term = key.partition("_")
        if term:
            arrays[stream][names[stream].index(term)] = value
    pause = terms.get("pause", 0.0)
    return Departure("happy", "03", "male", *arrays.values(), pause, np.zeros(3), 1.0, 1.0)


def test_labels_give_each_phone_its_time() -> None:
    said = {u.emotion: u for u in emodb.read(EMODB)}
    assert set(said) == {"neutral", "angry", "happy"}
    happy = said["happy"]
    # From the label file: the vowel of "Lappen" starts at 0.348 s, its stop at 0.427 s, lasting until 0.552 s with its
    # release; "Eis" bears the sentence's main accent.
    vowel, stop = happy.phones[3], happy.phones[4]
    assert vowel is not None and (vowel.symbol, vowel.start, vowel.end) == ("a", 0.348031, 0.427091)
    assert stop is not None and (stop.symbol, stop.start, stop.end) == ("p", 0.427091, 0.551660)
    assert [p.symbol for p in happy.phones if p is not None and p.accent == 3] == ["aI"]
    assert (happy.recognition, happy.naturalness) == (0.9, 0.75)


def test_a_folder_without_the_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not EMO-DB"):
        emodb.read(tmp_path)


def test_the_actor_is_heard_to_raise_his_voice() -> None:
    acted = {d.emotion: d for d in acting.departures(emodb.read(EMODB))}
    shift, level = PITCH.index("shift"), STRENGTH.index("level")
    # pYIN's median F0 of the three files is 121 Hz neutral, 197 Hz angry and 177 Hz happy: 8.4 and 6.5 semitones. The
    # shift is what is left beside a steeper fall and higher accents, so it may differ by some of these.
    assert acted["angry"].pitch[shift] == pytest.approx(8.4, abs=2.5)
    assert acted["happy"].pitch[shift] == pytest.approx(6.5, abs=2.5)
    # The recordings are level-normalised: no mean level may come of them.
    assert acted["angry"].strength[level] == 0.0


def test_octave_jumps_are_left_out() -> None:
    f0 = np.full(200, 84.0)
    f0[50:55] -= 12.0
    f0[120:126] += 12.0
    f0[160:170] = np.nan
    clean = measured.without_jumps(f0)
    assert np.nanmax(np.abs(clean - 84.0)) == 0.0
    assert np.isnan(clean).sum() == 5 + 6 + 10


def test_a_rising_tone_is_measured() -> None:
    time = np.arange(16000) / 16000
    # One octave a second from 150 Hz: the second half second lies 9 semitones up on average and rises by 6.
    tone = 0.3 * np.sin(2 * np.pi * 150 * (2**time - 1) / np.log(2))
    heard = measured.sounds(measured.track(tone, 16000), np.array([0.5]), np.array([0.95]))
    start = 12 * np.log2(150)
    # A tenth of a semitone for the pitch of a frame of 50 ms; the rise of 45 steps is good to a quarter.
    assert heard.pitch[0] - start == pytest.approx(8.7, abs=0.15)
    assert heard.slope[0] == pytest.approx(5.4, abs=0.25)


def test_none_of_a_departure_changes_nothing(sentence: Sentence, neutral: Neutral) -> None:
    full = departure(length_global=0.2, pitch_shift=4, pitch_range=0.4, strength_dynamics=0.3, pause=0.3)
    assert all(np.all(stream == 0) for stream in apply(full, sentence, neutral, 0.0))
    assert all(np.any(stream != 0) for stream in apply(full, sentence, neutral, 1.0)[:2])


def test_each_term_does_what_it_is_named_for(sentence: Sentence, neutral: Neutral) -> None:
    text = ["", *sentence.symbols, ""]
    spoken = np.array([s not in ("", " ", ",", ".") for s in text])

    def change(stream: int, **terms: float) -> np.ndarray:
        return apply(departure(**terms), sentence, neutral)[stream]

    longer = change(0, length_fricative=0.3)
    assert {s for s, x in zip(text, longer, strict=True) if x > 0} == {"ð", "ʧ"}
    stressed = change(1, pitch_stressed=2.0)
    assert {text[i - 1] for i in np.flatnonzero(stressed) if text[i] not in "ˈː"} <= {"ˈ"}
    assert np.count_nonzero(stressed) >= 2 * sentence.symbols.count("ˈ")
    last = change(0, length_last_vowel=0.5)
    assert np.flatnonzero(last)[0] >= len(text) - 6
    wider = change(1, pitch_range=np.log(1.5))[spoken]
    # The bound of the voice's range bends what comes near it by less than a thousandth.
    assert wider == pytest.approx(0.5 * neutral.pitch[spoken], abs=1e-3)
    falling = change(1, pitch_declination=4.0)[spoken]
    # From half of it above to half below, but for the half sounds at both ends.
    assert falling[0] - falling[-1] == pytest.approx(4.0, abs=0.2)
    assert np.all(change(2, pitch_declination=4.0)[spoken] < 0)
    louder = change(3, strength_dynamics=np.log(1.2))[spoken]
    assert np.ptp(louder) == pytest.approx(0.2 * 10, abs=1e-6)


def test_a_pause_lies_at_the_comma(sentence: Sentence, neutral: Neutral) -> None:
    factor = np.exp(apply(departure(pause=0.5), sentence, neutral)[0])
    comma = sentence.symbols.index(",") + 1
    # Half a second is 20 frames of 25 ms on top of the three it had.
    assert factor[comma] * neutral.frames[comma] == pytest.approx(23.0)
    assert np.all(np.delete(factor, comma) == 1.0)


def test_no_reading_leaves_the_range_of_a_voice(sentence: Sentence, neutral: Neutral) -> None:
    length, pitch, slope, _ = apply(departure(length_global=2.0, pitch_shift=30.0), sentence, neutral, 1.5)
    assert np.exp(length).max() <= 2.5 + 1e-9
    assert (neutral.pitch + pitch)[1:-1].max() <= 14.0
    assert np.isfinite(slope).all()


def test_an_unvoiced_token_needs_no_pitch(sentence: Sentence, neutral: Neutral) -> None:
    unknown = replace(neutral, pitch=np.full(len(neutral.pitch), np.nan), slope=np.full(len(neutral.slope), np.nan))
    streams = apply(departure(pitch_shift=2.0, pitch_range=0.5), sentence, unknown)
    assert all(np.isfinite(s).all() for s in streams)
    assert streams[1][1:-1] == pytest.approx(2.0)


def test_emotions_are_as_strong_as_the_rules_and_vary_as_the_actors() -> None:
    draw = np.random.default_rng(0)
    acted = [
        replace(
            departure(),
            emotion=emotion,
            length=draw.normal(0.1, 0.3, len(LENGTH)),
            pitch=draw.normal(5, 6, len(PITCH)),
            strength=draw.normal(1, 2, len(STRENGTH)),
            pause=float(draw.exponential(0.3)),
        )
        for emotion in emodb.EMOTIONS.values()
        for _ in range(60)
    ]
    made = calibrated(acted)
    assert {d.emotion for d in made} == {*RULES, "neutral"}
    for emotion, rule in RULES.items():
        own = [d for d in made if d.emotion == emotion]
        pitch = np.array([d.pitch for d in own])
        assert pitch[:, PITCH.index("shift")].mean() == pytest.approx(SHIFT.get(emotion, rule.pitch), abs=1e-6)
        assert pitch[:, PITCH.index("range")].mean() == pytest.approx(np.log(rule.pitch_range), abs=1e-6)
        # Within 3 semitones, but for where the mean of what was cut came to lie.
        assert np.abs(pitch[:, PITCH.index("shift")] - SHIFT.get(emotion, rule.pitch)).max() <= 3.5
        assert pitch[:, PITCH.index("shift")].std() > 1.0
        assert np.mean([d.pause for d in own]) == pytest.approx(rule.pause, abs=1e-6)
    plain = np.array([d.pitch for d in made if d.emotion == "neutral"])
    assert np.abs(plain.mean(axis=0)).max() < 1e-6


def test_departures_are_kept_in_a_file(tmp_path: Path) -> None:
    some = [departure(pitch_shift=1.5, length_vowel=0.2), replace(departure(), emotion="sad", pause=0.25)]
    save(some, tmp_path / "departures.npz")
    back = load(tmp_path / "departures.npz")
    assert [(d.emotion, d.speaker, d.pause) for d in back] == [("happy", "03", 0.0), ("sad", "03", 0.25)]
    assert np.array_equal(back[0].pitch, some[0].pitch) and np.array_equal(back[0].length, some[0].length)


def test_kinds_of_german_sounds() -> None:
    kinds = [emodb.kind(s) for s in ("aI", "m", "s", "p", "R")]
    assert kinds == [Kind.VOWEL, Kind.SONORANT, Kind.FRICATIVE, Kind.STOP, Kind.SONORANT]

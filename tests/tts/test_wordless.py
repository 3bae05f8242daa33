"""A text of nothing but sounds is those sounds, in the voice, where the timeline says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack
from studio.emotion.spoken import script_of
from studio.errors import InputError
from studio.performance import Speech, arkit_index
from studio.performance.chunk import joined
from talking_head.motion.compose import compose_motion
from tests.tts.conftest import Say
from tts import KokoroSpeaker
from tts.acoustic import SAMPLE_RATE
from tts.nonverbal import score

SOURCE = Path(__file__).parents[1] / "fixtures" / "delivery" / "LJ001-0002.flac"
THREE = "[gasp] [pause 0.5s] [laugh]"


def made(speaker: KokoroSpeaker, text: str, emotion: str = "neutral", **how: object) -> Speech:
    script = script_of(text, EmotionTrack.constant(Emotion.parse(emotion)))
    return speaker.speak(script.text, voice="af_heart", track=script.track, delivery=Delivery(**how))  # type: ignore[arg-type]


def decibels(speech: Speech, start: float, end: float) -> float:
    own = speech.samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    return 10 * float(np.log10(np.mean(np.square(own, dtype=np.float64)) + 1e-12))


def test_sounds_are_heard_where_the_timeline_has_them(speaker: KokoroSpeaker, tmp_path: Path) -> None:
    speech = made(speaker, THREE)
    assert speech.words == () and speech.text.strip() == ""
    assert [p.symbol for p in speech.phonemes if p.symbol != " "] == [
        name for number, kind in ((0, "gasp"), (2, "laugh")) for name, _, _ in score(kind, Emotion(), number).spans
    ]
    # It tiles the sound, and is silent between the sounds alone: a breath is the softest of them, 50 dB under full.
    assert speech.phonemes[0].start == 0.0
    assert speech.phonemes[-1].end == pytest.approx(speech.seconds, abs=1e-9)
    assert all(a.end == b.start for a, b in pairwise(speech.phonemes))
    for p in speech.phonemes:
        loud = decibels(speech, p.start, p.end)
        assert loud == -120.0 if p.symbol == " " else loud > -60.0
    # Each mark lies over its sound, or its pause.
    gasp, pause, laugh = speech.track.marks
    assert (gasp.kind, pause.kind, laugh.kind) == ("gasp", "pause", "laugh")
    assert pause.end - pause.start == pytest.approx(0.5)
    calls = [p for p in speech.phonemes if p.symbol == "[laugh]"]
    assert laugh.start == pytest.approx(calls[0].start) and laugh.end > calls[-1].end
    assert Speech.load(speech.save(tmp_path / "three.wav")).track == speech.track


@pytest.mark.parametrize("seconds", [1.7, 4.0])
def test_a_length_asked_for_is_met_and_the_laugh_is_whole(speaker: KokoroSpeaker, seconds: float) -> None:
    natural, speech = made(speaker, "[laugh]", "happy"), made(speaker, "[laugh]", "happy", seconds=seconds)
    assert len(speech.samples) == round(seconds * SAMPLE_RATE)
    first, second = (s.samples[np.flatnonzero(s.samples)] for s in (natural, speech))
    assert np.array_equal(first, second)


def test_what_is_too_short_is_refused_with_the_reach(speaker: KokoroSpeaker) -> None:
    with pytest.raises(InputError, match=r"can't last 0.5 s: .* take from 1\.\d\d to"):
        made(speaker, "[laugh]", seconds=0.5)
    lasting = score("laugh", Emotion(), 0).seconds
    assert made(speaker, "[laugh]", seconds=0.5, nearest=True).seconds == pytest.approx(lasting, abs=1e-4)


def test_it_is_about_as_loud_as_in_a_line(speaker: KokoroSpeaker, say: Say) -> None:
    alone, amid = made(speaker, "[laugh]"), made(speaker, "[laugh] Look at the sky.", prosody="rules")
    calls = [[p for p in s.phonemes if p.symbol == "[laugh]"] for s in (alone, amid)]
    loud = [decibels(s, c[0].start, c[-1].end) for s, c in zip((alone, amid), calls, strict=True)]
    # One line is louder or softer than the voice's usual by some dB before it is levelled.
    assert loud[0] == pytest.approx(loud[1], abs=5)


def test_it_is_felt_as_the_line_would_be(speaker: KokoroSpeaker) -> None:
    plain, happy, marked = (
        made(speaker, *given) for given in (("[laugh]",), ("[laugh]", "happy"), ("[happy][laugh]",))
    )
    assert len(happy.samples) > len(plain.samples)
    assert np.array_equal(happy.samples, marked.samples)
    # As a recording is felt over its seconds.
    over_time = EmotionTrack.constant(Emotion.parse("happy"), "seconds")
    assert script_of("[laugh]", over_time).track.emotion == Emotion.parse("happy")


def test_a_stream_of_it_is_one_chunk(speaker: KokoroSpeaker) -> None:
    script = script_of("[sigh]", EmotionTrack())
    how = {"voice": "af_heart", "track": script.track, "delivery": Delivery()}
    chunks = list(speaker.stream(script.text, **how))
    assert np.array_equal(joined(chunks).samples, made(speaker, "[sigh]").samples)
    assert list(speaker.stream(script.text, after=chunks[-1].bookmark, **how)) == []
    with pytest.raises(InputError, match="takes no seconds"):
        speaker.stream(script.text, **{**how, "delivery": Delivery(seconds=2.0)})


def test_what_needs_words_is_refused(speaker: KokoroSpeaker) -> None:
    script = script_of("[laugh]", EmotionTrack())
    with pytest.raises(InputError, match="no takes to choose from"):
        speaker.takes(script.text, 3, voice="af_heart", track=script.track, delivery=Delivery())
    with pytest.raises(InputError, match="copied onto words"):
        made(speaker, "[laugh]", like=SOURCE)
    with pytest.raises(InputError, match="no English word"):
        made(speaker, "[pause 1s]")
    with pytest.raises(InputError, match="no English word"):
        made(speaker, "[laugh] 你好")


def test_a_face_laughs_without_a_word(speaker: KokoroSpeaker) -> None:
    speech = made(speaker, "[laugh]", "happy")
    motion = compose_motion(speech, Emotion(), 0, fps=25.0)
    first = next(p for p in speech.phonemes if p.symbol == "[laugh]")
    frame = round(25 * (first.start + first.end) / 2)
    # As open as in an open vowel (0.46), or nearly.
    assert motion.coefficients[frame, arkit_index("jawOpen")] > 0.25
    assert len(motion) == pytest.approx(25 * speech.seconds, abs=1)

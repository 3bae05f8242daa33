"""A line in chunks: nothing lost, nothing heard of where they meet."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack, words_of
from studio.emotion.script import read_script
from studio.errors import InputError
from studio.evaluation import speech as measure
from studio.media.loudness import loudness
from studio.performance.chunk import Chunk, joined
from tts import KokoroSpeaker
from tts.line import Planner
from tts.prosody.reading import Prepared

RATE = 24_000
TEXT = (
    "The committee will meet again on Thursday to decide whether the bridge should be closed. Honestly, I never "
    "thought that anybody would believe such a ridiculous story!"
)
RULES = Delivery(prosody="rules")
NEUTRAL = EmotionTrack.constant(Emotion.parse("neutral"))


@pytest.fixture(scope="module")
def prompt(speaker: KokoroSpeaker) -> list[Chunk]:
    return list(speaker.stream(TEXT, voice="af_heart", track=NEUTRAL, delivery=RULES))


@pytest.fixture(scope="module")
def by_sentence(speaker: KokoroSpeaker) -> list[Chunk]:
    return list(speaker.stream(TEXT, voice="af_heart", track=NEUTRAL, delivery=RULES, prompt=False))


def levels(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """dB of each 10 ms; what is 50 dB under the loudest counts as that, so that silence has no jumps."""
    steps = samples[: len(samples) // 240 * 240].reshape(-1, 240)
    level = 10 * np.log10(np.mean(np.square(steps, dtype=np.float64), axis=1) + 1e-12)
    return np.maximum(level, level.max() - 50)


def mean_level(levels: npt.NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.mean(10 ** (levels / 10))))


def test_the_first_chunk_is_short_and_chunks_follow_each_other(prompt: list[Chunk]) -> None:
    # What is decoded before the first sound is heard; half a second on two cores allows for about that.
    assert prompt[0].seconds < 1.5
    assert len(prompt) > 2
    for before, after in pairwise(prompt):
        assert after.start == pytest.approx(before.start + before.seconds, abs=0.5 / RATE)


def test_chunks_together_are_the_line(prompt: list[Chunk], by_sentence: list[Chunk]) -> None:
    line, sentences = joined(prompt), joined(by_sentence)
    assert [w.text for w in line.words] == [w.strip(".,!") for w in words_of(TEXT)]
    # How a line is read does not depend on where it is cut: the same sounds at the same times.
    assert line.phonemes == sentences.phonemes and line.words == sentences.words
    assert len(line.samples) == len(sentences.samples)
    for a, b in pairwise(line.phonemes):
        assert a.end == pytest.approx(b.start, abs=1e-6)
    assert line.phonemes[-1].end == pytest.approx(line.seconds, abs=0.5 / RATE)


def test_words_of_a_chunk_begin_in_it(prompt: list[Chunk]) -> None:
    for chunk in prompt:
        assert all(chunk.start - 1e-6 <= w.start < chunk.start + chunk.seconds for w in chunk.words)
        assert chunk.track.keys[0].at == pytest.approx(chunk.start)
        assert chunk.track.keys[-1].at == pytest.approx(chunk.start + chunk.seconds)


def test_no_level_jumps_where_chunks_meet(prompt: list[Chunk], by_sentence: list[Chunk]) -> None:
    line, whole = levels(joined(prompt).samples), levels(joined(by_sentence).samples)
    usual = np.percentile(np.abs(np.diff(whole)), 95)
    for chunk in prompt[1:]:
        at = round(chunk.start * 100)
        # Nor does a burst or a voice begin within 20 ms of a join, where a seam would be heard in it.
        assert np.abs(np.diff(line[at - 2 : at + 3])).max() <= usual
        # A beginning is normalised as its voice is in general, the rest as the sentence is: over 0.3 s on either side
        # its level is within 3 dB of the sentence decoded at once (2.3 at most was measured).
        for side in (slice(at - 30, at), slice(at, at + 30)):
            assert mean_level(line[side]) == pytest.approx(mean_level(whole[side]), abs=3)


def semitones(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """The pitch of each 10 ms; nan where there is none."""
    import librosa

    at_16k = librosa.resample(samples, orig_sr=RATE, target_sr=16_000)
    f0, voiced, _ = librosa.pyin(at_16k, fmin=60, fmax=600, sr=16_000, hop_length=160)
    return 12 * np.log2(np.where(voiced, f0, np.nan))


@pytest.mark.slow
def test_no_pitch_jumps_where_chunks_meet(prompt: list[Chunk], by_sentence: list[Chunk]) -> None:
    line, whole = semitones(joined(prompt).samples), semitones(joined(by_sentence).samples)
    heard = np.flatnonzero(~np.isnan(whole))
    # Where a consonant is hardly voiced, pYIN finds its pitch in one and not in the other: the sentence's own goes on.
    own = np.interp(np.arange(len(whole)), heard, whole[heard])
    usual = np.nanpercentile(np.abs(np.diff(line)), 95)
    for chunk in prompt[1:]:
        at = round(chunk.start * 100)
        near = slice(at - 2, at + 3)
        if not np.isnan(line[near]).all():
            # No faster than it moves in speech, or there in the sentence decoded at once; pYIN's grid is 0.1 semitones.
            most = max(usual, np.abs(np.diff(own[near])).max()) + 0.5
            assert np.nanmax(np.abs(np.diff(line[near])), initial=0.0) <= most
        # The crossfade's 0.15 s, on both sides: the same pitch. A semitone is what pYIN errs by in weak consonants.
        apart = np.abs(line - whole)[at - 15 : at + 15]
        assert np.nanmax(apart, initial=0.0) < 1.0


@pytest.mark.slow
def test_the_words_are_understood(prompt: list[Chunk], by_sentence: list[Chunk]) -> None:
    heard = measure.transcribe(joined(prompt).samples, RATE)
    assert measure.word_error_rate(measure.transcribe(joined(by_sentence).samples, RATE), heard) == 0


def test_it_is_as_loud_as_a_line_spoken_at_once(speaker: KokoroSpeaker, prompt: list[Chunk]) -> None:
    at_once = speaker.speak(TEXT, voice="af_heart", track=NEUTRAL, delivery=RULES)
    assert loudness(joined(prompt).samples, RATE) == pytest.approx(loudness(at_once.samples, RATE), abs=1.0)


def test_a_stream_goes_on_from_a_bookmark(speaker: KokoroSpeaker, by_sentence: list[Chunk]) -> None:
    first, *rest = by_sentence
    again = list(
        speaker.stream(TEXT, voice="af_heart", track=NEUTRAL, delivery=RULES, prompt=False, after=first.bookmark)
    )
    assert len(again) == len(rest) == 1
    np.testing.assert_array_equal(again[0].samples, rest[0].samples)
    assert again[0].start == rest[0].start and again[0].words == rest[0].words


def test_emotion_and_marks_go_along(speaker: KokoroSpeaker) -> None:
    script = read_script("[sad]I knew it. [emphasis]All of[/emphasis] it.[/sad] [pause 1s] [angry:0.8]Get out![/angry]")
    chunks = list(speaker.stream(script.text, voice="af_heart", track=script.track, delivery=RULES))
    line = joined(chunks)
    at = {w.text: (w.start + w.end) / 2 for w in line.words}
    assert line.track.at(at["knew"]) == Emotion.parse("sad")
    assert line.track.at(at["out"]) == Emotion.parse("angry:0.8")
    assert [m.kind for m in line.track.marks] == ["emphasis", "pause"]
    get, it = (next(w for w in line.words[::-1] if w.text == t) for t in ("Get", "it"))
    # The pause asked for, on top of the one between sentences.
    assert get.start - it.end > 1.3


def test_emotion_by_the_second_turns_in_time(speaker: KokoroSpeaker) -> None:
    points = [(0.0, Emotion.parse("sad")), (30.0, Emotion.parse("happy"))]
    track = EmotionTrack.by_second(points)
    line = joined(speaker.stream("I knew it. Get out.", voice="af_heart", track=track, delivery=RULES))
    assert line.track.unit == "seconds"
    for place in np.linspace(0, line.seconds, 5):
        assert np.allclose(line.track.at(place).vector(), track.at(place).vector(), atol=1e-6)


def test_closed_early_it_works_no_more(speaker: KokoroSpeaker, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare, done = Planner.prepared, []

    def prepared(planner: Planner, index: int) -> Prepared:
        done.append(index)
        return prepare(planner, index)

    monkeypatch.setattr(Planner, "prepared", prepared)
    chunks = speaker.stream(" ".join([TEXT] * 50), voice="af_heart", track=NEUTRAL, delivery=RULES)
    assert not done
    assert next(chunks).start == 0.0
    chunks.close()
    # Of a hundred sentences, the one that the first chunk is from.
    assert done == [0]
    with pytest.raises(StopIteration):
        next(chunks)
    assert done == [0]


def test_a_length_is_refused_before_the_work(speaker: KokoroSpeaker) -> None:
    with pytest.raises(InputError, match="stream"):
        speaker.stream(TEXT, voice="af_heart", track=NEUTRAL, delivery=Delivery(seconds=9.0))


def test_chunks_that_do_not_follow_are_refused(prompt: list[Chunk]) -> None:
    with pytest.raises(InputError, match="follow"):
        joined([prompt[0], prompt[2]])
    with pytest.raises(InputError, match="no chunk"):
        joined([])

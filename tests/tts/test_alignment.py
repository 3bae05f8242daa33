"""A recording of known words is laid token by token onto its text; what isn't one is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from studio.errors import InputError
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.alignment import align
from tts.alignment.rendering import AHEAD
from tts.alignment.warping import path
from tts.prosody import lengths
from tts.text import Reader, Sentence, symbols
from tts.voice import resolve

TEXT = "She opened the door, and looked at the empty room."


@dataclass(frozen=True, eq=False)
class Reading:
    """A sentence said by another voice, a fifth slower and 3 semitones higher, and when each token is heard to end."""

    sentence: Sentence
    samples: npt.NDArray[np.float32]
    ends: npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def kokoro() -> Kokoro:
    return Kokoro("cpu")


@pytest.fixture(scope="module")
def reading(kokoro: Kokoro) -> Reading:
    sentence = Reader(british=False).read(TEXT)[0]
    encoding = kokoro.encode(sentence.ids, resolve("af_bella").style(len(sentence.symbols)))
    frames = lengths.whole(1.2 * encoding.durations)
    f0, energy = kokoro.contour(encoding, frames)
    samples = kokoro.sound(encoding, frames, np.where(f0 > 10, f0 * 2 ** (3 / 12), f0).astype(np.float32), energy)
    return Reading(sentence, samples, np.cumsum(frames) * FRAME / SAMPLE_RATE - AHEAD)


def test_another_voice_at_another_tempo_is_followed(kokoro: Kokoro, reading: Reading) -> None:
    (aligned,) = align([reading.sentence], "af_heart", reading.samples, SAMPLE_RATE, kokoro)
    sounds = [i for i, s in enumerate(reading.sentence.symbols, 1) if symbols.is_spoken(s)]
    error = np.abs(aligned.starts[sounds] - reading.ends[np.array(sounds) - 1])
    # Over 48 such readings half the borders lie within 10 ms (a step of the features) and nine in ten within 35 ms.
    assert np.median(error) <= 0.02
    assert np.percentile(error, 90) <= 0.06
    assert np.all(aligned.starts[1:] == aligned.ends[:-1])
    assert aligned.frames.sum() == pytest.approx(len(reading.samples) / FRAME, abs=1)


def test_a_pause_is_found_where_it_was_made(kokoro: Kokoro, reading: Reading) -> None:
    # Between "door," and "and": the loudness there is lowest, so half a second of silence is spliced in there.
    space = reading.sentence.symbols.index(",") + 2
    at = round(reading.ends[space] * SAMPLE_RATE)
    longer = np.concatenate([reading.samples[:at], np.zeros(SAMPLE_RATE // 2, np.float32), reading.samples[at:]])
    (before,) = align([reading.sentence], "af_heart", reading.samples, SAMPLE_RATE, kokoro)
    (after,) = align([reading.sentence], "af_heart", longer, SAMPLE_RATE, kokoro)
    amid = slice(space - 2, space + 2)
    # To two steps of 10 ms at either side.
    assert after.pauses[amid].sum() - before.pauses[amid].sum() == pytest.approx(0.5, abs=0.04)
    sounds = [i for i, s in enumerate(reading.sentence.symbols, 1) if symbols.is_spoken(s)]
    late = np.where(np.array(sounds) > space, 0.5, 0.0)
    moved = after.starts[sounds] - before.starts[sounds] - late
    assert np.median(np.abs(moved)) <= 0.02


def test_a_text_of_two_sentences_is_told_apart(kokoro: Kokoro, reading: Reading) -> None:
    twice = np.concatenate([reading.samples, reading.samples])
    first, second = align([reading.sentence] * 2, "af_heart", twice, SAMPLE_RATE, kokoro)
    assert second.starts[0] == first.ends[-1]
    # The border lies in the second's worth of silence between them.
    assert first.ends[-1] == pytest.approx(len(reading.samples) / SAMPLE_RATE, abs=0.5)
    # The second is said as the first is: the same lengths, to the steps of 10 ms at each border.
    words = slice(2, -3)
    gap = np.diff(first.starts[words]) - np.diff(second.starts[words])
    assert np.percentile(np.abs(gap), 90) <= 0.04


def test_other_words_are_refused(kokoro: Kokoro, reading: Reading) -> None:
    with pytest.raises(InputError, match="does not match the text"):
        align("Nobody has ever told us why this happened.", "af_heart", reading.samples, SAMPLE_RATE, kokoro)


def test_what_cannot_be_aligned_is_refused() -> None:
    second = np.zeros(SAMPLE_RATE, np.float32)
    tone = np.sin(np.arange(SAMPLE_RATE) * 0.1).astype(np.float32)
    for samples, complaint in (
        (np.tile(second, 3), "is silent"),
        (tone[:2400], "too short for its text"),
        (np.tile(tone, 41), "can be 40 s"),
        (np.zeros((2, SAMPLE_RATE), np.float32), "one channel"),
        (np.full(SAMPLE_RATE * 3, np.nan, np.float32), "finite"),
    ):
        with pytest.raises(InputError, match=complaint):
            align(TEXT, "af_heart", samples, SAMPLE_RATE)
    with pytest.raises(InputError, match="no voice named"):
        align(TEXT, "nobody", tone, SAMPLE_RATE)


def test_the_path_is_the_cheapest() -> None:
    # Three sounds, said for 2, 1 and 3 steps; an optional silence between the first two that isn't there.
    distance = np.ones((4, 6), np.float32)
    for state, steps in ((0, (0, 1)), (2, (2,)), (3, (3, 4, 5))):
        distance[state, list(steps)] = 0.0
    taken, _ = path(distance, np.array([False, True, False, False]))
    assert taken.tolist() == [0, 0, 2, 3, 3, 3]
    # And one that is there, for two steps.
    distance[1, 1:3] = 0.0
    distance[0, 1] = distance[2, 2] = 1.0
    taken, _ = path(distance, np.array([False, True, False, False]))
    assert taken.tolist() == [0, 1, 1, 2, 3, 3] or taken.tolist() == [0, 1, 1, 3, 3, 3]

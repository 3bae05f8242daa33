"""A recording's delivery on a line in another voice: the same words follow it sound by sound, others in the large."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import librosa
import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from studio.delivery import Delivery
from studio.emotion import EmotionTrack
from studio.errors import InputError
from studio.evaluation.speech import silence, transcribe, word_error_rate
from studio.performance import Speech
from tts import KokoroSpeaker
from tts.acoustic import FRAME, Kokoro
from tts.copying import copied
from tts.prosody import lengths
from tts.text import Reader

FIXTURES = Path(__file__).parents[1] / "fixtures"
SOURCE, WORDS = FIXTURES / "delivery" / "LJ001-0002.flac", "in being comparatively modern."
OTHER = "The people at the station were waiting for the last train home."
KOKORO = Kokoro("cpu")


@cache
def spoken(text: str, like: Path | None, words: str | None = None, seconds: float | None = None) -> Speech:
    """In a man's voice, where the recordings are a woman's."""
    prosody = None
    if like is not None:
        prosody = copied(*soundfile.read(like), words, Reader(british=False).read(text), "en-US", KOKORO)
    delivery = Delivery(seconds=seconds, temperature=0.0, prosody="rules")
    return KokoroSpeaker("cpu", prosody).speak(text, voice="am_michael", track=EmotionTrack(), delivery=delivery)


def contour(samples: npt.NDArray[np.floating], rate: int, points: int = 200) -> npt.NDArray[np.float64]:
    """Semitones around the median at even places from the first sound to the last; NaN without a voice."""
    before, after = silence(np.asarray(samples, np.float32), rate)
    heard = samples[int(before * rate) : len(samples) - int(after * rate)]
    heard = librosa.resample(np.asarray(heard, np.float32), orig_sr=rate, target_sr=16_000)
    f0, _, _ = librosa.pyin(heard, fmin=60, fmax=500, sr=16_000, hop_length=160)
    f0 = 12 * np.log2(f0 / np.nanmedian(f0))
    return np.asarray(f0[np.rint(np.linspace(0, len(f0) - 1, points)).astype(int)])


def likeness(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    return float(np.corrcoef(one[both], other[both])[0, 1])


def test_the_same_words_have_the_contour_and_the_length_of_the_recording() -> None:
    samples, rate = soundfile.read(SOURCE)
    copy, plain = spoken(WORDS, SOURCE, WORDS), spoken(WORDS, None)
    source = contour(samples, rate)
    like, unlike = (likeness(source, contour(s.samples, s.sample_rate)) for s in (copy, plain))
    # .99 once sounds are aligned; here only the ends are, so that a frame's difference costs some.
    assert like > 0.75 and like > unlike + 0.2
    lengths = [
        len(x) / r - sum(silence(np.asarray(x, np.float32), r)) for x, r in ((samples, rate), (copy.samples, 24_000))
    ]
    # Whole frames of 25 ms, and the model's own attack and release.
    assert lengths[1] == pytest.approx(lengths[0], abs=0.15)


def test_copied_words_are_still_understood() -> None:
    assert word_error_rate(WORDS, transcribe(spoken(WORDS, SOURCE, WORDS).samples, 24_000)) == 0


def test_a_copied_delivery_fits_a_length_asked_for() -> None:
    copy = spoken(WORDS, SOURCE, WORDS, seconds=2.5)
    assert len(copy.samples) == 60_000
    assert likeness(contour(*soundfile.read(SOURCE)), contour(copy.samples, 24_000)) > 0.7


@pytest.mark.parametrize("words", [WORDS, None])
def test_its_strength_is_laid_on_once(words: str | None) -> None:
    """`said` asks a reading for its strength and hands it on as decibels: the sound is no louder than by these."""
    sentences = Reader(british=False).read(WORDS)
    speaker = KokoroSpeaker("cpu", copied(*soundfile.read(SOURCE), words, sentences, "en-US", KOKORO))
    plan = speaker.plan(WORDS, "am_michael", EmotionTrack(), Delivery(temperature=0.0))
    reading, prepared = plan.sentences[0].reading, plan.line.sentences[0]
    assert np.ptp(reading.strength(prepared.energy, lengths.whole(prepared.encoding.durations))) > 3
    tokens = reading.frames + prepared.margin
    steady = np.full(int(tokens.sum()) * FRAME, 0.1, np.float32)
    assert np.array_equal(reading.finished(steady, tokens, np.zeros(len(steady))), steady)


def test_other_words_take_tempo_and_range_from_the_recording() -> None:
    angry, sad = (spoken(OTHER, FIXTURES / "voices" / f"16a01{letter}b.flac") for letter in "WT")
    # The woman of EMO-DB speaks faster when angry than when sad, and over twice the range.
    assert angry.seconds < 0.9 * sad.seconds
    spread = [float(np.nanstd(contour(s.samples, s.sample_rate))) for s in (angry, sad)]
    assert spread[0] > 1.2 * spread[1]


def test_other_words_than_those_given_are_refused() -> None:
    with pytest.raises(InputError, match="does not match the text"):
        copied(*soundfile.read(SOURCE), "Tell me about it.", Reader(british=False).read(OTHER), "en-US", KOKORO)


@pytest.mark.parametrize(
    ("samples", "words", "said"),
    [(np.zeros(16_000), None, "no voice in the recording"), (None, " ", "words of the recording are empty")],
)
def test_what_has_no_delivery_is_refused(samples: npt.NDArray[np.float64] | None, words: str | None, said: str) -> None:
    sound = soundfile.read(SOURCE)[0] if samples is None else samples
    with pytest.raises(InputError, match=said):
        copied(sound, 22_050, words, Reader(british=False).read(OTHER), "en-US", KOKORO)

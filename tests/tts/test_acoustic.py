"""The acoustic model, cut and rewritten, still says what it says whole."""

from __future__ import annotations

import numpy as np
import pytest

from studio.errors import InputError
from tts import KokoroSpeaker
from tts.acoustic import FRAME, Kokoro, voices
from tts.acoustic.uncut import Uncut
from tts.prosody import lengths
from tts.text import Reader


@pytest.mark.parametrize("voice", ["af_heart", "bm_george"])
def test_the_cut_model_gives_the_very_samples_of_the_whole_one(voice: str) -> None:
    sentence = Reader(british=voice[0] == "b").read("The kettle sings, and nobody listens.")[0]
    style = voices.style(voice, len(sentence.symbols))
    kokoro = Kokoro("cpu")
    encoding = kokoro.encode(sentence.ids, style)
    frames = lengths.whole(encoding.durations)
    cut = kokoro.sound(encoding, frames, *kokoro.contour(encoding, frames))
    whole = Uncut().speak(sentence.ids, style)
    assert len(cut) == frames.sum() * FRAME
    assert np.array_equal(cut, whole)


def test_a_change_of_pitch_and_of_lengths_between_the_parts_is_heard() -> None:
    sentence = Reader(british=False).read("Seven lions rolled along.")[0]
    kokoro = Kokoro("cpu")
    encoding = kokoro.encode(sentence.ids, voices.style("af_heart", len(sentence.symbols)))
    frames = lengths.whole(encoding.durations)
    f0, energy = kokoro.contour(encoding, frames)
    plain = kokoro.sound(encoding, frames, f0, energy)
    assert np.abs(kokoro.sound(encoding, frames, f0 * 1.3, energy) - plain).max() > 0.01
    assert len(kokoro.sound(encoding, frames * 2, np.repeat(f0, 2), np.repeat(energy, 2))) == 2 * len(plain)


def test_there_are_28_voices_named_for_language_and_gender() -> None:
    known = {v.name: v for v in KokoroSpeaker("cpu").voices()}
    assert len(known) == 28
    assert known["af_heart"].language == "en-US" and known["af_heart"].gender == "female"
    assert known["bm_george"].language == "en-GB" and known["bm_george"].gender == "male"
    assert next(iter(known)) == "af_heart"
    styles = {name: voices.style(name, 40) for name in known}
    assert all(s.shape == (1, 256) for s in styles.values())
    assert len({s.tobytes() for s in styles.values()}) == 28


@pytest.mark.parametrize(
    ("typed", "offered"), [("af_hart", "af_heart"), ("heart", "af_heart"), ("George", "bm_george")]
)
def test_an_unknown_voice_is_offered_the_nearest(typed: str, offered: str) -> None:
    with pytest.raises(InputError, match=offered):
        voices.voice(typed)


@pytest.mark.parametrize("device", ["cuda:9x", "tpu", "cpu:1", "auto:0", ""])
def test_an_unknown_device_is_named(device: str) -> None:
    with pytest.raises(InputError, match=r"give auto, cpu or cuda:0"):
        KokoroSpeaker(device)


def test_a_gpu_that_is_not_there_says_what_to_install() -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime has CUDA")
    with pytest.raises(InputError, match="onnxruntime-gpu"):
        KokoroSpeaker("cuda:0")

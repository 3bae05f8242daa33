"""The acoustic model, cut and rewritten, still says what it says whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from scipy.signal import stft

from studio import checkpoints
from studio.delivery import Delivery
from studio.emotion import EmotionTrack
from studio.errors import InputError
from tts import KokoroSpeaker
from tts.acoustic import FRAME, SAMPLE_RATE, Encoding, Kokoro, cut
from tts.acoustic.generator import Generator
from tts.acoustic.names import Name
from tts.acoustic.sessions import session
from tts.acoustic.uncut import Uncut
from tts.prosody import lengths
from tts.text import Reader
from tts.voice import resolve, stock


@dataclass(frozen=True, eq=False)
class Line:
    """One sentence, as the decoder gets it and as the uncut model says it."""

    encoding: Encoding
    frames: npt.NDArray[np.int64]
    f0: npt.NDArray[np.float32]
    energy: npt.NDArray[np.float32]
    whole: npt.NDArray[np.float32]

    def inputs(self) -> dict[str, npt.NDArray]:
        spread = np.repeat(self.encoding.text, self.frames, axis=1)[None]
        style = self.encoding.style
        return {"text_frames": spread, "f0": self.f0[None], "energy": self.energy[None], "style": style}


@pytest.fixture(scope="module")
def uncut() -> Uncut:
    return Uncut()


@pytest.fixture(scope="module", params=["af_heart", "bm_george"])
def line(request: pytest.FixtureRequest, uncut: Uncut) -> Line:
    voice = request.param
    sentence = Reader(british=voice[0] == "b").read("The kettle sings, and nobody listens.")[0]
    style = resolve(voice).style(len(sentence.symbols))
    kokoro = Kokoro("cpu")
    encoding = kokoro.encode(sentence.ids, style)
    frames = lengths.whole(encoding.durations)
    return Line(encoding, frames, *kokoro.contour(encoding, frames), uncut.speak(sentence.ids, style))


def test_the_graph_cut_in_three_gives_the_very_samples_of_the_whole(line: Line) -> None:
    (cut_sound,) = session(cut.part("decoder"), "cpu").run(None, line.inputs())
    assert np.array_equal(cut_sound, line.whole)


def decibels(signal: npt.NDArray, error: npt.NDArray) -> float:
    return float(10 * np.log10(np.sum(signal.astype(float) ** 2) / np.sum(error.astype(float) ** 2)))


def test_the_generator_computes_what_the_graph_does(line: Line) -> None:
    """Normalisation, Snake and quantised convolution of a block: the same numbers as the graph's, but for rounding,
    which turns one byte in some thousands to its neighbour (70 dB under the signal)."""
    generator = "/decoder/decoder/generator"
    whole = onnx.load(checkpoints.folder("kokoro") / cut.MODEL_FILE)
    source = session(cut.part("source"), "cpu")
    values = dict(zip([o.name for o in source.get_outputs()], source.run(None, line.inputs()), strict=True))
    # From the same source: its transform is computed otherwise, and the phase of a bin that is all rounding with it.
    given = {f"{generator}/noise_convs.1/Conv_output_0": "source_1", "style": "style"}
    graph = cut.extract(whole, given, {f"{generator}/noise_res.1/convs1.0/Conv_output_0": "inner"})
    inputs = {"source_1": values["source_1"], "style": line.encoding.style}
    (expected,) = onnxruntime.InferenceSession(graph.SerializeToString()).run(None, inputs)
    x = np.ascontiguousarray(values["source_1"][0].T)
    onto = np.zeros((len(x), expected.shape[1]), np.float32)
    got = Generator(cut.part("blocks")).convolved(Name("noise_res.1", 1, 0), x, values, onto)
    assert decibels(expected, got - expected[0].T) > 60


def test_the_fast_model_sounds_like_the_whole_one(line: Line) -> None:
    """Samples can't be equal: dynamic quantisation turns any rounding into noise of its own size. The uncut graph
    itself, with its style scaled by 1 + 1e-7, is 19 dB from itself. Nothing but that noise may differ."""
    fast = Kokoro("cpu").sound(line.encoding, line.frames, line.f0, line.energy)
    assert len(fast) == line.frames.sum() * FRAME == len(line.whole)
    assert decibels(line.whole, fast - line.whole) > 12
    a, b = (np.abs(stft(x, SAMPLE_RATE, nperseg=1024)[2]) ** 2 for x in (line.whole, fast))
    # Levels of 32 bands of 750 Hz over 21 ms, where they lie within 50 dB of the loudest.
    a, b = (10 * np.log10(x[:512].reshape(32, 16, -1).mean(axis=1) + 1e-12) for x in (a, b))
    heard = a > a.max() - 50
    assert abs((a - b)[heard].mean()) < 0.1
    assert np.sqrt(np.mean((a - b)[heard] ** 2)) < 1.5


def test_a_change_of_pitch_and_of_lengths_between_the_parts_is_heard() -> None:
    sentence = Reader(british=False).read("Seven lions rolled along.")[0]
    kokoro = Kokoro("cpu")
    encoding = kokoro.encode(sentence.ids, resolve("af_heart").style(len(sentence.symbols)))
    frames = lengths.whole(encoding.durations)
    f0, energy = kokoro.contour(encoding, frames)
    plain = kokoro.sound(encoding, frames, f0, energy)
    assert np.abs(kokoro.sound(encoding, frames, f0 * 1.3, energy) - plain).max() > 0.01
    assert len(kokoro.sound(encoding, frames * 2, np.repeat(f0, 2), np.repeat(energy, 2))) == 2 * len(plain)


def test_voices_are_named_for_language_and_gender() -> None:
    known = {v.name: v for v in KokoroSpeaker("cpu").voices()}
    english = [v.name for v in known.values() if v.language.startswith("en-")]
    assert (len(known), len(english)) == (41, 28)
    assert known["af_heart"].language == "en-US" and known["af_heart"].gender == "female"
    assert known["bm_george"].language == "en-GB" and known["bm_george"].gender == "male"
    assert next(iter(known)) == "af_heart"
    styles = {name: resolve(name).style(40) for name in english}
    assert all(s.shape == (1, 256) for s in styles.values())
    assert len({s.tobytes() for s in styles.values()}) == 28


@pytest.mark.parametrize(
    ("typed", "offered"), [("af_hart", "af_heart"), ("heart", "af_heart"), ("George", "bm_george")]
)
def test_an_unknown_voice_is_offered_the_nearest(typed: str, offered: str) -> None:
    with pytest.raises(InputError, match=offered):
        stock.voice(typed)


@pytest.mark.parametrize("device", ["cuda:9x", "tpu", "cpu:1", "auto:0", ""])
def test_an_unknown_device_is_named(device: str) -> None:
    with pytest.raises(InputError, match=r"give auto, cpu or cuda:0"):
        KokoroSpeaker(device)


def test_a_gpu_that_is_not_there_says_what_to_install() -> None:
    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime has CUDA")
    with pytest.raises(InputError, match="onnxruntime-gpu"):
        KokoroSpeaker("cuda:0")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["contour.onnx", "blocks.safetensors"])
def test_a_damaged_part_is_cut_again(tmp_path, monkeypatch, name):
    (tmp_path / "models").symlink_to(checkpoints.home() / "models")
    monkeypatch.setenv("AFFETTO_HOME", str(tmp_path))
    path = cut.part(name.partition(".")[0])
    assert path.name == name
    path.write_bytes(path.read_bytes()[:1000])
    speech = KokoroSpeaker("cpu").speak("Hello.", voice="af_heart", track=EmotionTrack(), delivery=Delivery())
    assert np.abs(speech.samples).max() > 0.1
    assert path.stat().st_size > 1000

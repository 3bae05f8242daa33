"""The acoustic model in three steps: encode tokens, draw a contour over frames, make sound.

Kokoro-82M v1.0 (hexgrad; StyleTTS 2, Li et al. 2023, with an iSTFTNet decoder), Apache-2.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidGraph, InvalidProtobuf
from safetensors import SafetensorError

from tts.acoustic import cut
from tts.acoustic.generator import Generator
from tts.acoustic.sessions import providers, session

SAMPLE_RATE = 24_000
FRAME = 600  # samples: 25 ms. Pitch and energy have two values a frame.

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Encoding:
    """What the encoder says of T tokens (pads included).

    durations: frames each would last, [T].  prosody: [640, T].  text: [512, T].  style: [1, 256].
    """

    durations: Floats
    prosody: Floats
    text: Floats
    style: Floats


class Kokoro:
    """Loads its weights on first use. device: "auto", "cpu" or "cuda:N"; InputError when there is none such."""

    def __init__(self, device: str = "auto") -> None:
        self._on_cpu = providers(device) == ["CPUExecutionProvider"]
        self._device = device

    def encode(self, ids: list[int], style: Floats) -> Encoding:
        """ids: tokens with pads, T of them; style: [1, 256] of the voice for this many tokens."""
        durations, prosody, text = self._run("encoder", tokens=np.array([ids], np.int64), style=style)
        return Encoding(durations[0], np.ascontiguousarray(prosody[0].T), text[0], style)

    def contour(self, encoding: Encoding, frames: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        """F0 in Hz (near 0 where unvoiced) and energy, [2F] each, for token lengths `frames` [T], F their sum."""
        spread = np.repeat(encoding.prosody, frames, axis=1)[None]
        f0, energy = self._run("contour", prosody_frames=spread, style=encoding.style)
        return f0[0], energy[0]

    def sound(self, encoding: Encoding, frames: npt.NDArray[np.int64], f0: Floats, energy: Floats) -> Floats:
        """The samples, [F * FRAME] at SAMPLE_RATE."""
        spread = np.repeat(encoding.text, frames, axis=1)[None]
        inputs = {"text_frames": spread, "f0": f0[None], "energy": energy[None], "style": encoding.style}
        if not self._on_cpu:
            return self._run("decoder", **inputs)[0]
        names = [o.name for o in self._session("source").get_outputs()]
        source = dict(zip(names, self._run("source", **inputs), strict=True))
        (line,) = self._run("between", sum=self._generator.stage(0, source["line"], source["source_0"], source))
        (audio,) = self._run("tail", sum=self._generator.stage(1, line, source["source_1"], source))
        return audio

    @cached_property
    def _generator(self) -> Generator:
        try:
            return Generator(cut.part("blocks"))
        except (SafetensorError, KeyError):
            return Generator(cut.anew("blocks"))

    def _run(self, part: str, **inputs: npt.NDArray) -> list[Floats]:
        outputs: list[Floats] = self._session(part).run(None, inputs)
        return outputs

    def _session(self, part: str) -> ort.InferenceSession:
        try:
            return session(cut.part(part), self._device)
        except (InvalidProtobuf, InvalidGraph, Fail):
            return session(cut.anew(part), self._device)

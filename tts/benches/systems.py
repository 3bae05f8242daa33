"""Who speaks: this project's voice by either prosody, the uncut acoustic model at uniform speed, and hibari-tts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

import checkpoints as shipped
import studio.evaluation
import tts
from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack
from studio.evaluation import recognition
from studio.performance import Word
from tts.acoustic import FRAME, SAMPLE_RATE, Kokoro
from tts.acoustic.uncut import Uncut
from tts.benches.plan import HIBARI, OURS, UNIFORM, Case, lines
from tts.prosodies import prosody
from tts.prosody.reading import Prosody
from tts.speaker import KokoroSpeaker
from tts.text import Reader
from tts.voice import resolve, stock

Samples = npt.NDArray[np.float32]

_JUDGES = ("emotion_reader", "quality", "recognition", "speaker_similarity", "speech")


@dataclass(frozen=True, eq=False)
class Utterance:
    """What was said. samples: mono [T].  words: when each sounds, where the system tells."""

    samples: Samples
    sample_rate: int
    words: Sequence[Word] = ()


class System(Protocol):
    """Anything that speaks English."""

    def say(self, case: Case, seconds: float | None) -> Utterance:
        """Say a case, in so many seconds if they are given and as nearly as the system can."""
        ...


class Affetto:
    """This project's voice. decides: how lines are read."""

    def __init__(self, decides: Prosody) -> None:
        self._speaker = KokoroSpeaker("cpu", decides)

    def say(self, case: Case, seconds: float | None) -> Utterance:
        emotion = Emotion.of({case.emotion: case.intensity}) if case.intensity else Emotion()
        speech = self._speaker.speak(
            lines()[case.line],
            voice=case.voice,
            track=EmotionTrack.constant(emotion),
            delivery=Delivery(seconds=seconds, seed=case.seed),
        )
        return Utterance(speech.samples, speech.sample_rate, speech.words)


class Uniform:
    """The acoustic model as it comes, and every sound of it faster or slower alike (its input `speed`)."""

    def __init__(self) -> None:
        self._uncut, self._cut = Uncut(), Kokoro("cpu")

    def say(self, case: Case, seconds: float | None) -> Utterance:
        (sentence,) = _reader(stock.voice(case.voice).language).read(lines()[case.line])
        style = resolve(case.voice).style(len(sentence.symbols))
        speed = 1.0
        if seconds is not None:
            durations = self._cut.encode(sentence.ids, style).durations
            speed = uniform_speed(durations, seconds * SAMPLE_RATE / FRAME)
        return Utterance(self._uncut.speak(sentence.ids, style, speed), SAMPLE_RATE)


class Hibari:
    """hibari-tts, a synthesiser of 8 MB in the voice it comes with. It takes a speed, not a length."""

    def __init__(self) -> None:
        from hibari import Hibari as Model

        self._model = Model()

    def say(self, case: Case, seconds: float | None) -> Utterance:
        natural = self._model(lines()[case.line], seed=case.seed)
        if seconds is None:
            return Utterance(natural, self._model.sample_rate)
        speed = len(natural) / self._model.sample_rate / seconds
        return Utterance(self._model(lines()[case.line], speed=speed, seed=case.seed), self._model.sample_rate)


def uniform_speed(durations: npt.NDArray[np.floating], frames: float) -> float:
    """The speed at which tokens of these durations [T] last nearest to `frames` in all, each made whole and no less
    than a frame, as the acoustic model does it."""
    speeds = np.geomspace(0.25, 4.0, 4001)
    whole = np.maximum(np.rint(durations[None] / speeds[:, None]), 1.0).sum(axis=1)
    near = np.flatnonzero(np.abs(whole - frames) == np.abs(whole - frames).min())
    # Of equals, the one nearest to normal.
    return float(speeds[near[np.abs(np.log(speeds[near])).argmin()]])


def system(name: str) -> System:
    """The system of that name, its weights loaded on first use. Raises InputError when it can't be had."""
    if name == UNIFORM:
        return Uniform()
    if name == HIBARI:
        return Hibari()
    return Affetto(prosody("autoregressive" if name == OURS else "rules"))


def fingerprint(name: str) -> str:
    """Eight letters that change with whatever its figures depend on: code and small weights, the lines, the judges."""
    digest = hashlib.sha256("\n".join(lines()).encode())
    judges = [Path(studio.evaluation.__file__).with_name(f"{n}.py") for n in _JUDGES]
    for path in [*judges, Path(__file__).with_name("judging.py")]:
        digest.update(path.read_bytes())
    digest.update(bytes([recognition.is_installed()]))
    if name == HIBARI:
        digest.update(version("hibari-tts").encode())
    else:
        top = Path(tts.__file__).parent
        sources = [p for p in sorted(top.rglob("*.py")) if "benches" not in p.parts and "training" not in p.parts]
        if name == UNIFORM:
            sources = [p for p in sources if p.parent.name in ("acoustic", "text", "english")]
        kinds = [] if name == UNIFORM else ["effort*", "voice_space*", *(["prosody*"] if name == OURS else [])]
        weights = [p for kind in kinds for p in sorted(Path(next(iter(shipped.__path__))).glob(f"{kind}.safetensors"))]
        for path in [*sources, *weights]:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


@cache
def _reader(language: str) -> Reader:
    return Reader(british=language == "en-GB")

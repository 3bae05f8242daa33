"""What the judges make of one utterance: kept as numbers, so that every table can be drawn again without a sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.emotion.reading.voice.framing import HOP, RATE, at_rate
from studio.emotion.reading.voice.pitch import pitch
from studio.evaluation import recognition
from studio.evaluation.emotion_reader import readers
from studio.evaluation.quality import mean_opinion
from studio.evaluation.speaker_similarity import embedding
from studio.evaluation.speech import silence, transcribe
from studio.media.files import written_whole
from studio.media.loudness import loudness
from tts.benches.plan import EMOTIONAL, NATURAL, Case
from tts.benches.systems import Utterance

Floats = npt.NDArray[np.floating]

_VOICED_LEAST = 3
# ECAPA tells no voice in less than a second.
_VOICEPRINT_SECONDS = 1.0


@dataclass(frozen=True, eq=False)
class Judged:
    """Of one case; what no judge was asked for is not there.

    numbers: seconds, asked (0: no length was), taken (seconds of computing), spoken (share of the sound from the first
    to the last that is heard), words_a_second of it, opinion (Distill-MOS).
    texts: what each recogniser heard.
    arrays: features by reader, voiceprint [192], acoustics [5] (median F0 and its range in semitones, level in LUFS, ln
    of the spoken seconds, tilt in dB), and of each word its length in s and its median F0 in semitones over 27.5 Hz
    (NaN: none): word_lengths, word_pitches.
    """

    numbers: Mapping[str, float]
    texts: Mapping[str, str]
    arrays: Mapping[str, Floats]

    def save(self, path: Path) -> None:
        """Whole or not at all."""
        values: dict[str, npt.NDArray] = {f"number.{k}": np.array(v) for k, v in self.numbers.items()}
        values |= {f"text.{k}": np.array(v) for k, v in self.texts.items()}
        values |= {f"array.{k}": np.asarray(v, np.float32) for k, v in self.arrays.items()}
        with written_whole(path) as part, part.open("wb") as file:
            np.savez(file, **values)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> Judged:
        with np.load(path) as held:
            kinds: dict[str, dict] = {"number": {}, "text": {}, "array": {}}
            for key in held.files:
                kind, _, name = key.partition(".")
                kinds[kind][name] = held[key] if kind == "array" else held[key].item()
        return cls(kinds["number"], kinds["text"], kinds["array"])


def judge(case: Case, text: str, said: Utterance, asked: float | None, taken: float) -> Judged:
    """Ask every judge that this case is for. asked: seconds; taken: seconds it took to make."""
    sound, rate = said.samples, said.sample_rate
    seconds = len(sound) / rate
    before, after = silence(sound, rate)
    spoken = seconds - before - after
    numbers = {
        "samples": float(len(sound)),
        "rate": float(rate),
        "asked": 0.0 if asked is None else asked,
        "taken": taken,
        "spoken": spoken / seconds,
        "words_a_second": len(text.split()) / spoken,
    }
    texts: dict[str, str] = {}
    arrays: dict[str, Floats] = {}
    if case.intensity in (0.0, 1.0) and not case.seed:
        texts["moonshine"] = transcribe(sound, rate)
        if recognition.is_installed():
            texts["whisper"] = recognition.transcribe_by_whisper(sound, rate)
    if case.factor == NATURAL:
        if case.intensity in (0.0, 1.0) and not case.seed:
            numbers["opinion"] = mean_opinion(sound, rate)
        if case.system in EMOTIONAL:
            arrays |= {reader.name: reader.features(sound, rate) for reader in readers()}
            arrays["acoustics"] = _acoustics(said, spoken, arrays["functionals"])
            if spoken >= _VOICEPRINT_SECONDS and not case.seed:
                arrays["voiceprint"] = embedding(sound, rate)
            if not case.intensity:
                arrays |= _by_word(said)
    return Judged(numbers, texts, arrays)


def _acoustics(said: Utterance, spoken: float, row: Floats) -> Floats:
    names = readers()[1].model.names
    found = dict(zip(names, row, strict=True))
    return np.array(
        [
            found["f0.p50"],
            found["f0.range_90"],
            loudness(said.samples, said.sample_rate),
            np.log(spoken),
            found["v_alpha_ratio.mean"],
        ]
    )


def _by_word(said: Utterance) -> dict[str, Floats]:
    """Length and pitch of each word."""
    f0, _ = pitch(at_rate(said.samples, said.sample_rate))
    semitones = 12.0 * np.log2(f0 / 27.5)
    pitches = []
    for word in said.words:
        own = semitones[round(word.start * RATE / HOP) : round(word.end * RATE / HOP)]
        own = own[np.isfinite(own)]
        pitches.append(float(np.median(own)) if len(own) >= _VOICED_LEAST else np.nan)
    return {"word_lengths": np.array([w.end - w.start for w in said.words]), "word_pitches": np.array(pitches)}

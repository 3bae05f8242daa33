"""Takes drawn from the transformer, spoken, and heard by the readers: what `prefer` learns from.

    python -m tts.autoregressive.training.listening WEIGHTS OUT [--lines 16] [--takes 6]

Every line is spoken in one of four voices, in each emotion the reader knows, several times over. A take is worth what
the project's reader of voices (acoustic functionals) makes of the emotion asked for, beside the same voice's plain
reading of the line, less what a recogniser misunderstands. The reader on learned features is not asked: it judges the
result. Every line and emotion is a file in the folder OUT; those that are there are not made again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack
from studio.emotion.reading.voice.features import features
from studio.emotion.reading.voice.framing import RATE, at_rate
from studio.emotion.reading.voice.model import CLASSES, load
from studio.evaluation.speech import transcribe, word_error_rate
from studio.performance import Speech
from tts.autoregressive.plain import plain_reading
from tts.autoregressive.prosody import AutoregressiveProsody, LearnedReading, inputs_of
from tts.autoregressive.tokens import DURATION, PITCH, SLOPE, STRENGTH
from tts.prosody.reading import Prepared
from tts.speaker import KokoroSpeaker

# fmt: off
LINES = (
    "The keys were on the table when I left.", "He told me that the train leaves at noon.",
    "I put your coat in the other room.", "There is a letter for you by the door.",
    "They moved the meeting to the second floor.", "She said she would call before the weekend.",
    "We can talk about it when you come home.", "Nobody opened the window this morning.",
    "I heard what you said to them yesterday.", "The car is still standing in front of the house.",
    "You have been here for almost an hour now.", "My brother bought the old house by the river.",
    "It was the same man we saw at the station.", "I don't know what they are going to do.",
    "The doctor wants to see you again on Monday.", "All the lights went out at the same time.",
)
# fmt: on
VOICES = ("af_bella", "am_fenrir", "bf_isabella", "bm_lewis")
EMOTIONS = tuple(c for c in CLASSES if c != "neutral")
# A word misunderstood costs as much as half the certainty of the emotion.
_WORDS = 4.0


@dataclass(frozen=True, eq=False)
class Take:
    """codes: of each scale, [T].  inputs: what the transformer was told.  worth: higher is better."""

    inputs: dict[str, npt.NDArray]
    codes: dict[str, npt.NDArray[np.int64]]
    worth: float


def takes(speaker: KokoroSpeaker, text: str, voice: str, emotion: str, count: int, seed: int) -> Iterator[Take]:
    """Takes of one line, each spoken and judged."""
    plain = _heard(_spoken(speaker, text, voice, "neutral", 0, 0.0)[0])
    target = CLASSES.index(emotion)
    for n in range(count):
        speech, prepared, reading = _spoken(speaker, text, voice, emotion, seed + n, 1.2)
        chances = load("relative").probabilities(_heard(speech) - plain)[0]
        missed = word_error_rate(text, transcribe(speech.samples, speech.sample_rate))
        yield Take(_told(prepared), _codes(prepared, reading), float(np.log(chances[target]) - _WORDS * missed))


def _spoken(
    speaker: KokoroSpeaker, text: str, voice: str, emotion: str, seed: int, temperature: float
) -> tuple[Speech, Prepared, LearnedReading]:
    track = EmotionTrack.constant(Emotion.parse(emotion))
    plan = speaker.plan(text, voice, track, Delivery(seed=seed, temperature=temperature))
    (fit,) = plan.sentences
    assert isinstance(fit.reading, LearnedReading)
    return speaker.say(plan, voice, track, seed), plan.line.sentences[0], fit.reading


def _heard(speech: Speech) -> npt.NDArray[np.float64]:
    found = features(at_rate(speech.samples, speech.sample_rate), RATE)
    return np.array([[found[name] for name in load("relative").names]])


def _told(prepared: Prepared) -> dict[str, npt.NDArray]:
    plain = plain_reading(prepared.encoding.durations, prepared.f0, prepared.energy, prepared.margin)
    inputs = inputs_of(prepared, plain)
    return {
        "features": inputs.features.astype(np.float16),
        "ids": inputs.ids,
        "described": inputs.described,
        "emotions": inputs.emotions,
        "voiced": plain.voiced.astype(np.float32),
    }


def _codes(prepared: Prepared, reading: LearnedReading) -> dict[str, npt.NDArray[np.int64]]:
    return {
        "duration": DURATION.codes(reading.frames),
        "pitch": PITCH.codes(reading.semitones - prepared.shifts),
        "slope": SLOPE.codes(reading.rise),
        "strength": STRENGTH.codes(reading.decibels),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--lines", type=int, default=len(LINES))
    parser.add_argument("--takes", type=int, default=6)
    a = parser.parse_args()
    speaker = KokoroSpeaker("cpu", prosody=AutoregressiveProsody(a.weights))
    a.out.mkdir(parents=True, exist_ok=True)
    for i, line in enumerate(LINES[: a.lines]):
        for k, emotion in enumerate(EMOTIONS):
            path = a.out / f"{i:02d}-{emotion}.npz"
            if path.exists():
                continue
            found = list(takes(speaker, line, VOICES[(i + k) % len(VOICES)], emotion, a.takes, 1000 * i + 100 * k))
            arrays = {f"{n}.{key}": v for n, t in enumerate(found) for key, v in {**t.inputs, **t.codes}.items()}
            arrays["worth"] = np.array([t.worth for t in found])
            np.savez(path, allow_pickle=False, **arrays)
            print(f"{line!r} {emotion}: {[round(t.worth, 2) for t in found]}", flush=True)


if __name__ == "__main__":
    main()

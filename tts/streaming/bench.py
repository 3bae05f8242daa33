"""How soon a stream sounds, whether it keeps up, and how it differs from the line spoken at once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np

from studio.delivery import Delivery
from studio.emotion import EmotionTrack
from studio.evaluation.bench import Measurement, peak_memory
from studio.media.loudness import loudness
from studio.performance.chunk import Chunk, joined
from tts.speaker import KokoroSpeaker

# 60 s of speech.
TEXT = " ".join(
    (
        "When the sun came up over the hills, the whole valley turned to gold, and nobody said a word for a long time.",
        "Then the old man lifted his hand.",
        "He had walked for three days to reach this place, and now that he was here he could not remember why.",
        "Was it the bridge he had wanted to see, or the river, or only the light on the water?",
    )
    * 3
)
VOICE = "af_heart"
_ROUNDS = 5
# What a fresh process does until it has the first chunk, loading included.
_COLD = (
    "import sys, time; started = time.perf_counter(); from tts.streaming import bench; next(bench.stream()); "
    "print(time.perf_counter() - started)"
)


def stream(speaker: KokoroSpeaker | None = None) -> Iterator[Chunk]:
    """The text in chunks, by a new speaker if none is given."""
    speaker = speaker or KokoroSpeaker("cpu")
    return speaker.stream(TEXT, voice=VOICE, track=EmotionTrack(), delivery=Delivery())


def measure(portrait: Path) -> list[Measurement]:
    """First sounds of five streams, warm, the least wait a player would need in one whole stream, and its level."""
    cold = subprocess.run([sys.executable, "-c", _COLD], stdout=subprocess.PIPE, text=True, check=True)
    speaker = KokoroSpeaker("cpu")
    next(stream(speaker))
    waits = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        next(stream(speaker))
        waits.append(time.perf_counter() - started)
    chunks, ready = [], []
    started = time.perf_counter()
    for chunk in stream(speaker):
        ready.append(time.perf_counter() - started)
        chunks.append(chunk)
    # A chunk is late by so much once the first has begun to play when it came.
    late = max(r - ready[0] - c.start for r, c in zip(ready, chunks, strict=True))
    line = joined(chunks)
    at_once = speaker.speak(TEXT, voice=VOICE, track=EmotionTrack(), delivery=Delivery())
    rate = speaker.sample_rate
    apart = loudness(line.samples, rate) - loudness(at_once.samples, rate)
    return [
        Measurement("first sound of a 60 s text, cold (process and weights)", float(cold.stdout), "s"),
        Measurement("first sound of a 60 s text, warm", median(waits), "s", at_most=0.5),
        Measurement("first chunk", chunks[0].seconds, "s"),
        Measurement("longest gap a player meets", max(late, 0.0), "s", at_most=0.0),
        Measurement("stream, per second of sound", ready[-1] / line.seconds, "s/s"),
        Measurement("streamed beside spoken at once, loudness apart", abs(apart), "LU", at_most=1.0),
        Measurement("step of level at joins / 95th percentile within", _steps(chunks), "", at_most=1.0),
        peak_memory(),
    ]


def _steps(chunks: list[Chunk]) -> float:
    """The greatest step of level from 10 ms to the next at a join, by the 95th percentile of all such steps."""
    samples = joined(chunks).samples
    step = chunks[0].sample_rate // 100
    level = 10 * np.log10(np.mean(np.square(samples[: len(samples) // step * step].reshape(-1, step)), axis=1) + 1e-12)
    steps = np.abs(np.diff(np.maximum(level, level.max() - 50)))
    joins = [round(c.start * 100) for c in chunks[1:]]
    return float(max(steps[j - 2 : j + 2].max() for j in joins) / np.percentile(steps, 95))

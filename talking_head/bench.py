"""How fast faces are drawn: one core, 512 x 512."""

from __future__ import annotations

import os
import time
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from studio.emotion import Emotion, EmotionTrack
from studio.evaluation.bench import Measurement, peak_memory
from studio.media.images import read_photo, square
from studio.performance import Phoneme, Speech
from talking_head.motion import compose_motion
from talking_head.portrait import read_portrait
from talking_head.renderer import PhotoRenderer
from talking_head.rig import Rig

SIDE = 512
FRAMES = 500
REACH_FPS = 150.0


def measure(portrait: Path) -> list[Measurement]:
    """Milliseconds a frame of a speaking, happy face, after a warm-up, on one core; and how long a portrait takes."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    photo = square(read_photo(portrait), SIDE)
    rig = Rig.load()
    PhotoRenderer(read_portrait(photo), rig)  # compiles, loads
    started = time.perf_counter()
    renderer = PhotoRenderer(read_portrait(photo), rig)
    preparing = time.perf_counter() - started
    motion = compose_motion(_babble(), Emotion.parse("happy:0.7"), seed=0)
    frames = zip(motion.coefficients, motion.rotation, motion.translation, strict=True)
    taken = []
    for frame in islice(cycle(list(frames)), FRAMES + 50):
        started = time.perf_counter()
        renderer.draw(*frame)
        taken.append(1000 * (time.perf_counter() - started))
    taken = taken[50:]
    return [
        Measurement("frame of 512 x 512 on one core, median", median(taken), "ms"),
        Measurement("frame of 512 x 512 on one core, 95th percentile", quantiles(taken, n=20)[-1], "ms"),
        Measurement("frames a second on one core", 1000 / median(taken), "", at_least=REACH_FPS),
        Measurement("preparing a portrait of 512 x 512", preparing, "s"),
        peak_memory(),
    ]


def _babble() -> Speech:
    """Ten seconds of syllables, so that mouth, lids and head all move; the sound itself does not matter here."""
    rate = 24_000
    symbols = ["m", "ɑ", "b", "i", "f", "u", "s", "A", "p", "O"] * 10
    phonemes = tuple(Phoneme(s, i / 10, (i + 1) / 10) for i, s in enumerate(symbols))
    t = np.arange(10 * rate) / rate
    samples = (0.2 * np.sin(2 * np.pi * 150 * t) * (1 + np.sin(2 * np.pi * 5 * t))).astype(np.float32)
    return Speech(samples, rate, "", phonemes, (), EmotionTrack(), "", 0)

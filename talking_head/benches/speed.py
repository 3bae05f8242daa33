"""Milliseconds a frame by stage, on one core and on two."""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles

import cv2
import numpy as np
import numpy.typing as npt

from studio.emotion import Emotion, EmotionTrack
from studio.media.film import write_film
from studio.media.images import read_photo, square
from studio.performance import FaceMotion, Phoneme, Speech
from talking_head.benches.stopwatch import watched
from talking_head.motion import compose_motion
from talking_head.portrait import read_portrait
from talking_head.renderer import PhotoRenderer
from talking_head.renderer.backdrop import Backdrop
from talking_head.renderer.eyes import Eye
from talking_head.renderer.face import MovingFace
from talking_head.renderer.mouth import Mouth
from talking_head.renderer.moved_picture import MovedPicture
from talking_head.renderer.shading import Shading
from talking_head.renderer.warp import Warp
from talking_head.rig import Rig
from talking_head.rig.fitted import FittedRig

Picture = npt.NDArray[np.uint8]

STAGES = {
    "coefficients to landmarks": ((FittedRig, "shape"),),
    "landmarks to mesh": ((Warp, "move"),),
    "mesh to map": ((Warp, "maps"),),
    "sampling": ((MovedPicture, "draw"), (MovedPicture, "soften_folds")),
    "shading": ((Shading, "apply"),),
    "eyes and lids": ((Eye, "draw"),),
    "mouth": ((Mouth, "draw"),),
    "blending": ((Backdrop, "put"),),
    "else": ((MovingFace, "draw"),),
}
"""Of drawing a frame, in order."""
MOTION, ENCODING = "motion", "encoding"

SQUARE, FULL_HD = (512, 512), (1920, 1080)
_WARM_UP = 25
_SEED = 0


@dataclass(frozen=True)
class Speed:
    """Of frames of `size` on `cores` cores. All times in milliseconds a frame.

    frame, slow: median and 95th percentile of drawing one; busy: mean of the processor's time for it, which other
    work on the machine adds little to.  preparing: a portrait, in seconds.
    stages: means, of the processor's time in drawing.  film: all of it at once, from speech to file.
    """

    size: tuple[int, int]
    cores: int
    frame: float
    slow: float
    busy: float
    preparing: float
    stages: dict[str, float]
    film: float

    @property
    def drawing_stages(self) -> list[str]:
        """Those of `stages` that a frame is drawn in, in order."""
        return [name for name in STAGES if name in self.stages]


def speeds(portrait: Path, frames: int) -> list[Speed]:
    """At both sizes on one core, and on two where there are two; each in a process of its own."""
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    found = []
    for cores in (1, 2)[:available]:
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), on_cores, (cores,)) as pool:
            found += [pool.submit(speed, portrait, size, cores, frames).result() for size in (SQUARE, FULL_HD)]
    return sorted(found, key=lambda s: s.size)


def on_cores(count: int) -> None:
    """Let this process use only the first `count` cores that it may use, where the system has a way to say so."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


def speed(portrait: Path, size: tuple[int, int], cores: int, frames: int) -> Speed:
    """`frames` frames of a speaking, happy face, after a warm-up, on the cores that this process may use."""
    photo = framed(read_photo(portrait), size)
    rig = Rig.load()
    PhotoRenderer(read_portrait(photo), rig)  # compiles, loads
    begun = time.perf_counter()
    renderer = PhotoRenderer(read_portrait(photo), rig)
    preparing = time.perf_counter() - begun
    speech, feeling = babble(), Emotion.parse("happy:0.7")
    motion = compose_motion(speech, feeling, seed=_SEED)
    begun = time.perf_counter()
    compose_motion(speech, feeling, seed=_SEED)
    stages = {MOTION: 1000 * (time.perf_counter() - begun) / len(motion)}
    begun = time.thread_time()
    taken = drawing(renderer, motion, frames)
    busy = 1000 * (time.thread_time() - begun) / (frames + _WARM_UP)
    with watched(STAGES) as watch:
        drawing(renderer, motion, frames)
    stages |= {name: 1000 * s / (frames + _WARM_UP) for name, s in watch.seconds.items()}
    stages[ENCODING] = _film(renderer, speech, motion.first(min(frames, len(motion))), draw=False)
    film = _film(renderer, speech, motion.first(min(frames, len(motion))), draw=True) + stages[MOTION]
    return Speed(size, cores, median(taken), quantiles(taken, n=20)[-1], busy, preparing, stages, film)


def framed(photo: Picture, size: tuple[int, int]) -> Picture:
    """The photograph's square as high as the picture, in its middle; beside it, its edges go on."""
    width, height = size
    middle = square(photo, height)
    left = (width - height) // 2
    return np.asarray(cv2.copyMakeBorder(middle, 0, 0, left, width - height - left, cv2.BORDER_REPLICATE), np.uint8)


def drawing(renderer: PhotoRenderer, motion: FaceMotion, frames: int) -> list[float]:
    """Milliseconds of each of `frames` frames, drawn as a film's are, after a warm-up."""
    moments = cycle(zip(motion.coefficients, motion.rotation, motion.translation, strict=True))
    taken = []
    for moment in islice(moments, frames + _WARM_UP):
        begun = time.perf_counter()
        renderer.draw(*moment)
        taken.append(1000 * (time.perf_counter() - begun))
    return taken[_WARM_UP:]


def _film(renderer: PhotoRenderer, speech: Speech, motion: FaceMotion, draw: bool) -> float:
    """Milliseconds a frame of a film, drawn while it is encoded, or of its encoding alone."""
    frames = renderer.render(motion)
    drawn = None if draw else [f.copy() for f in islice(frames, _WARM_UP)]
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        write_film(
            Path(folder) / "film.mp4",
            frames if drawn is None else islice(cycle(drawn), len(motion)),
            n_frames=len(motion),
            size=(renderer.width, renderer.height),
            fps=motion.fps,
            samples=speech.samples,
            sample_rate=speech.sample_rate,
        )
        return 1000 * (time.perf_counter() - begun) / len(motion)


def babble() -> Speech:
    """Ten seconds of syllables, so that mouth, lids and head all move; the sound itself does not matter here."""
    rate = 24_000
    symbols = ["m", "ɑ", "b", "i", "f", "u", "s", "A", "p", "O"] * 10
    phonemes = tuple(Phoneme(s, i / 10, (i + 1) / 10) for i, s in enumerate(symbols))
    t = np.arange(10 * rate) / rate
    samples = (0.2 * np.sin(2 * np.pi * 150 * t) * (1 + np.sin(2 * np.pi * 5 * t))).astype(np.float32)
    return Speech(samples, rate, "", phonemes, (), EmotionTrack(), "", 0)

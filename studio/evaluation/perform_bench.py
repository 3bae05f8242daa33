"""How long a whole performance takes, film included, against the length of the line."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from studio import Studio
from studio.evaluation.bench import Measurement, peak_memory, side_by_side
from studio.media.images import read_photo, square

LINES = (
    "The train leaves at seven, and if we hurry we can still catch it together.",
    "I told you never to open that door, and you went and opened it anyway!",
    "When the sun came up over the hills, the whole valley turned to gold.",
)
SIDE = 512


def measure(portrait: Path) -> list[Measurement]:
    """Each line performed on the portrait scaled to 512 x 512, warm; the median share of the line's own length."""
    photo = square(read_photo(portrait), SIDE)
    studio = Studio()
    lengths: list[float] = []

    def perform(line: str) -> None:
        clip = studio.perform(photo, line, emotion="happy:0.7")
        with tempfile.TemporaryDirectory() as folder:
            clip.save(Path(folder) / "film.mp4")
        lengths.append(clip.speech.seconds)

    taken = side_by_side([partial(perform, line) for line in LINES], rounds=3)
    shares = sorted(t / s for t, s in zip(taken, lengths[-len(LINES) :], strict=True))
    return [
        Measurement("perform, film included, per second of the line", shares[len(shares) // 2], "s/s", at_most=0.7),
        Measurement("slowest of the lines", shares[-1], "s/s"),
        peak_memory(),
    ]

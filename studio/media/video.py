"""Frames out of a film file, through the ffmpeg that imageio-ffmpeg brings."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.media.probe import FILM_INPUT, FilmFacts, probe


@dataclass(frozen=True)
class Video:
    """A film's moving picture, with the facts that were found out about it."""

    path: Path
    facts: FilmFacts

    @property
    def fps(self) -> float:
        """Its own frames a second."""
        return float(self.facts.fps)

    @property
    def seconds(self) -> float:
        """How long the picture lasts."""
        return self.facts.seconds

    def frames(
        self, fps: Fraction | float | None = None, max_side: int | None = None
    ) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield RGB uint8 [H, W, 3], upright, evenly `fps` a second (None: the film's own). The arrays are read-only.

        Frame n is what is seen n / fps seconds after the film begins, also where its own rate varies.
        max_side: the longer side at most, in pixels; larger frames are scaled down, none is scaled up.
        Raises InputError when not one frame can be read; a film that breaks off ends where it does.
        """
        rate = self.facts.fps if fps is None else fps
        told = f"{rate.numerator}/{rate.denominator}" if isinstance(rate, Fraction) else f"{rate:.9g}"
        width, height = _fitted(self.facts.width, self.facts.height, max_side)
        scale = f"scale={width}:{height}:flags=area"
        if self.facts.matrix:
            scale += f":in_color_matrix={self.facts.matrix}"
        # PPM, since each frame then says its size: ffmpeg turns pictures upright on the way.
        output = ("-map", "0:V:0", "-vf", f"fps={told},{scale}", "-f", "image2pipe", "-c:v", "ppm", "pipe:1")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-v", "error", *FILM_INPUT]
        command += ["-i", f"file:{self.path.absolute()}", *output]
        decoder = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=1 << 20)
        assert decoder.stdout is not None
        empty = True
        try:
            while (frame := _ppm(decoder.stdout)) is not None:
                empty = False
                yield frame
            if empty:
                raise InputError(f"{self.path} is a damaged film: not one frame of it can be read.")
        finally:
            decoder.kill()
            decoder.stdout.close()
            decoder.wait()


def open_video(path: str | Path) -> Video:
    """Look at a film, as `studio.media.probe.probe`. Raises InputError as that."""
    return Video(Path(path), probe(path))


def _fitted(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    """A size no larger than `max_side` by its longer side, of the same shape."""
    if max_side is None or max(width, height) <= max_side:
        return width, height
    scale = max_side / max(width, height)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _ppm(stream: IO[bytes]) -> npt.NDArray[np.uint8] | None:
    """The next picture of a stream of binary PPM files as ffmpeg writes them; None at its end."""
    if stream.readline() != b"P6\n":
        return None
    width, height = map(int, stream.readline().split())
    stream.readline()  # the largest value, 255
    data = stream.read(3 * width * height)
    return np.frombuffer(data, np.uint8).reshape(height, width, 3) if len(data) == 3 * width * height else None

"""Frames out of a film file, through the ffmpeg that imageio-ffmpeg brings."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.media.files import is_file

# A file that names others (a playlist, a concat script) must not make ffmpeg open them, least of all over the network.
_INPUT = ("-hide_banner", "-nostdin", "-protocol_whitelist", "file,pipe")
_RATE = re.compile(r"Stream #0.*?: Video: .*?([\d.]+) fps")
_DURATION = re.compile(r"Duration: (\d+):(\d+):([\d.]+)")


@dataclass(frozen=True)
class Video:
    """A film's moving picture. fps: its own frames per second; seconds: its length, 0 when the file doesn't say."""

    path: Path
    fps: float
    seconds: float

    def frames(self, fps: float | None = None, max_side: int | None = None) -> Iterator[npt.NDArray[np.uint8]]:
        """Yield RGB uint8 [H, W, 3], upright, evenly `fps` a second (None: the film's own). The arrays are read-only.

        max_side: the longer side at most, in pixels; larger frames are scaled down, none is scaled up.
        Raises InputError when not one frame can be read; a film that breaks off ends where it does.
        """
        filters = [f"fps={fps or self.fps:.6g}"]
        if max_side is not None:
            fitted = f"w='min({max_side},iw)':h='min({max_side},ih)':force_original_aspect_ratio=decrease"
            filters.append(f"scale={fitted}:flags=area")
        # PPM, since each frame then says its size: ffmpeg turns pictures upright on the way.
        output = ("-an", "-vf", ",".join(filters), "-f", "image2pipe", "-c:v", "ppm", "pipe:1")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *_INPUT, "-i", str(self.path.absolute()), *output]
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
    """Look at a film's header. Raises InputError when there is no such file, or no moving picture in it."""
    path = Path(path)
    if not is_file(path):
        raise InputError(f"There is no film at {path}.")
    with tempfile.TemporaryFile() as log:
        subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), *_INPUT, "-i", str(path.absolute())],
            stdout=subprocess.DEVNULL,
            stderr=log,
            check=False,  # it always complains that there is no output
        )
        log.seek(0)
        header = log.read().decode(errors="replace")
    if "Input #0" not in header:
        raise InputError(f"{path} is not a film that can be read; MP4, MOV and WebM can.")
    rate = _RATE.search(header)
    if rate is None or float(rate[1]) <= 0:
        raise InputError(f"{path} has no moving picture; a film or a photograph is needed.")
    length = _DURATION.search(header)
    seconds = int(length[1]) * 3600 + int(length[2]) * 60 + float(length[3]) if length else 0.0
    return Video(path, float(rate[1]), seconds)


def _ppm(stream: IO[bytes]) -> npt.NDArray[np.uint8] | None:
    """The next picture of a stream of binary PPM files as ffmpeg writes them; None at its end."""
    if stream.readline() != b"P6\n":
        return None
    width, height = map(int, stream.readline().split())
    stream.readline()  # the largest value, 255
    data = stream.read(3 * width * height)
    return np.frombuffer(data, np.uint8).reshape(height, width, 3) if len(data) == 3 * width * height else None

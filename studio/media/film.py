"""Pictures and sound into a film file, through the ffmpeg that imageio-ffmpeg brings."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt

from studio.errors import InputError
from studio.media.files import check_place, written_whole
from studio.media.wav import wav_bytes

LOCAL = ("-protocol_whitelist", "file,pipe")
"""ffmpeg's options before the `-i` of anything: it opens no network."""

FILM_SUFFIXES = (".mp4", ".m4v", ".mov")
# ProRes 4444, which editing programs read; VP9, which browsers do.
_TRANSPARENT = {
    ".mov": ("-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le", "-c:a", "pcm_s16le"),
    ".webm": (
        *("-c:v", "libvpx-vp9", "-crf", "24", "-b:v", "0", "-row-mt", "1", "-cpu-used", "5", "-pix_fmt", "yuva420p"),
        *("-c:a", "libopus", "-b:a", "128k"),
    ),
}
TRANSPARENT_SUFFIXES = tuple(_TRANSPARENT)

# Measured on a talking face of 512 x 512, one busy core: "veryfast" codes 206 frames a second at 39.2 dB, "medium" 113
# at 40.2 dB.
VIDEO = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", "-profile:v", "high")
COLOUR = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
_AUDIO = ("-c:a", "aac", "-b:a", "160k")


def write_film(
    path: Path,
    frames: Iterable[npt.NDArray[np.uint8]],
    *,
    n_frames: int,
    size: tuple[int, int],
    fps: float,
    samples: npt.NDArray[np.float32],
    sample_rate: int,
    channels: int = 3,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write an MP4: H.264 (yuv420p, bt709) and AAC, index first so that it plays while it loads.

    A transparent one is a .mov (ProRes 4444) or a .webm (VP9).

    frames: RGB(A) uint8 [height, width, channels], `n_frames` of them; size: (width, height), both even.
    samples: float32 [T], mono. Picture and sound start together; each keeps its own length.
    Raises InputError when the place can't be written or is full; nothing half-written stays.
    """
    check_film(path, transparent=channels == 4)
    width, height = size
    pixels = "rgba" if channels == 4 else "rgb24"
    with written_whole(path) as part, _beside(part, ".wav") as wav, tempfile.TemporaryFile() as log:
        wav.write_bytes(wav_bytes(samples, sample_rate, "FLOAT"))
        command = [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error", "-y"),
            *(
                "-f",
                "rawvideo",
                "-pixel_format",
                pixels,
                "-video_size",
                f"{width}x{height}",
                "-framerate",
                f"{fps:.9g}",
            ),
            *(*LOCAL, "-i", "pipe:0", *LOCAL, "-i", f"file:{wav}", "-map", "0:v", "-map", "1:a"),
            *("-vf", "scale=out_color_matrix=bt709:out_range=tv"),
            *(_TRANSPARENT[path.suffix.lower()] if channels == 4 else (*VIDEO, *_AUDIO)),
            *(*COLOUR, "-ar", "48000"),
            *(() if path.suffix.lower() == ".webm" else ("-movflags", "+faststart")),
            f"file:{part}",
        ]
        encode(command, path, frames, log, progress and (lambda done: progress(done, n_frames)))
    return path


def encode(
    command: Sequence[str],
    path: Path,
    frames: Iterable[npt.NDArray[np.uint8]],
    log: IO[bytes],
    progress: Callable[[int], None] | None = None,
) -> None:
    """Run an ffmpeg that reads raw frames from its standard input. path: of the film, to tell of it; log: scratch.

    progress: gets how many frames are done. Raises InputError when ffmpeg fails, or the disk is full.
    """
    encoder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=log)
    assert encoder.stdin is not None
    try:
        for i, frame in enumerate(frames, 1):
            encoder.stdin.write(np.ascontiguousarray(frame).data)
            if progress:
                progress(i)
        encoder.stdin.close()
    except BrokenPipeError:
        pass
    except BaseException:
        encoder.kill()
        raise
    finally:
        status = encoder.wait()
    if status != 0:
        log.seek(0)
        raise _encoder_error(path, log.read().decode(errors="replace"))


def check_film(path: Path, *, transparent: bool = False) -> None:
    """Raise InputError if a film can't be written to `path`, or can't be transparent there."""
    if transparent and path.suffix.lower() not in _TRANSPARENT:
        raise InputError(f"{path.name!r} can't be transparent: name it {' or '.join(_TRANSPARENT)}.")
    check_place(path, *(TRANSPARENT_SUFFIXES if transparent else FILM_SUFFIXES))


@contextmanager
def _beside(part: Path, suffix: str) -> Iterator[Path]:
    """A scratch file next to the film, so that a full disk is the film's disk; gone afterwards."""
    scratch = part.with_suffix(suffix)
    try:
        yield scratch
    finally:
        scratch.unlink(missing_ok=True)


def _encoder_error(path: Path, log: str) -> InputError:
    if "No space left on device" in log:
        return InputError(f"{path} can't be written: the disk is full.")
    last = log.strip().splitlines()[-1] if log.strip() else "no reason given"
    return InputError(f"{path} could not be encoded: {last}")

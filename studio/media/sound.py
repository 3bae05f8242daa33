"""Sound out of any file that holds some: WAV, FLAC, MP3, Ogg through libsndfile, films through ffmpeg."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import numpy.typing as npt
import soundfile

from studio.errors import InputError
from studio.media.files import is_file
from studio.media.probe import FORMATS
from studio.media.wav import undisturbed

# What is read besides films, by ffmpeg's names.
_SOUNDS = ("wav", "mp3", "flac", "aac", "ac3", "eac3", "amr", "aiff", "caf", "w64", "au", "dts", "ape", "tta", "wv")


def read_sound(
    path: str | Path, start: float | None = None, end: float | None = None
) -> tuple[npt.NDArray[np.float32], int]:
    """The sound of a file, its channels mixed to one: (float32 [T], sample rate in Hz).

    start, end: the stretch wanted, in seconds; None is the file's own start or end. An end past the file's is the
    file's. Raises InputError when the file is missing, holds no sound that can be read, or the stretch is empty.
    """
    path = Path(path)
    first = 0.0 if start is None else float(start)
    if first < 0 or (end is not None and end <= first):
        raise InputError(f"The stretch from {first:g} s to {end} s of {path.name} is empty: start before the end.")
    if not is_file(path):
        raise InputError(f"There is no sound file {path}.")
    try:
        samples, rate = _by_libsndfile(path, first, end)
    except soundfile.LibsndfileError:
        samples, rate = _by_ffmpeg(path, first, end)
    except OSError as e:
        raise InputError(f"{path} can't be read: {(e.strerror or str(e)).lower()}.") from e
    if not len(samples):
        raise InputError(f"{path.name} has no sound after {first:g} s." if first else f"{path.name} holds no sound.")
    if not np.isfinite(samples).all():
        raise InputError(f"{path.name} is damaged: it holds samples that are no numbers.")
    return samples, rate


def _by_libsndfile(path: Path, start: float, end: float | None) -> tuple[npt.NDArray[np.float32], int]:
    with soundfile.SoundFile(path) as file:
        rate = file.samplerate
        first = min(round(start * rate), file.frames)
        file.seek(first)
        samples = file.read(-1 if end is None else round(end * rate) - first, dtype="float32", always_2d=True)
    return samples.mean(axis=1), rate


def _by_ffmpeg(path: Path, start: float, end: float | None) -> tuple[npt.NDArray[np.float32], int]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-loglevel", "error"]
    # A file that names others (a playlist, a concat script) must not make ffmpeg open them.
    command += ["-protocol_whitelist", "file,pipe", "-format_whitelist", ",".join((*FORMATS, *_SOUNDS))]
    command += ["-ss", f"{start:g}"]
    command += [] if end is None else ["-t", f"{end - start:g}"]
    command += ["-i", f"file:{path.absolute()}", "-map", "0:a:0", "-vn", "-f", "wav", "-c:a", "pcm_f32le", "pipe:1"]
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0 or not done.stdout:
        raise InputError(
            f"{path.name} holds no sound that can be read: give a WAV, FLAC, MP3, Ogg or a film with sound."
        )
    sound = io.BytesIO(done.stdout)
    samples, rate = undisturbed(lambda: soundfile.read(sound, dtype="float32", always_2d=True))
    return samples.mean(axis=1), rate

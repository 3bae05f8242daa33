"""Small films and a mix of which every sample is known."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

RATE, SECONDS = 48_000, 3
LINES = "1\n00:00:00,500 --> 00:00:02,500\nDonde está el río?\nHier entlang.\n"


@pytest.fixture(scope="session")
def mix_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """A mix with so many channels: a tone of its own in each."""
    folder = tmp_path_factory.mktemp("mixes")

    def make(channels: int) -> Path:
        path = folder / f"{channels}.wav"
        tones = [
            0.1 * np.sin(2 * np.pi * 220 * (c + 1) * np.arange(SECONDS * RATE) / RATE).astype("f4")
            for c in range(channels)
        ]
        soundfile.write(path, np.stack(tones, axis=1), RATE, "PCM_24")
        return path

    return make


@pytest.fixture(scope="session")
def film_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A film of grey picture and noise: by its name, the codec of its picture and sound, whether its rate varies."""
    folder = tmp_path_factory.mktemp("films")

    def make(name: str, picture: str = "libx264", sound: str = "aac", variable: bool = False) -> Path:
        path = folder / name
        if path.exists():
            return path
        # Of every five frames two are left out: 40 ms, then 80 ms.
        thinned = ["-vf", "select='(mod(n,5)-1)*(mod(n,5)-3)'", "-fps_mode", "vfr"] if variable else []
        speed = ["-preset", "ultrafast"] if picture == "libx264" else ["-cpu-used", "8"] if "vp" in picture else []
        noise = f"anoisesrc=a=0.05:r={RATE}:d={SECONDS}:seed=1,aformat=channel_layouts=stereo"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-nostdin"]
        command += [
            *("-f", "lavfi", "-i", f"color=gray:s=320x180:r=25:d={SECONDS},noise=alls=8:all_seed=1"),
            *("-f", "lavfi", "-i", noise, *thinned, "-c:v", picture, *speed, "-g", "25", "-pix_fmt", "yuv420p"),
            *("-c:a", sound, "-metadata:s:a:0", "language=deu", str(path)),
        ]
        subprocess.run(command, check=True)
        return path

    return make


@pytest.fixture(scope="session")
def srt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("subtitles") / "lines.srt"
    path.write_text(LINES, encoding="utf-8")
    return path

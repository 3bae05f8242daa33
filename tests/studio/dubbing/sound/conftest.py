"""Small films with real speech: what is in them is known to the sample."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from studio.performance import Speech

FIXTURES = Path(__file__).parents[3] / "fixtures" / "people"
RATE = 48_000
SECONDS = 14
SPOKEN = (2.0, 8.0)
"""When the films' own speaker speaks."""


@pytest.fixture(scope="session")
def lines():
    """Two recordings of two people, 16 kHz."""
    return [Speech.of_file(FIXTURES / name) for name in ("2033_a.flac", "3331_a.flac")]


@pytest.fixture(scope="session")
def sounds():
    """The sound of a film by its channels, [T, C]: a room at -60 dBFS, speech in the middle, a tone on one side."""
    spoken, _ = soundfile.read(FIXTURES / "2033_b.flac", dtype="float32")
    voice = np.zeros(SECONDS * RATE, np.float32)
    begin, end = (round(t * RATE) for t in SPOKEN)
    voice[begin:end] = resample_poly(spoken, 3, 1)[: end - begin]
    tone = 0.05 * np.sin(2 * np.pi * 3000 * np.arange(len(voice)) / RATE).astype(np.float32)
    made = {}
    for channels in (1, 2, 6, 8):
        room = np.random.default_rng(channels).standard_normal((len(voice), channels)).astype(np.float32) * 1e-3
        if channels == 1:
            room[:, 0] += voice
        elif channels == 2:
            room += voice[:, None]
            room[:, 0] += tone
        else:
            room[:, 2] += voice
            room[:, 0] += tone
            room[:, -1] += tone
        made[channels] = room
    return made


@pytest.fixture(scope="session")
def film_of(tmp_path_factory, sounds):
    """A film file with so many channels of sound (0: none), every frame at 25 a second, or at odd times."""
    folder = tmp_path_factory.mktemp("films")

    def make(channels, variable=False):
        path = folder / f"{channels}{'v' if variable else ''}.mkv"
        if path.exists():
            return path
        picture = f"testsrc=s=64x36:r=25:d={SECONDS}"
        # Of every five frames two are left out: 40 ms, then 80 ms.
        thinned = ["-vf", "select='(mod(n,5)-1)*(mod(n,5)-3)'", "-fps_mode", "vfr"] if variable else []
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi", "-i", picture]
        if channels:
            wav = folder / f"{channels}.wav"
            soundfile.write(wav, sounds[channels], RATE, "PCM_24")
            layout = {1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}[channels]
            command += ["-i", wav, "-af", f"aformat=channel_layouts={layout}", "-c:a", "pcm_s24le"]
        subprocess.run([*command, *thinned, "-c:v", "libx264", "-preset", "ultrafast", path], check=True)
        return path

    return make

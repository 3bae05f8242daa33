"""Films as other programs see them: decoded again, their parts measured."""

import re
import subprocess
import sys

import imageio_ffmpeg
import numpy as np
import pytest

from studio.errors import InputError
from studio.media.film import write_film

RATE, FPS = 24000, 25


def flashes(n_frames, size, at):
    """Dark frames, white from frame `at` on."""
    width, height = size
    for i in range(n_frames):
        yield np.full((height, width, 3), 235 if i >= at else 20, np.uint8)


def click(seconds, at):
    """Silence, a 1 kHz tone from `at` seconds on."""
    t = np.arange(round(seconds * RATE)) / RATE
    return np.where(t >= at, 0.5 * np.sin(2 * np.pi * 1000 * t), 0).astype(np.float32)


def decoded_sound(path):
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-i",
        path,
        "-f",
        "f32le",
        "-ac",
        "1",
        "-ar",
        "48000",
        "-",
    ]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)


def decoded_frames(path):
    reader = imageio_ffmpeg.read_frames(str(path))
    meta = next(reader)
    width, height = meta["size"]
    return meta, np.stack([np.frombuffer(f, np.uint8).reshape(height, width, 3) for f in reader])


@pytest.mark.parametrize(("size", "seconds"), [((64, 48), 2.0), ((46, 130), 0.73), ((320, 240), 1.019)])
def test_picture_and_sound_start_and_end_together(tmp_path, size, seconds):
    n_frames = round(seconds * FPS)
    half = n_frames // 2
    path = write_film(
        tmp_path / "a.mp4",
        flashes(n_frames, size, half),
        n_frames=n_frames,
        size=size,
        fps=FPS,
        samples=click(seconds, half / FPS),
        sample_rate=RATE,
    )
    meta, frames = decoded_frames(path)
    sound = decoded_sound(path)
    assert (meta["codec"], meta["pix_fmt"].split("(")[0], meta["fps"]) == ("h264", "yuv420p", FPS)
    assert meta["audio_codec"] == "aac"
    assert frames.shape == (n_frames, size[1], size[0], 3)
    assert abs(len(sound) / 48000 - n_frames / FPS) <= 1 / FPS
    white = np.flatnonzero(frames.mean((1, 2, 3)) > 128)[0] / FPS
    loud = np.flatnonzero(np.abs(sound) > 0.1)[0] / 48000
    assert abs(white - loud) < 0.005  # the coder smears a click over a few milliseconds


def test_colours_come_back(tmp_path):
    patches = np.zeros((64, 96, 3), np.uint8)
    colours = [(200, 40, 40), (40, 180, 60), (40, 60, 200), (210, 170, 140), (128, 128, 128), (240, 240, 240)]
    for i, colour in enumerate(colours):
        patches[:, 16 * i : 16 * i + 16] = colour
    path = write_film(
        tmp_path / "a.mp4", [patches] * 5, n_frames=5, size=(96, 64), fps=FPS, samples=click(0.2, 0), sample_rate=RATE
    )
    _, frames = decoded_frames(path)
    for i, colour in enumerate(colours):
        seen = frames[2, 20:44, 16 * i + 5 : 16 * i + 11].mean((0, 1))
        assert np.abs(seen - colour).max() < 6, colour  # chroma is coded at half size


def test_it_plays_while_it_loads(tmp_path):
    path = write_film(
        tmp_path / "a.mp4",
        flashes(5, (64, 64), 2),
        n_frames=5,
        size=(64, 64),
        fps=FPS,
        samples=click(0.2, 0),
        sample_rate=RATE,
    )
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_frames_that_fail_leave_nothing(tmp_path):
    def broken():
        yield from flashes(3, (64, 64), 1)
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write_film(
            tmp_path / "a.mp4", broken(), n_frames=9, size=(64, 64), fps=FPS, samples=click(1, 0), sample_rate=RATE
        )
    assert list(tmp_path.iterdir()) == []


def test_a_film_has_a_films_name(tmp_path):
    with pytest.raises(InputError, match=r"'a\.gif' should end in \.mp4"):
        write_film(tmp_path / "a.gif", [], n_frames=0, size=(2, 2), fps=FPS, samples=click(1, 0), sample_rate=RATE)


FILL = """
import sys
from pathlib import Path
import numpy as np
from studio import InputError
from studio.media.film import write_film
noise = np.random.default_rng(0).integers(0, 255, (256, 256, 3), np.uint8)
try:
    write_film(Path(sys.argv[1]), [np.roll(noise, 7 * i, 0) for i in range(50)], n_frames=50, size=(256, 256), fps=25,
               samples=np.zeros(48000, np.float32), sample_rate=24000)
except InputError as e:
    print(e, sorted(p.name for p in Path(sys.argv[1]).parent.iterdir()))
"""


def test_a_full_disk_is_said_in_one_sentence(tmp_path, in_mount):
    place = tmp_path / "disk"
    place.mkdir()
    done = in_mount(place, "size=64k", [sys.executable, "-c", FILL, place / "a.mp4"])
    assert re.fullmatch(r".*a\.mp4 can't be written: the disk is full\. \[\]\n", done.stdout), (
        done.stdout,
        done.stderr,
    )

"""Sound out of files of several kinds."""

import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from studio.errors import InputError
from studio.media.sound import read_sound

RATE = 16000


@pytest.fixture
def beeps(tmp_path):
    """Stereo: the first second 300 Hz, the second one 900 Hz, in opposite loudness left and right."""
    t = np.arange(RATE) / RATE
    mono = np.concatenate([np.sin(2 * np.pi * 300 * t), np.sin(2 * np.pi * 900 * t)])
    path = tmp_path / "beeps.wav"
    soundfile.write(path, np.stack([0.2 * mono, 0.6 * mono], axis=1), RATE)
    return path


def pitch(samples, rate):
    return np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".ogg", ".mp4", ".m4a", ".mkv"])
def test_every_container_gives_the_stretch_asked_for(beeps, tmp_path, suffix):
    path = tmp_path / f"sound{suffix}"
    if suffix == ".wav":
        path = beeps
    else:
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", beeps, path], check=True)
    samples, rate = read_sound(path, 1.1, 1.9)
    assert samples.dtype == np.float32 and samples.ndim == 1
    # A compressed frame is up to 50 ms.
    assert len(samples) / rate == pytest.approx(0.8, abs=0.06)
    assert pitch(samples, rate) == pytest.approx(900, abs=10)
    # The mean of 0.2 and 0.6; lossy coders are within a tenth.
    assert np.abs(samples).max() == pytest.approx(0.4, rel=0.1)


def test_an_end_past_the_files_is_the_files(beeps):
    samples, rate = read_sound(beeps, 1.5, 99.0)
    assert len(samples) == rate // 2


def test_a_film_without_sound_is_named(tmp_path):
    path = tmp_path / "mute.mp4"
    make = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", "color=s=64x64:d=0.2", path]
    subprocess.run(make, check=True)
    with pytest.raises(InputError, match=r"mute\.mp4 holds no sound"):
        read_sound(path)


def test_what_is_no_sound_is_refused_in_one_sentence(tmp_path):
    text = tmp_path / "notes.txt"
    text.write_text("no sound at all\n" * 50)
    with pytest.raises(InputError, match=r"notes\.txt holds no sound that can be read: give a WAV"):
        read_sound(text)
    with pytest.raises(InputError, match="There is no sound file"):
        read_sound(tmp_path / "missing.wav")
    with pytest.raises(InputError, match="There is no sound file"):
        read_sound(tmp_path)


def test_a_playlist_opens_no_other_file(beeps, tmp_path):
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXTINF:2,\nhttp://127.0.0.1:9/{Path(beeps).name}\n#EXT-X-ENDLIST\n")
    with pytest.raises(InputError, match="no sound that can be read"):
        read_sound(playlist)


@pytest.mark.parametrize(("start", "end"), [(-1.0, None), (1.0, 1.0), (1.5, 0.5)])
def test_an_empty_stretch_is_refused(beeps, start, end):
    with pytest.raises(InputError, match="empty"):
        read_sound(beeps, start, end)


def test_a_start_past_the_end_is_refused(beeps):
    with pytest.raises(InputError, match=r"no sound after 5 s"):
        read_sound(beeps, 5.0)


def test_a_stop_while_a_wav_is_written_is_not_lost():
    # The handler's exit must leave by the main thread, not die in a callback of libsndfile, which would print it.
    code = (
        "import os, signal, sys, threading, time, numpy as np\n"
        "from studio.media.wav import wav_bytes\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        "def stop():\n"
        "    time.sleep(0.3)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "threading.Thread(target=stop).start()\n"
        "while True:\n"
        "    wav_bytes(np.zeros(48_000, np.float32), 48_000, 'PCM_24')\n"
    )
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (143, "")

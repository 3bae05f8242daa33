"""The dubbed film, read back: what is copied is the same to the bit, what is new is where players look for it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from studio.dubbing.output import FilmOptions, write_audio, write_film
from studio.errors import InputError
from studio.media.probe import probe

# Of the films in conftest.py.
RATE, SECONDS = 48_000, 3
SPANISH = FilmOptions(language="es")


def ffmpeg(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-hide_banner", "-nostdin", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=True)


def account(path: Path) -> str:
    return ffmpeg("-i", path, "-map", "0:a:0", "-t", "0.01", "-f", "null", "-").stderr.decode().partition("Output")[0]


def packets(path: Path, stream: str) -> list[bytes]:
    """Time, length and checksum of each packet as it lies in the file."""
    copied = ffmpeg("-i", path, "-map", f"0:{stream}", "-c", "copy", "-f", "framemd5", "-").stdout
    return [line.split(b",", 1)[1] for line in copied.splitlines() if not line.startswith(b"#")]


def checksums(path: Path, stream: str) -> list[bytes]:
    return [packet.rsplit(b",", 1)[1] for packet in packets(path, stream)]


def sound(path: Path, channels: int = 2, stream: int = 0) -> np.ndarray:
    raw = ffmpeg("-i", path, "-map", f"0:a:{stream}", "-f", "f32le", "-ac", channels, "-ar", RATE, "-").stdout
    return np.frombuffer(raw, "<f4").reshape(-1, channels)


def loudest(samples: np.ndarray) -> int:
    """The frequency that is strongest, Hz."""
    return round(np.argmax(np.abs(np.fft.rfft(samples[:RATE] * np.hanning(RATE)))))


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_the_dub_is_first_and_the_film_below_it_is_untouched(film_of, mix_of, srt, tmp_path, suffix):
    film, out = film_of("a.mp4"), tmp_path / f"out{suffix}"
    write_film(film, mix_of(2), out, FilmOptions(language="es", subtitles=srt))
    assert checksums(out, "v:0") == checksums(film, "v:0")
    assert checksums(out, "a:1") == checksums(film, "a:0")
    facts = probe(out)
    # QuickTime's number of German is read back as its other code.
    assert [stream.language for stream in facts.audio] == ["spa", "ger" if suffix == ".mov" else "deu"]
    assert facts.codec == "h264"
    # Matroska has AAC's 1024 samples of run-up in its length.
    assert facts.seconds == pytest.approx(SECONDS, abs=0.03)
    heard = sound(out)
    assert [loudest(heard[RATE // 2 :, c]) for c in (0, 1)] == [220, 440]
    tracks = re.findall(r"Audio: .*", account(out))
    assert "(default)" in tracks[0]
    assert "(default)" not in tracks[1]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm", ".mov"])
def test_subtitles_are_a_track_to_switch_on(film_of, mix_of, srt, tmp_path, suffix):
    film = film_of("v.webm", "libvpx", "libopus") if suffix == ".webm" else film_of("a.mp4")
    out = write_film(film, mix_of(2), tmp_path / f"out{suffix}", FilmOptions(language="pt-BR", subtitles=srt))
    again = tmp_path / "again.srt"
    ffmpeg("-i", out, "-map", "0:s:0", again)
    assert "Donde está el río?\nHier entlang." in again.read_text(encoding="utf-8")
    assert "00:00:00,500 --> 00:00:02,500" in again.read_text(encoding="utf-8")
    told = account(out)
    assert re.search(r"\(por\): Subtitle", told)
    assert not re.search(r"Subtitle: .*\(default\)", told)


def test_webm_takes_vp8_and_opus_as_they_are_and_codes_the_rest(film_of, mix_of, tmp_path):
    film = film_of("v.webm", "libvpx", "libopus")
    out = write_film(film, mix_of(2), tmp_path / "copied.webm", SPANISH)
    assert checksums(out, "v:0") == checksums(film, "v:0")
    assert checksums(out, "a:1") == checksums(film, "a:0")
    coded = probe(write_film(film_of("a.mp4"), mix_of(2), tmp_path / "coded.webm", SPANISH))
    assert coded.codec == "vp9"
    assert [stream.codec for stream in coded.audio] == ["opus", "opus"]
    assert coded.frames == SECONDS * 25


def test_subtitles_are_drawn_at_the_bottom_while_they_are_said(film_of, mix_of, srt, tmp_path):
    film = film_of("a.mp4")
    out = write_film(film, mix_of(2), tmp_path / "out.mp4", FilmOptions(subtitles=srt, burn=True))
    before, after = (frames(path).astype(int) for path in (film, out))
    assert len(before) == len(after)
    changed = np.abs(after - before)
    # Noise coded twice moves by some steps of 255; letters are white and black on grey.
    said, quiet = changed[25 : 2 * 25], changed[5:10]
    assert (said[:, 130:] > 60).mean() > 0.01
    assert not (said[:, :110] > 60).any()
    assert not (quiet > 60).any()


def frames(path: Path) -> np.ndarray:
    raw = ffmpeg("-i", path, "-map", "0:v:0", "-pix_fmt", "gray", "-f", "rawvideo", "-").stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, 180, 320)


def test_the_original_is_left_out_when_it_is_not_wanted(film_of, mix_of, tmp_path):
    out = write_film(film_of("a.mp4"), mix_of(1), tmp_path / "out.mp4", FilmOptions(keep_original=False))
    assert [stream.channels for stream in probe(out).audio] == [1]


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_frames_of_a_varying_rate_keep_their_times(film_of, mix_of, srt, tmp_path, suffix):
    film = film_of("vfr.mkv", variable=True)
    copied = write_film(film, mix_of(2), tmp_path / f"copied{suffix}", SPANISH)
    burned = write_film(film, mix_of(2), tmp_path / f"burned{suffix}", FilmOptions(subtitles=srt, burn=True))
    wanted = times(film)
    assert len(wanted) == SECONDS * 15
    assert sorted(set(np.diff(wanted).round(3))) == [0.04, 0.08]
    for out in (copied, burned):
        # Matroska tells times in whole milliseconds.
        np.testing.assert_allclose(times(out), wanted, atol=0.0011)


def times(path: Path) -> np.ndarray:
    shown = ffmpeg("-i", path, "-map", "0:v:0", "-vf", "showinfo", "-fps_mode", "passthrough", "-f", "null", "-").stderr
    return np.array(re.findall(rb"pts_time:([\d.]+)", shown), float)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_six_channels_stay_six_in_their_order(film_of, mix_of, tmp_path, suffix):
    film = film_of("v.webm", "libvpx", "libopus") if suffix == ".webm" else film_of("a.mp4")
    out = write_film(film, mix_of(6), tmp_path / f"out{suffix}", SPANISH)
    assert probe(out).audio[0].channels == 6
    heard = sound(out, 6)[RATE // 2 :]
    # The fourth channel is for effects of low frequency and is coded as such; its tone is at 880 Hz.
    assert [loudest(heard[:, c]) for c in (0, 1, 2, 4, 5)] == [220, 440, 660, 1100, 1320]


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".wav", "pcm_s24le"), (".flac", "flac"), (".mp3", "mp3"), (".m4a", "aac"), (".opus", "opus")]
)
def test_sound_alone(mix_of, tmp_path, suffix, codec):
    out = write_audio(mix_of(2), tmp_path / f"out{suffix}", "es")
    assert f"Audio: {codec}" in account(out)
    assert "Video:" not in account(out)
    heard, wanted = sound(out), sound(mix_of(2))
    assert [loudest(heard[RATE // 2 :, c]) for c in (0, 1)] == [220, 440]
    if suffix in (".wav", ".flac"):
        np.testing.assert_array_equal(heard, wanted)


def test_a_film_that_breaks_off_is_dubbed_as_far_as_it_goes_or_told(film_of, mix_of, tmp_path):
    whole = film_of("long.mkv").read_bytes()
    torn = tmp_path / "torn.mkv"
    torn.write_bytes(whole[: len(whole) // 2])
    facts = probe(torn)
    assert facts.breaks_off
    out = probe(write_film(torn, mix_of(2), tmp_path / "out.mkv", SPANISH))
    assert out.frames == pytest.approx(facts.frames, abs=1) or out.sound_seconds == pytest.approx(SECONDS, abs=0.03)
    mp4 = tmp_path / "torn.mp4"
    mp4.write_bytes(film_of("a.mp4").read_bytes()[:20_000])
    with pytest.raises(InputError, match="cut off: the index at its end is missing"):
        write_film(mp4, mix_of(2), tmp_path / "none.mp4", SPANISH)
    assert not (tmp_path / "none.mp4").exists()


def test_what_can_not_be_written_is_told_before_the_work(film_of, mix_of, srt, tmp_path):
    film = film_of("a.mp4")
    for out, options, told in (
        (film, SPANISH, "the film itself"),
        (tmp_path / "out.avi", SPANISH, "out.avi"),
        (tmp_path / "out.mp4", FilmOptions(language="klingon"), "not a language tag"),
        (tmp_path / "out.mp4", FilmOptions(burn=True), "no subtitles"),
        (tmp_path / "out.mp4", FilmOptions(subtitles=film), "no subtitle file"),
    ):
        with pytest.raises(InputError, match=told):
            write_film(film, mix_of(2), out, options)
    assert list(tmp_path.iterdir()) == []


def test_letters_that_no_font_has_are_told(film_of, mix_of, tmp_path):
    rare = tmp_path / "rare.srt"
    # Linear A: no font of usual machines has it.
    rare.write_text("1\n00:00:00,500 --> 00:00:02,500\n\U00010600\U00010601\n", encoding="utf-8")
    with pytest.raises(InputError, match="no font of this machine has the letters"):
        write_film(film_of("a.mp4"), mix_of(2), tmp_path / "out.mp4", FilmOptions(subtitles=rare, burn=True))
    assert not (tmp_path / "out.mp4").exists()

"""What is found out about films of every kind before any work is done on them."""

from __future__ import annotations

import subprocess
from fractions import Fraction

import imageio_ffmpeg
import pytest

from studio.errors import InputError
from studio.media.probe import probe
from studio.media.video import open_video

NTSC = Fraction(24000, 1001)


def ffmpeg(*options):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, options)]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def film(path, *options, rate="25", size="160x96", seconds=2):
    ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}", *options, path)
    return path


@pytest.mark.parametrize(
    ("name", "rate", "fps"),
    [
        ("a.mp4", "24000/1001", NTSC),
        ("a.mkv", "24000/1001", NTSC),  # times in whole milliseconds: 41, 42, 42
        ("a.mkv", "60000/1001", Fraction(60000, 1001)),
        ("a.avi", "25", Fraction(25)),
        ("a.ts", "50", Fraction(50)),
        ("a.webm", "30", Fraction(30)),
        ("a.mp4", "12.5", Fraction(25, 2)),
        ("a.mkv", "1000", Fraction(60)),  # its header tells of "1k fps": a recorder's clock
    ],
)
def test_rate_and_length_are_those_of_the_frames(tmp_path, name, rate, fps):
    facts = probe(film(tmp_path / name, rate=rate))
    assert facts.fps == fps
    assert facts.seconds == pytest.approx(2.0, abs=1.5 / float(fps))
    assert (facts.width, facts.height, facts.audio, facts.breaks_off) == (160, 96, (), False)
    # The picture of a transport stream begins a little after its clock.
    assert abs(sum(1 for _ in open_video(tmp_path / name).frames()) - facts.frames) <= 1


def test_odd_time_bases_do_not_matter(tmp_path):
    path = film(tmp_path / "a.mov", "-video_track_timescale", "90000", rate="30000/1001")
    assert probe(path).fps == Fraction(30000, 1001)
    assert probe(path).frames == 60


def test_a_variable_rate_is_told_and_keeps_the_clock(tmp_path):
    # Of 24 frames a second, those of the second second are left out but for every third.
    shown = "select='lt(t,1)+not(mod(n,3))'"
    path = film(tmp_path / "a.mp4", "-vf", shown, "-fps_mode", "vfr", rate="24", seconds=3)
    facts = probe(path)
    assert facts.variable_rate
    assert facts.fps == 24
    frames = list(open_video(path).frames())
    assert abs(len(frames) - 72) <= 3
    # What is seen at 1.5 s is seen there: within the two frames for which one stays.
    whole = list(open_video(film(tmp_path / "b.mp4", rate="24", seconds=3)).frames())
    apart = [abs(frames[36].astype(int) - whole[n]).mean() for n in range(len(whole))]
    assert 33 <= apart.index(min(apart)) <= 36


def test_a_telephones_film_is_upright(tmp_path):
    lying = film(tmp_path / "lying.mp4")
    turned = tmp_path / "turned.mp4"
    ffmpeg("-display_rotation", "90", "-i", lying, "-c", "copy", turned)
    facts = probe(turned)
    assert (facts.width, facts.height) == (96, 160)
    assert facts.rotation in (90, 270)
    assert next(open_video(turned).frames()).shape == (160, 96, 3)
    assert next(open_video(turned).frames(max_side=80)).shape == (80, 48, 3)


def test_pixels_that_are_not_square_are_told(tmp_path):
    assert probe(film(tmp_path / "a.mp4", "-vf", "setsar=16/11")).pixel_aspect == Fraction(16, 11)


@pytest.mark.parametrize("said", [True, False])
def test_colours_of_hd_are_right_whether_their_coding_is_told_or_not(tmp_path, said):
    coded = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p" + (
        "" if said else ",setparams=colorspace=unknown"
    )
    path = tmp_path / "a.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=0xC82878:s=1280x720:r=25:d=0.2", "-vf", coded, path)
    frame = next(open_video(path).frames())
    # 6 off with what coding rounds; with the matrix of small films green is 27 off.
    assert abs(frame[300, 600].astype(int) - (0xC8, 0x28, 0x78)).max() <= 8


def test_every_sound_track_is_told(tmp_path):
    channels = "FL+FR+FC+LFE+SL+BC"  # an arrangement that has no name
    odd = f"aevalsrc={'|'.join(['0.1*sin(900*t)'] * 6)}:c={channels}:d=2:s=48000"
    path = film(
        tmp_path / "a.mov",
        *("-f", "lavfi", "-i", "sine=440:d=2:r=44100", "-f", "lavfi", "-i", odd),
        *("-map", "0:v", "-map", "1:a", "-map", "2:a", "-c:a", "pcm_s16le"),
        *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=fra"),
    )
    one, other = probe(path).audio
    assert (one.index, one.codec, one.sample_rate, one.channels, one.layout) == (0, "pcm_s16le", 44100, 1, "mono")
    assert (other.index, other.sample_rate, other.channels, other.layout) == (1, 48000, 6, None)
    assert (one.language, other.language) == ("eng", "fra")
    assert probe(path).sound_seconds == pytest.approx(2.0, abs=0.01)


def test_a_film_that_breaks_off_is_as_long_as_what_there_is(tmp_path):
    whole = film(tmp_path / "whole.mp4", "-g", "25", "-movflags", "+faststart", seconds=20)
    cut = tmp_path / "cut.mp4"
    data = whole.read_bytes()
    cut.write_bytes(data[: len(data) // 3])
    facts = probe(cut)
    assert facts.breaks_off
    assert facts.told_seconds == pytest.approx(20, abs=0.1)
    assert 3 < facts.seconds < 15
    # The packet that is cut, and those after it in the order they are shown, can't be decoded.
    assert 0 <= facts.frames - sum(1 for _ in open_video(cut).frames()) <= 5
    assert not probe(whole).breaks_off


def test_what_is_no_film_is_said_in_a_sentence(tmp_path):
    def said(path):
        with pytest.raises(InputError) as told:
            probe(path)
        assert str(told.value).count(". ") == 0
        return str(told.value)

    whole = film(tmp_path / "whole.mp4")
    cut, empty, text, sound = (tmp_path / n for n in ("cut.mp4", "empty.mp4", "text.mp4", "sound.mkv"))
    cut.write_bytes(whole.read_bytes()[:-2000])  # where its index is
    empty.write_bytes(b"")
    text.write_text("1\n00:00:01,000 --> 00:00:02,000\nNo film.\n")
    ffmpeg("-f", "lavfi", "-i", "sine=440:d=1", sound)
    assert "no film at" in said(tmp_path / "none.mp4")
    assert "the index at its end is missing" in said(cut)
    assert "is empty" in said(empty)
    assert "not a film that can be read" in said(text)
    assert "has no moving picture" in said(sound)


@pytest.mark.parametrize(
    "script",
    [
        "ffconcat version 1.0\nfile whole.mp4\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nwhole.ts\n#EXT-X-ENDLIST\n",
    ],
)
def test_a_file_that_names_others_opens_none(tmp_path, script):
    film(tmp_path / "whole.mp4")
    film(tmp_path / "whole.ts")
    path = tmp_path / "list.mp4"
    path.write_text(script)
    with pytest.raises(InputError, match="not a film that can be read"):
        probe(path)

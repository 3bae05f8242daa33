"""A mix: each line on its sample, the film as long as it was, as loud as asked, its channels kept."""

import re
import subprocess
import sys
from dataclasses import replace

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from scipy.signal import correlate, resample_poly, welch

from studio.dubbing.sound import MixOptions, PlacedLine, mix
from studio.errors import InputError

# Of the films in conftest.py.
RATE, SECONDS, SPOKEN = 48_000, 14, (2.0, 8.0)
# Not on whole samples of anything: neither the film's, nor the lines' own 16 kHz.
STARTS = (2.000_01, 9.123_456)


def placed(lines):
    return [PlacedLine(start, who, line) for start, who, line in zip(STARTS, ("ANNA", "BEN"), lines, strict=True)]


def lag(sound, line, start):
    """How many samples after round(start * 48000) the line is heard: where their correlation is highest."""
    wanted = resample_poly(line.samples, 3, 1)
    first = round(start * RATE)
    around = sound[first - 480 : first + len(wanted) + 480]
    found = correlate(around, wanted[: len(around) - 960], "valid", "fft")
    return int(np.argmax(np.abs(found))) - 480


def ebur128(path):
    """Integrated loudness in LUFS and true peak in dBTP, as ffmpeg measures them."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostats", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = said[said.rindex("Summary:") :]
    return tuple(float(re.search(rf"{name}:\s+(-?[\d.]+|-inf)", summary)[1]) for name in ("I", "Peak"))


def decibels(sound):
    return 10 * np.log10(np.mean(np.square(sound, dtype=np.float64)))


@pytest.mark.parametrize(("channels", "variable"), [(0, False), (1, False), (2, True), (6, False), (8, False)])
def test_every_line_on_its_sample_and_the_dub_as_long_as_the_picture(film_of, lines, tmp_path, channels, variable):
    out = tmp_path / "mix.wav"
    facts = mix(film_of(channels, variable), placed(lines), [SPOKEN], out)
    sound, rate = soundfile.read(out, dtype="float32", always_2d=True)
    assert rate == RATE
    assert sound.shape == (SECONDS * RATE, channels or 2)
    assert facts.layout == {0: "stereo", 1: "mono", 2: "stereo", 6: "5.1", 8: "7.1"}[channels]
    dialogue = sound[:, {0: 0, 1: 0, 2: 1, 6: 2, 8: 2}[channels]]
    assert [lag(dialogue, line, start) for line, start in zip(lines, STARTS, strict=True)] == [0, 0]
    loudness, peak = ebur128(out)

    assert loudness == pytest.approx(-23, abs=0.2)
    assert loudness == pytest.approx(facts.loudness, abs=0.15)
    assert peak <= -1


def test_a_loud_mix_is_held_under_its_true_peak(film_of, lines, tmp_path):
    out = tmp_path / "mix.wav"
    facts = mix(film_of(2), placed(lines), [SPOKEN], out, MixOptions(loudness=-11))
    loudness, peak = ebur128(out)
    # The lines' peaks would be at about +5 dBTP at this gain: something had to hold them.
    assert facts.gain_db > 8
    assert -1.6 < peak <= -1
    assert loudness == pytest.approx(-11, abs=0.5)
    # ffmpeg prints tenths.
    assert facts.true_peak == pytest.approx(peak, abs=0.1)


def test_stems_add_up_to_the_mix(film_of, lines, tmp_path):
    out = tmp_path / "mix.wav"
    facts = mix(film_of(6), placed(lines), [SPOKEN], out, MixOptions(stems=tmp_path / "stems"))
    assert [p.name for p in facts.stems] == ["ANNA.wav", "BEN.wav", "background.wav"]
    stems = [soundfile.read(p, dtype="float32")[0] for p in facts.stems]
    mixed, _ = soundfile.read(out, dtype="float32")
    # 24 bits of the mix, 32 of the stems.
    np.testing.assert_allclose(sum(stems) * 10 ** (facts.gain_db / 20), mixed, atol=3e-7)
    assert np.abs(stems[0]).max() > 0.05
    assert np.abs(stems[0][:, [0, 1, 3, 4, 5]]).max() == 0


def test_the_film_is_itself_where_nothing_is_replaced(film_of, sounds, lines, tmp_path):
    below = background_of(film_of(2), [PlacedLine(3.0, "ANNA", lines[1])], [(3.0, 6.0)], tmp_path, MixOptions())
    untouched = np.r_[0 : round(2.9 * RATE), round(10.0 * RATE) : SECONDS * RATE]
    np.testing.assert_allclose(below[untouched], sounds[2][untouched], atol=2e-7)


def background_of(film, lines, replaced, folder, options):
    stems = folder / "stems"
    mix(film, lines, replaced, folder / "mix.wav", MixOptions(**{**vars(options), "stems": stems}))
    return soundfile.read(stems / "background.wav", dtype="float32", always_2d=True)[0]


INSIDE = slice(round(3 * RATE), round(7 * RATE))


def test_duck_lowers_all_by_so_much(film_of, sounds, tmp_path):
    below = background_of(film_of(1), [], [SPOKEN], tmp_path, MixOptions(under="duck", duck_db=-18))
    # The room's tone at -60 dBFS adds less than a tenth of a dB to speech at -40.
    assert decibels(below[INSIDE]) - decibels(sounds[1][INSIDE]) == pytest.approx(-18, abs=0.2)


def test_what_is_silenced_sounds_like_the_room(film_of, sounds, tmp_path):
    below = background_of(film_of(1), [], [SPOKEN], tmp_path, MixOptions(under="silence"))[INSIDE, 0]
    room = sounds[1][round(10 * RATE) :, 0]
    # The quietest quarter second of a noise is a little below the noise.
    assert decibels(below) == pytest.approx(decibels(room), abs=1.0)
    _, made = welch(below, RATE, nperseg=1024)
    _, heard = welch(room, RATE, nperseg=1024)
    # A spectrum of a quarter second of noise is rough by some dB; smoothed over 16 bins it is the room's.
    shape = [10 * np.log10(s[1:].reshape(-1, 16).mean(axis=1)) for s in (made, heard)]
    assert np.abs(shape[0] - shape[1]).max() < 3
    # No loop: nothing of it comes again.
    again = correlate(below, below[:RATE], "valid", "fft")
    assert np.abs(again[RATE:]).max() < 0.05 * again[0]
    # Nothing of the speech is left.
    assert abs(np.corrcoef(below, sounds[1][INSIDE, 0])[0, 1]) < 0.01


def test_remove_takes_the_middle_and_leaves_the_sides(film_of, sounds, tmp_path):
    below = background_of(film_of(2), [], [SPOKEN], tmp_path, MixOptions())[INSIDE]
    voice = sounds[2][INSIDE, 1]
    left_of_it = [float(np.dot(below[:, c], voice) / np.dot(voice, voice)) for c in (0, 1)]
    # 30 dB under a line that is as loud as the speech was, nobody follows it.
    assert max(np.abs(left_of_it)) < 10 ** (-30 / 20)
    at = np.arange(INSIDE.start, INSIDE.stop) / RATE
    tone = np.abs(np.mean(below[:, 0] * np.exp(-2j * np.pi * 3000 * at))) * 2
    # The side that stays goes down by 6 dB, and a little with speech that hides it.
    assert 20 * np.log10(tone / 0.05) == pytest.approx(-6, abs=1.5)


def film_with(sound, coding, path):
    """A film of this sound [T, C]."""
    soundfile.write(path.with_suffix(".wav"), sound, RATE, "PCM_24")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "lavfi"]
    command += ["-i", f"testsrc=s=64x36:r=25:d={SECONDS}", "-i", path.with_suffix(".wav"), "-c:v", "libx264"]
    subprocess.run([*command, "-preset", "ultrafast", *coding, path], check=True)
    return path


@pytest.mark.parametrize("kind", ["mono", "two equal channels", "all in the centre"])
def test_remove_keeps_the_music_where_there_is_nothing_but_the_middle(sounds, tmp_path, kind):
    music = 0.02 * np.sin(2 * np.pi * 3000 * np.arange(SECONDS * RATE) / RATE).astype("f4")
    sound = sounds[1] + music[:, None]
    if kind == "two equal channels":
        sound = np.repeat(sound, 2, axis=1)
    elif kind == "all in the centre":
        sound = np.concatenate([np.zeros_like(sound)] * 2 + [sound] + [np.zeros_like(sound)] * 3, axis=1)
    # Lossy, as films are: two equal channels come back a little different.
    coding = ("-c:a", "pcm_s24le") if kind == "all in the centre" else ("-c:a", "aac", "-b:a", "128k")
    film = film_with(sound, coding, tmp_path / "film.mkv")
    facts = mix(film, [], [SPOKEN], tmp_path / "mix.wav", MixOptions(stems=tmp_path / "stems"))
    below = soundfile.read(tmp_path / "stems" / "background.wav", always_2d=True)[0]
    channel = 2 if kind == "all in the centre" else 0
    at = np.arange(INSIDE.start, INSIDE.stop) / RATE
    tone = np.abs(np.mean(below[INSIDE, channel] * np.exp(-2j * np.pi * 3000 * at))) * 2
    # 24 dB down; AAC takes up to 0.6 dB off a tone beside speech.
    assert 20 * np.log10(tone / 0.02) == pytest.approx(-24, abs=1)
    assert any("goes down by 24 dB" in note for note in facts.notes)


def test_what_has_sides_is_told_nothing(film_of, tmp_path):
    for channels in (2, 6):
        assert mix(film_of(channels), [], [SPOKEN], tmp_path / "mix.wav").notes == ()


def test_surround_keeps_all_but_its_centre(film_of, sounds, tmp_path):
    below = background_of(film_of(6), [], [SPOKEN], tmp_path, MixOptions())[INSIDE]
    original = sounds[6][INSIDE]
    for channel in (0, 5):
        assert decibels(below[:, channel]) == pytest.approx(decibels(original[:, channel]), abs=0.1)
    assert decibels(below[:, 2]) == pytest.approx(-60, abs=1.5)


def test_a_whisper_stays_softer_and_a_shout_louder_within_bounds(film_of, lines, tmp_path):
    line = lines[1]
    levels = (-40.0, -4.0, 0.0, 0.0, 12.0)
    takes = [replace(line, samples=line.samples * np.float32(10 ** (g / 20))) for g in levels]
    facts = mix(
        film_of(0), [PlacedLine(2.0 * i, "ANNA", take) for i, take in enumerate(takes)], [], tmp_path / "mix.wav"
    )
    heard = [gain + level for gain, level in zip(facts.line_gains_db, levels, strict=True)]
    assert heard[1] - heard[2] == pytest.approx(-4, abs=0.1)
    assert heard[2] == pytest.approx(heard[3])
    # The bounds are -8 and +5 LU about -16 LUFS, and 4 LU for a speaker whose recordings are all louder or softer.
    assert -12 <= heard[0] - heard[2] < -4
    assert 0 < heard[4] - heard[2] <= 9


def test_a_separator_is_a_command_of_the_users(film_of, sounds, tmp_path):
    halved = "import sys, soundfile as s; x, r = s.read(sys.argv[1]); s.write(sys.argv[2], x / 2, r, 'FLOAT')"
    command = (sys.executable, "-c", halved, "{input}", "{output}")
    below = background_of(film_of(2), [], [SPOKEN], tmp_path, MixOptions(separator=command))
    np.testing.assert_allclose(below[INSIDE], sounds[2][INSIDE] / 2, atol=1e-6)
    np.testing.assert_allclose(below[round(9 * RATE) :], sounds[2][round(9 * RATE) :], atol=2e-7)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("no-such-program", "{input}", "{output}"), "no program that is found here"),
        ((sys.executable, "-c", "import sys; sys.exit('out of memory')", "{input}", "{output}"), "out of memory"),
        ((sys.executable, "-c", "pass", "{input}", "{output}"), "no sound"),
        (("true", "{input}"), "no {output}"),
    ],
)
def test_a_separator_that_fails_is_told_and_leaves_nothing(film_of, tmp_path, command, told):
    with pytest.raises(InputError, match=re.escape(told)):
        mix(film_of(1), [], [SPOKEN], tmp_path / "mix.wav", MixOptions(separator=command))
    assert list(tmp_path.iterdir()) == []


def test_lines_are_read_from_files_as_from_memory(film_of, lines, tmp_path):
    line = lines[0]
    line.save(tmp_path / "line.wav")
    a, b = (
        mix(film_of(1), [PlacedLine(3.0, "ANNA", sound)], [], tmp_path / f"{i}.wav")
        for i, sound in enumerate((line, tmp_path / "line.wav"))
    )
    # 24 bits on the way.
    first, second = (soundfile.read(f.path)[0] for f in (a, b))
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_the_same_again(film_of, lines, tmp_path):
    one, two = (
        mix(film_of(2), placed(lines), [SPOKEN], tmp_path / name).path.read_bytes() for name in ("a.wav", "b.wav")
    )
    assert one == two


def test_what_can_not_be_mixed_is_told(film_of, lines, tmp_path):
    out = tmp_path / "mix.wav"
    with pytest.raises(InputError, match="outside the film"):
        mix(film_of(1), [PlacedLine(SECONDS + 1.0, "ANNA", lines[0])], [], out)
    with pytest.raises(InputError, match="no film"):
        mix(tmp_path / "none.mp4", [], [], out)
    with pytest.raises(InputError, match="ducked"):
        mix(film_of(1), [], [], out, MixOptions(duck_db=3))
    (tmp_path / "cut.mkv").write_bytes(film_of(1).read_bytes()[:200])
    with pytest.raises(InputError):
        mix(tmp_path / "cut.mkv", [], [], out)
    assert not out.exists()


def test_a_full_disk_is_told_and_left_clean(film_of, tmp_path, in_mount):
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        "import sys; from studio.dubbing.sound import mix; from studio.errors import InputError\n"
        "try: mix(sys.argv[1], [], [(2, 8)], sys.argv[2])\n"
        "except InputError as e: print(e)\n"
        "import os; print(os.listdir(os.path.dirname(sys.argv[2])))"
    )
    done = in_mount(disk, "size=512k", [sys.executable, "-c", script, film_of(2), disk / "mix.wav"])
    assert "the disk is full" in done.stdout, done.stderr
    assert done.stdout.endswith("[]\n")

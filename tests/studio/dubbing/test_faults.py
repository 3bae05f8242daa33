"""What goes wrong around a dub: films and scripts that can't be used, kills, damage, a full disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import imageio_ffmpeg
import pytest

from apps.cli import main
from studio.dubbing.benches.film import Made
from studio.dubbing.benches.measuring import sound_digest
from studio.dubbing.benches.running import Run, kept, run
from studio.dubbing.dub import dub
from studio.dubbing.settings import DubSettings

SECONDS = 9.0
CUES = ((0.5, 2.6, "[ANNA, angry:0.7] I told you not to come."), (3.0, 4.6, "[BOB] I know, I'm sorry."))
CUES += ((5.0, 7.5, "[ANNA] Then let us leave tonight."),)


def srt(cues=CUES) -> str:
    return "\n".join(f"{i}\n00:00:{a:06.3f} --> 00:00:{b:06.3f}\n{text}\n" for i, (a, b, text) in enumerate(cues, 1))


def ffmpeg(*arguments: object) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-nostdin", *map(str, arguments)]
    subprocess.run(command, check=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A film with a soft tone, its script and cast."""
    here = Made.at(tmp_path_factory.mktemp("faults") / "film.mp4")
    picture = ("-f", "lavfi", "-i", f"testsrc2=size=160x120:rate=25:duration={SECONDS}")
    tone = ("-f", "lavfi", "-i", f"sine=90:duration={SECONDS}:sample_rate=48000")
    ffmpeg(*picture, *tone, "-af", "volume=-40dB", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", here.film)
    here.script.write_text(srt(), encoding="utf-8")
    here.cast.write_text('[ANNA]\nvoice = "bf_emma"\n[BOB]\nvoice = "am_michael"\n', encoding="utf-8")
    return here


@pytest.fixture(scope="module")
def whole(made: Made) -> Run:
    """An undisturbed dub."""
    return run(made, made.film.with_name("whole.mp4"), made.film.with_name("jobs"), 2)


@pytest.mark.slow
def test_a_damaged_line_is_noticed_and_made_again(made, whole, tmp_path) -> None:
    jobs = made.film.with_name("jobs")
    before = kept(jobs)
    damaged = sorted(path for path in before if path.name == "speech.wav")[0]
    right = damaged.read_bytes()
    damaged.write_bytes(right[:5000] + bytes(100) + right[5100:])
    again = run(made, tmp_path / "again.mp4", jobs, 2)
    assert damaged.read_bytes() == right
    assert sound_digest(again.out) == sound_digest(whole.out)
    # Nothing but the artifact of that line was written anew.
    after = kept(jobs)
    assert {path.parent for path, when in before.items() if after.get(path) != when} == {damaged.parent}


# Dubs with another kind of mix, while the disk has too little room for it and after there is room again.
FULL = """
import os, shutil, subprocess, sys
from pathlib import Path
here, jobs = Path(sys.argv[1]), Path(sys.argv[2])
shutil.copytree(jobs, here / "jobs")
os.environ["AFFETTO_JOBS"] = str(here / "jobs")
free = shutil.disk_usage(here).free
(here / "filler").write_bytes(bytes(free - 600_000))
command = [sys.executable, "-c", "from apps.cli import main; main()", "dub", *sys.argv[3:], "--under", "silence"]
first = subprocess.run(command, capture_output=True, text=True)
print(first.returncode, " ".join(first.stderr.split()), sep="\\t")
(here / "filler").unlink()
second = subprocess.run(command, capture_output=True, text=True)
print(second.returncode, " ".join(second.stderr.split()), sep="\\t")
"""


@pytest.mark.slow
def test_a_full_disk_is_told_in_a_sentence_and_the_same_command_goes_on_when_there_is_room(
    made, whole, tmp_path, in_mount
) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    out = tmp_path / "roomy.mp4"
    script = [sys.executable, "-c", FULL, mount, made.film.with_name("jobs"), made.film, made.script]
    done = in_mount(mount, "size=64m", [*script, "--cast", made.cast, "--out", out])
    assert done.returncode == 0, done.stderr
    (status, said), (later, _) = (line.split("\t") for line in done.stdout.splitlines())
    assert status == "2"
    assert said.count("affetto: ") == 1
    assert "full" in said
    assert "Traceback" not in said
    assert later == "0"
    assert out.exists()


def there(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "jobs")


def script(text: str) -> Callable[[Path], None]:
    def write(here: Path) -> None:
        (here / "film.srt").write_text(text, encoding="utf-8")

    return write


def cast(text: str) -> Callable[[Path], None]:
    def write(here: Path) -> None:
        (here / "cast.toml").write_text(text, encoding="utf-8")

    return write


def film(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def write(here: Path) -> None:
        (here / "film.mp4").write_bytes(change((here / "film.mp4").read_bytes()))

    return write


def sound_alone(here: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=90:duration=2", "-f", "mp4", here / "film.mp4")


def gone(name: str) -> Callable[[Path], None]:
    return lambda here: (here / name).unlink()


def nothing(_: Path) -> None:
    return None


ONE = "1\n00:00:01,000 --> 00:00:02,000\n"
# What is done to the film, its script and cast; more arguments; a word of the sentence.
HOSTILE = {
    "no film": (gone("film.mp4"), (), "no film"),
    "empty film": (film(lambda _: b""), (), "empty"),
    "film without its index": (film(lambda data: data[: len(data) // 3]), (), "film"),
    "text for a film": (film(lambda _: b"not a film at all\n" * 99), (), "film"),
    "sound for a film": (sound_alone, (), "picture"),
    "no script": (gone("film.srt"), (), "film.srt"),
    "empty script": (script(""), (), "film.srt"),
    "script without a cue": (script("Lines of a letter,\nnot of a film.\n"), (), "film.srt"),
    "cues all past the end": (script("1\n01:00:00,000 --> 01:00:02,000\nHello.\n"), (), "before the film ends"),
    "only descriptions": (script(f"{ONE}[door slams]\n"), (), "nothing to say"),
    "time that can't be read": (script("1\n00:00:aa,000 --> 00:00:02,000\nHello.\n"), (), "line 2"),
    "emotion that can't be": (script(f"{ONE}[ANNA, angry:9] Hello.\n"), (), "line"),
    "voice that is a path": (
        lambda here: (
            (here / "film.srt")
            .rename(here / "film.jsonl")
            .write_text('{"start": 1, "end": 2, "text": "Hello.", "voice": "/etc/passwd"}\n')
        ),
        ("film.jsonl",),
        "line 1",
    ),
    "script that is a folder": (lambda here: (here / "lines").mkdir(), ("lines",), "lines"),
    "binary script": (lambda here: (here / "film.srt").write_bytes(bytes(range(256)) * 9), (), "film.srt"),
    "no cast": (gone("cast.toml"), (), "cast.toml"),
    "cast that is no TOML": (cast("[ANNA\nvoice = 3"), (), "cast.toml"),
    "unknown key in the cast": (cast('[ANNA]\nvioce = "bf_emma"\n'), (), "vioce"),
    "unknown voice in the cast": (cast('[ANNA]\nvoice = "nobody"\n'), (), "nobody"),
    "out is the film": (nothing, ("--out", "film.mp4"), "itself"),
    "out is nothing that is written": (nothing, ("--out", "film.txt"), "film.txt"),
    "out under a file": (nothing, ("--out", "film.srt/film.mp4"), "film.srt"),
    "lips that there aren't": (nothing, ("--lips", "sync"), "lips"),
    "tempo that can't be": (nothing, ("--fastest", "9"), "fastest"),
    "language that there isn't": (nothing, ("--language", "klingonese!"), "language"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_dubbed_is_one_sentence(name, made, tmp_path, monkeypatch, capsys) -> None:
    change, more, word = HOSTILE[name]
    for path in (made.film, made.script, made.cast):
        (tmp_path / path.name.replace("film.cast", "cast")).write_bytes(path.read_bytes())
    change(tmp_path)
    given = [*more] if more and not more[0].startswith("--") else ["film.srt", *more]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AFFETTO_JOBS", str(tmp_path / "jobs"))
    monkeypatch.setattr(sys, "argv", ["affetto", "dub", "film.mp4", *given, "--cast", "cast.toml"])
    before = there(tmp_path)
    with pytest.raises(SystemExit) as left:
        main()
    said = " ".join(capsys.readouterr().err.split())
    assert left.value.code == 2
    assert said.count("affetto: ") == 1
    assert word in said
    assert said.endswith((".", "`", ")"))
    assert "Traceback" not in said
    # Nothing half-written stays.
    assert there(tmp_path) == before


@pytest.mark.slow
def test_what_can_be_mended_is_mended_and_told(tmp_path, monkeypatch) -> None:
    """A film of variable rate without sound; a script in UTF-16 with cues that are late, empty, turned and too long."""
    monkeypatch.setenv("AFFETTO_JOBS", str(tmp_path / "jobs"))
    film = tmp_path / "film.mp4"
    frames = "testsrc2=size=160x120:rate=25:duration=6,select='not(mod(n,7))+lt(n,50)'"
    ffmpeg("-f", "lavfi", "-i", frames, "-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", film)
    cues = (
        (0.5, 2.0, "Good morning."),
        (2.6, 2.5, ""),
        (4.6, 3.0, "Come in."),
        (5.0, 9.0, "Sit."),
        (30.0, 31.0, "No."),
    )
    (tmp_path / "film.srt").write_bytes(srt(cues).encode("utf-16"))
    made = dub(film, tmp_path / "film.srt", tmp_path / "out.mp4", DubSettings(emotion="none"), device="cpu")
    told = " ".join(made.report.notes)
    assert "is empty: left out" in told
    assert "its times were exchanged" in told
    assert "past the film's end: cut there" in told
    assert "past the film's end: left out" in told
    assert [line.text for line in made.report.lines] == ["Good morning.", "Come in.", "Sit."]
    assert all(abs(line.start_error) <= 0.02 for line in made.report.lines)
    assert made.path.exists()

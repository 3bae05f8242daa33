"""What the README tells a newcomer to type works as it stands there."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from studio import FaceMotion

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FACES = ROOT / "tests" / "fixtures" / "faces"


@pytest.fixture
def newcomer(tmp_path):
    """A folder with the files that the README's examples speak of."""
    shutil.copy(FACES / "neutral.jpeg", tmp_path / "photo.jpg")
    # Two people who look at the camera; in group.jpeg most look away too far.
    two = Image.new("RGB", (1700, 1000), "white")
    for name, place in (("neutral", (0, 0, 850, 1000)), ("surprised", (850, 200, 1700, 766))):
        with Image.open(FACES / f"{name}.jpeg") as face:
            two.paste(face.resize((place[2] - place[0], place[3] - place[1])), place)
    two.save(tmp_path / "group.jpg")
    (tmp_path / "speech.txt").write_text("Good evening, everyone.", encoding="utf-8")
    (tmp_path / "book.txt").write_text("Chapter one.\n\nIt rained.", encoding="utf-8")
    samples, rate = soundfile.read(ROOT / "tests" / "fixtures" / "delivery" / "LJ001-0002.flac")
    soundfile.write(tmp_path / "take.wav", samples, rate)
    soundfile.write(tmp_path / "call.mp3", samples[: 2 * rate], rate)
    for name in ("bob", "anna"):
        soundfile.write(tmp_path / f"{name}.wav", samples[:rate], rate)
    shutil.copy(FACES / "surprised.jpeg", tmp_path / "grin.jpg")
    shutil.copy(FACES / "weeping_laughing.mp4", tmp_path / "actor.mp4")
    (tmp_path / "lines.srt").write_text(
        "1\n00:00:00,300 --> 00:00:02,200\n[ANNA, sad:0.7] I wish you had told me.\n", encoding="utf-8"
    )
    role = '[ANNA]\nvoice = "bf_emma"\nemotion = "tender:0.3"\nface = 1\n'
    (tmp_path / "cast.toml").write_text(role, encoding="utf-8")
    nothing = FaceMotion(*(np.zeros((25, n), np.float32) for n in (52, 3, 3)), fps=25.0)
    nothing.save(tmp_path / "take.csv")
    return tmp_path


@pytest.mark.slow
def test_the_commands(newcomer):
    commands = re.findall(r"^    (affetto .*)$", README, re.MULTILINE)
    # Minutes each; the tests of the bench and of voices run them with less to do.
    commands = [c for c in commands if not c.startswith(("affetto bench", "affetto voice fit"))]
    assert len(commands) >= 7
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "AFFETTO_JOBS": str(newcomer / "jobs")}
    for command in commands:
        words = shlex.split(command, comments=True)
        done = subprocess.run(words, cwd=newcomer, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, (command, done.stderr)
        for place in re.findall(r"--out (\S+)", command):
            # "won.wav" stands for won-1.wav to won-4.wav.
            made = [newcomer / place, *newcomer.glob(f"{Path(place).stem}-1.*")]
            assert any(p.exists() and p.stat().st_size > 1000 for p in made), place
    assert (newcomer / "film.mp4").stat().st_size > 10_000


@pytest.mark.slow
def test_the_python_examples(newcomer):
    example = "".join(re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
    environment = os.environ | {"AFFETTO_JOBS": str(newcomer / "jobs")}
    command = [sys.executable, "-c", example]
    done = subprocess.run(command, cwd=newcomer, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    for name in (
        "won.wav",
        "won.json",
        "won.csv",
        "won.mp4",
        "led.mp4",
        "two.mp4",
        "new.mp4",
        "house.mp4",
        "held_back.mp4",
        "house.wav",
        "dubbed.mp4",
        "dubbed.report.html",
    ):
        assert (newcomer / name).stat().st_size > 1000, name


def test_what_it_links_to_is_there():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for name in re.findall(r"`((?:studio|tts|talking_head|checkpoints|apps|docs)/[\w./]*)`", README):
        assert (ROOT / name).exists(), name

"""`affetto track`: a film's face as a motion that another face can be given."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from apps.cli.track import track
from studio import FaceMotion, InputError
from studio.media.film import write_film
from studio.performance import ARKIT_NAMES, arkit_index
from studio.performance.tracked import Tracked
from talking_head.driving import take_from

FACE = Path(__file__).parents[1] / "fixtures" / "faces" / "neutral.jpeg"
APP = typer.Typer()
APP.command()(track)


def affetto_track(*args: object) -> object:
    return CliRunner().invoke(APP, [str(a) for a in args], catch_exceptions=True)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds at 12.5 frames of a head that rolls by 12 degrees and back, with 0.8 s of nobody in between."""
    head = Image.open(FACE).convert("RGB").crop((190, 270, 790, 870)).resize((240, 240))
    frames = []
    for i in range(25):
        frame = Image.new("RGB", (320, 240), (120, 120, 120))
        if not 10 <= i < 20:
            turned = head.rotate(12.0 * np.sin(np.pi * i / 9), resample=Image.Resampling.BICUBIC)
            frame.paste(turned, (40, 0))
        frames.append(np.asarray(frame))
    path = tmp_path_factory.mktemp("film") / "head.mp4"
    silence = np.zeros(16_000, np.float32)
    return write_film(path, iter(frames), n_frames=25, size=(320, 240), fps=12.5, samples=silence, sample_rate=8000)


def test_a_film_becomes_a_take_that_animate_reads(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "take.csv"
    done = affetto_track(film, "--out", out)
    assert done.exit_code == 0, done.output
    assert done.stdout.strip() == f"{out}: 25 frames at 12.5 a second, 10 of them without the face"
    take = FaceMotion.load(out)
    assert (len(take), take.fps) == (25, 12.5)
    # The head rolls over by about 12 degrees in the first 0.7 s; where nobody is, it eases to rest.
    assert np.rad2deg(np.ptp(take.rotation[:10, 2])) == pytest.approx(12.0, abs=3.0)
    assert np.abs(take.rotation[14:16]).max() < np.deg2rad(2.0)


def test_json_and_every_other_frame(film: Path, tmp_path: Path) -> None:
    done = affetto_track(film, "--fps", 6.25, "--json", "--out", tmp_path / "take.csv")
    told = json.loads(done.stdout)
    assert told["fps"] == 6.25
    assert 12 <= told["frames"] <= 13
    assert 0 < told["seen"] < told["frames"]


def test_a_photograph_is_one_frame_and_at_rest_says_little(tmp_path: Path) -> None:
    done = affetto_track(FACE, "--out", tmp_path / "take.csv")
    assert done.exit_code == 0, done.output
    assert ": 1 frame" in done.stdout
    take = FaceMotion.load(tmp_path / "take.csv")
    assert len(take) == 1
    assert take.coefficients.max() < 0.5


@pytest.mark.parametrize("given", [("none.mp4",), (FACE, "--face", 9)])
def test_what_cannot_be_tracked_leaves_nothing(given: tuple[object, ...], tmp_path: Path) -> None:
    done = affetto_track(*given, "--out", tmp_path / "take.csv")
    assert isinstance(done.exception, InputError)
    assert list(tmp_path.iterdir()) == []


def test_the_take_is_a_csv_and_not_what_is_read(film: Path, tmp_path: Path) -> None:
    for out, wrong in ((tmp_path / "take.txt", ".csv"), (tmp_path / "a.csv", "what is read")):
        done = affetto_track(tmp_path / "a.csv" if "a.csv" in str(out) else film, "--out", out)
        assert isinstance(done.exception, InputError)
        assert wrong in str(done.exception)


def test_nothing_comes_late_and_blinks_stay_whole() -> None:
    """A nod and a blink of a tracked face, with the tracker's noise, come out at their time and size."""
    n, fps = 250, 25.0
    rng = np.random.default_rng(0)
    coefficients = np.full((n, len(ARKIT_NAMES)), 0.05, np.float32)
    lids = [arkit_index("eyeBlinkLeft"), arkit_index("eyeBlinkRight")]
    coefficients[:, lids] = 0.15
    for frame in (60, 61, 130, 131, 200, 201):
        coefficients[frame, lids] = 0.75
    rotation = np.zeros((n, 3), np.float32)
    rotation[:, 0] = np.deg2rad(5.0) * np.exp(-(((np.arange(n) - 100) / 6.0) ** 2))
    noise = np.deg2rad(0.2) * rng.standard_normal((n, 3)).astype(np.float32)
    motion = FaceMotion(coefficients, rotation + noise, np.zeros((n, 3), np.float32), fps)
    take = take_from(Tracked(motion, np.ones(n, bool)))
    pitch = np.rad2deg(take.rotation[:, 0])
    assert abs(int(pitch.argmax()) - 100) <= 1
    assert pitch.max() > 4.5
    # What trembles from frame to frame is a third of the noise at most (a Gaussian of one frame leaves 0.28 of it).
    assert np.std(np.diff(pitch[150:])) < 0.4 * np.std(np.diff(np.rad2deg(noise[150:, 0])))
    closed = take.coefficients[:, lids].mean(axis=1)
    assert sorted(np.flatnonzero(closed > 0.8)) == [60, 61, 130, 131, 200, 201]

"""A film of several people, with cuts, faceless shots and music, made by this project and dubbed with misfits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from studio.dubbing.benches import measuring
from studio.dubbing.benches.film import Made, make
from studio.dubbing.benches.running import Run, run
from studio.media.video import open_video

FACES = (Path("apps/demo/portrait.jpeg"), Path("tests/fixtures/faces/surprised.jpeg"))
ROOT = Path(__file__).parents[3]
MINUTES = 1.2


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("long") / "film.mp4", MINUTES, [ROOT / face for face in FACES], size=160)


@pytest.fixture(scope="module")
def dubbed(made: Made) -> Run:
    here = made.film.parent
    return run(made, here / "out.mp4", here / "jobs", 2, stems=str(here / "stems"), emotion="none")


@pytest.mark.slow
def test_the_film_is_what_its_truth_says(made) -> None:
    truth = json.loads(made.truth.read_text(encoding="utf-8"))
    assert truth["seconds"] == pytest.approx(60 * MINUTES)
    assert {shot["seen"] for shot in truth["shots"]} == {"ana", "luis", "both", "scenery"}
    assert {cue["misfit"] for cue in truth["cues"]} == {"", "too long", "back to back", "overlapping"}
    assert len(truth["cues"]) == 12
    # Each shot looks like the others of its kind and unlike the shots of other kinds.
    video = open_video(made.film)
    frames = [frame.astype(np.float32) for frame in video.frames()]
    assert len(frames) == round(truth["seconds"] * truth["fps"])
    looks = [(shot["seen"], frames[round((shot["start"] + 0.3) * truth["fps"])]) for shot in truth["shots"]]
    for kind, look in looks:
        alike = [np.abs(look - other).mean() for name, other in looks if name == kind]
        others = [np.abs(look - other).mean() for name, other in looks if name != kind]
        assert max(alike) < min(others)


@pytest.mark.slow
def test_every_line_is_heard_on_its_cue_within_its_tempo_and_never_over_its_own_next(made, dubbed) -> None:
    report = dubbed.report
    assert len(report.lines) == 12
    # Heard in the stem of its speaker, in steps of 5 ms.
    errors = measuring.start_errors(report, made.film.parent / "stems")
    assert max(map(abs, errors)) <= 0.02
    assert measuring.own_overlap(report.lines) <= 0.0
    assert all(0.8 - 1e-6 <= line.speed <= 1.25 + 1e-6 for line in report.lines)


@pytest.mark.slow
def test_only_the_line_with_too_many_words_loses_any_and_says_so(made, dubbed) -> None:
    cues = json.loads(made.truth.read_text(encoding="utf-8"))["cues"]
    for line, cue in zip(dubbed.report.lines, cues, strict=True):
        assert (line.words_too_many > 0) == (cue["misfit"] == "too long")
        assert any("Left out: " in what for what in line.done) == (cue["misfit"] == "too long")


@pytest.mark.slow
def test_it_is_as_long_as_the_film_to_the_frame_and_at_broadcast_level(made, dubbed) -> None:
    assert measuring.frames_off(made.film, dubbed.out) < 0.5
    assert dubbed.report.mix_seconds == pytest.approx(60 * MINUTES, abs=0.02)
    integrated, peak = measuring.loudness_of(dubbed.out)
    assert abs(integrated + 23.0) <= 0.5
    assert peak <= -0.5  # -1 dBTP before AAC, which overshoots by some tenths

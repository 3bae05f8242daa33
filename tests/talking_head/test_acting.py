"""How else a face acts: by a motion made elsewhere, a driving film, a held expression; before what, and with whom."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from studio import InputError, Speech, Studio
from studio.acting import Drive
from studio.framing import Framing
from studio.performance import arkit_index
from studio.performance.mixing import as_long, together

FIXTURES = Path(__file__).parents[1] / "fixtures"
FACES = FIXTURES / "faces"
RECORDING = FIXTURES / "people" / "3331_a.flac"
SMALL = Framing(size=256)


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio("cpu")


@pytest.fixture(scope="module")
def head() -> Studio:
    return Studio("cpu", animator="head")


def test_a_motion_of_another_program_is_played_as_it_is(studio: Studio, tmp_path: Path) -> None:
    composed = studio.animate(FACES / "neutral.jpeg", RECORDING, "happy", framing=SMALL).motion
    # As from a telephone that lies low: every row looks up by twenty degrees.
    low = replace(composed, rotation=composed.rotation + np.float32([np.deg2rad(20), 0, 0]))
    clip = studio.animate(FACES / "neutral.jpeg", motion=low.save(tmp_path / "take.csv"), framing=SMALL)
    assert clip.fps == pytest.approx(25) and len(clip) == len(composed)
    # Five decimals are written, and times to a sixtieth's thousandth.
    assert np.allclose(clip.motion.coefficients, composed.coefficients, atol=0.02)
    assert abs(np.median(clip.motion.rotation[:, 0])) < np.deg2rad(1)
    assert clip.speech.seconds == pytest.approx(composed.seconds, abs=0.05) and not clip.speech.samples.any()


def test_a_held_expression_shows_besides_the_speech(studio: Studio) -> None:
    plain, held = (
        studio.animate(FACES / "neutral.jpeg", RECORDING, expression=e, framing=SMALL).motion.coefficients
        for e in (None, FACES / "surprised.jpeg")
    )
    brow = arkit_index("browInnerUp")
    assert np.median(held[:, brow]) > np.median(plain[:, brow]) + 0.1


def test_what_cannot_be_acted_is_told(studio: Studio) -> None:
    for how, said in (
        ({}, "nothing to act"),
        ({"speech": RECORDING, "lip_scale": 3.0}, "lip scale"),
        ({"speech": RECORDING, "fps": 1000.0}, "frames a second"),
        ({"speech": RECORDING, "strengths": Drive()}, "drive"),
        ({"drive": FACES / "angry.jpeg"}, "photograph drives nothing"),
        ({"speech": RECORDING, "neutral": FACES / "neutral.jpeg"}, "expression"),
        ({"motion": "take.csv", "lip_scale": 1.2}, "lip_scale"),
        ({"motion": "take.csv", "emotion": "sad"}, "emotion"),
    ):
        with pytest.raises(InputError, match=said):
            studio.animate(FACES / "neutral.jpeg", **how)
    with pytest.raises(InputError, match="no photograph"):
        studio.animate(None, RECORDING)


def test_an_unknown_option_is_no_option(studio: Studio) -> None:
    with pytest.raises(TypeError, match="lipscale"):
        studio.animate(FACES / "neutral.jpeg", RECORDING, lipscale=1.2)  # type: ignore[call-arg]


def test_the_built_in_head_needs_no_photograph_and_can_stand_before_nothing(head: Studio, tmp_path: Path) -> None:
    clip = head.animate(None, Speech.silence(0.4), framing=Framing(size=128, background="transparent"))
    frame = next(clip.frames())
    assert frame.shape == (128, 128, 4) and frame[0, 0, 3] == 0 and frame[64, 64, 3] == 255
    with pytest.raises(InputError, match=r"\.mov or \.webm"):
        clip.save(tmp_path / "head.mp4")
    for name in ("head.mov", "head.webm"):
        film = clip.save(tmp_path / name)
        assert _alpha(film)
    for framing, said in (
        (Framing(background="no such colour"), "colour"),
        (Framing(background=np.zeros((4, 4, 3), np.uint8)), "colour"),
        (Framing(background=(300, 0, 0)), "0 to 255"),
        (Framing(crop="head"), "whole"),
        (Framing(size=0), "0 x 0"),
    ):
        with pytest.raises(InputError, match=said):
            head.animate(None, Speech.silence(0.4), framing=framing)


def _alpha(film: Path) -> bool:
    """Whether a film's upper left corner is transparent and its middle is not."""
    decoder = ["-c:v", "libvpx-vp9"] if film.suffix == ".webm" else []
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *decoder, "-i", str(film), "-frames:v", "1"]
    raw = subprocess.run([*command, "-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"], capture_output=True, check=True)
    alpha = np.frombuffer(raw.stdout, np.uint8).reshape(128, 128, 4)[..., 3]
    return bool(alpha[2, 2] < 10 and alpha[64, 64] > 245)


def test_a_motion_and_a_speech_of_other_lengths_end_together(studio: Studio, tmp_path: Path) -> None:
    said = Speech.of_file(RECORDING)
    moves = studio.animate(FACES / "neutral.jpeg", RECORDING, framing=SMALL).motion
    short = studio.animate(FACES / "neutral.jpeg", said, motion=moves.first(10), framing=SMALL)
    assert len(short) == round(said.seconds * moves.fps)
    assert np.array_equal(short.motion.coefficients[-1], short.motion.coefficients[9])
    brief = replace(said, samples=said.samples[: said.sample_rate // 2])
    long = studio.animate(FACES / "neutral.jpeg", brief, motion=moves, framing=SMALL)
    assert long.speech.seconds == pytest.approx(moves.seconds, abs=1e-3)
    assert not long.speech.samples[said.sample_rate // 2 :].any()


@pytest.mark.slow
def test_two_faces_of_a_picture_speak_and_listen(studio: Studio) -> None:
    first = Speech.of_file(RECORDING)
    second = replace(first, samples=first.samples[: first.sample_rate])
    clip = studio.animate_group(FACES / "group.jpeg", {3: second, 1: first}, framing=Framing(size=960))
    assert clip.speech.seconds == pytest.approx(first.seconds)
    assert len(clip) == round(first.seconds * 25)
    drawn = np.stack([f.copy() for f in clip.frames()])
    assert drawn.shape[1:] == (clip.height, clip.width, 3)
    # The largest face sits on the right, the third on the left. Both move; the mouth that has more to say moves longer.
    half = clip.width // 2
    moved = np.abs(np.diff(drawn.astype(np.int16), axis=0)).mean(axis=(1, 3)).mean(axis=0)
    assert moved[half:].max() > 0.1 and moved[:half].max() > 0.1
    for how, said in (({"speeches": {}}, "given by its number"), ({"speeches": {9: first}}, "no face 9")):
        with pytest.raises(InputError, match=said):
            studio.animate_group(FACES / "group.jpeg", **how)


def test_speeches_together_are_heard_at_once() -> None:
    tone = np.sin(np.arange(8000) * 0.3).astype(np.float32)
    short = replace(Speech.silence(0.5), samples=tone[:4000], sample_rate=8000, phonemes=())
    long = replace(short, samples=np.repeat(tone, 2), sample_rate=16000)
    assert as_long(short, 1.0).seconds == 1.0 and as_long(long, 0.1) is long
    assert as_long(Speech.silence(0.5), 2.0).phonemes[-1].end == 2.0
    both = together([short, long])
    assert both.sample_rate == 16000 and both.seconds == 1.0
    assert np.abs(both.samples).max() <= 1.0
    early, late = (np.sqrt(np.mean(part**2)) for part in np.split(both.samples, 2))
    assert early > 1.2 * late

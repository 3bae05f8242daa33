"""Speech and FaceMotion survive being saved, and say what they hold."""

import csv

import numpy as np
import pytest

from studio import Emotion, EmotionTrack, FaceMotion, InputError, Speech
from studio.performance import ARKIT_NAMES, Phoneme, Word, arkit_index

RATE = 24000


def a_speech(**changes):
    t = np.arange(RATE // 2) / RATE
    values = {
        "samples": (0.3 * np.sin(2 * np.pi * 220 * t)).astype(np.float32),
        "sample_rate": RATE,
        "text": "Ah — “so”!",
        "phonemes": (Phoneme("ɑ", 0.0, 0.2), Phoneme(" ", 0.2, 0.3), Phoneme("s", 0.3, 0.4), Phoneme("O", 0.4, 0.5)),
        "words": (Word("Ah", 0.0, 0.2), Word("so", 0.3, 0.5)),
        # More than can be typed, and more digits than the notation writes.
        "track": EmotionTrack.by_second(
            [
                (0, 1.3 * Emotion.parse("happy") + Emotion.from_vad(0, 1 / 3, 0)),
                (0.4, Emotion.parse("sad").only("brow")),
            ]
        ),
        "voice": "af_heart",
        "seed": 7,
    }
    return Speech(**(values | changes))


def test_speech_comes_back_as_it_was(tmp_path):
    speech = a_speech()
    back = Speech.load(speech.save(tmp_path / "a.wav"))
    # A step of 24 bits.
    assert np.abs(back.samples - speech.samples).max() <= 2**-23
    for name in ("sample_rate", "text", "phonemes", "words", "track", "emotion", "voice", "seed", "seconds"):
        assert getattr(back, name) == getattr(speech, name), name


def test_a_failed_save_leaves_neither_half(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(InputError, match=r"a\.json can't be written: it is a folder"):
        a_speech().save(tmp_path / "a.wav")
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_json_of_someone_else_is_not_overwritten(tmp_path):
    (tmp_path / "a.json").write_text('{"mine": 1}')
    with pytest.raises(InputError, match=r"a\.json is there already and is no timeline"):
        a_speech().save(tmp_path / "a.wav")
    assert (tmp_path / "a.json").read_text() == '{"mine": 1}'
    assert not (tmp_path / "a.wav").exists()
    (tmp_path / "a.json").unlink()
    a_speech().save(tmp_path / "a.wav")
    a_speech(seed=8).save(tmp_path / "a.wav")
    assert Speech.load(tmp_path / "a.wav").seed == 8


def test_times_out_of_order_are_refused(tmp_path):
    for phonemes in ((Phoneme("a", 0.2, 0.1),), (Phoneme("a", -1, 0.1),), (Phoneme("a", 0, 9),)):
        with pytest.raises(ValueError, match="phonemes are not in order"):
            a_speech(phonemes=phonemes).save(tmp_path / "a.wav")
    assert list(tmp_path.iterdir()) == []


def test_stereo_and_no_sound_are_refused(tmp_path):
    import soundfile

    path = a_speech().save(tmp_path / "a.wav")
    soundfile.write(path, np.zeros((RATE // 2, 2)), RATE)
    with pytest.raises(InputError, match="2 channels"):
        Speech.load(path)
    path.write_bytes(b"not sound")
    with pytest.raises(InputError, match="not a sound file"):
        Speech.load(path)


def a_motion(frames=60):
    coefficients = np.zeros((frames, 52), np.float32)
    coefficients[:, arkit_index("jawOpen")] = np.linspace(0, 1, frames)
    coefficients[:, arkit_index("eyeLookOutLeft")] = 0.5
    coefficients[:, arkit_index("eyeLookInRight")] = 0.5
    coefficients[:, arkit_index("eyeLookDownLeft")] = 1.0
    rotation = np.tile(np.float32([0.1, -0.2, 0.05]), (frames, 1))
    return FaceMotion(coefficients, rotation, np.zeros((frames, 3), np.float32), fps=25.0)


def test_gaze_is_read_from_the_coefficients():
    gaze = a_motion().gaze
    assert gaze.shape == (60, 2, 2)
    # Both eyes turn to the person's left (positive yaw), the left one looks down.
    assert np.rad2deg(gaze[0]).round(3).tolist() == [[15.0, -30.0], [15.0, 0.0]]


def test_the_csv_is_that_of_live_link_face(tmp_path):
    with a_motion().save(tmp_path / "a.csv").open(newline="") as f:
        header, *rows = csv.reader(f)
    assert header[:3] == ["Timecode", "BlendshapeCount", "EyeBlinkLeft"]
    assert header[2:54] == [n[0].upper() + n[1:] for n in ARKIT_NAMES]
    assert len(header) == 2 + 52 + 9
    assert len(rows) == 60
    last = dict(zip(header, rows[-1], strict=True))
    assert last["Timecode"] == "00:00:02:09.000"
    assert float(last["JawOpen"]) == 1.0
    assert [float(last[n]) for n in ("HeadYaw", "HeadPitch", "HeadRoll")] == pytest.approx([-0.2, 0.1, 0.05])


def test_motion_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"\[F, 52\]"):
        FaceMotion(np.zeros((3, 51), np.float32), np.zeros((3, 3), np.float32), np.zeros((3, 3), np.float32), 25.0)

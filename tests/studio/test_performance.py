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
    # Unreal's importer looks for these two names, wants as many values as columns, and takes frames as sixtieths.
    assert header[:3] == ["Timecode", "BlendShapeCount", "EyeBlinkLeft"]
    assert header[2:54] == [n[0].upper() + n[1:] for n in ARKIT_NAMES]
    assert {len(row) for row in rows} == {len(header)} == {2 + 61}
    assert {row[1] for row in rows} == {"61"}
    assert len(rows) == 60
    last = dict(zip(header, rows[-1], strict=True))
    assert last["Timecode"] == "00:00:02:21.600"  # frame 59 of 25 a second is at 2.36 s
    assert float(last["JawOpen"]) == 1.0
    # The app's roll is positive to the person's right, its eyes' yaw too, and their pitch positive down.
    assert [float(last[n]) for n in ("HeadYaw", "HeadPitch", "HeadRoll")] == pytest.approx([-0.2, 0.1, -0.05])
    assert float(last["LeftEyeYaw"]) == pytest.approx(-np.deg2rad(15), abs=1e-5)
    assert float(last["LeftEyePitch"]) == pytest.approx(np.deg2rad(30), abs=1e-5)


@pytest.mark.parametrize("fps", [23.976, 24.0, 25.0, 30000 / 1001, 30.0, 50.0, 60.0, 12.5])
@pytest.mark.parametrize("frames", [2, 200])
def test_a_motion_comes_back_from_its_csv(tmp_path, fps, frames):
    random = np.random.default_rng(0)
    coefficients = random.random((frames, 52), np.float32)
    rotation = random.normal(0, 0.3, (frames, 3)).astype(np.float32)
    motion = FaceMotion(coefficients, rotation, np.zeros((frames, 3), np.float32), fps)
    back = FaceMotion.load(motion.save(tmp_path / "a.csv"))
    # Times are written to 1/60,000 s, values to six places.
    assert back.fps == pytest.approx(fps, rel=1e-3 if frames == 2 else 1e-4)
    assert np.abs(back.coefficients - coefficients).max() <= 1e-6
    assert np.abs(back.rotation - rotation).max() <= 1e-6


def a_recording(times, columns, start=12 * 3600 + 27 * 60 + 47.7861, count="61"):
    """Text as the app writes it: sixtieths of a second by the clock, ten decimals."""
    lines = [",".join(["Timecode", "BlendShapeCount", *columns])]
    for i, t in enumerate(times):
        t += start
        clock = f"{int(t // 3600) % 24:02d}:{int(t // 60) % 60:02d}:{int(t) % 60:02d}:{t % 1 * 60:06.3f}"
        lines.append(",".join([clock, count, *(f"{v[i]:.10f}" for v in columns.values())]))
    return "\n".join(lines) + "\n"


def test_a_recording_of_the_app_is_read(tmp_path):
    # Thirty frames a second on a phone whose clock is a little fast, counted in sixtieths, over a full second, a full
    # minute and three frames left out.
    times = np.delete(np.arange(480) / 30.0075, [100, 101, 300])
    opening = 0.5 + 0.5 * np.sin(2 * np.pi * times)
    columns = {"MouthClose": 0 * times, "JawOpen": opening, "HeadYaw": 0.3 * opening, "HeadPitch": -0.2 * opening,
               "HeadRoll": 0.1 * opening, "LeftEyeYaw": 0 * times}  # fmt: skip
    path = tmp_path / "MySlate_1_iPhone.csv"
    path.write_text(a_recording(times, columns), encoding="utf-8-sig")
    motion = FaceMotion.load(path)
    assert motion.fps == 30.0
    assert len(motion) == round(times[-1] * 30) + 1
    expected = 0.5 + 0.5 * np.sin(2 * np.pi * np.arange(len(motion)) / 30)
    # Three frames a tenth of a second wide are bridged by a line: that much of a sine of 1 Hz is cut off.
    assert np.abs(motion.coefficients[:, arkit_index("jawOpen")] - expected).max() < 0.03
    assert np.abs(motion.coefficients[:, arkit_index("mouthClose")]).max() == 0
    pitch, yaw, roll = motion.rotation.T
    assert np.corrcoef(yaw, expected)[0, 1] > 0.99
    assert np.corrcoef(pitch, expected)[0, 1] < -0.99
    assert np.corrcoef(roll, expected)[0, 1] < -0.99
    assert FaceMotion.load(path, fps=25).fps == 25
    assert FaceMotion.load(path, fps=25).seconds == pytest.approx(motion.seconds, abs=0.04)


def test_a_night_shift_goes_on_past_midnight(tmp_path):
    times = np.arange(120) / 60
    (tmp_path / "a.csv").write_text(a_recording(times, {"JawOpen": times / 2}, start=24 * 3600 - 1.0))
    motion = FaceMotion.load(tmp_path / "a.csv")
    assert (len(motion), motion.fps) == (120, 60.0)
    assert np.abs(motion.coefficients[:, arkit_index("jawOpen")] - times / 2).max() < 1e-3


def test_drop_frame_timecode_is_real_time(tmp_path):
    # SMPTE ST 12-1: after 00:00:59;29 comes 00:01:00;02, a thirtieth of a second (and a little) later.
    rows = ["Timecode,JawOpen", *(f"00:00:59;{f:02d},0.5" for f in range(20, 30)), "00:01:00;02,0.5", "00:01:00;03,0.5"]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    motion = FaceMotion.load(tmp_path / "a.csv")
    assert motion.fps == pytest.approx(30000 / 1001)
    assert len(motion) == 12


@pytest.mark.parametrize(
    "spelling", ["JawOpen,EyeBlinkLeft", "jawOpen,eyeBlink_L", "jawopen,eyeblinkleft", "jaw_open,eye_blink_left"]
)
def test_columns_may_be_spelt_otherwise(tmp_path, spelling, caplog):
    (tmp_path / "a.csv").write_text(f"Timecode,{spelling},_neutral\n00:00:00:00,0.25,0.75,1\n00:00:00:02,0.5,1,1\n")
    motion = FaceMotion.load(tmp_path / "a.csv")
    assert motion.coefficients[:, arkit_index("jawOpen")].tolist() == [0.25, 0.5]
    assert motion.coefficients[:, arkit_index("eyeBlinkLeft")].tolist() == [0.75, 1.0]
    assert motion.coefficients.sum() == 2.5
    assert "lacks 50 of the 52 coefficients" in caplog.text


def test_lost_faces_are_bridged_and_wild_values_clipped(tmp_path, caplog):
    text = (
        "Timecode,BlendShapeCount,JawOpen\n00:00:00:00,61,0\n00:00:00:01,0,\n00:00:00:02,61,1.2\n00:00:00:03,61,-0.1\n"
    )
    (tmp_path / "a.csv").write_text(text)
    motion = FaceMotion.load(tmp_path / "a.csv", fps=60)
    assert motion.coefficients[:, arkit_index("jawOpen")].tolist() == pytest.approx([0, 0.5, 1, 0], abs=1e-6)
    assert "2 coefficients outside 0..1 were clipped" in caplog.text
    assert "1 rows without a face" in caplog.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names none of ARKit's 52 coefficients"),
        ("a,b\n1,2\n", "names none of ARKit's 52 coefficients"),
        ("Timecode,JawOpen\n", "no row with a face"),
        ("Timecode,JawOpen\n00:00:00:00,wide\n", r"line 2, column JawOpen: 'wide' is not a number"),
        ("Timecode,JawOpen\n00:00:00:00,0\n00:00:00:01,nan\n", r"line 3, column JawOpen: nan is not a number"),
        ("Timecode,JawOpen\n0.5,0\n", r"line 2, column Timecode: '0.5' is no timecode; it goes HH:MM:SS:FF.mmm"),
        ("Timecode,JawOpen\n00:00:09:00,0\n00:00:08:00,0\n", r"line 3, column Timecode: 00:00:08:00 is before"),
        ("Timecode,JawOpen\n00:00:00:00\n", "line 2 has 1 columns where the header has 2"),
        ("JawOpen\n0.5\n", "no column Timecode: say how many frames a second"),
        ("Timecode,JawOpen,jawOpen\n00:00:00:00,0,0\n", "two columns for jawOpen"),
        ("Timecode,JawOpen,HeadYaw\n00:00:00:00,0,25\n", "in degrees; radians are meant"),
    ],
)
def test_a_bad_csv_is_refused_in_one_sentence(tmp_path, text, said):
    (tmp_path / "take.csv").write_text(text)
    with pytest.raises(InputError, match=said) as e:
        FaceMotion.load(tmp_path / "take.csv")
    assert "take.csv" in str(e.value)
    assert "\n" not in str(e.value)


def test_what_is_no_text_or_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="There is no motion file"):
        FaceMotion.load(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_bytes(b"\x89PNG\xff\xfe\x00")
    with pytest.raises(InputError, match="not a CSV of Live Link Face"):
        FaceMotion.load(tmp_path / "a.csv")
    with pytest.raises(InputError, match="can't have -1 frames a second"):
        FaceMotion.load(tmp_path / "a.csv", fps=-1)
    with pytest.raises(InputError, match="can't have 0 frames a second"):
        a_motion().resampled(0)


def test_a_motion_can_be_resampled():
    motion = a_motion(50)
    twice = motion.resampled(50)
    assert (len(twice), twice.fps, twice.seconds) == (100, 50, motion.seconds)
    assert np.abs(twice.coefficients[::2] - motion.coefficients).max() < 1e-6
    middle = (motion.coefficients[:-1] + motion.coefficients[1:]) / 2
    assert np.abs(twice.coefficients[1:-2:2] - middle).max() < 1e-6
    fewer = motion.resampled(10)
    assert (len(fewer), fewer.seconds) == (20, motion.seconds)
    assert np.abs(fewer.rotation - motion.rotation[0]).max() < 1e-6
    assert len(motion.resampled(0.1)) == 1


def test_motion_of_the_wrong_shape_is_refused():
    with pytest.raises(ValueError, match=r"\[F, 52\]"):
        FaceMotion(np.zeros((3, 51), np.float32), np.zeros((3, 3), np.float32), np.zeros((3, 3), np.float32), 25.0)

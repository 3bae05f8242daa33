"""What is heard in recorded voices. Speaker 16 is one the model learned from; Thorsten is not."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from studio.emotion.reading.voice import read_voice, read_voice_track
from studio.emotion.reading.voice.features import features
from studio.emotion.reading.voice.fitting import Moments, accuracy, fit, temperature
from studio.emotion.reading.voice.model import CLASSES, emotion_of, softmax
from studio.errors import InputError

VOICES = Path(__file__).parents[1] / "fixtures" / "voices"
PLAIN = VOICES / "16a04Nc.flac"


def voice(name):
    return VOICES / f"{name}.flac"


@pytest.mark.parametrize(("name", "category"), [("16a01Wb", "angry"), ("16a01Tb", "sad"), ("16a01Fc", "happy")])
@pytest.mark.parametrize("neutral", [(), (PLAIN,)], ids=["alone", "beside neutral"])
def test_an_acted_emotion_is_heard(name, category, neutral):
    emotion = read_voice(voice(name), neutral)
    assert max(emotion.labels, key=emotion.labels.get) == category
    # Sure enough to drive an engine visibly; the model is surer than that on its own speakers.
    assert emotion.intensity > 0.4


def test_plain_speech_is_near_neutral():
    # 0.2 is what `trial` counts as near neutral.
    assert read_voice(voice("16a02Nb")).intensity < 0.2
    assert read_voice(voice("16a02Nb"), [PLAIN]).intensity < 0.2


def test_beside_his_own_neutral_an_unknown_voice_is_placed_right():
    heard = {n: read_voice(voice(f"thorsten_{n}"), [voice("thorsten_neutral")]) for n in ("angry", "sleepy", "neutral")}
    assert heard["neutral"].intensity < 0.1
    assert heard["angry"].vad[1] > heard["neutral"].vad[1] + 0.1
    assert heard["sleepy"].vad[0] < -0.1
    assert heard["sleepy"].vad[1] < heard["angry"].vad[1] - 0.1


def test_level_and_container_say_nothing(tmp_path):
    samples, rate = soundfile.read(voice("16a01Wb"), dtype="float32")
    soundfile.write(tmp_path / "quiet.mp3", 0.1 * samples, rate)
    plain, quiet = read_voice(voice("16a01Wb")), read_voice(tmp_path / "quiet.mp3")
    stereo = read_voice((np.stack([samples, samples], axis=1), rate))
    assert stereo == read_voice((samples, rate)) == plain
    # MP3 takes the top octave away; what is heard stays.
    assert quiet.labels["angry"] == pytest.approx(plain.labels["angry"], abs=0.3)


def test_a_stretch_is_read_as_if_it_were_the_file():
    angry, rate = soundfile.read(voice("16a01Wb"), dtype="float32")
    plain, _ = soundfile.read(voice("16a02Nb"), dtype="float32")
    both = np.concatenate([plain, angry])
    cut = len(plain) / rate
    assert read_voice((both, rate), start=cut) == read_voice((angry, rate))
    assert read_voice((both, rate), end=cut) == read_voice((plain, rate))


def test_over_time_the_turn_is_where_it_happens():
    angry, rate = soundfile.read(voice("16a01Wb"), dtype="float32")
    sad, _ = soundfile.read(voice("16a01Tb"), dtype="float32")
    pause = np.zeros(4 * rate, np.float32)
    turn = len(sad) / rate
    track = read_voice_track((np.concatenate([sad, pause, angry]), rate), [PLAIN])
    times = [t for t, _ in track]
    # One a second, each in the middle of its 2.5 s.
    np.testing.assert_allclose(np.diff(times), 1.0)
    assert times[0] == pytest.approx(1.25)
    assert times[-1] == pytest.approx(turn + 4 + len(angry) / rate - 1.25, abs=1.0)
    middle = [e for t, e in track if turn + 1.3 < t < turn + 2.7]
    assert middle and all(e.intensity == 0 for e in middle)
    before = [e for t, e in track if t < turn - 1.25]
    after = [e for t, e in track if t > turn + 4]
    assert before and after
    assert max(e.vad[1] for e in before) < min(e.vad[1] for e in after)


def test_a_short_sound_has_one_window():
    (only,) = read_voice_track(voice("thorsten_neutral"))
    assert only[0] == pytest.approx(soundfile.info(voice("thorsten_neutral")).duration / 2, abs=0.01)


@pytest.mark.parametrize(("hz", "rate"), [(110.0, 16000), (220.0, 22050), (440.0, 48000)])
def test_pitch_is_measured_right(hz, rate):
    t = np.arange(rate) / rate
    buzz = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 9))
    # A tenth of a semitone is 0.6 %; the parabola through three lags is finer than that.
    assert features(buzz, rate)["f0.p50"] == pytest.approx(12 * np.log2(hz / 27.5), abs=0.1)


def test_a_whisper_has_no_pitch_and_is_still_read():
    rng = np.random.default_rng(1)
    hiss = rng.standard_normal(32000) * np.repeat([1.0, 0.3, 1.0, 0.2, 1.0, 0.3, 1.0, 0.2], 4000) * 0.1
    assert features(hiss, 16000)["rhythm.voiced_share"] < 0.05
    assert 0.0 <= read_voice((hiss, 16000)).intensity <= 1.0


NOISE = np.random.default_rng(0).standard_normal(16000)


@pytest.mark.parametrize(
    ("sound", "sentence"),
    [
        ((NOISE[:4000] * 0.1, 16000), "lasts 0.25 s"),
        ((np.zeros(16000), 16000), "silent"),
        ((np.eye(1, 16000, 8000)[0], 16000), "hardly more than a click"),
        ((np.full(16000, np.nan), 16000), "no numbers"),
        ((np.zeros(16000, np.int16), 16000), "floating-point"),
        ((NOISE * 0.1, 0), "rate"),
        ("missing.wav", "There is no sound file"),
    ],
    ids=["short", "silent", "click", "nan", "int", "rate", "missing"],
)
def test_what_holds_no_voice_is_refused_in_one_sentence(sound, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        read_voice(sound)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("start", "end"), [(2.0, None), (0.5, 0.5), (-1.0, None)])
@pytest.mark.parametrize("rate", [16000, 44100])
def test_an_empty_stretch_of_samples_is_refused(start, end, rate):
    with pytest.raises(InputError, match="stretch"):
        read_voice((NOISE[:rate] * 0.1, rate), start=start, end=end)


def test_neutral_recordings_are_a_list():
    with pytest.raises(InputError, match="as a list"):
        read_voice(PLAIN, str(PLAIN))
    with pytest.raises(InputError, match="There is no sound file"):
        read_voice(PLAIN, ["missing.wav"])


def test_certainty_becomes_weight_and_doubt_none():
    sure, torn = np.eye(7)[CLASSES.index("angry")], np.full(7, 1 / 7)
    assert emotion_of(sure).labels == {"angry": 1.0}
    assert emotion_of(torn).intensity == 0
    assert emotion_of(np.eye(7)[CLASSES.index("neutral")]).intensity == 0
    shares = [emotion_of(s * sure + (1 - s) * torn).intensity for s in np.linspace(0, 1, 9)]
    assert np.all(np.diff(shares) > 0)


def clips(seed, n=280, d=12):
    """Seven classes around centres of their own, in features that vary together."""
    rng = np.random.default_rng(seed)
    label = np.arange(n) % 7
    centres = np.random.default_rng(99).standard_normal((7, d))
    return centres[label] + rng.standard_normal((n, d)) @ (np.eye(d) + 0.3), label


def test_leaving_a_speaker_out_is_a_subtraction():
    (x, x_label), (y, y_label) = clips(1), clips(2)
    both = Moments.of(x, x_label) + Moments.of(y, y_label)
    names = tuple(map(str, range(12)))
    left = fit(both - Moments.of(y, y_label), [0.1], names)[0.1]
    alone = fit(Moments.of(x, x_label), [0.1], names)[0.1]
    # Products are kept in float32.
    np.testing.assert_allclose(left.logits(y), alone.logits(y), atol=1e-3)
    # Chance is 1 in 7; a discriminant of 28,000 such clips gets .87.
    assert accuracy(alone.logits(y), y_label) > 0.7


def test_temperature_makes_probabilities_as_right_as_they_say():
    (x, x_label), (y, y_label) = clips(1, n=2800), clips(2, n=2800)
    logits = 5.0 * fit(Moments.of(x, x_label), [0.01], tuple(map(str, range(12))))[0.01].logits(y)
    said = softmax(logits / temperature(logits, y_label)).max(axis=1).mean()
    # 2,800 clips: the share right is known to about .01.
    assert said == pytest.approx(accuracy(logits, y_label), abs=0.03)
    assert softmax(logits).max(axis=1).mean() > said + 0.05

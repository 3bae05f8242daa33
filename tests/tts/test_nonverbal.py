"""Sounds that are no words: that they are what they are called, in the voice's own timbre, and leave words alone.

Figures of the literature are those in the docstrings of `tts.nonverbal.laugh` and `tts.nonverbal.breathing`.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from studio import Studio
from studio.delivery import Delivery
from studio.emotion import Emotion, EmotionTrack, Key, Mark
from studio.emotion.reading.voice.framing import at_rate
from studio.emotion.reading.voice.pitch import pitch
from studio.emotion.script import read_script
from studio.emotion.track import NONVERBAL
from studio.errors import InputError
from studio.evaluation.speech import transcribe
from studio.performance import Phoneme, Speech, arkit_index
from studio.performance.chunk import joined
from talking_head.motion.compose import compose_motion
from tests.tts.conftest import Say
from tts import KokoroSpeaker
from tts.acoustic import SAMPLE_RATE, Kokoro
from tts.nonverbal import Nonverbal, score, sound
from tts.nonverbal.timbre import CARRIER, HZ, timbre
from tts.voice import resolve

# The lowest and the highest of the voices at hand, a man's and a woman's.
VOICES = ("am_michael", "af_heart")
KOKORO = Kokoro("cpu")


@cache
def made(kind: str, emotion: str = "neutral", voice: str = "af_heart", seed: int = 0) -> Nonverbal:
    return sound(kind, KOKORO, resolve(voice).style(len(CARRIER)), Emotion.parse(emotion), seed)


def median_f0(one: Nonverbal) -> float:
    """Hz; by windows of 50 ms, since a call is hardly longer than 75."""
    return float(np.nanmedian(pitch(at_rate(one.samples, SAMPLE_RATE))[0]))


def level(samples: npt.NDArray[np.float32], seconds: float = 0.01) -> npt.NDArray[np.float64]:
    """dB of each 10 ms."""
    step = int(seconds * SAMPLE_RATE)
    blocks = samples[: len(samples) // step * step].reshape(-1, step)
    return np.asarray(10 * np.log10(np.mean(np.square(blocks, dtype=np.float64), axis=1) + 1e-12))


def centroid(samples: npt.NDArray[np.float32]) -> float:
    """Hz, of the mean power spectrum."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    return float(power @ np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE) / power.sum())


@pytest.mark.parametrize("kind", NONVERBAL)
def test_it_lasts_what_its_score_says_and_its_spans_tile_it(kind: str) -> None:
    for emotion, seed in (("neutral", 0), ("afraid:0.7", -3)):
        one = made(kind, emotion, seed=seed)
        seconds = len(one.samples) / SAMPLE_RATE
        assert seconds == pytest.approx(score(kind, Emotion.parse(emotion), seed).seconds, abs=1e-9)
        borders = [one.spans[0].start, *(s.end for s in one.spans)]
        assert borders[0] == 0 and borders[-1] == pytest.approx(seconds, abs=1e-9)
        assert [s.start for s in one.spans] == borders[:-1] and borders == sorted(borders)
        assert f"[{kind}]" in {s.symbol for s in one.spans}
        # It begins and ends in silence (60 dB under full scale), so that it can be put anywhere without a click.
        assert np.abs(one.samples[[0, -1]]).max() < 1e-3 < np.abs(one.samples).max() < 1


def test_a_seed_is_a_take() -> None:
    assert np.array_equal(made("laugh").samples, made.__wrapped__("laugh").samples)
    assert {len(made("laugh", seed=s).samples) for s in range(4)} != {len(made("laugh").samples)}


def test_what_is_no_such_sound_is_refused() -> None:
    with pytest.raises(InputError, match="no sound 'burp': it is one of laugh, sigh, gasp, breath"):
        score("burp", Emotion(), 0)


@pytest.mark.parametrize("voice", VOICES)
def test_a_laugh_has_the_rhythm_and_the_fall_of_laughter(voice: str) -> None:
    laugh = made("laugh", "happy", voice)
    calls = [s for s in laugh.spans if s.symbol == "[laugh]"]
    assert len(calls) >= 4 and laugh.spans[-1].symbol == "[breath]"
    course = gaussian_filter1d(level(laugh.samples), 1.5)
    peaks, _ = find_peaks(course[: int(calls[-1].end * 100)], prominence=8)
    # A peak of level in every call.
    assert [sum(s.start <= p / 100 < s.end for p in peaks) for s in calls] == [1] * len(calls)
    # 4 to 6 calls a second: Bachorowski et al. 4.4, Provine & Yong 4.7.
    rate = (len(peaks) - 1) / (peaks[-1] - peaks[0]) * 100
    assert 3.8 < rate < 6.2
    # A decrescendo, in draws of 1 dB a call.
    assert course[peaks[-1]] < course[peaks].max() - 1
    # F0 about twice that of speech (men 2.4, women 2.0 times), and more various than anybody's speech.
    f0 = [median_f0(made("laugh", "happy", voice, seed)) for seed in range(3)]
    plain = {"am_michael": 108, "af_heart": 186}[voice]
    assert 1.6 < np.mean(f0) / plain < 2.9


def test_a_laugh_sounds_in_its_own_voice_s_throat() -> None:
    edges = np.geomspace(400, 6000, 20)

    def bands(power: npt.NDArray[np.floating], hertz: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        found = [10 * np.log10(power[(hertz >= a) & (hertz < b)].mean()) for a, b in pairwise(edges)]
        return np.asarray(found) - np.mean(found)

    vowels = [bands(timbre(KOKORO, resolve(v).style(len(CARRIER))).open, HZ) for v in VOICES]
    laughs = []
    for voice in VOICES:
        samples = made("laugh", "happy", voice).samples
        power = np.abs(np.fft.rfft(samples)) ** 2
        laughs.append(bands(power, np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)))
    # What one laugh has beyond the other is what one vowel has beyond the other, but for where harmonics fall.
    assert np.corrcoef(laughs[0] - laughs[1], vowels[0] - vowels[1])[0, 1] > 0.6


def test_joy_laughs_longer_louder_and_higher() -> None:
    glad, plain = made("laugh", "happy"), made("laugh")
    assert len(glad.samples) > 1.2 * len(plain.samples)
    assert level(glad.samples).max() > level(plain.samples).max() + 3
    # A draw of the height is one semitone: over three of them.
    heights = [np.mean([median_f0(made("laugh", e, seed=s)) for s in range(3)]) for e in ("happy", "neutral")]
    assert heights[0] > 1.15 * heights[1]


@pytest.mark.parametrize("voice", VOICES)
def test_a_gasp_rises_in_level_and_brightness_and_stops_at_once(voice: str) -> None:
    gasp = made("gasp", "afraid", voice).samples
    course = level(gasp)
    last = int(np.flatnonzero(course > course.max() - 6)[-1])
    assert last > 0.6 * len(course)
    # Within 60 ms it is gone by 20 dB more: a breath let go takes ten times as long.
    assert course[last + 6] < course.max() - 20
    assert course.max() > course[2 : last // 4].mean() + 6
    assert centroid(gasp[last * 240 - 2400 : last * 240]) > centroid(gasp[:2400])


def test_a_sigh_draws_in_and_lets_go_ever_softer() -> None:
    sigh = made("sigh", "sad")
    drawn, let_go = sigh.spans
    assert (drawn.symbol, let_go.symbol) == ("[breath]", "[sigh]") and let_go.end - let_go.start > 0.6
    course = gaussian_filter1d(level(sigh.samples), 3)[int(let_go.start * 100) :]
    thirds = [float(part.mean()) for part in np.array_split(course[10:-5], 3)]
    assert thirds[0] > thirds[1] + 3 > thirds[2] + 6
    assert course.max() > level(sigh.samples)[: int(drawn.end * 100)].max()


@pytest.mark.parametrize("voice", VOICES)
def test_a_breath_is_soft_beside_speech_and_has_no_voice(voice: str) -> None:
    breath = made("breath", "neutral", voice).samples
    # The model's own scale: its vowels lie at about -20 dB.
    assert -56 < level(breath, 0.025).max() < -40
    power = np.abs(np.fft.rfft(breath)) ** 2
    hertz = np.fft.rfftfreq(len(breath), 1 / SAMPLE_RATE)
    # No hum: a vowel has most of its power there.
    assert power[hertz < 300].sum() < 0.1 * power.sum()


@pytest.mark.slow
@pytest.mark.parametrize("kind", NONVERBAL)
def test_words_beside_it_are_understood_and_none_are_added(kind: str, say: Say) -> None:
    line = say("I really did not expect that.").samples
    between = np.concatenate([line, made(kind, "happy").samples, line])
    heard = "".join(c for c in transcribe(between, SAMPLE_RATE).lower() if c.isalpha() or c == " ").split()
    said = [w for w in heard if w not in ("ha", "haha", "hahaha", "ah", "uh", "oh", "hah")]
    assert said == 2 * ["i", "really", "did", "not", "expect", "that"] and len(heard) - len(said) <= 2


LINE = "That is so funny! {} I can't believe {} you really did it. {}"
# The grid of the timeline: 25 ms.
FRAME_SECONDS = 0.025


def spoken(
    speaker: KokoroSpeaker, *marks: str, seconds: float | None = None, prosody: str = "rules", seed: int = 3
) -> Speech:
    """LINE with marks at the start of its second sentence, amid it and at its end."""
    script = read_script(LINE.format(*marks, *[""] * (3 - len(marks))))
    delivery = Delivery(seconds=seconds, prosody=prosody, seed=seed)
    return speaker.speak(script.text, voice="af_heart", track=script.track, delivery=delivery)


def sounds(speech: Speech) -> list[Phoneme]:
    """The timeline's sounds that are no words."""
    return [p for p in speech.phonemes if p.symbol.startswith("[")]


def part(speech: Speech, start: float, end: float) -> npt.NDArray[np.float32]:
    return speech.samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]


@pytest.fixture(scope="module")
def plain(speaker: KokoroSpeaker) -> Speech:
    return spoken(speaker)


@pytest.mark.parametrize("place", range(3))
def test_a_mark_in_a_line_sounds_where_it_stands(speaker: KokoroSpeaker, plain: Speech, place: int) -> None:
    marks = ["", "", ""]
    marks[place] = "[laugh]"
    speech = spoken(speaker, *marks)
    laugh = score("laugh", Emotion(), 3)
    # With 0.2 s around it; amid a phrase the acoustic model makes more or less of what lies beside a pause (0.3 s).
    assert speech.seconds - plain.seconds == pytest.approx(laugh.seconds + 0.2, abs=0.3)
    found = sounds(speech)
    assert [p.symbol for p in found] == [name for name, _, _ in laugh.spans]
    assert found[-1].end - found[0].start == pytest.approx(laugh.seconds, abs=FRAME_SECONDS)
    before = {0: "funny", 1: "believe", 2: "it"}[place]
    word = next(i for i, w in enumerate(speech.words) if w.text == before)
    assert speech.words[word].end <= found[0].start
    assert place == 2 or found[-1].end <= speech.words[word + 1].start
    # The timeline has no gaps, and ends with the sound.
    assert [p.start for p in speech.phonemes[1:]] == [p.end for p in speech.phonemes[:-1]]
    assert speech.phonemes[-1].end == pytest.approx(speech.seconds, abs=1e-9)


def test_it_is_heard_where_a_pause_is_silent(speaker: KokoroSpeaker) -> None:
    seconds = score("laugh", Emotion(), 3).seconds
    laughing, silent = spoken(speaker, "", "[laugh]"), spoken(speaker, "", f"[pause {seconds + 0.2:.3f}]")
    calls = [p for p in sounds(laughing) if p.symbol == "[laugh]"]
    start, end = calls[0].start, sounds(laughing)[-1].end
    # A pause asked for is all but silent; a chuckle lies some 20 dB under speech at the least.
    assert level(part(laughing, start, end)).max() > level(part(silent, start + 0.1, end - 0.2)).max() + 20
    # Each call has its peak in its own span: the timeline is where the sound is.
    for call in calls:
        assert level(part(laughing, call.start, call.end)).max() > level(part(laughing, start, end)).max() - 15


@pytest.mark.parametrize("prosody", ["rules", "autoregressive"])
@pytest.mark.parametrize("share", [0.85, 1.4])
def test_a_length_asked_for_is_met_and_the_laugh_is_whole(speaker: KokoroSpeaker, prosody: str, share: float) -> None:
    asked = round(share * spoken(speaker, "[sigh]", "[laugh]", prosody=prosody).seconds, 2)
    speech = spoken(speaker, "[sigh]", "[laugh]", prosody=prosody, seconds=asked)
    assert len(speech.samples) == round(asked * SAMPLE_RATE)
    heard = sounds(speech)
    laughs = [p for p in heard if p.start >= next(c.start for c in heard if c.symbol == "[laugh]")]
    sigh = [p for p in heard if p.end <= laughs[0].start]
    # Seeds: the delivery's, and the mark's number more.
    for found, kind, seed in ((sigh, "sigh", 3), (laughs, "laugh", 4)):
        lasting = score(kind, Emotion(), seed).seconds
        assert found[-1].end - found[0].start == pytest.approx(lasting, abs=FRAME_SECONDS)
    # Nothing of it is under a word.
    assert all(w.end <= p.start + 1e-9 or w.start >= p.end - 1e-9 for w in speech.words for p in heard)


def test_what_is_too_short_for_a_laugh_is_refused_with_the_reach(speaker: KokoroSpeaker) -> None:
    natural = spoken(speaker, "", "[laugh]")
    # As much shorter as the words alone could be: the laugh can't.
    with pytest.raises(InputError, match=r"can't be said in .* it takes from \d"):
        spoken(speaker, "", "[laugh]", seconds=0.66 * natural.seconds)


def test_several_at_one_place_come_one_after_the_other(speaker: KokoroSpeaker) -> None:
    speech = spoken(speaker, "", "[gasp][pause 0.5][laugh]")
    found = sounds(speech)
    gasp, first = found[0], found[1]
    assert (gasp.symbol, first.symbol) == ("[gasp]", "[laugh]")
    assert first.start - gasp.end == pytest.approx(0.5, abs=2 * FRAME_SECONDS)
    assert level(part(speech, gasp.end + 0.05, first.start - 0.05)).max() < level(speech.samples).max() - 35


def test_a_turn_in_seconds_comes_when_asked_behind_a_pause_and_a_laugh(speaker: KokoroSpeaker) -> None:
    happy, sad = Emotion.parse("happy"), Emotion.parse("sad")
    keys = (Key(0.0, happy), Key(5.4, happy), Key(5.4, sad), Key(7.5, sad))
    track = EmotionTrack(keys, "seconds", (Mark("pause", 0.6, 0.6, 1.2), Mark("laugh", 3.4, 3.4)))
    text = "Look at the sky and tell me. Nobody expected rain today, did they?"
    speech = speaker.speak(text, voice="af_heart", track=track, delivery=Delivery(prosody="rules", temperature=0.0))
    # Words are timed by what is felt on average: a word or so off.
    turn = next(b.at for a, b in pairwise(speech.track.keys) if a.emotion == happy and b.emotion == sad)
    assert turn == pytest.approx(5.4, abs=0.5)
    assert sounds(speech)[0].start == pytest.approx(3.4, abs=0.5)


def test_another_seed_laughs_another_laugh(speaker: KokoroSpeaker) -> None:
    lengths = {sounds(spoken(speaker, "[laugh]", seed=s))[-1].end for s in (3, 4)}
    assert len(lengths) == 2


def test_a_stream_laughs_as_the_line_does(speaker: KokoroSpeaker) -> None:
    script = read_script(LINE.format("[sigh]", "[laugh]", "[breath]"))
    delivery = Delivery(prosody="rules", seed=3)
    chunks = list(speaker.stream(script.text, voice="af_heart", track=script.track, delivery=delivery))
    whole, streamed = spoken(speaker, "[sigh]", "[laugh]", "[breath]"), joined(chunks)
    assert [p.symbol for p in sounds(streamed)] == [p.symbol for p in sounds(whole)]
    assert len(streamed.samples) == len(whole.samples)
    for a, b in zip(sounds(streamed), sounds(whole), strict=True):
        assert a.start == pytest.approx(b.start, abs=1e-6)
        # As loud beside the line as a whole, to what levels differ by.
        ratio = [level(part(s, a.start, a.end)).max() - level(s.samples).max() for s in (streamed, whole)]
        assert ratio[0] == pytest.approx(ratio[1], abs=3)


def test_the_mouth_laughs_with_it(speaker: KokoroSpeaker) -> None:
    speech = spoken(speaker, "", "[laugh]")
    motion = compose_motion(speech, Emotion(), 0, fps=25.0)
    first = next(p for p in sounds(speech) if p.symbol == "[laugh]")
    frame = round(25 * (first.start + first.end) / 2)
    jaw, smile = (motion.coefficients[frame, arkit_index(name)] for name in ("jawOpen", "mouthSmileLeft"))
    # As open as in an open vowel (0.46), and smiling in a line that is not.
    assert jaw > 0.25 and smile > 0.3


@pytest.mark.slow
@pytest.mark.parametrize("prosody", ["rules", "autoregressive"])
def test_the_words_around_a_laugh_are_understood(speaker: KokoroSpeaker, prosody: str) -> None:
    speech = spoken(speaker, "[sigh]", "[laugh]", prosody=prosody)
    heard = "".join(c for c in transcribe(speech.samples, SAMPLE_RATE).lower() if c.isalpha() or c == " ").split()
    wanted = ["that", "is", "so", "funny", "i", "cant", "believe", "you", "really", "did", "it"]
    assert [w for w in heard if w in wanted] == wanted and len(heard) <= len(wanted) + 2


@pytest.mark.slow
def test_a_sounds_mark_lies_over_the_sound() -> None:
    """What follows the timeline, a face or an editor, finds the laugh where it is heard."""
    speech = Studio().speak("Oh [laugh] that is [sigh] funny.", prosody="rules")
    times = {m.kind: (m.start, m.end) for m in speech.track.marks}
    for kind in ("laugh", "sigh"):
        inside = [p for p in speech.phonemes if p.symbol == f"[{kind}]"]
        assert times[kind][0] <= inside[0].start < inside[-1].end <= times[kind][1]
        assert times[kind][1] - times[kind][0] > 0.3

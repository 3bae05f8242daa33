"""Whatever a person has in hand becomes an emotion, or one sentence says why it can't."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from studio import Emotion, EmotionTrack, InputError, Studio
from studio.emotion import NEUTRAL, Key
from studio.emotion.interchange import write_emotionml
from studio.emotion.spoken import lines_of, script_of
from studio.emotion.written import track_to_json

FIXTURES = Path(__file__).parents[1] / "fixtures"
STUDIO = Studio(device="cpu")
SAD, ANGRY = Emotion.parse("sad"), Emotion.parse("angry")


@pytest.mark.parametrize(
    ("value", "notation"),
    [
        (None, "neutral"),
        (SAD, "sad"),
        ("melancholy", "melancholy"),
        ("😢", "😢"),
        ("happy+sad@brow:0.5", "happy+sad@brow:0.5"),
        ({"labels": {"sad": 0.5}}, "sad:0.5"),
        ('{"vad": [0.1, 0.2, 0.3]}', "vad(0.1,0.2,0.3)"),
        ([0, 0.8, 0, 0, 0, 0, 0.2, 0], "angry:0.8+surprised:0.2"),
        ([0] * 8, "neutral"),
        ("[sad]I knew it.[/sad]", "sad"),
    ],
)
def test_words_and_numbers(value, notation):
    assert STUDIO.feel(value).emotion.distance(Emotion.parse(notation)) < 1e-6


def test_documents_keep_their_course(tmp_path):
    track = EmotionTrack.by_second([(0.0, SAD), (1.5, 0.5 * ANGRY)])
    (tmp_path / "curve.xml").write_text(write_emotionml(track), encoding="utf-8")
    (tmp_path / "curve.json").write_text(json.dumps(track_to_json(track)), encoding="utf-8")
    for name in ("curve.xml", "curve.json"):
        for value in (tmp_path / name, str(tmp_path / name)):
            assert STUDIO.feel(value) == track
    assert STUDIO.feel(write_emotionml(track)) == track


def test_a_photograph_a_film_and_a_recording():
    assert STUDIO.feel(FIXTURES / "faces" / "angry.jpeg").emotion.nearest == "angry"
    assert STUDIO.feel(FIXTURES / "faces" / "neutral.jpeg").emotion.intensity < 0.15
    film = STUDIO.feel(FIXTURES / "faces" / "weeping_laughing.mp4")
    # She weeps at first and laughs at the end.
    assert film.at(0.8).vad[0] < -0.3
    assert film.at(film.keys[-1].at).vad[0] > film.at(0.8).vad[0] + 0.3
    assert STUDIO.feel(FIXTURES / "faces" / "weeping_laughing.mp4", overall=True).is_constant
    plain = [FIXTURES / "voices" / "16a02Nb.flac", FIXTURES / "voices" / "16a04Nc.flac"]
    assert STUDIO.feel(FIXTURES / "voices" / "16a01Wb.flac", neutral=plain).emotion.nearest == "angry"
    assert STUDIO.feel(FIXTURES / "voices" / "16a01Tb.flac", neutral=plain).emotion.nearest == "sad"


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("nowhere.wav", "There is no file at nowhere.wav"),
        (Path("notes.txt"), "There is no file at notes.txt"),
        ("angrry", "did you mean angry"),
        ('{"labels": {"sad": 1', "not JSON from line 1, column"),
        ("<emotion", "line 1"),
        ([1, 2], "8 numbers"),
        (0.5, "not 0.5"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(value, part):
    with pytest.raises(InputError) as e:
        STUDIO.feel(value)
    assert part in str(e.value)
    assert "\n" not in str(e.value)


def test_marks_lie_over_the_emotion_of_the_line():
    script = script_of("[sad]I knew it.[/sad] Get out.", EmotionTrack.constant(ANGRY))
    assert script.text == "I knew it. Get out."
    assert [script.track.at(w + 0.5) for w in range(5)] == [SAD] * 3 + [ANGRY] * 2


def test_a_mark_may_be_a_direction():
    script = script_of("[barely holding back laughter]Of course, officer.[/]", EmotionTrack())
    assert script.text == "Of course, officer."
    assert script.track.emotion.labels.get("amused", 0) > 0.3


def test_ssml_is_spoken_with_its_styles():
    ssml = (
        '<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US" '
        'xmlns:mstts="https://www.w3.org/2001/mstts"><mstts:express-as style="sad">I knew it.</mstts:express-as>'
        '<break time="400ms"/>Get out.</speak>'
    )
    script = script_of(ssml, EmotionTrack.constant(ANGRY))
    assert script.text == "I knew it. Get out."
    assert script.track.at(1).labels["sad"] > 0.5
    assert script.track.at(3.5) == ANGRY
    assert [(m.kind, m.start, m.value) for m in script.track.marks] == [("pause", 3, 0.4)]


SPEAK = (
    '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts" '
    'xml:lang="en-US">{}</speak>'
)


def test_ssml_of_one_style_or_none_is_felt_throughout():
    styled = SPEAK.format('<mstts:express-as style="sad">I knew it all.</mstts:express-as>')
    assert script_of(styled, EmotionTrack.constant(ANGRY)).track.at(2).nearest == "sad"
    assert script_of(SPEAK.format("Hi there, <break/> friend."), EmotionTrack.constant(ANGRY)).track.at(1) == ANGRY
    assert script_of(SPEAK.format("I am so happy that you came, thank you!"), None).track.emotion.vad[0] > 0.3


def test_a_mark_of_neutral_is_neutral_over_anything():
    said = script_of("[neutral]I am so happy![/] I am so happy that you came!", None).track
    assert said.at(1) == NEUTRAL
    assert said.at(7).vad[0] > 0.3


def test_a_ramp_stays_a_ramp_over_a_course():
    base = EmotionTrack.by_word([ANGRY, ANGRY, 0.5 * ANGRY, 0.5 * ANGRY, ANGRY])
    track = script_of("Well, [sad -> calm]I see now.[/] Go.", base).track
    assert track.at(0.5) == ANGRY and track.at(4.5) == ANGRY
    calm = Emotion.parse("calm")
    for t in (0.0, 0.25, 0.5, 0.75):
        assert track.at(1 + 3 * t).distance(SAD.toward(calm, t)) < 1e-9


def test_a_turned_head_is_not_contempt():
    """The second face of the group looks away by 30 degrees, which draws one corner of the mouth."""
    faces = [STUDIO.feel(FIXTURES / "faces" / "group.jpeg", face=n).emotion for n in (1, 2, 3)]
    assert all(e.labels.get("contemptuous", 0) < 0.3 for e in faces)


def test_what_does_not_apply_is_refused():
    for value, asked in (("sad", {"start": 1.0}), (FIXTURES / "faces" / "angry.jpeg", {"by": "voice"})):
        with pytest.raises(InputError, match="does not apply"):
            STUDIO.feel(value, **asked)
    with pytest.raises(InputError, match=r"no face between 15 and 16 s; it lasts 5"):
        STUDIO.feel(FIXTURES / "faces" / "weeping_laughing.mp4", start=15, end=16)


def test_auto_reads_each_sentence_by_itself():
    track = lines_of("The train leaves at nine. I am so happy that you came, thank you!")
    assert track.at(2) == NEUTRAL
    assert track.at(9).vad[0] > 0.3


def test_a_plain_sentence_after_a_sad_one_stays_plain():
    track = lines_of("He died last night. The meeting is at three.")
    assert track.at(1).vad[0] < -0.3
    assert track.at(6) == NEUTRAL


def test_a_curve_and_marks_in_words_cannot_both_be_followed():
    curve = EmotionTrack((Key(0.0, SAD), Key(1.0, ANGRY)), "seconds")
    with pytest.raises(InputError, match="one or the other"):
        script_of("[sad]I knew it.[/sad] Get out.", curve)

"""The cast file, voices for those it does not name, and how lines are felt."""

import pytest

from studio.dubbing.script import NO_CAST, Cue, felt, read_cast
from studio.dubbing.script.feelings import joined
from studio.emotion import NEUTRAL, Emotion
from studio.emotion.spoken import script_of
from studio.engines import Voice
from studio.errors import InputError

VOICES = (
    Voice("af_heart", "en-US", "female"),
    Voice("af_bella", "en-US", "female"),
    Voice("am_michael", "en-US", "male"),
    Voice("ef_dora", "es", "female"),
)


@pytest.fixture
def cast(tmp_path):
    def reading(text):
        path = tmp_path / "cast.toml"
        path.write_text(text, encoding="utf-8")
        return read_cast(path)

    return reading


def test_roles_as_the_file_has_them(cast, tmp_path):
    (tmp_path / "anna.voice").write_bytes(b"")
    roles, told = cast(
        '[ANNA]\nvoice = "anna.voice"\nemotion = "calm:0.3"\nface = 1\npitch = 1.5\nrate = 0.9\nvolume = -2\n'
        '[Bob]\nvoice = "am_michael"\nface = 2\n[default]\nvoice = "af_bella"\nemotion = "sad:0.2"\n'
    ).assigned(["Anna", "Bob", "Carl", None], VOICES)
    anna, bob, carl, nobody = (roles[name] for name in ("Anna", "Bob", "Carl", None))
    assert anna.voice == str(tmp_path / "anna.voice")
    assert anna.face == 1
    assert anna.emotion == Emotion.parse("calm:0.3")
    assert anna.saying("Get out.") == "[volume -2][rate 0.9][pitch +1.5]Get out.[/pitch][/rate][/volume]"
    spoken = script_of(anna.saying("Get out."), NEUTRAL_TRACK)
    assert spoken.text == "Get out."
    assert [(m.kind, m.value) for m in spoken.track.marks] == [("volume", -2.0), ("rate", 0.9), ("pitch", 1.5)]
    assert (bob.voice, bob.face, bob.saying("Hi.")) == ("am_michael", 2, "Hi.")
    # Who is not named is as [default] says, but in a voice of his own.
    assert (nobody.voice, carl.voice) == ("af_bella", "af_heart")
    assert bob.emotion == carl.emotion == Emotion.parse("sad:0.2")
    assert told == ["Carl is given the voice af_heart."]


NEUTRAL_TRACK = script_of("x", None).track.__class__.constant(NEUTRAL)


def test_everybody_else_has_a_voice_of_their_own_and_it_is_told():
    roles, told = NO_CAST.assigned(["ANNA", "OLD MAN", "MOTHER", "Carl"], VOICES)
    assert [r.voice for r in roles.values()] == ["af_heart", "am_michael", "af_bella", "af_heart+af_bella"]
    assert told[1] == "OLD MAN is given the voice am_michael."
    assert NO_CAST.assigned(["ANNA", "OLD MAN", "MOTHER", "Carl"], VOICES) == (roles, told)


def test_voices_that_the_cast_has_are_not_given_again(cast):
    roles, _ = cast('[ANNA]\nvoice = "af_heart"\n').assigned(["Bob", "ANNA", None], VOICES)
    assert len({r.voice for r in roles.values()}) == 3
    spanish, _ = NO_CAST.assigned(["Ana"], VOICES, "es-MX")
    assert spanish["Ana"].voice == "ef_dora"


def test_more_people_than_voices_still_get_one():
    many, told = NO_CAST.assigned([f"P{i}" for i in range(20)], VOICES)
    assert len(many) == len(told) == 20
    with pytest.raises(InputError, match="no voices"):
        NO_CAST.assigned(["Anna"], [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[ANNA]\nvoice = 3\n", "line 2: voice:"),
        ('[ANNA]\n\ncolour = "red"\n', "line 3: colour: there is no such field"),
        ('[BOB]\n[ANNA]\nvoice = "x"\nemotion = "angrry"\n', "line 4: There is no emotion named 'angrry'"),
        ('[ANNA]\nemotion = "curve.xml"\n', "line 2: .*not opened"),
        ('[ANNA]\nvoice = "none.voice"\n', "line 2: there is no voice file none.voice"),
        ("[ANNA]\nface = 0\n", "line 2: people are counted from 1"),
        ("[ANNA]\nrate = 9.0\n", "line 2: a rate is from 0.25 to 4"),
        ('ANNA = "af_heart"\n', r"line 1: write \[ANNA\]"),
        ("[ANNA\n", "is not TOML: .*line 1"),
    ],
)
def test_a_mistake_names_its_line(cast, text, message):
    with pytest.raises(InputError, match=f"cast.toml.*{message}"):
        cast(text)


def cue(text, emotion=None):
    return Cue(1, 1, 0.0, 2.0, text, text, "Anna", emotion)


BASE = Emotion.parse("calm:0.4")


def test_what_is_marked_holds_whatever_the_cast_says():
    line = felt(cue("Get out.", "angry:0.7"), BASE)
    assert line.emotion == line.track.emotion == Emotion.parse("angry:0.7")
    assert line.why == "marked"


def test_marks_within_a_line_lie_over_what_is_read():
    line = felt(cue("The train leaves at nine. [angry]Get out.[/angry]"), BASE, "none")
    assert line.track.emotion == BASE
    assert line.emotion != BASE
    assert line.why == "the cast, and marks"
    spoken = script_of("The train leaves at nine. [angry]Get out.[/angry]", line.track).track
    assert spoken.at(0.5) == BASE
    assert spoken.at(5.5) == Emotion.parse("angry")


def test_words_are_read_in_their_context_over_the_base():
    glad = felt(cue("We won! I can't believe it, we won!"), BASE)
    assert glad.why == "its words"
    assert glad.emotion.vad[0] > 0.2
    flat = felt(cue("The table is made of wood."), BASE, "none")
    assert flat.emotion == BASE


def test_the_film_is_looked_at_where_it_is_asked_for():
    sad = Emotion.parse("sad:0.6")
    line = felt(cue("The table is made of wood."), BASE, "source", look=lambda c: sad)
    assert line.why == "the voice in the film"
    assert line.emotion == joined(BASE, sad) == sad + (1 - sad.intensity) * BASE

    def unread(_):
        raise InputError("It is too short.")

    line = felt(cue("We won! I can't believe it!"), NEUTRAL, "face", look=unread)
    assert line.why == "its words, since the face on the screen can't be read: It is too short"
    assert line.emotion.vad[0] > 0.2


def test_a_sound_alone_is_felt_too():
    assert felt(cue("[laugh]", "happy"), BASE).emotion == Emotion.parse("happy")
    assert felt(cue("[laugh]"), BASE).why == "its words"

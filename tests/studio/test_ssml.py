"""SSML in: what is spoken, how it is felt, and errors with their place."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.emotion import NEUTRAL, Mark, words_of
from studio.emotion.interchange import read_ssml
from studio.emotion.vocabularies import VOCABULARIES
from studio.errors import InputError

FIXTURES = Path(__file__).parents[1] / "fixtures" / "emotionml"
HEAD = (
    '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xmlns:mstts="https://www.w3.org/2001/mstts" '
    'xmlns:emo="http://www.w3.org/2009/10/emotionml">'
)


def read(inside):
    return read_ssml(f"{HEAD}{inside}</speak>")


def style(name, degree=None):
    attribute = "" if degree is None else f'styledegree="{degree}"'
    return read(f'<mstts:express-as style="{name}" {attribute}>Well then.</mstts:express-as>').track.emotion


def test_a_whole_document():
    spoken = read_ssml(FIXTURES / "story.ssml")
    assert spoken.text == ("I knew it. She said nothing, and au revoir. On 3/5/2024, the Doctor came back!")
    words = words_of(spoken.text)
    assert spoken.track.unit == "words"
    nothing, date = words.index("nothing,"), words.index("3/5/2024,")
    assert spoken.track.marks == (
        Mark("rate", 3, nothing + 1, 0.64),
        Mark("pitch", 3, nothing + 1, -2.0),
        Mark("volume", 3, nothing + 1, 6.0),
        Mark("emphasis", nothing, nothing + 1, "strong"),
        Mark("pause", nothing + 1, nothing + 1, 0.4),
        Mark("say-as", date, date + 1, "date"),
    )
    felt = [spoken.track.at(i + 0.5).nearest for i in range(len(words))]
    assert felt == ["sad"] * 3 + ["neutral"] * (date - 2) + ["happy"] * 4
    assert [(v.value, v.start, v.end) for v in spoken.voices] == [("en-GB-RyanNeural", 3, nothing + 1)]
    assert [(h.value, h.start) for h in spoken.languages] == [("en-GB", 0), ("fr-FR", words.index("au"))]
    assert (spoken.voice, spoken.language) == ("en-GB-RyanNeural", "en-GB")


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("  Hello\n  world. ", "Hello world."),
        ("<s>One.</s><s>Two.</s>", "One. Two."),
        ("<p>One.</p>Two.", "One. Two."),
        ("Hello<break/>world", "Hello world"),
        ("Hello <break/>, world", "Hello, world"),
        ("un<emphasis>believ</emphasis>able", "unbelievable"),
        ('<sub alias="World Wide Web">WWW</sub>!', "World Wide Web!"),
        ("a &lt; b &amp; <![CDATA[c < d]]><!-- never -->", "a < b & c < d"),
        ("<metadata>No.</metadata><desc>No.</desc>Yes.<mark name='x'/>", "Yes."),
        ("", ""),
    ],
)
def test_what_is_spoken(inside, text):
    assert read(inside).text == text


def test_plain_speak_needs_no_namespace():
    spoken = read_ssml('<speak>Hello <emphasis level="strong">there</emphasis>.</speak>')
    assert (spoken.text, spoken.track.marks) == ("Hello there.", (Mark("emphasis", 1, 2, "strong"),))


@pytest.mark.parametrize(
    ("attributes", "kind", "value"),
    [
        ('rate="80%"', "rate", 0.8),
        ('rate="+20%"', "rate", 1.2),
        ('rate="-50%"', "rate", 0.5),
        ('rate="1.5"', "rate", 1.5),
        ('rate="x-fast"', "rate", 2.0),
        ('pitch="+2st"', "pitch", 2.0),
        ('pitch="-1.5 st"', "pitch", -1.5),
        ('pitch="+100%"', "pitch", 12.0),
        ('pitch="+160Hz"', "pitch", 12.0),
        ('pitch="medium"', "pitch", 0.0),
        ('volume="+6dB"', "volume", 6.0),
        ('volume="-6.5db"', "volume", -6.5),
        ('volume="50"', "volume", -6.02),
        ('volume="medium"', "volume", 0.0),
        ('volume="silent"', "volume", -40.0),
        ('volume="0"', "volume", -40.0),
    ],
)
def test_prosody(attributes, kind, value):
    (mark,) = read(f"One <prosody {attributes}>two three</prosody> four.").track.marks
    assert (mark.kind, mark.start, mark.end) == (kind, 1.0, 3.0)
    assert mark.value == pytest.approx(value, abs=0.005)  # the last digit given above


def test_names_rise():
    def values(kind, names):
        return [read(f'<prosody {kind}="{n}">x</prosody>').track.marks[0].value for n in names.split()]

    for kind, names in [
        ("rate", "x-slow slow medium fast x-fast"),
        ("pitch", "x-low low medium high x-high"),
        ("volume", "silent x-soft soft medium loud x-loud"),
    ]:
        assert values(kind, names) == sorted(set(values(kind, names)))
    breaks = [
        read(f'a<break strength="{s}"/>b').track.marks[0].value
        for s in ("none", "x-weak", "weak", "medium", "strong", "x-strong")
    ]
    assert breaks == sorted(set(breaks))


def test_nested_prosody_adds_up():
    spoken = read('<prosody rate="50%" pitch="+2st">a <prosody rate="50%" pitch="+3st">b</prosody> c</prosody>')
    assert spoken.track.marked("rate", 0.5).value == 0.5
    assert spoken.track.marked("rate", 1.5).value == 0.25
    assert spoken.track.marked("pitch", 1.5).value == 5.0
    assert spoken.track.marked("pitch", 2.5).value == 2.0


@pytest.mark.parametrize(
    ("inside", "value", "told"),
    [
        ('<prosody rate="0%">a</prosody>', 0.25, "a rate of 0 is beyond what is spoken, from 0.25 to 4"),
        ('<prosody rate="-100%">a</prosody>', 0.25, "held at 0.25"),
        (f'<prosody rate="{"9" * 400}">a</prosody>', 4.0, "a rate of inf"),
        (
            '<prosody pitch="+99st">a</prosody>',
            24.0,
            "a pitch of 99 is beyond what is spoken, from -24 to 24 semitones",
        ),
        ('<prosody pitch="-500Hz">a</prosody>', -24.0, "held at -24"),
        ('<prosody volume="+99dB">a</prosody>', 20.0, "a volume of 99 is beyond what is spoken, from -40 to 20 dB"),
        ('<break time="3600s"/>', 20.0, "a pause of 3600 is beyond what is spoken, from 0 to 20 s; it is held at 20"),
    ],
)
def test_what_is_beyond_the_ranges_is_held_and_told(inside, value, told, caplog):
    with caplog.at_level(logging.WARNING, logger="affetto"):
        (mark,) = read(f"One\n{inside}").track.marks
    assert mark.value == value
    assert "The SSML, line 2, column 1: " in caplog.text
    assert told in caplog.text


def test_nested_prosody_is_held_too(caplog):
    inside = "x"
    for _ in range(4):
        inside = f'<prosody rate="x-slow" pitch="+10st" volume="-20dB">{inside}</prosody>'
    with caplog.at_level(logging.WARNING, logger="affetto"):
        track = read(inside).track
    assert [track.marked(kind, 0.5).value for kind in ("rate", "pitch", "volume")] == [0.25, 24.0, -40.0]
    assert "a rate of 0.125 is beyond what is spoken" in caplog.text


def test_what_no_engine_follows_is_told_once(caplog):
    says = '<say-as interpret-as="VCard">me</say-as>'
    with caplog.at_level(logging.WARNING, logger="affetto"):
        spoken = read(f'{says} {says} <voice name="Ryan">you</voice> <lang xml:lang="fr-FR">toi</lang>')
    assert [(m.kind, m.value) for m in spoken.track.marks] == [("say-as", "VCard")] * 2
    assert (spoken.voice, spoken.language) == ("Ryan", "fr-FR")
    assert len(caplog.records) == 3
    for named in ("<say-as> (VCard)", "<voice> (Ryan)", "<lang> (fr-FR)"):
        assert f"{named} is kept, but no engine follows it" in caplog.text


@pytest.mark.parametrize("lead", ["\ufeff", "\n\n  ", "\ufeff \n"])
@pytest.mark.parametrize("coded", [False, True])
def test_blanks_before_the_declaration(lead, coded):
    def document(inside):
        text = f'{lead}<?xml version="1.0" encoding="UTF-8"?>\n<speak>{inside}</speak>'
        return text.encode() if coded else text

    assert read_ssml(document("Hé.")).text == "Hé."
    with pytest.raises(InputError, match=f"line {2 + lead.count(chr(10))}, column 8: <sub> needs"):
        read_ssml(document("<sub/>"))


@pytest.mark.parametrize(
    ("time", "seconds"), [("500ms", 0.5), ("0.5s", 0.5), (".25s", 0.25), ("+2s", 2.0), ("0s", 0.0)]
)
def test_breaks(time, seconds):
    spoken = read(f'Wait<break time="{time}"/> here.')
    assert spoken.track.marks == (Mark("pause", 1, 1, seconds),)


@pytest.mark.parametrize("name", VOCABULARIES["azure-styles"].terms)
def test_every_style_is_felt(name):
    assert style(name).nearest == VOCABULARIES["azure-styles"].emotion(name).nearest != "neutral"


def test_degrees_rise_with_room_above_the_ordinary():
    sizes = [style("sad", degree).intensity for degree in (0.01, 0.5, 1, 1.5, 2)]
    assert sizes == pytest.approx([0.007, 0.35, 0.7, 0.85, 1.0])
    assert style("sad") == style("sad", 1)


@pytest.mark.parametrize("name", ["chat", "newscast", "whispering", "customerservice", "xyzzy"])
def test_manners_are_neutral(name, caplog):
    with caplog.at_level(logging.WARNING, logger="affetto"):
        assert style(name) == NEUTRAL
    assert f"line 1, column {len(HEAD) + 1}: the style {name!r} is no emotion known here" in caplog.text


def test_the_inner_style_holds():
    inner = '<mstts:express-as style="angry">two</mstts:express-as>'
    spoken = read(f'<mstts:express-as style="sad">One {inner} three</mstts:express-as>')
    assert [spoken.track.at(i + 0.5).nearest for i in range(3)] == ["sad", "angry", "sad"]


def test_emotionml_inside():
    category = '<emo:category name="anger" value="0.4"/>'
    told = f'<emo:emotion category-set="http://www.w3.org/TR/emotion-voc/xml#big6">{category}</emo:emotion>'
    track = read(f"<s>{told}Get out.</s><s>Please.</s>").track
    assert [track.at(i + 0.5).nearest for i in range(3)] == ["angry", "angry", "neutral"]


def test_what_has_no_counterpart_is_told(caplog):
    with caplog.at_level(logging.WARNING, logger="affetto"):
        spoken = read(
            '<phoneme alphabet="ipa" ph="x">tomato</phoneme> <prosody contour="(0%,+20Hz)" pitch="200Hz">up</prosody> '
            '<audio src="http://127.0.0.1:9/a.wav">bang</audio>'
        )
    assert spoken.text == "tomato up bang"
    for part in ("<phoneme> is not followed", "contour of <prosody>", "pitch '200Hz'", "<audio> is not followed"):
        assert part in caplog.text


@pytest.mark.parametrize(
    ("inside", "part"),
    [
        ('<prosody rate="fastish">a</prosody>', "the rate of <prosody> is 'fastish', but must be like slow, 80%"),
        ('<prosody pitch="2dB">a</prosody>', "must be like high, +2st"),
        ('<prosody volume="NaN">a</prosody>', "must be like soft, +6dB"),
        ('<break time="soon"/>', "must be like '500ms' or '0.5s'."),
        ('<break time="-1s"/>', "'-1s', but must be like"),
        ('<break strength="big"/>', "the strength of <break> is 'big'"),
        ('<emphasis level="big">a</emphasis>', "must be strong, moderate, none or reduced"),
        ("<say-as>a</say-as>", "<say-as> needs interpret-as"),
        ("<sub>a</sub>", "<sub> needs an alias"),
        ("<mstts:express-as>a</mstts:express-as>", "<express-as> needs a style"),
        ('<mstts:express-as style="sad" styledegree="2.5">a</mstts:express-as>', "a number from 0.01 to 2"),
        ('<mstts:express-as style="sad" styledegree="much">a</mstts:express-as>', "a number from 0.01 to 2"),
        ("<emo:emotion/>", "<emotion> describes nothing"),
    ],
)
def test_errors_say_where(inside, part):
    with pytest.raises(InputError) as error:
        read_ssml(f"{HEAD}One.\n <s>{inside}</s></speak>")
    assert str(error.value).startswith("The SSML, line 2, column 5: ")
    assert part in str(error.value)


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("Hello", "line 1, column 1: this is no well-formed XML"),
        ("<speak>Hello", "line 1, column 13: this is no well-formed XML (no element found)"),
        ("<talk/>", "line 1, column 1: the root is <talk>, but must be <speak>"),
        ('<speak xmlns="http://x.org"/>', 'needs xmlns="http://www.w3.org/2001/10/synthesis"'),
        ('<speak version="2.0"/>', "not '2.0'"),
        ('<!DOCTYPE speak [<!ENTITY a "b">]><speak>&a;</speak>', "a DOCTYPE is not read"),
        ('<!DOCTYPE speak SYSTEM "http://127.0.0.1:9/synthesis.dtd"><speak/>', "a DOCTYPE is not read"),
        ('<speak xmlns:xi="http://www.w3.org/2001/XInclude">&passwd;</speak>', "undefined entity"),
    ],
)
def test_errors_of_documents(source, part):
    with pytest.raises(InputError) as error:
        read_ssml(source)
    assert part in str(error.value)


def test_nothing_is_included():
    inside = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    assert read(f"{inside}Safe.").text == "Safe."


@given(st.data())
def test_damaged_documents_never_crash(data):
    text = (FIXTURES / "story.ssml").read_text()
    a, b = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    b = min(b, a + 40)
    damaged = text[:a] + data.draw(st.sampled_from(["", text[a:b] * 2, "\x00", "9" * 30, "é", "<", '"'])) + text[b:]
    try:
        spoken = read_ssml(damaged)
    except InputError as e:
        assert str(e).endswith((".", "?"))
    else:
        n = len(words_of(spoken.text))
        assert all(0 <= m.start <= m.end <= n for m in spoken.track.marks)
        assert all(0 <= k.at <= n for k in spoken.track.keys)

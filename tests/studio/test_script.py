"""Marks in a line's text: what they say, what is left of the text, and what is said when one is wrong."""

import json
import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.emotion import CATEGORIES, NEUTRAL, Emotion, EmotionTrack, Key, Mark, words_of
from studio.emotion.interchange import read_emotionml, write_emotionml
from studio.emotion.script import Script, read_script, write_script
from studio.emotion.written import track_from_json, track_to_json
from studio.errors import InputError

SAD, ANGRY, CALM, HAPPY = (Emotion.parse(x) for x in ("sad", "angry", "calm", "happy"))

words = st.text("abcdéß'’-[]*\\/3", min_size=1, max_size=6).filter(lambda w: re.search(r"\w", w))
lines = st.lists(st.tuples(words, st.sampled_from(["", ".", ",", "?!", " —"])), min_size=1, max_size=8).map(
    lambda ws: " ".join(w + end for w, end in ws)
)
levels = st.integers(1, 100).map(lambda n: n / 100)
emotions = st.one_of(
    st.dictionaries(st.sampled_from(CATEGORIES), levels, min_size=1, max_size=2).map(Emotion.of),
    st.tuples(levels, levels, levels).map(lambda p: Emotion.from_vad(*p)),
    st.just(NEUTRAL),
)
tags = st.sampled_from(
    ["[sad]", "[angry:0.9 -> calm]", "[laugh]", "[sigh]", "[pause]", "[pause 400ms]", "[rate 0.8]", "[emphasis]"]
)


def close(a: Emotion, b: Emotion) -> bool:
    # To the six digits of the notation.
    return a.distance(b) < 1e-4


@st.composite
def scripts(draw):
    """A script whose emotion steps or goes straight between edges of words."""
    text = draw(lines)
    n = len(words_of(text))
    places = sorted(draw(st.sets(st.integers(1, n - 1), max_size=3))) if n > 1 else []
    edges = [0, *places, n]
    keys = []
    for a, b in pairwise(edges):
        first = draw(emotions)
        last = draw(emotions) if draw(st.booleans()) else first
        keys += [Key(float(a), first), Key(float(b), last)]
    marks = []
    for place in sorted(draw(st.lists(st.integers(0, n), max_size=3))):
        kind = draw(st.sampled_from(["laugh", "sigh", "gasp", "breath", "pause"]))
        marks.append(Mark(kind, float(place), float(place), draw(levels) if kind == "pause" else None))
    spans = [
        ("emphasis", "strong"),
        ("rate", 0.8),
        ("pitch", -2.0),
        ("volume", 3.5),
        ("mouth", 1.4),
        ("say-as", "date"),
    ]
    for kind, value in draw(st.lists(st.sampled_from(spans), max_size=3, unique=True)):
        start = draw(st.integers(0, n - 1))
        marks.append(Mark(kind, float(start), float(draw(st.integers(start + 1, n))), value))
    return Script(text, EmotionTrack(tuple(keys), "words", tuple(sorted(marks, key=lambda m: m.start))))


@given(scripts())
def test_what_is_written_reads_back(script):
    again = read_script(write_script(script))
    assert again.text == script.text
    assert again.track.marks == script.track.marks
    for i in range(len(words_of(script.text))):
        for place in (i, i + 0.5):
            assert close(again.track.at(place), script.track.at(place))
        assert close(again.track.mean(i, i + 1), script.track.mean(i, i + 1))


@given(scripts())
def test_what_is_read_is_written_and_read_as_the_same(script):
    once = read_script(write_script(script))
    twice = read_script(write_script(once))
    assert twice.text == once.text
    assert len(twice.track.keys) == len(once.track.keys)
    assert all(
        a.at == b.at and close(a.emotion, b.emotion) for a, b in zip(once.track.keys, twice.track.keys, strict=True)
    )
    assert twice.track.marks == once.track.marks


@given(st.lists(st.tuples(st.lists(tags, max_size=2), st.from_regex(r"[a-z]{1,5}[.,]?", fullmatch=True)), min_size=1))
def test_marks_leave_the_words_as_they_are(parts):
    marked = " ".join(" ".join([*before, word]) for before, word in parts)
    script = read_script(marked)
    assert script.text == " ".join(word for _, word in parts)
    # One of the words' emotion at each word, and none but those.
    n = len(parts)
    assert script.track.keys[0].at == 0
    assert script.track.is_constant or script.track.keys[-1].at == n
    assert all(0 <= m.start <= m.end <= n for m in script.track.marks)


@given(st.text().filter(lambda t: not re.search(r"[\[\]*\\]", t)))
def test_text_without_marks_stays_as_it_is(text):
    assert read_script(text, ANGRY) == Script(text, EmotionTrack.constant(ANGRY))


@given(st.lists(st.tuples(st.integers(0, 4), emotions), min_size=1, max_size=4))
@example([(4, SAD)])
@example([(4, SAD), (4, HAPPY)])
def test_keys_anywhere_to_the_end_are_written(points):
    """Keys only at the end, steps there, keys past the first alone: each of the four words is felt as before."""
    points = sorted(points, key=lambda p: p[0])
    track = EmotionTrack(tuple(Key(float(p), e) for p, e in points))
    again = read_script(write_script(Script("a b c d", track))).track
    for i in range(4):
        assert close(again.mean(i, i + 1), track.mean(i, i + 1))


@given(st.text(min_size=1).filter(str.strip))
@example("a] [sad")
@example("*x*")
@example("moderate")
def test_a_say_as_is_written_as_it_is_or_refused(how):
    script = Script("one *two* three", EmotionTrack((Key(0.0, NEUTRAL),), "words", (Mark("say-as", 1.0, 2.0, how),)))
    try:
        written = write_script(script)
    except InputError as e:
        assert "only as JSON" in str(e)
    else:
        assert read_script(written) == script


def test_a_say_as_keeps_its_case():
    for tag in ("[say-as VCard]", "[Say-As: VCard]"):
        assert read_script(f"{tag}me[/say-as]").track.marks == (Mark("say-as", 0, 1, "VCard"),)


@pytest.mark.parametrize(
    ("tag", "value"),
    [("mouth 1.4", 1.4), ("mouth wide", 1.4), ("Mouth: barely", 0.5), ("mouth=0.3x", 0.3), ("mouth 160%", 1.6)],
)
def test_words_are_mouthed_wide_or_barely(tag, value):
    script = read_script(f"say [{tag}]these words[/mouth] now")
    assert script.text == "say these words now"
    assert script.track.marks == (Mark("mouth", 1, 3, value),)
    assert script.track.is_constant
    assert read_script(write_script(script)) == script
    assert track_from_json(json.loads(json.dumps(track_to_json(script.track)))) == script.track
    assert read_emotionml(write_emotionml(script.track)).track() == script.track


def test_small_numbers_are_written_so_that_they_read():
    script = Script("a", EmotionTrack((Key(0.0, NEUTRAL),), "words", (Mark("pause", 0.0, 0.0, 2e-6),)))
    assert read_script(write_script(script)) == script


@pytest.mark.parametrize("text", ["5 * 3 = 15", "2*3*4", "See note* and other*", "C:\\temp", "**", "f**k", "* item"])
def test_stars_and_slashes_that_are_no_marks_stay(text):
    assert read_script(text).text == text
    assert not read_script(text).track.marks
    assert read_script(write_script(read_script(text))).text == text


def test_the_example_of_the_field():
    script = read_script("[sad]I knew it.[/sad] [angry:0.9 -> calm]Get out.")
    assert script.text == "I knew it. Get out."
    assert script.track.keys == (Key(0, SAD), Key(3, SAD), Key(3, 0.9 * ANGRY), Key(5, CALM))
    # The middle of the last two words is halfway.
    assert script.track.at(4) == (0.9 * ANGRY).toward(CALM, 0.5)
    assert write_script(script) == "[sad]I knew it.[/sad] [angry:0.9 -> calm]Get out.[/angry]"


def test_an_inner_mark_replaces_and_the_outer_resumes():
    track = read_script("so [sad]a [happy]b[/happy] c[/sad] d", base=CALM).track
    assert [track.at(i) for i in range(5)] == [CALM, SAD, HAPPY, SAD, CALM]
    ramp = read_script("[sad -> happy]a b [angry]c[/] d[/]").track
    assert ramp.at(2) == ANGRY
    assert ramp.at(3) == SAD.toward(HAPPY, 0.75)


def test_legs_share_the_words_evenly():
    track = read_script("[sad -> calm -> happy]a b c d").track
    assert [k.at for k in track.keys] == [0, 2, 4]
    assert [k.emotion for k in track.keys] == [SAD, CALM, HAPPY]


def test_closing_by_name_may_cross():
    track = read_script("[sad]a [rate 0.8]b[/sad] c[/rate 0.8] d").track
    assert [track.at(i) for i in range(4)] == [SAD, SAD, NEUTRAL, NEUTRAL]
    assert track.marks == (Mark("rate", 1, 3, 0.8),)
    shouted = read_script("[ Angry:0.9 -> Calm ]a[/angry:0.9->calm] b [happy:0.5+sad:0.2]c[/HAPPY] d").track
    assert [shouted.at(i) for i in (1, 3)] == [NEUTRAL, NEUTRAL]


def test_sounds_pauses_and_emphasis():
    script = read_script(
        "[sigh] Well[pause 400ms], *you* said [pause][emphasis:strong]it[/emphasis] [pitch +2st]so[/] [laughs]"
    )
    assert script.text == "Well, you said it so"
    assert script.track.marks == (
        Mark("sigh", 0, 0),
        Mark("pause", 1, 1, 0.4),
        Mark("emphasis", 1, 2, "moderate"),
        Mark("pause", 3, 3, 0.5),
        Mark("emphasis", 3, 4, "strong"),
        Mark("pitch", 4, 5, 2.0),
        Mark("laugh", 5, 5),
    )


@pytest.mark.parametrize(
    ("marked", "text"),
    [
        ("Hi [laugh], you", "Hi, you"),
        ("Hi [laugh] you", "Hi you"),
        ("Hi[laugh] you", "Hi you"),
        ("Hi. [laugh]", "Hi."),
        ("[sigh] Hi", "Hi"),
        ("[sad] Hi [/sad]", "Hi"),
        ("Hi. [sigh]\nYou", "Hi.\nYou"),
        ("[sad]Hi.[/sad][angry]You", "Hi. You"),
        ("un[sad]believ[/]able", "unbelievable"),
        ("[angry]...what", "...what"),
        ("no. [angry]...what", "no. ...what"),
        ("pi is 3.[sad]14", "pi is 3.14"),
        ("[laugh]", ""),
        (r"a \[1\] \*b\* \\[sad]c", r"a [1] *b* \c"),
    ],
)
def test_what_is_left_reads_well(marked, text):
    assert read_script(marked).text == text


def test_a_mark_inside_a_word_holds_for_the_word():
    track = read_script("so un[sad]believ[/sad]able it is").track
    assert [track.at(i) for i in range(3)] == [NEUTRAL, SAD, NEUTRAL]
    assert read_script("[sad]it[/sad], yes").track.at(1) == NEUTRAL


def test_free_text_is_read_by_whoever_can():
    heard = []

    def read(text: str) -> Emotion:
        heard.append(text)
        return HAPPY

    script = read_script("[with forced cheer]Welcome[/with forced cheer] aboard", read=read)
    assert heard == ["with forced cheer"]
    assert [script.track.at(i) for i in range(2)] == [HAPPY, NEUTRAL]


def test_a_line_without_words_still_has_its_emotion():
    assert read_script("[sad]...") == Script("...", EmotionTrack.constant(SAD))
    assert write_script(Script("...", EmotionTrack.constant(SAD))) == "[sad]..."


def test_turns_inside_words_are_written_exactly_where_even_legs_can():
    track = EmotionTrack((Key(0, SAD), Key(2.5, CALM), Key(3, HAPPY)))
    again = read_script(write_script(Script("a b c", track))).track
    assert all(close(again.at(p), track.at(p)) for p in (0, 1, 2.5, 2.75, 3))


@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ("a [sad b", "Line 1, column 3:", "is not closed"),
        ("a [sad [b]", "Line 1, column 3:", "is not closed"),
        ("a ] b", "Line 1, column 3:", "was not opened"),
        ("a\nbc [/sad]", "Line 2, column 4:", "closes [sad], which is not open here"),
        ("[sad]a[/] [/]", "Line 1, column 11:", "none is open"),
        ("a\n\n[sdd]b", "Line 3, column 1:", "did you mean sad"),
        ("[1] a", "Line 1, column 1:", "written \\[1\\]"),
        ("He [sic] said", "Line 1, column 4:", "written \\[sic\\]"),
        ("[sad -> angrry]a", "Line 1, column 1:", "did you mean angry"),
        ("[sad -> ]a", "Line 1, column 1:", "each side of its arrow"),
        ("[pause 21s]", "Line 1, column 1:", "from 0 to 20 s"),
        ("[pause -1s]", "Line 1, column 1:", "from 0 to 20 s"),
        ("[pause soon]", "Line 1, column 1:", "can't be read"),
        ("[rate 9]a", "Line 1, column 1:", "out of range"),
        ("[mouth 2]a", "Line 1, column 1:", "from 0.3 to 1.6 times"),
        ("[mouth agape]a", "Line 1, column 1:", "[mouth wide] or [mouth barely]"),
        ("[mouth]a", "Line 1, column 1:", "can't be read"),
        ("[emphasis huge]a", "Line 1, column 1:", "strong, moderate"),
        ("[say-as]a", "Line 1, column 1:", "say-as date"),
        ("a []b", "Line 1, column 3:", "is empty"),
        ("[sad][/sad] a", "Line 1, column 1:", "covers no word"),
        ("a [sad]", "Line 1, column 3:", "covers no word"),
        ("I knew [sad]... [/]it", "Line 1, column 8:", "covers no word"),
    ],
)
def test_what_cannot_be_read_says_where(text, place, part):
    with pytest.raises(InputError) as e:
        read_script(text)
    assert str(e.value).startswith(place)
    assert part in str(e.value)
    assert "\n" not in str(e.value)


def test_what_cannot_be_written_is_refused():
    with pytest.raises(InputError, match="in seconds"):
        write_script(Script("a", EmotionTrack.constant(SAD, "seconds")))
    with pytest.raises(InputError, match="only as JSON"):
        write_script(Script("a", EmotionTrack.constant(2 * SAD)))

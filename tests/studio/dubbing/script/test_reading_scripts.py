"""Scripts in every format and state they are found in."""

import json
from dataclasses import replace

import pysubs2
import pytest

from studio.dubbing.script import Cue, Script, read_script, write_srt, write_vtt
from studio.errors import InputError


@pytest.fixture
def read(tmp_path):
    """read(text, suffix=".srt", **how) -> Script of a file with this text (or bytes)."""

    def reading(text, suffix=".srt", **how):
        path = tmp_path / f"lines{suffix}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_script(path, **how)

    return reading


def srt(*texts, seconds=2):
    """A clean SubRip file of these texts, one every `seconds`."""
    times = [(i * seconds, i * seconds + seconds - 0.5) for i in range(len(texts))]
    stamp = "{:02d}:{:02d}:{:02d},{:03d}".format

    def at(t):
        return stamp(int(t // 3600), int(t // 60) % 60, int(t) % 60, round(t % 1 * 1000))

    return "\n".join(
        f"{i}\n{at(a)} --> {at(b)}\n{t}\n" for i, ((a, b), t) in enumerate(zip(times, texts, strict=True), 1)
    )


def told(script):
    return [str(r) for r in script.repairs]


# The formats


def test_a_clean_file_is_read_without_a_word(read):
    script = read(
        "1\n00:00:01,500 --> 00:00:03,250\nHello there,\nold friend.\n\n2\n01:00:00,000 --> 01:00:01,000\nBye.\n"
    )
    assert [(c.number, c.line, c.start, c.end, c.text) for c in script.cues] == [
        (1, 2, 1.5, 3.25, "Hello there, old friend."),
        (2, 7, 3600.0, 3601.0, "Bye."),
    ]
    assert script.repairs == ()
    assert script.cues[0].written == "Hello there,\nold friend."


def test_webvtt_voices_notes_regions_and_settings(read):
    script = read(
        "WEBVTT - a title\n\nNOTE not said\nthis neither\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:fred\n\n"
        "intro\n00:01.000 --> 00:03.000 line:0 region:fred\n<v.loud Anna>Get <i>out</i>, you &amp; him!</v>\n\n"
        "00:00:04.000 --> 00:00:06.000\n<v Bob>Me?\n<v Anna>Yes, you two.\n",
        ".vtt",
    )
    first, bob, anna = script.cues
    assert (first.speaker, first.text, first.style) == ("Anna", "Get out, you & him!", "loud")
    assert first.settings == "line:0 region:fred"
    assert (bob.speaker, bob.text, bob.start) == ("Bob", "Me?", 4.0)
    assert (anna.speaker, anna.text, anna.end) == ("Anna", "Yes, you two.", 6.0)
    # Two letters and nine share two seconds.
    assert bob.end == anna.start == pytest.approx(4 + 2 * 2 / 11)
    assert script.head == ("STYLE\n::cue { color: red }", "REGION\nid:fred")
    assert script.repairs == ()


ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname
Style: Default,Arial
Style: Angry,Arial

[Events]
Format: Start, End, Style, Actor, Text
Comment: 0:00:00.00,0:00:01.00,Default,,not said
Dialogue: 0:00:01.00,0:00:02.50,Default,ANNA,{\\an8\\i1}Get{\\i0} out,\\Nnow.
Dialogue: 0:00:03.00,0:00:04.00,Angry,Bob,Never!
Dialogue: 0:00:05.00,0:00:06.00,Default,,{\\p1}m 0 0 l 100 0 100 100{\\p0}
Dialogue: 0:00:07.00,0:00:08.00,Default,"Carl, sad:0.5",{\\k20}Oh {\\k30}no.
"""


def test_ass_by_its_own_columns_with_actors_styles_and_drawings(read):
    script = read(ASS.replace('"', "").replace("Carl, sad:0.5,", "Carl,"), ".ass")
    anna, bob, carl = script.cues
    assert (anna.speaker, anna.text, anna.written, anna.end) == ("ANNA", "Get out, now.", "<i>Get</i> out,\nnow.", 2.5)
    assert (bob.speaker, bob.emotion, bob.style) == ("Bob", "Angry", "Angry")
    assert (carl.speaker, carl.text, carl.line) == ("Carl", "Oh no.", 15)
    assert "Line 14: drawings (1 in all) say nothing: left out." in told(script)
    assert "Line 13: the style 'Angry' was taken for its emotion." in told(script)


def test_json_lines_with_all_they_can_say(read):
    script = read(
        '{"start": 1.5, "end": "00:00:03.000", "text": "Get out.", "speaker": "Anna", "emotion": "angry:0.7",'
        ' "voice": "af_heart*0.7+bf_emma*0.3", "seed": 7}\n\n'
        '{"start": 4, "end": 5, "text": "Oh.", "emotion": {"vad": [-0.5, 0.2, 0]}}\n',
        ".jsonl",
    )
    first, second = script.cues
    assert (first.speaker, first.emotion, first.seed, first.end) == ("Anna", "angry:0.7", 7, 3.0)
    assert first.voice == "af_heart*0.7+bf_emma*0.3"
    assert second.line == 3
    assert second.emotion == '{"vad": [-0.5, 0.2, 0]}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"start": 1, "end": 2}', "line 1: text: this field is missing."),
        ('{"start": 1, "end": 2, "text": "x", "colour": 1}', "line 1: colour: there is no such field."),
        ('{"start": "soon", "end": 2, "text": "x"}', "line 1: start: 'soon' is no time"),
        ('{"start": NaN, "end": 2, "text": "x"}', "line 1: start:"),
        ("[1, 2]", "line 1: it is not a JSON object"),
        ("start: 1", "line 1: it is not JSON"),
        ('{"start": 1, "end": 2, "text": "x", "emotion": "angrry"}', "line 1: There is no emotion named 'angrry'"),
        ('{"start": 1, "end": 2, "text": "x", "voice": "anna.voice"}', "files named in a script are not opened"),
        ('{"start": 1, "end": 2, "text": "x", "voice": "../v/anna.voice*0.5+af_heart*0.5"}', "are not opened"),
    ],
)
def test_a_bad_line_of_json_names_its_line_and_field(read, line, message):
    with pytest.raises(InputError, match=r"^lines\.jsonl, ") as e:
        read(line, ".jsonl")
    assert message in str(e.value)


# Who speaks, and how


@pytest.mark.parametrize(
    ("text", "speaker", "emotion", "said"),
    [
        ("[ANNA, angry:0.7] Get out.", "ANNA", "angry:0.7", "Get out."),
        ("[Anna] Get out.", "Anna", None, "Get out."),
        ("[angry:0.7] Get out.", None, "angry:0.7", "Get out."),
        ("[vad(-0.5, 0.2, 0)] Get out.", None, "vad(-0.5, 0.2, 0)", "Get out."),
        ("ANNA: Get out.", "ANNA", None, "Get out."),
        ("<i>ANNA:</i> Get out.", "ANNA", None, "Get out."),
        ("ANNA (V.O.): Get out.", "ANNA", None, "Get out."),
        ("DR. SMITH: Get out.", "DR. SMITH", None, "Get out."),
        ("[speaker: Joy] Get out.", "Joy", None, "Get out."),
        ("[speaker: anna, on the verge of tears] No.", "anna", "on the verge of tears", "No."),
        ("[JOY] Get out.", None, "JOY", "Get out."),
        ("Listen: get out.", None, None, "Listen: get out."),
        ("Meet at 12:30 sharp.", None, None, "Meet at 12:30 sharp."),
        # Marks of this project stay.
        ("[sad]I knew it.[/sad] [laugh]", None, None, "[sad]I knew it.[/sad] [laugh]"),
        ("[angry -> calm]Get out.", None, None, "[angry -> calm]Get out."),
        ("[ANNA] [sad]I knew[/] it. [pause 0.4s] *Go.*", "ANNA", None, "[sad]I knew[/] it. [pause 0.4s] *Go.*"),
        ("[laugh]", None, None, "[laugh]"),
        ("(sighs) Fine.", None, None, "[sigh] Fine."),
        # What is heard is not said.
        ("[door slams] What was that?", None, None, "What was that?"),
        ("[DOOR SLAMS] What was that?", None, None, "What was that?"),
        ("[MUSIC] Dance.", None, None, "Dance."),
        ("What was that? [thunder]", None, None, "What was that?"),
        ("(whispering) Come here.", None, None, "Come here."),
        ("I like it (a bit).", None, None, "I like it (a bit)."),
        ("♪ La la ♪\nHush.", None, None, "Hush."),
        ("- Hush.", None, None, "Hush."),
        ("{\\an8}<font color=red>Hush</font> <b>now</b>", None, None, "Hush now"),
    ],
)
def test_who_says_what(read, text, speaker, emotion, said):
    (cue,) = read(srt(text)).cues
    assert (cue.speaker, cue.emotion, cue.text) == (speaker, emotion, said)


@pytest.mark.parametrize("text", ["[door slams]", "(APPLAUSE)", "♪ La la,\nla la ♪", "# La la #", "[sad]", "[music]"])
def test_what_nobody_says_is_kept_for_the_subtitles_only(read, text):
    script = read(srt("Hello.", text))
    assert [c.text for c in script.cues] == ["Hello."]
    assert [c.written for c in script.unspoken] == [text]


def test_descriptions_are_told(read):
    script = read(srt("Hello. [door slams]", "♪ La ♪"))
    assert "Line 2: [door slams] describes what is heard: not spoken." in told(script)
    assert "Line 6: what is sung is left to the film." in told(script)


def test_a_name_is_known_from_another_cue_or_the_cast(read):
    texts = ("Anna: Go.", "Anna: Now.", "Note: this is said.", "[anna] Go!", "[joy] Me?")
    cues = read(srt(*texts), speakers=("Joy",)).cues
    assert [c.speaker for c in cues] == ["Anna", "Anna", None, "Anna", "Joy"]
    assert cues[2].text == "Note: this is said."
    free = read(srt("[ANNA, sad] Oh.", "[ANNA, on the verge of tears] No.", "[man, over radio] Come in.")).cues
    assert [(c.speaker, c.emotion) for c in free] == [("ANNA", "sad"), ("ANNA", "on the verge of tears"), (None, None)]


def test_dashes_are_turns_that_share_the_time_by_letters(read):
    script = read(srt("- Hi.\n- Who is\nthere?", "- ANNA: One.\n- BOB: Two."))
    first, second, anna, bob = script.cues
    assert (first.text, first.speaker) == ("Hi.", None)
    assert (second.text, second.speaker) == ("Who is there?", "Second voice")
    assert first.end == second.start == pytest.approx(1.5 * 2 / 12)
    assert (anna.speaker, bob.speaker, bob.text) == ("ANNA", "BOB", "Two.")
    assert "Line 2: two speak in it: its time is shared out by letters." in told(script)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[ANNA, angrry:0.7] Out.", "no emotion named 'angrry'"),
        ("[ANNA, angry:1.7] Out.", "1.7"),
        ("Oh [/sad] no.", "closes"),
        ("[pause 99s] Out.", "out of range"),
        ("[ANNA, angry:0.7 -> ] Out.", "arrow"),
    ],
)
def test_a_mark_that_can_not_be_read_names_the_line(read, text, message):
    with pytest.raises(InputError, match=r"^lines.srt, line 3: ") as e:
        read(srt(text))
    assert message in str(e.value)


@pytest.mark.parametrize(
    "name", ["take.wav", "curve.xml", "./take.wav", "folder/take.json", "C:\\take.wav", "~/x.emotionml"]
)
def test_a_path_in_a_script_is_refused_and_never_opened(read, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for place in ("take.wav", "curve.xml"):
        (tmp_path / place).write_bytes(b"not to be read")
        (tmp_path / place).chmod(0)
    line = json.dumps({"start": 1, "end": 2, "text": "Out.", "emotion": name})
    with pytest.raises(InputError, match="files named in a script are not opened"):
        read(line, ".jsonl")
    # Between brackets it is a description like any other.
    (cue,) = read(srt(f"[{name}] Out.")).cues
    assert (cue.text, cue.emotion) == ("Out.", None)


# Encodings

SPOKEN = "Où est l’élève ? « Là-bas », dit-elle. Déjà vu, señor."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings_are_found(read, encoding):
    script = read(srt(SPOKEN).encode(encoding))
    assert script.cues[0].text == SPOKEN
    guessed = encoding in ("cp1252", "utf-16-le", "utf-16-be")
    assert any("was read as" in r for r in told(script)) == guessed


def test_other_alphabets_are_told_by_statistics(read):
    russian = ["Я никогда этого не говорил.", "Где ты был вчера вечером?", "Мы ждали тебя до полуночи, а ты не пришёл."]
    script = read(srt(*russian).encode("cp1251"))
    assert [c.text for c in script.cues] == russian
    assert "It is not UTF-8 and was read as Windows-1251: if letters look wrong, name its encoding." in told(script)


def test_a_named_encoding_is_kept_to(read):
    assert read(srt("Łódź").encode("cp1250"), encoding="cp1250").cues[0].text == "Łódź"
    with pytest.raises(InputError, match="not in utf-8"):
        read(srt("é").encode("cp1252"), encoding="utf-8")
    with pytest.raises(InputError, match="no encoding 'klingon'"):
        read(srt("x"), encoding="klingon")


@pytest.mark.parametrize(
    "data", [b"", b"   \n", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", b"just words\n", bytes(range(256)) * 4]
)
def test_what_is_no_script_is_refused_in_a_sentence(read, data):
    with pytest.raises(InputError):
        read(data)


def test_a_missing_script_is_refused(tmp_path):
    with pytest.raises(InputError, match="no file"):
        read_script(tmp_path / "none.srt")
    with pytest.raises(InputError, match="no file"):
        read_script(tmp_path)


# Cues in a bad state


@pytest.mark.parametrize(
    "times",
    [
        "00:00:01.500 --> 00:00:02.500",
        "0:0:1,5 --> 0:0:2,5",
        "00:01,500 --> 00:02,500",
        "00:00:01,500->00:00:02,500",
        "00:00:01,500 - -> 00:00:02,500",
        " 00:00:01:500  -->  00:00:02:500  X1:40 X2:600",
        "00:00:01,500 → 00:00:02,500",
    ],
)
def test_times_as_people_write_them(read, times):
    (cue,) = read(f"1\r\n{times}\r\nHi.\r\n").cues
    assert (cue.start, cue.end, cue.text) == (1.5, 2.5, "Hi.")


@pytest.mark.parametrize(
    "times", ["00:00:0x,500 --> 00:00:02,500", "00:00:01,500 --> soon", "00:00:99,0 --> 00:01:40,0"]
)
def test_a_time_that_is_none_names_its_line(read, times):
    with pytest.raises(InputError, match=r"^lines\.srt, line 6: .* is no time"):
        read(f"1\n00:00:00,000 --> 00:00:01,000\nHi.\n\n2\n{times}\nHo.\n")


def block(start, end, text, speaker=""):
    return f"{start} --> {end}\n{speaker}{text}\n\n"


def test_times_that_can_not_be_are_mended_and_told(read):
    script = read(
        block("-00:00:01,000", "00:00:01,000", "One.")
        + block("00:00:04,000", "00:00:02,000", "Two.")
        + block("00:00:05,000", "00:00:05,000", "Three has no length.")
        + block("00:00:05,500", "00:00:06,000", "Four.")
        + block("00:00:01,200", "00:00:01,900", "Early.")
        + block("00:00:07,000", "00:00:08,000", " ")
        + block("00:00:09,000", "00:00:12,000", "Long.")
        + block("00:00:11,000", "00:00:12,000", "Over it.")
        + block("00:00:11,000", "00:00:12,000", "Over it.")
    )
    assert [(c.number, c.start, c.end, c.text) for c in script.cues] == [
        (1, 0.0, 1.0, "One."),
        (2, 1.2, 1.9, "Early."),
        (3, 2.0, 4.0, "Two."),
        (4, 5.0, 5.5, "Three has no length."),
        (5, 5.5, 6.0, "Four."),
        (6, 9.0, 11.0, "Long."),
        (7, 11.0, 12.0, "Over it."),
    ]
    assert told(script) == [
        "Line 1: 9 cues have no number: all are counted anew.",
        "Line 1: starts at -1 s, before the film: it starts at 0.",
        "Line 4: ends before it starts: its times were exchanged.",
        "Line 7: has no length: it was given 0.50 s.",
        "Line 13: starts before the cue above it: cues were put in order of their times.",
        "Line 16: is empty: left out.",
        "Line 19: overlaps line 22: it ends where that starts.",
        "Line 25: says what line 22 says at the same time: left out.",
    ]


def test_different_speakers_may_overlap_and_one_may_not(read):
    script = read(
        block("00:00:01,000", "00:00:04,000", "Long.", "ANNA: ")
        + block("00:00:02,000", "00:00:03,000", "Over.", "BOB: ")
        + block("00:00:03,500", "00:00:05,000", "More.", "ANNA: ")
    )
    assert [(c.start, c.end) for c in script.cues] == [(1.0, 3.5), (2.0, 3.0), (3.5, 5.0)]


def test_two_at_once_follow_each_other(read):
    script = read(block("00:00:01,000", "00:00:03,000", "Ab.") + block("00:00:01,000", "00:00:03,000", "Abcdef."))
    assert [(c.start, c.end, c.text) for c in script.cues] == [(1.0, 1.5, "Ab."), (1.5, 3.0, "Abcdef.")]


def test_numbers_and_blank_lines_within_a_text_are_said(read):
    script = read("1\n00:00:01,000 --> 00:00:02,000\nI count\n\n42\n2\n00:00:03,000 --> 00:00:04,000\n7\n")
    assert [c.text for c in script.cues] == ["I count 42", "7"]


def test_what_is_past_the_end_is_cut_or_left_out(read):
    script = read(srt("One.", "Two.", "Three.")).within(3.0)
    assert [(c.number, c.start, c.end) for c in script.cues] == [(1, 0.0, 1.5), (2, 2.0, 3.0)]
    assert told(script) == [
        "Line 6: ends at 3.50 s, past the film's end: cut there.",
        "Line 10: starts at 4.00 s, past the film's end: left out.",
    ]


@pytest.mark.slow
def test_a_hundred_thousand_cues(read):
    texts = [("[ANNA, angry:0.7] No.", "BOB: Yes, yes.", "- Hi.\n- <i>Ho.</i>")[i % 3] for i in range(100_000)]
    script = read(srt(*texts))
    assert len(script.cues) == 133_333
    assert script.cues[-1].start == 199_998.0
    assert script.speakers == ("ANNA", "BOB", "Second voice")


# Writing


def reread(script, tmp_path, write, suffix):
    path = write(tmp_path / f"out{suffix}", script)
    again = read_script(path)

    def bare(cues):
        rounded = [replace(c, start=round(c.start, 3), end=round(c.end, 3), line=0) for c in cues]
        # SubRip has no places in the picture and no classes.
        return [replace(c, settings="", style="") for c in rounded] if suffix == ".srt" else rounded

    assert bare(again.cues) == bare(script.cues)
    assert bare(again.unspoken) == bare(script.unspoken)
    return again


@pytest.mark.parametrize(("write", "suffix"), [(write_srt, ".srt"), (write_vtt, ".vtt")])
def test_what_is_written_reads_back_the_same(read, tmp_path, write, suffix):
    script = read(
        srt(
            "[ANNA, angry:0.7] Get <i>out</i>,\nyou & him.",
            "[speaker: Joy] [sad]I knew[/sad] it.",
            "[speaker: door slams, calm] 5 < 6 -> true",
            "[angry:0.5] Well? [laugh]",
            "[angry -> calm]It is *fine*.",
            "[door slams]",
            "- Hi.\n- Ho.",
            "♪ La ♪",
            "[sad] One [happy]two[/happy] three.",
        )
    )
    assert len(script.cues) == 8
    reread(script, tmp_path, write, suffix)


def test_webvtt_keeps_its_head_and_settings(read, tmp_path):
    script = read("WEBVTT\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.000 line:0\n<v.loud Anna>Hi.\n", ".vtt")
    again = reread(script, tmp_path, write_vtt, ".vtt")
    assert again.head == script.head
    assert again.cues[0].settings == "line:0"


def test_emotions_in_json_are_written_as_notation(read, tmp_path):
    script = read('{"start": 1, "end": 2, "text": "Oh.", "emotion": {"labels": {"sad": 0.5}}}', ".jsonl")
    assert read_script(write_srt(tmp_path / "o.srt", script)).cues[0].emotion == "sad:0.5"


def test_viewers_read_no_marks_and_other_programs_read_the_file(read, tmp_path):
    script = read(
        srt("[ANNA, angry:0.7] Get <i>out</i>. [laugh]", "[sad]I knew[/sad] it [door slams]", "It is *so* bad [sigh].")
    )
    path = write_srt(tmp_path / "o.srt", script, marks=False)
    assert [(e.start, e.end, e.text) for e in pysubs2.load(str(path))] == [
        (0, 1500, "Get {\\i1}out{\\i0}."),
        (2000, 3500, "I knew it [door slams]"),
        (4000, 5500, "It is so bad."),
    ]
    path = write_vtt(tmp_path / "o.vtt", script, marks=False)
    assert [e.plaintext for e in pysubs2.load(str(path))] == ["Get out.", "I knew it [door slams]", "It is so bad."]


def test_new_words_and_times_are_written_in_lines(tmp_path):
    cue = Cue(1, 0, 1.0, 2.0, "Hi.", "Hi.", "Anna").at(3.0, 3661.5).saying("word " * 16)
    text = write_srt(tmp_path / "o.srt", Script((cue,)), marks=False).read_text()
    assert "00:00:03,000 --> 01:01:01,500" in text
    lines = text.strip().split("\n")[2:]
    assert len(lines) == 2
    assert all(len(line) <= 42 for line in lines)


def test_a_place_that_can_not_be_written_is_told(tmp_path):
    with pytest.raises(InputError, match=r"should end in \.srt"):
        write_srt(tmp_path / "o.txt", Script(()))
    assert list(tmp_path.iterdir()) == []
